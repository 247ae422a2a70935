/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_TIMELINE_H
#define RANKSCOPE_UI_TIMELINE_H

#include "run/view.h"
#include "ui/scale.h"

#include <stdbool.h>

/* The x axis of charts against steps: retraining, and to its right fine-tuning once that has begun. All such charts
 * of a view share it, so that one cursor means one step. */
struct timeline {
    struct scale axis[STAGE_COUNT];
    double split; /* where fine-tuning begins, as a fraction of the axis; 1: it has not */
};

struct timeline timeline_make(const struct view *view, bool log_x);

/* A step as a fraction of the axis, and back. */
double timeline_position(const struct timeline *timeline, enum stage stage, double step);
double timeline_step(const struct timeline *timeline, double position, enum stage *stage);

/* The bucket that a step falls into: the last one that began by then, or the first; NULL where there is none. */
const struct bucket *timeline_bucket(const struct curve *curve, double step);

#endif
