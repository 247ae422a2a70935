/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/reproduce.h"

#include "base/pool.h"
#include "run/key.h"
#include "sweep/reproduce_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct reproduce_info reproduce_table[] = {
    {"vary-T", "Number of retraining tasks", "problem.tasks", "T", 3, {2, 3, 5}, 10000},
    {"vary-n", "Samples of the unseen task", "adapt.samples", "n", 3, {100, 1000, 10000}, 1000},
    {"vary-d", "Dimension", "problem.dimension", "d", 3, {5, 10, 20}, 1400},
    {"vary-N", "Samples of each retraining task", "problem.samples", "N", 3, {100, 1000, 10000}, 1000},
    {"vary-k", "Rank of the tasks' adapters", "problem.rank", "k", 3, {1, 2, 3}, 1000},
};
const int reproduce_count = sizeof reproduce_table / sizeof *reproduce_table;

int reproduce_find(const char *name)
{
    for (int i = 0; i < reproduce_count; i++)
        if (strcmp(reproduce_table[i].name, name) == 0)
            return i;
    return -1;
}

void reproduce_config(const struct reproduce_request *request, int value, struct config *config)
{
    const struct reproduce_info *info = &reproduce_table[request->figure];
    char text[KEY_VALUE_SIZE];
    config_default(config);
    snprintf(config->title, sizeof config->title, "%s", info->title);
    config->problem = (struct problem_config){.dimension = 10,
                                              .rank = 1,
                                              .tasks = 3,
                                              .truth = TRUTH_PSD,
                                              .samples = 5000,
                                              .noise = 0.01,
                                              .seed = request->seed};
    config->adapt.samples = 100;
    config->adapt.solver = ADAPT_PAPER;
    config->retrain.steps = request->steps > 0 ? request->steps : config->retrain.steps;
    config->adapt.steps = request->adapt_steps > 0 ? request->adapt_steps : info->adapt_steps;
    snprintf(text, sizeof text, "%d", info->value[value]);
    key_set(config, key_find(info->key), text, NULL);
    int k = config->problem.rank;
    config->retrain.rank = k;
    config->adapt.rank = config->problem.tasks == 2 ? 3 * k : k; /* what Theorem 2 asks for */
}

int reproduce_steps(const struct reproduction *reproduction)
{
    int asked = reproduction->request.adapt_steps;
    return asked > 0 ? asked : reproduction->info->adapt_steps;
}

long reproduce_step(const struct reproduction *reproduction, int point)
{
    double part = (double)point / (REPRODUCE_POINTS - 1);
    return lround(reproduce_steps(reproduction) * part * part);
}

/* ---- computing ---- */

struct work {
    struct reproduction *reproduction;
    struct err *err; /* one for each item */
};

/* The values with the most tasks, samples or dimensions come last in the table and first here: what takes longest begins. */
static void do_item(void *context, int item, int lane)
{
    (void)lane;
    struct work *work = context;
    struct reproduction *reproduction = work->reproduction;
    int runs = reproduction->request.runs;
    int value = reproduction->info->count - 1 - item / runs;
    reproduce_linear(reproduction, value, item % runs, &work->err[item]);
}

static enum err_code compute(struct reproduction *reproduction, struct err *err)
{
    int items = reproduction->info->count * reproduction->request.runs;
    int threads =
        reproduction->request.threads > 0 ? reproduction->request.threads : (int)sysconf(_SC_NPROCESSORS_ONLN);
    struct work work = {reproduction, calloc((size_t)items, sizeof *work.err)};
    if (!work.err)
        return err_set(err, ERR_MEMORY, "no memory for %d runs", items);
    struct pool *pool = threads > 1 ? pool_new(threads < items ? threads : items) : NULL;
    pool_run(pool, items, do_item, &work);
    pool_free(pool);
    enum err_code code = ERR_NONE;
    for (int i = 0; i < items && !code; i++)
        if (work.err[i].code)
            code = err_set(err, work.err[i].code, "%s", work.err[i].message);
    free(work.err);
    return code;
}

