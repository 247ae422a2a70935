/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/experiment_state.h"

#include "model/adapt.h"
#include "model/linalg.h"
#include "model/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How an experiment is drawn and its methods set at their starts. */

struct solver_rates experiment_rates(const struct config *config)
{
    return (struct solver_rates){.inner_steps = config->retrain.inner_steps,
                                 .inner = config->retrain.inner_rate,
                                 .outer = config->retrain.outer_rate};
}

static size_t squared(const struct experiment *experiment)
{
    size_t d = (size_t)experiment->config.problem.dimension;
    return d * d;
}

static enum err_code out_of_memory(struct err *err)
{
    return err_set(err, ERR_MEMORY, "out of memory for an experiment");
}

/* The loss that is left where the theory sees a method without adapters. Adapters that can hold the tasks leave none. */
static double predict_loss(struct experiment *experiment, int row, const struct point *predicted)
{
    const struct method *method = &method_table[row];
    if (method->adapter_rank(&experiment->config.retrain) > 0)
        return method->error_rank(&experiment->config) == THEORY_SILENT ? (double)NAN : 0;
    return experiment->run[row].predicted
               ? measure_train_loss(experiment->measure, &experiment->problem->retrain, predicted)
               : (double)NAN;
}

/* What the theory says of this draw does not change, so it is decomposed once. */
static enum err_code predict(struct experiment *experiment, int row, struct err *err)
{
    const struct method *method = &method_table[row];
    struct experiment_run *run = &experiment->run[row];
    double *error = malloc(squared(experiment) * sizeof *error);
    if (!error)
        return out_of_memory(err);
    enum err_code code = ERR_NONE;
    run->predicted = method->predict_error(&experiment->config, experiment->problem, error);
    if (run->predicted)
        code = measure_error_spectra(experiment->measure, error, &run->prediction, err);
    if (run->predicted) /* error becomes A* + error */
        linalg_axpy(squared(experiment), 1, experiment->problem->base, error);
    const struct point predicted = {.dimension = experiment->config.problem.dimension,
                                    .tasks = experiment->config.problem.tasks,
                                    .shape = experiment->config.retrain.adapter,
                                    .base = error};
    run->predicted_loss = predict_loss(experiment, row, &predicted);
    free(error);
    return code;
}

static void copy_start(const double *from, size_t count, double *to)
{
    if (from)
        memcpy(to, from, count * sizeof *to);
}

void experiment_place(const struct point *point, const double *base, const double *left, const double *right)
{
    size_t factors = (size_t)point->tasks * point_factor_size(point);
    copy_start(base, point_base_size(point), point->base);
    copy_start(left, factors, point->left);
    if (point->shape == ADAPTER_GENERAL)
        copy_start(right, factors, point->right);
}

static enum err_code start_method(struct experiment *experiment, int row, struct err *err)
{
    const struct config *config = &experiment->config;
    struct experiment_run *run = &experiment->run[row];
    bool network = config->problem.kind == PROBLEM_NETWORK;
    struct solver_setup setup = {
        .moments = &experiment->problem->retrain,
        .rank = method_table[row].adapter_rank(&config->retrain),
        .shape = network ? ADAPTER_GENERAL : config->retrain.adapter,
        .network = network ? &experiment->problem->network : NULL,
        .rates = experiment_rates(config),
        .sparing = solver_should_spare(config->problem.tasks, config->problem.dimension, config->retrain.adapter),
        .pool = experiment->pool};
    run->active = true;
    struct solver *solver = solver_new(method_solver(row, config), &setup, err);
    if (!solver)
        return err->code;
    run->solver[STAGE_RETRAIN] = solver;
    enum err_code code =
        network ? adapt_start_network(solver, config->problem.seed, err)
                : solver_start(solver, config->problem.seed, RANDOM_RETRAIN_START, config->retrain.init_scale, err);
    if (code)
        return code;
    const struct point *point = solver_point(solver);
    experiment_place(point, experiment->start.base, experiment->start.left, experiment->start.right);
    if (method_table[row].place)
        method_table[row].place(experiment->problem, point);
    run->stability = (struct stability){(double)INFINITY, (double)INFINITY};
    if (!network)
        code = stability_estimate(&setup, point->base, &run->stability, err);
    if (!code && setup.rank == 0 && method_has_inner_steps(row, &config->retrain))
        code = stability_estimate_copies(&setup, row == METHOD_FOMAML ? 0.5 : 1, &run->stability, err);
    if (code)
        return code;
    run->start_loss = measure_train_loss(experiment->measure, setup.moments, point);
    return predict(experiment, row, err);
}

