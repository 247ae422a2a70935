/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_RUNS_H
#define RANKSCOPE_CMD_RUNS_H

#include "run/live.h"
#include "ui/lab.h"

/* The run that the lab watches, and the one before it, which may need long to end and is looked at until its follower
 * has something to show. A new run begins only when the old one has let go of its memory. Nothing here waits. */
struct runs {
    struct live *live;     /* NULL: none yet, or it could not be started */
    struct live *shown;    /* asked to end; looked at until `live` has begun */
    struct live *doomed;   /* asked to end before it had begun */
    struct history *empty; /* for a view of nothing */
    struct journal way;    /* of the next run */
    struct config config;  /* as it shall be there */
    bool pending;          /* `live` shall be made as soon as the others have ended */
    screen_wish wish;      /* what was wished of it meanwhile */
    int speed;
    int steps;           /* that the next wish for a step is for; 0: one */
    int64_t shown_until; /* clock_now() */
    struct err err;      /* why the last run could not be started */
};

/* Starts the first run, which goes where the way leads. ERR_MEMORY or what live_new says; then runs_free still has to be called. */
enum err_code runs_begin(struct runs *runs, const struct journal *way, int speed, struct err *err);

void runs_end(struct runs *runs); /* asks all to end, without waiting */

/* Asks all runs to end, gives them a moment, and frees them. False: one is still in the middle of a step; the
 * process must end without what happens at exit, since that thread uses it. */
bool runs_free(struct runs *runs);

/* Leaves the present run for one that first goes where this leads. */
void runs_restart(struct runs *runs, const struct journal *way);

/* Commands for the present run, from the bits of LAB_RUN … LAB_SWAP and LAB_UPDATE; `rewind` is LAB_REWIND's. */
void runs_command(struct runs *runs, screen_wish wish, const struct config *config, int speed, int rewind);

/* Takes what the run has to tell, and moves on from one run to the next. True: the view or state has changed. */
bool runs_tend(struct runs *runs);

/* A descriptor to wait for, or −1, and milliseconds until runs_tend is due (−1: never). */
int runs_descriptor(const struct runs *runs);
int runs_timeout(const struct runs *runs);

bool runs_begun(const struct runs *runs); /* the view is of the run that was asked for last */
struct view runs_view(const struct runs *runs);
struct lab_status runs_status(const struct runs *runs);

#endif
