/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_GNUPLOT_H
#define RANKSCOPE_PLOT_GNUPLOT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* A gnuplot process: the only place that starts one. It has a process group of its own, so that a Ctrl-C meant for us
 * does not end it and that ending it ends its window programs too; our ends of the pipes neither block nor survive an
 * exec. The caller ignores SIGPIPE. */
struct gnuplot;

/* Starts $RANKSCOPE_GNUPLOT, or gnuplot from the PATH, with its default settings and this argument (NULL: none). NULL:
 * *err says why. */
struct gnuplot *gnuplot_new(const char *argument, struct err *err);

/* Ends it: closes its input, waits half a second, SIGTERM, half a second, SIGKILL; reaps it. Where the input was closed
 * earlier, the time since then counts, so that several can be ended in one second. */
void gnuplot_end(struct gnuplot *gnuplot);
void gnuplot_free(struct gnuplot *gnuplot); /* ends it, if it has not; NULL is allowed */

/* Descriptors, −1 once closed: what it reads, its standard output, its standard error. */
int gnuplot_input(const struct gnuplot *gnuplot);
int gnuplot_output(const struct gnuplot *gnuplot);
int gnuplot_messages(const struct gnuplot *gnuplot);

void gnuplot_close_input(struct gnuplot *gnuplot);

/* Writes what fits without waiting. Returns the number of bytes, 0 when it must wait, −1 when gnuplot reads no more. */
long gnuplot_write(struct gnuplot *gnuplot, const char *bytes, size_t size);

/* Reads what is there from its output or its messages. Returns the number of bytes, 0 when it must wait, −1 at the end.
 * The descriptor is closed then. */
long gnuplot_read_output(struct gnuplot *gnuplot, char *bytes, size_t size);
long gnuplot_read_messages(struct gnuplot *gnuplot, char *bytes, size_t size);

/* Whether it has ended by itself; it is reaped then, and its window programs are ended. */
bool gnuplot_ended(struct gnuplot *gnuplot);

void gnuplot_kill(struct gnuplot *gnuplot); /* at once, the group; reaps */

/* After its end: whether it exited with status 0, and how it ended as a person would say it: "gnuplot was killed
 * (signal 9)". */
bool gnuplot_succeeded(const struct gnuplot *gnuplot);
void gnuplot_describe_end(const struct gnuplot *gnuplot, char *text, size_t size);

#endif