static void measure_norms(struct experiment *experiment)
{
    const struct problem *problem = experiment->problem;
    size_t count = squared(experiment);
    experiment->base_norm = problem->base ? linalg_norm(count, problem->base) : (double)NAN;
    experiment->base_norm_two = measure_base_norm_two(experiment->measure);
    experiment->unseen_norm = problem->unseen_target ? linalg_norm(count, problem->unseen_target) : (double)NAN;
}

/* Spectra of each method, with their angles, and of its prediction. */
static enum err_code take_memory(struct experiment *experiment, struct err *err)
{
    size_t d = (size_t)experiment->config.problem.dimension;
    size_t tasks = (size_t)experiment->config.problem.tasks;
    size_t spectra = arena_add(arena_doubles_size(d), arena_doubles_size(d + 1));
    size_t both = arena_add(arena_add(spectra, spectra), arena_doubles_size(tasks));
    experiment->arena = arena_new(METHOD_COUNT * both);
    if (!experiment->arena)
        return out_of_memory(err);
    for (int row = 0; row < METHOD_COUNT; row++) {
        struct experiment_run *run = &experiment->run[row];
        run->spectra.angles = arena_doubles(experiment->arena, tasks);
        run->spectra.singular_values = arena_doubles(experiment->arena, d);
        run->spectra.curve = arena_doubles(experiment->arena, d + 1);
        run->prediction.singular_values = arena_doubles(experiment->arena, d);
        run->prediction.curve = arena_doubles(experiment->arena, d + 1);
    }
    return ERR_NONE;
}

static enum err_code build(struct experiment *experiment, const struct problem_tasks *tasks, struct err *err)
{
    const struct config *config = &experiment->config;
    enum err_code code = take_memory(experiment, err);
    if (code)
        return code;
    experiment->problem = tasks ? problem_from_tasks(&config->problem, config->adapt.samples, tasks, err)
                                : problem_new(&config->problem, config->adapt.samples, err);
    if (!experiment->problem)
        return err->code;
    experiment->measure = measure_new(experiment->problem, err);
    if (!experiment->measure)
        return err->code;
    measure_set_tolerance(experiment->measure, config->adapt.tolerance);
    measure_norms(experiment);
    for (int row = 0; row < METHOD_COUNT && !code; row++)
        if (config->retrain.methods & 1u << row)
            code = start_method(experiment, row, err);
    return code;
}

/* Only what takes a thread longer than waking another is worth sharing, and tasks are what is shared. */
int experiment_threads(const struct config *config, int threads)
{
    enum { WORTH_SHARING = 192 };
    if (config->problem.dimension < WORTH_SHARING)
        return 1;
    if (threads == 0)
        threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (threads > config->problem.tasks)
        threads = config->problem.tasks;
    if (threads > EXPERIMENT_THREADS)
        threads = EXPERIMENT_THREADS;
    return threads > 1 ? threads : 1;
}

struct experiment *experiment_new(const struct config *config, struct err *err)
{
    return experiment_new_from(config, NULL, NULL, 0, err);
}

struct experiment *experiment_new_from(const struct config *config, const struct problem_tasks *tasks,
                                       const struct experiment_start *start, int threads, struct err *err)
{
    struct experiment *experiment = calloc(1, sizeof *experiment);
    if (!experiment) {
        out_of_memory(err);
        return NULL;
    }
    experiment->config = *config;
    if (start)
        experiment->start = *start;
    threads = experiment_threads(config, threads);
    experiment->pool = threads > 1 ? pool_new(threads) : NULL; /* where there is no thread to be had, one does all */
    struct err why = {.code = ERR_NONE};
    if (build(experiment, tasks, &why)) {
        if (err)
            *err = why;
        experiment_free(experiment);
        return NULL;
    }
    return experiment;
}

void experiment_free(struct experiment *experiment)
{
    if (!experiment)
        return;
    for (int row = 0; row < METHOD_COUNT; row++)
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            solver_free(experiment->run[row].solver[stage]);
    pool_free(experiment->pool);
    measure_free(experiment->measure);
    problem_free(experiment->problem);
    arena_free(experiment->arena);
    free(experiment);
}
