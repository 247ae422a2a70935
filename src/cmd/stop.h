/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_STOP_H
#define RANKSCOPE_CMD_STOP_H

#include "model/method.h"
#include "run/sample.h"
#include "run/view.h"

#include <stdint.h>

/* When a run ends before its last step. All but the time go by steps and losses alone, so that the same run ends at the same
 * step everywhere. */
struct stop_rules {
    double until;   /* retraining ends once the train_loss is at most this; NAN: no rule */
    double seconds; /* the run ends after these, by the clock; NAN: no rule */
    bool stall;     /* a stage ends once its losses no longer fall */
};

/* No rule at all. */
struct stop_rules stop_none(void);

/* A loss that does not fall by this share of itself does not fall; and so long must none have fallen for a stall: this
 * part of the steps so far, and so many at least. */
#define STOP_SHARE 1e-6
enum { STOP_PART = 4, STOP_LEAST_STEPS = 100 };

struct stop {
    struct stop_rules rules;
    int64_t deadline; /* clock_now(); CLOCK_NEVER without one */
    enum stage stage;
    double least[METHOD_COUNT]; /* loss of each method when it last fell */
    long fallen;                /* step at which one did */
};

/* The time runs from now on. */
void stop_begin(struct stop *stop, const struct stop_rules *rules);

/* Whether the present stage shall end here: RUN_UNTIL, RUN_STALL, or RUN_OPEN. `loss`: the newest of each method, NAN for
 * none. The loss of every method that trains adapters must be at most `until`, or, where none does, of all methods. */
enum run_end stop_judge(struct stop *stop, const struct config *config, enum stage stage, long step,
                        const double loss[METHOD_COUNT]);

bool stop_time_is_up(const struct stop *stop);
double stop_seconds_left(const struct stop *stop); /* INFINITY without a deadline */

#endif
