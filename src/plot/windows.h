/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_WINDOWS_H
#define RANKSCOPE_PLOT_WINDOWS_H

#include "base/err.h"
#include "plot/figures.h"

#include <poll.h>
#include <stdbool.h>

/* The live figures: one window a figure, each with a gnuplot of its own at the other end of a pipe (since a gnuplot hears
 * only from its newest window that it was closed or zoomed), or, without a display, one gnuplot that draws the sheet into
 * a picture file, which is renamed into place. Never blocks; a gnuplot that is missing, dies, stops or hangs costs one
 * message, and the others end with it. */
struct windows;

/* figures: what is shown (borrowed). terminal: gnuplot's terminal as the user wants it, options too ("qt font 'Sans,12'"), or
 * NULL: GNUTERM if it has windows, else qt, wxt or x11 if there is a display and gnuplot was built with one, else a PNG. A
 * terminal without windows draws into picture_path. NULL: *err says why gnuplot did not start (ERR_IO, ERR_MEMORY), or
 * that the terminal or the path cannot be written for gnuplot (ERR_INPUT). */
struct windows *windows_new(const struct figures *figures, const char *terminal, const char *picture_path,
                            struct err *err);
void windows_free(struct windows *windows); /* NULL is allowed; asks, then terms, then kills; reaps; bounded time */

/* Descriptors to wait for; returns how many were filled in (at most WINDOWS_POLL_MAX). */
enum { WINDOWS_POLL_MAX = 12 };
int windows_poll(const struct windows *windows, struct pollfd descriptors[WINDOWS_POLL_MAX]);

/* Milliseconds until windows_service must be called even if no descriptor is ready (answers that are overdue); −1:
 * never. */
int windows_timeout(const struct windows *windows);

/* Reads answers, writes what fits, notices death and hanging. Call when a descriptor is ready or time is up. */
void windows_service(struct windows *windows);

/* Draws the figures of this subject as soon as the frame in flight is answered; a newer offer replaces an older one that
 * waits. It is turned into text at once and not kept. Before the first time that windows_ready is true an offer is
 * dropped: where the figures go is not known yet. */
void windows_offer(struct windows *windows, const void *subject);
bool windows_ready(const struct windows *windows); /* an offer now would be sent at once */

bool windows_alive(const struct windows *windows);

/* The next message for the person ("gnuplot was killed (signal 9)", "window \"loss\" was closed", …), once each;
 * false: none. */
bool windows_message(struct windows *windows, char *text, size_t size);

#endif
