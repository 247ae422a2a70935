/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_PROGRESS_H
#define RANKSCOPE_CMD_PROGRESS_H

#include "model/method.h"
#include "run/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How far a long run is: a line on standard error where that is a terminal, from the first second on, and gone at the
 * end. */
struct progress_state {
    enum stage stage;
    long step, steps;          /* taken, and of the stage */
    double rate;               /* steps a second; NAN: not known yet */
    double seconds;            /* until the time is up; INFINITY: no such rule */
    double loss[METHOD_COUNT]; /* the newest; NAN: none */
};

/* "retraining: step 1200 of 3000 (40%), 5.2e+04 steps/s, loss standard 12.3, meta 4.56e-07, 3 s left" in at most `width`
 * columns, and without what does not fit. */
void progress_format(char *text, size_t size, const struct progress_state *state, int width);

struct progress {
    bool wanted, shown;
    int64_t due; /* clock_now() */
    int64_t time;
    enum stage stage;
    long step; /* at `time`, in that stage */
    double rate;
};

void progress_begin(struct progress *progress);
bool progress_due(const struct progress *progress); /* looks at the clock only where there is a terminal */
void progress_show(struct progress *progress, struct progress_state *state); /* fills in the rate */

/* Shows a line of one's own, cut to the terminal's width. */
void progress_say(struct progress *progress, const char *text);

/* "3 min 20 s"; seconds from 0 up, or INFINITY. */
enum { PROGRESS_TIME_SIZE = 48 };
void progress_format_time(char text[PROGRESS_TIME_SIZE], double seconds);
void progress_end(const struct progress *progress);

#endif
