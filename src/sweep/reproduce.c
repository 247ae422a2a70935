/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/reproduce.h"

#include "base/pool.h"
#include "run/key.h"
#include "sweep/reproduce_state.h"
#include "sweep/statistics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NETWORK_STEPS = 40000, NETWORK_ADAPT_STEPS = 15000, LINEAR_RUNS = 5, NETWORK_RUNS = 10 };

#define NETWORK NETWORK_ADAPT_STEPS, true

const struct reproduce_info reproduce_table[] = {
    {"vary-T", "Number of retraining tasks", "problem.tasks", "T", 3, {2, 3, 5}, 10000, false},
    {"vary-n", "Samples of the unseen task", "adapt.samples", "n", 3, {100, 1000, 10000}, 1000, false},
    {"vary-d", "Dimension", "problem.dimension", "d", 3, {5, 10, 20}, 1400, false},
    {"vary-N", "Samples of each retraining task", "problem.samples", "N", 3, {100, 1000, 10000}, 1000, false},
    {"vary-k", "Rank of the tasks' adapters", "problem.rank", "k", 3, {1, 2, 3}, 1000, false},
    {"networks-vary-T", "Networks: number of retraining tasks", "problem.tasks", "T", 4, {2, 3, 5, 10}, NETWORK},
    {"networks-vary-n", "Networks: samples of the unseen task", "adapt.samples", "n", 3, {100, 1000, 10000}, NETWORK},
    {"networks-vary-d", "Networks: dimension", "problem.dimension", "d", 3, {5, 10, 20}, NETWORK},
    {"networks-vary-N", "Networks: samples of each task", "problem.samples", "N", 3, {100, 1000, 10000}, NETWORK},
    {"networks-vary-k", "Networks: rank of the tasks' adapters", "problem.rank", "k", 3, {1, 2, 3}, NETWORK},
};
const int reproduce_count = sizeof reproduce_table / sizeof *reproduce_table;

int reproduce_find(const char *name)
{
    for (int i = 0; i < reproduce_count; i++)
        if (strcmp(reproduce_table[i].name, name) == 0)
            return i;
    return -1;
}

const char *reproduce_centre_name(const struct reproduce_info *info)
{
    return info->network ? "median" : "mean";
}

int reproduce_usual_runs(int figure)
{
    return reproduce_table[figure].network ? NETWORK_RUNS : LINEAR_RUNS;
}

static void set_network(struct config *config)
{
    config->problem.kind = PROBLEM_NETWORK;
    config->problem.samples = 1000;
    config->problem.noise = 0.1;
    config->retrain.steps = NETWORK_STEPS;
    config->retrain.outer_rate = config->adapt.rate = 1e-3;
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
    if (info->network)
        set_network(config);
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
    int from;
    struct err *err; /* one for each item */
};

int reproduce_draws(const struct reproduction *reproduction)
{
    return reproduction->info->count * reproduction->request.runs;
}

static int threads_of(const struct reproduction *reproduction)
{
    return reproduction->request.threads > 0 ? reproduction->request.threads : (int)sysconf(_SC_NPROCESSORS_ONLN);
}

int reproduce_batch(const struct reproduction *reproduction)
{
    return reproduction->info->network ? threads_of(reproduction) : reproduce_draws(reproduction);
}

static void draw_item(void *context, int item, int lane)
{
    (void)lane;
    struct work *work = context;
    reproduce_draw_shared(work->reproduction, item, &work->err[item]);
}

/* The values with the most tasks, samples or dimensions come last in the table and first here: what takes longest begins. */
static void do_item(void *context, int item, int lane)
{
    (void)lane;
    struct work *work = context;
    struct reproduction *reproduction = work->reproduction;
    int runs = reproduction->request.runs, draw = work->from + item;
    int value = reproduction->info->count - 1 - draw / runs;
    if (reproduction->info->network)
        reproduce_network(reproduction, value, draw % runs, &work->err[item]);
    else
        reproduce_linear(reproduction, value, draw % runs, &work->err[item]);
}

/* Runs the items, and tells of the first that failed. */
static enum err_code share_out(struct work *work, struct pool *pool, int count, pool_work *item, struct err *err)
{
    work->err = calloc((size_t)count, sizeof *work->err);
    if (!work->err)
        return err_set(err, ERR_MEMORY, "no memory for %d runs", count);
    pool_run(pool, count, item, work);
    enum err_code code = ERR_NONE;
    for (int i = 0; i < count && !code; i++)
        if (work->err[i].code)
            code = err_set(err, work->err[i].code, "%s", work->err[i].message);
    free(work->err);
    return code;
}

