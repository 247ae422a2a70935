/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_VIEW_SAMPLE_H
#define RANKSCOPE_TESTS_SUPPORT_VIEW_SAMPLE_H

#include "run/view.h"

/* A finished run that nobody computed: exponential curves with a given rate, meta retraining converging to zero and
 * standard retraining stuck, with the ranks that the theory has for three tasks or more. Charts and figures are tested
 * with it, so that their tests know every number. */
struct view_sample {
    struct snapshot *snapshot; /* may be changed by the test */
    struct history *history[METHOD_COUNT][STAGE_COUNT];
};

/* Both methods take config->retrain.steps steps; adapt.solver paper adds the fine-tuning. NULL: out of memory. */
struct view_sample *view_sample_new(const struct config *config);
void view_sample_free(struct view_sample *sample); /* NULL is allowed */

/* From here on as with tasks from a file that gives nothing of the truth. */
void view_sample_forget_truth(struct view_sample *sample);

struct view view_sample_view(const struct view_sample *sample);

#endif
