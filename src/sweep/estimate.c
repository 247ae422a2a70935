/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/estimate.h"

#include "base/clock.h"
#include "sweep/outcome.h"

#include <math.h>

/* Cells that are looked at, evenly over the plan. */
enum { LOOKED_AT = 256 };

double estimate_seconds(const struct plan *plan)
{
    size_t cells = plan_cells(plan), step = cells / LOOKED_AT + 1;
    double flops = 0, least = (double)INFINITY;
    struct config config, cheapest = plan->base;
    struct outcome outcome[METHOD_COUNT];
    struct err err;
    int looked = 0;
    for (size_t cell = 0; cell < cells && looked < LOOKED_AT; cell += step, looked++) {
        if (plan_config(plan, cell, 0, &config, NULL))
            continue;
        double own = plan_trial_flops(&config);
        flops += own;
        if (own < least) {
            least = own;
            cheapest = config;
        }
    }
    if (isinf(least))
        return (double)NAN;
    int64_t begun = clock_now();
    if (outcome_compute(&cheapest, NULL, outcome, &err))
        return (double)NAN;
    double seconds = (double)(clock_now() - begun) / CLOCK_SECOND;
    return seconds / least * flops / looked * (double)cells * plan->seeds;
}
