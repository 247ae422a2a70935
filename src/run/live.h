/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_LIVE_H
#define RANKSCOPE_RUN_LIVE_H

#include "base/err.h"
#include "run/view.h"

/* A run on a thread of its own, watched from the thread that made it. The worker thread steps the experiment,
 * pushes samples into a ring and publishes snapshots through an exchange; the watching thread sends commands, and
 * nothing else is shared. All functions are for the watching thread, and none of them waits for a step. */
struct live;

enum live_state {
    LIVE_BUILDING, /* the problem is being drawn */
    LIVE_PAUSED,
    LIVE_RUNNING,
    LIVE_DONE,   /* nothing left to do */
    LIVE_FAILED, /* see live_error */
};

/* Steps a second that slow motion may ask for; flat out is the last one. */
enum { LIVE_SPEED_COUNT = 10, LIVE_FLAT_OUT = LIVE_SPEED_COUNT - 1 };
extern const double live_speed_table[LIVE_SPEED_COUNT]; /* 1, 3, 10, … 10,000; INFINITY */

/* Starts the thread, paused, on a copy of the config. The caller frees it. NULL: *err says why. */
struct live *live_new(const struct config *config, struct err *err);

/* The same, and first goes where the journal leads, flat out; LIVE_FAILED where it leads nowhere. It is copied. With
 * `runs` it runs on from there. */
struct live *live_new_at(const struct journal *journal, bool runs, struct err *err);

/* Asks the thread to end after the step it is in. live_free waits for that; live_ended tells without waiting, so
 * that a screen can let go of a large run and stay alive. */
void live_end(struct live *live);
bool live_ended(const struct live *live);
void live_free(struct live *live); /* NULL is allowed */

void live_run(struct live *live);
void live_pause(struct live *live);
void live_step(struct live *live);             /* one step, then paused */
void live_steps(struct live *live, int count); /* so many steps, then paused */
void live_step_phase(struct live *live);       /* one phase, then paused */
void live_begin_adapt(struct live *live);
void live_rewind(struct live *live, int checkpoints); /* back below 0, forward above, then paused: see rewind.h */
void live_swap(struct live *live);                    /* to the line that was left, then paused */
void live_set_speed(struct live *live, int speed);    /* row of live_speed_table */
void live_update(struct live *live, const struct config *config); /* keys marked live; takes effect at the next step */

/* Drains the ring and takes the newest snapshot. True: the view has changed since the last call. */
bool live_drain(struct live *live);

/* A descriptor that polls readable when the worker has published something outside the steady flow of a run
 * (first snapshot, paused, done, failed); live_drain makes it quiet again. */
int live_descriptor(const struct live *live);

struct view live_view(const struct live *live);
enum live_state live_state(const struct live *live);
bool live_settled(const struct live *live);            /* the state is that after all that was asked of it */
double live_steps_per_second(const struct live *live); /* over about the last half second; 0 when not running */
size_t live_dropped(const struct live *live);          /* samples that the ring had no room for */
const struct err *live_error(const struct live *live); /* why it failed */

#endif