static void list_curves(struct reproduction *reproduction)
{
    static const int methods[] = {METHOD_STANDARD, METHOD_META};
    for (int value = 0; value < reproduction->info->count; value++)
        for (int i = 0; i < 2; i++) {
            struct config config;
            reproduce_config(&reproduction->request, value, &config);
            reproduction->curve[reproduction->curves++] =
                (struct reproduce_curve){.value = value, .method = methods[i], .rank = config.adapt.rank};
        }
}

struct reproduction *reproduce_new(const struct reproduce_request *request, struct err *err)
{
    struct reproduction *reproduction = calloc(1, sizeof *reproduction);
    if (!reproduction) {
        err_set(err, ERR_MEMORY, "no memory for a figure");
        return NULL;
    }
    reproduction->request = *request;
    reproduction->info = &reproduce_table[request->figure];
    list_curves(reproduction);
    size_t outcomes = (size_t)reproduction->curves * (size_t)request->runs;
    reproduction->outcome = calloc(outcomes, sizeof *reproduction->outcome);
    if (!reproduction->outcome)
        err_set(err, ERR_MEMORY, "no memory for a figure of %d runs", request->runs);
    if (!reproduction->outcome || compute(reproduction, err)) {
        reproduce_free(reproduction);
        return NULL;
    }
    return reproduction;
}

void reproduce_free(struct reproduction *reproduction)
{
    if (!reproduction)
        return;
    free(reproduction->outcome);
    free(reproduction);
}

/* ---- what came of it ---- */

static double measure_of(const struct reproduce_outcome *outcome, enum reproduce_measure measure, int point)
{
    switch (measure) {
    case REPRODUCE_LOSS:
        return outcome->loss[point];
    case REPRODUCE_RISK:
        return outcome->risk;
    case REPRODUCE_EXACT_LOSS:
        return outcome->exact_loss;
    case REPRODUCE_EXACT_RISK:
        return outcome->exact_risk;
    }
    return (double)NAN;
}

struct reproduce_summary reproduce_summary(const struct reproduction *reproduction, int curve,
                                           enum reproduce_measure measure, int point)
{
    int runs = reproduction->request.runs;
    const struct reproduce_outcome *outcome = reproduction->outcome + (ptrdiff_t)curve * runs;
    double first = measure_of(outcome, measure, point);
    struct reproduce_summary summary = {.mean = 0, .least = first, .greatest = first};
    for (int run = 0; run < runs; run++) {
        double value = measure_of(&outcome[run], measure, point);
        summary.mean += value / runs;
        summary.least = fmin(summary.least, value);
        summary.greatest = fmax(summary.greatest, value);
    }
    return summary;
}

static double mean_of(const struct reproduction *reproduction, int value, int method, enum reproduce_measure measure)
{
    for (int i = 0; i < reproduction->curves; i++)
        if (reproduction->curve[i].value == value && reproduction->curve[i].method == method)
            return reproduce_summary(reproduction, i, measure, REPRODUCE_POINTS - 1).mean;
    return (double)NAN;
}

struct reproduce_gap reproduce_gap(const struct reproduction *reproduction, int value)
{
    double standard = mean_of(reproduction, value, METHOD_STANDARD, REPRODUCE_LOSS);
    double meta = mean_of(reproduction, value, METHOD_META, REPRODUCE_LOSS);
    double exact_standard = mean_of(reproduction, value, METHOD_STANDARD, REPRODUCE_EXACT_LOSS);
    double exact_meta = mean_of(reproduction, value, METHOD_META, REPRODUCE_EXACT_LOSS);
    return (struct reproduce_gap){standard / meta, exact_standard / exact_meta, standard / exact_standard,
                                  meta / exact_meta};
}
