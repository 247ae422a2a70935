/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/stop.h"

#include "base/clock.h"

#include <math.h>

struct stop_rules stop_none(void)
{
    return (struct stop_rules){.until = (double)NAN, .seconds = (double)NAN};
}

static void begin_stage(struct stop *stop, enum stage stage)
{
    stop->stage = stage;
    stop->fallen = 0;
    for (int method = 0; method < METHOD_COUNT; method++)
        stop->least[method] = (double)INFINITY;
}

void stop_begin(struct stop *stop, const struct stop_rules *rules)
{
    static const double longest = 1e9; /* seconds; what is longer would not fit, and is never */
    *stop = (struct stop){.rules = *rules, .deadline = CLOCK_NEVER};
    if (rules->seconds < longest) /* false for NAN */
        stop->deadline = clock_now() + (int64_t)(rules->seconds * CLOCK_SECOND);
    begin_stage(stop, STAGE_RETRAIN);
}

static bool is_reached(double until, const struct config *config, const double loss[METHOD_COUNT])
{
    bool any = false;
    bool all = true;
    bool with_adapters = false;
    for (int method = 0; method < METHOD_COUNT; method++)
        if (config->retrain.methods & 1u << method && method_table[method].adapter_rank(&config->retrain) > 0)
            with_adapters = true;
    for (int method = 0; method < METHOD_COUNT; method++) {
        bool meant = config->retrain.methods & 1u << method &&
                     (!with_adapters || method_table[method].adapter_rank(&config->retrain) > 0) &&
                     !method_table[method].place; /* which never falls */
        any = any || meant;
        all = all && (!meant || loss[method] <= until);
    }
    return any && all;
}

static bool has_stalled(struct stop *stop, long step, const double loss[METHOD_COUNT])
{
    for (int method = 0; method < METHOD_COUNT; method++)
        if (loss[method] < stop->least[method] * (1 - STOP_SHARE)) {
            stop->least[method] = loss[method];
            stop->fallen = step;
        }
    long idle = step - stop->fallen;
    return idle >= STOP_LEAST_STEPS && idle >= step / STOP_PART;
}

enum run_end stop_judge(struct stop *stop, const struct config *config, enum stage stage, long step,
                        const double loss[METHOD_COUNT])
{
    if (stage != stop->stage)
        begin_stage(stop, stage);
    if (stage == STAGE_RETRAIN && is_reached(stop->rules.until, config, loss))
        return RUN_UNTIL;
    if (stop->rules.stall && has_stalled(stop, step, loss))
        return RUN_STALL;
    return RUN_OPEN;
}

bool stop_time_is_up(const struct stop *stop)
{
    return stop->deadline != CLOCK_NEVER && clock_now() >= stop->deadline;
}

double stop_seconds_left(const struct stop *stop)
{
    return stop->deadline == CLOCK_NEVER ? (double)INFINITY : (double)(stop->deadline - clock_now()) / CLOCK_SECOND;
}