static void forget_drawn(struct reproduction *reproduction)
{
    for (int run = 0; run < reproduction->request.runs && reproduction->drawn; run++)
        problem_free(reproduction->drawn[run]);
    free(reproduction->drawn);
    reproduction->drawn = NULL;
}

/* What one task is does not depend on how many there are, so a run's tasks are drawn once. */
static enum err_code draw_shared(struct work *work, struct pool *pool, struct err *err)
{
    struct reproduction *reproduction = work->reproduction;
    const struct reproduce_info *info = reproduction->info;
    int runs = reproduction->request.runs;
    if (info->network || strcmp(info->key, "problem.tasks") != 0)
        return ERR_NONE;
    reproduction->drawn = calloc((size_t)runs, sizeof(struct problem *));
    if (!reproduction->drawn)
        return err_set(err, ERR_MEMORY, "no memory for %d draws", runs);
    return share_out(work, pool, runs, draw_item, err);
}

enum err_code reproduce_compute(struct reproduction *reproduction, int from, int count, struct err *err)
{
    int threads = threads_of(reproduction), left = reproduce_draws(reproduction) - from;
    count = count < left ? count : left;
    if (count <= 0)
        return ERR_NONE;
    struct work work = {.reproduction = reproduction, .from = from};
    struct pool *pool = threads > 1 ? pool_new(threads < count ? threads : count) : NULL;
    enum err_code code = draw_shared(&work, pool, err);
    if (!code)
        code = share_out(&work, pool, count, do_item, err);
    pool_free(pool);
    forget_drawn(reproduction);
    return code;
}

/* With two tasks networks are fine-tuned at rank k as well. */
static void list_curves(struct reproduction *reproduction)
{
    static const int methods[] = {METHOD_STANDARD, METHOD_META};
    for (int value = 0; value < reproduction->info->count; value++)
        for (int i = 0; i < 2; i++) {
            struct config config;
            reproduce_config(&reproduction->request, value, &config);
            struct reproduce_curve curve = {.value = value, .method = methods[i], .rank = config.problem.rank};
            if (reproduction->info->network && curve.rank < config.adapt.rank)
                reproduction->curve[reproduction->curves++] = curve;
            curve.rank = config.adapt.rank;
            reproduction->curve[reproduction->curves++] = curve;
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
    if (!reproduction->outcome) {
        err_set(err, ERR_MEMORY, "no memory for a figure of %d runs", request->runs);
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
    double value[REPRODUCE_RUNS];
    for (int run = 0; run < runs; run++) {
        value[run] = measure_of(&outcome[run], measure, point);
        if (!isfinite(value[run]))
            return (struct reproduce_summary){(double)NAN, (double)NAN, (double)NAN};
    }
    struct statistics statistics = statistics_of(value, runs);
    return (struct reproduce_summary){reproduction->info->network ? statistics.median : statistics.mean,
                                      statistics.least, statistics.greatest};
}

static double centre_of(const struct reproduction *reproduction, int value, int method, int rank,
                        enum reproduce_measure measure)
{
    for (int i = 0; i < reproduction->curves; i++) {
        const struct reproduce_curve *curve = &reproduction->curve[i];
        if (curve->value == value && curve->method == method && curve->rank == rank)
            return reproduce_summary(reproduction, i, measure, REPRODUCE_POINTS - 1).centre;
    }
    return (double)NAN;
}

struct reproduce_gap reproduce_gap(const struct reproduction *reproduction, int value, int rank)
{
    double standard = centre_of(reproduction, value, METHOD_STANDARD, rank, REPRODUCE_LOSS);
    double meta = centre_of(reproduction, value, METHOD_META, rank, REPRODUCE_LOSS);
    double exact_standard = centre_of(reproduction, value, METHOD_STANDARD, rank, REPRODUCE_EXACT_LOSS);
    double exact_meta = centre_of(reproduction, value, METHOD_META, rank, REPRODUCE_EXACT_LOSS);
    return (struct reproduce_gap){standard / meta, exact_standard / exact_meta, standard / exact_standard,
                                  meta / exact_meta};
}

int reproduce_ranks(const struct reproduction *reproduction, int value, int rank[REPRODUCE_RANKS])
{
    int count = 0;
    for (int i = 0; i < reproduction->curves && count < REPRODUCE_RANKS; i++)
        if (reproduction->curve[i].value == value && reproduction->curve[i].method == METHOD_STANDARD)
            rank[count++] = reproduction->curve[i].rank;
    return count;
}
