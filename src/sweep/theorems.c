/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/theorems.h"

#include <math.h>

static bool meets(const struct claim *claim, const struct interval *interval)
{
    return interval->high >= claim->low && interval->low <= claim->high;
}

static bool is_as_predicted(const struct theorem *theorem)
{
    const struct claim *claim = theorem->claim;
    if (theorem->counted < 1 || 2 * theorem->counted < theorem->draws)
        return false;
    if (claim->kind == CLAIM_ALWAYS)
        return theorem->agreed == theorem->counted;
    if (claim->kind == CLAIM_RATE)
        return meets(claim, &theorem->rate);
    if (theorem->statistics.count < theorem->counted) /* a value was none */
        return false;
    struct interval mean = theorem->statistics.mean_interval;
    if (isnan(mean.low)) /* a single draw */
        mean = (struct interval){theorem->statistics.mean, theorem->statistics.mean};
    return meets(claim, &mean);
}

struct theorem theorem_judge(const struct claim *claim, const struct claim_observation *observation, int draws,
                             double *scratch)
{
    double none = (double)NAN;
    struct theorem theorem = {.claim = claim, .draws = draws, .rate = {none, none}};
    int values = 0;
    for (int i = 0; i < draws; i++) {
        if (!observation[i].counts)
            continue;
        theorem.counted++;
        theorem.agreed += observation[i].agrees;
        if (isfinite(observation[i].value))
            scratch[values++] = observation[i].value;
    }
    if (theorem.counted > 0)
        theorem.rate = statistics_rate(theorem.agreed, theorem.counted);
    theorem.statistics = (struct statistics){.mean = none,
                                             .median = none,
                                             .least = none,
                                             .greatest = none,
                                             .band = {none, none},
                                             .mean_interval = {none, none},
                                             .deviation = none};
    if (values > 0)
        theorem.statistics = statistics_of(scratch, values);
    theorem.as_predicted = is_as_predicted(&theorem);
    return theorem;
}
