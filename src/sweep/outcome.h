/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_OUTCOME_H
#define RANKSCOPE_SWEEP_OUTCOME_H

#include "base/err.h"
#include "model/problem.h"
#include "sweep/metric.h"

#include <stdatomic.h>

/* What one trial leaves of one method. */
struct outcome {
    enum { OUTCOME_MISSING, OUTCOME_DONE } state; /* missing: not computed, or the method takes no part */
    enum solver_status status;                    /* of retraining, at its end */
    long steps;
    double value[METRIC_COUNT]; /* NAN: not to be had */
    double predicted
        [METRIC_COUNT]; /* by the theory, for this draw; NAN: silent. Of a rank that a theorem bounds from above,
                                       where adapt.tolerance is coarse, the value itself if it is within the bound */
};

/* Runs the experiment of this configuration to its end, on this thread alone; the lab and `run` come to the same numbers.
 * Between steps it looks at *stop (NULL: never) and gives up where it is set: ERR_NONE, and all outcomes are missing. ERR_MEMORY
 * or ERR_MATH. */
enum err_code outcome_compute(const struct config *config, const atomic_bool *stop,
                              struct outcome outcome[METHOD_COUNT], struct err *err);

/* The same on given tasks, whose sizes and source the configuration has; NULL: they are drawn. */
enum err_code outcome_compute_on(const struct config *config, const struct problem_tasks *tasks,
                                 const atomic_bool *stop, struct outcome outcome[METHOD_COUNT], struct err *err);

#endif
