/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_REPRODUCE_STATE_H
#define RANKSCOPE_SWEEP_REPRODUCE_STATE_H

#include "sweep/reproduce.h"

/* What the figures' own files share. */

/* The outcome of one run of a curve. */
static inline struct reproduce_outcome *reproduce_outcome(struct reproduction *reproduction, int curve, int run)
{
    return &reproduction->outcome[(ptrdiff_t)curve * reproduction->request.runs + run];
}

/* Where the number of tasks is varied, fewer of them are the first ones of the most: draws a run's most tasks. */
void reproduce_draw_shared(struct reproduction *reproduction, int run, struct err *err);

/* One draw of one value: the outcomes of all its curves. *err is told what went wrong, if anything did. */
void reproduce_linear(struct reproduction *reproduction, int value, int run, struct err *err);
void reproduce_network(struct reproduction *reproduction, int value, int run, struct err *err);

#endif
