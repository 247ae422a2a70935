/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_WINDOWS_H
#define RANKSCOPE_PLOT_WINDOWS_H

#include "base/err.h"
#include "run/view.h"

#include <poll.h>
#include <stdbool.h>

/* The live figures: a gnuplot at the other end of a pipe, one window a figure (or, without a display, a picture file
 * that is renamed into place). Never blocks; a gnuplot that is missing, dies, stops or hangs costs one message. */
struct windows;

/* terminal: gnuplot's terminal as the user wants it, or NULL for the choice of design: GNUTERM, qt, wxt, x11, else a
 * PNG at picture_path. NULL: *err says why gnuplot did not start. */
struct windows *windows_new(const char *terminal, const char *picture_path, struct err *err);
void windows_free(struct windows *windows); /* NULL is allowed; asks, then terms, then kills; reaps; bounded time */

/* Descriptors to wait for; returns how many were filled in (at most WINDOWS_POLL_MAX). */
enum { WINDOWS_POLL_MAX = 3 };
int windows_poll(const struct windows *windows, struct pollfd descriptors[WINDOWS_POLL_MAX]);

/* Milliseconds until windows_service must be called even if no descriptor is ready (answers that are overdue); −1:
 * never. */
int windows_timeout(const struct windows *windows);

/* Reads answers, writes what fits, notices death and hanging. Call when a descriptor is ready or time is up. */
void windows_service(struct windows *windows);

/* Draws this view as soon as the frame in flight is answered; a newer offer replaces an older one that waits. The
 * view is turned into text at once and not kept. */
void windows_offer(struct windows *windows, const struct view *view);
bool windows_ready(const struct windows *windows); /* an offer now would be sent at once */

bool windows_alive(const struct windows *windows);

/* The next message for the person ("gnuplot was killed (signal 9)", "window \"loss\" was closed", …), once each;
 * false: none. */
bool windows_message(struct windows *windows, char *text, size_t size);

#endif
