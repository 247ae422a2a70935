/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/outcome.h"

#include "run/experiment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 };

/* A theorem's rank is what leaves nothing. Where more than rounding counts as nothing, less may do: a bound then. */
static void relax(const struct method_snapshot *method, double tolerance, struct outcome *outcome)
{
    double value = outcome->value[METRIC_RANK_NEEDED], *predicted = &outcome->predicted[METRIC_RANK_NEEDED];
    if (tolerance > MEASURE_RISK_TOLERANCE && !method->predicted && value < *predicted)
        *predicted = value;
}

static void take(const struct method_snapshot *method, double tolerance, struct outcome *outcome)
{
    outcome->state = OUTCOME_DONE;
    outcome->status = method->status;
    outcome->steps = method->step;
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        const struct metric_info *info = &metric_table[metric];
        outcome->value[metric] = info->value(method);
        outcome->predicted[metric] = info->predicted ? info->predicted(method) : (double)NAN;
    }
    relax(method, tolerance, outcome);
}

/* False: stopped before its end. */
static bool run(struct experiment *experiment, const atomic_bool *stop)
{
    while (experiment_step(experiment))
        if (stop && atomic_load_explicit(stop, memory_order_relaxed))
            return false;
    return true;
}

static enum err_code measure(struct experiment *experiment, struct outcome outcome[METHOD_COUNT], struct err *err)
{
    const struct config *config = experiment_config(experiment);
    size_t size = (snapshot_size(config) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    void *memory = aligned_alloc(ALIGNMENT, size);
    if (!memory)
        return err_set(err, ERR_MEMORY, "no memory for the outcome of a trial");
    memset(memory, 0, size);
    struct snapshot *snapshot = snapshot_bind(memory, config);
    enum err_code code = experiment_snapshot(experiment, snapshot, err);
    for (int row = 0; row < METHOD_COUNT && !code; row++)
        if (snapshot->method[row].active)
            take(&snapshot->method[row], config->adapt.tolerance, &outcome[row]);
    free(memory);
    return code;
}

enum err_code outcome_compute(const struct config *config, const atomic_bool *stop,
                              struct outcome outcome[METHOD_COUNT], struct err *err)
{
    return outcome_compute_on(config, NULL, stop, outcome, err);
}

enum err_code outcome_compute_on(const struct config *config, const struct problem_tasks *tasks,
                                 const atomic_bool *stop, struct outcome outcome[METHOD_COUNT], struct err *err)
{
    memset(outcome, 0, METHOD_COUNT * sizeof *outcome);
    struct experiment *experiment = experiment_new_from(config, tasks, NULL, 1, err);
    if (!experiment)
        return err->code;
    enum err_code code = ERR_NONE;
    bool ended = run(experiment, stop);
    if (experiment_error(experiment)->code) {
        *err = *experiment_error(experiment);
        code = err->code;
    } else if (ended) {
        code = measure(experiment, outcome, err);
    }
    experiment_free(experiment);
    return code;
}
