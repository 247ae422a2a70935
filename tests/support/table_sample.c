/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/table_sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

double table_sample_theory(const struct config *config, int method, int seed, enum metric metric)
{
    int d = config->problem.dimension, k = config->problem.rank, tasks = config->problem.tasks;
    bool standard = method == METHOD_STANDARD;
    int rest = standard ? k * tasks : tasks >= 3 ? 0 : 2 * k;
    if (metric == METRIC_RANK_NEEDED)
        return rest + k < d ? rest + k : d;
    if (metric == METRIC_ERROR_RANK)
        return rest < d ? rest : d;
    return 2.385 * (standard ? 10.0 / tasks : pow(10, -tasks)) * (1 + 0.25 * seed);
}

static void fill(struct outcome outcome[METHOD_COUNT], const struct config *config, int seed, table_sample_value *value)
{
    for (int method = 0; method < METHOD_COUNT; method++) {
        outcome[method] = (struct outcome){.state = OUTCOME_DONE};
        if (!(config->retrain.methods & 1u << method))
            outcome[method].state = OUTCOME_MISSING;
        for (int metric = 0; metric < METRIC_COUNT; metric++) {
            bool spoken_of = !isnan(metric_theory((enum metric)metric, config, method));
            outcome[method].value[metric] = value(config, method, seed, (enum metric)metric);
            outcome[method].predicted[metric] =
                spoken_of ? table_sample_theory(config, method, seed, (enum metric)metric) : (double)NAN;
        }
    }
}

struct table *table_sample_new(const char *const *axes, int seeds, int done, table_sample_value *value)
{
    struct err err = {.code = ERR_NONE};
    struct plan plan = {.seeds = seeds};
    config_default(&plan.base);
    plan.base.problem.dimension = 24;
    snprintf(plan.base.title, sizeof plan.base.title, "A sweep of samples");
    for (int i = 0; axes[i]; i++)
        if (plan_add_axis(&plan, axes[i], &err))
            fail_msg("%s", err.message);
    struct table *table = table_new(&plan, &err);
    plan_free(&plan);
    if (!table)
        fail_msg("%s", err.message);
    for (size_t cell = 0; table && cell < table->cells; cell++)
        for (int seed = 0; seed < done && table->cell[cell].possible; seed++) {
            struct config config;
            struct outcome outcome[METHOD_COUNT];
            assert_int_equal(plan_config(&table->plan, cell, seed, &config, &err), ERR_NONE);
            fill(outcome, &config, seed, value);
            assert_int_equal(table_put(table, cell, seed, outcome, &err), ERR_NONE);
        }
    return table;
}
