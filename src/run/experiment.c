/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/experiment_state.h"

#include "model/adapt.h"
#include "model/linalg.h"
#include "model/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct solver_rates retrain_rates(const struct config *config)
{
    return (struct solver_rates){.inner_steps = config->retrain.inner_steps,
                                 .inner = config->retrain.inner_rate,
                                 .outer = config->retrain.outer_rate};
}

/* Fine-tuning's base is frozen, so only its adapter has a rate. */
static struct solver_rates adapt_rates(const struct config *config)
{
    return (struct solver_rates){.inner_steps = 1, .inner = config->adapt.rate, .outer = config->adapt.rate};
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

/* Puts the solver where it shall begin, as far as that is given. */
static void place_start(const struct point *point, const double *base, const double *left, const double *right)
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
        .rates = retrain_rates(config),
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
    place_start(point, experiment->start.base, experiment->start.left, experiment->start.right);
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

static bool any_running(const struct experiment *experiment)
{
    for (int row = 0; row < METHOD_COUNT; row++) {
        const struct solver *solver = experiment_solver(experiment, row);
        if (solver && solver_status(solver) == SOLVER_RUNNING)
            return true;
    }
    return false;
}

/* One that diverged has nothing to go on from. */
static bool is_usable(const struct solver *solver)
{
    return solver && solver_status(solver) != SOLVER_DIVERGED;
}

static bool any_retrained(const struct experiment *experiment)
{
    for (int row = 0; row < METHOD_COUNT; row++)
        if (is_usable(experiment->run[row].solver[STAGE_RETRAIN]))
            return true;
    return false;
}

static int stage_steps(const struct experiment *experiment)
{
    return experiment->stage == STAGE_RETRAIN ? experiment->config.retrain.steps : experiment->config.adapt.steps;
}

bool experiment_stage_done(const struct experiment *experiment)
{
    bool all_taken = !experiment->in_step && experiment_steps(experiment) >= stage_steps(experiment);
    return all_taken || !any_running(experiment);
}

/* In population the best adapter is a point of the adaptation curve, which is measured anyway. */
static bool adapt_follows(const struct experiment *experiment)
{
    const struct moments *unseen = &experiment->problem->unseen;
    return experiment->stage == STAGE_RETRAIN &&
           (experiment->config.adapt.solver == ADAPT_PAPER || unseen->covariance || experiment->problem->top) &&
           unseen->tasks > 0 && any_retrained(experiment) && !experiment->err.code;
}

bool experiment_done(const struct experiment *experiment)
{
    return experiment_stage_done(experiment) && !adapt_follows(experiment);
}

/* Between two steps only: a step is taken with the rates that it began with. */
static void bring_rates(struct experiment *experiment)
{
    if (!experiment->rates_stale || experiment->in_step)
        return;
    struct solver_rates rates =
        experiment->stage == STAGE_RETRAIN ? retrain_rates(&experiment->config) : adapt_rates(&experiment->config);
    for (int row = 0; row < METHOD_COUNT; row++)
        if (experiment_solver(experiment, row))
            solver_set_rates(experiment_solver(experiment, row), &rates);
    experiment->rates_stale = false;
}

static const char *phase_name(const struct experiment *experiment, int row, int phase)
{
    if (experiment->stage == STAGE_ADAPT)
        return "fine-tune";
    return method_solver(row, &experiment->config)->phase_names[phase];
}

/* Fine-tuning does not move what retraining has come to. */
static void forget_spectra(struct experiment *experiment, int row)
{
    if (experiment->stage == STAGE_RETRAIN)
        experiment->run[row].measured = false;
}

/* Its solver in the present stage, if that has something to do in the step or phase that is next: a method whose own
 * solver takes its steps whole waits while the others' steps are not complete. */
static struct solver *solver_to_move(const struct experiment *experiment, int row)
{
    struct solver *solver = experiment_solver(experiment, row);
    bool waits = experiment->in_step && experiment->stage == STAGE_RETRAIN && method_table[row].solver;
    return solver && solver_status(solver) == SOLVER_RUNNING && !waits ? solver : NULL;
}

/* Finishes the step of every method, whether it was begun by phases or not. */
static void take_step(struct experiment *experiment)
{
    bring_rates(experiment);
    for (int row = 0; row < METHOD_COUNT; row++) {
        struct solver *solver = solver_to_move(experiment, row);
        if (!solver)
            continue;
        solver_step(solver);
        int last = method_solver(row, &experiment->config)->phases - 1;
        experiment->run[row].phase = phase_name(experiment, row, last);
        forget_spectra(experiment, row);
    }
    experiment->in_step = false;
    experiment->phases = 0;
}

static void take_phase(struct experiment *experiment)
{
    bring_rates(experiment);
    bool in_step = false;
    for (int row = 0; row < METHOD_COUNT; row++) {
        struct solver *solver = solver_to_move(experiment, row);
        if (!solver)
            continue;
        long before = solver_steps(solver);
        int phase = 0;
        enum solver_status status = solver_step_phase(solver, &phase);
        experiment->run[row].phase = phase_name(experiment, row, phase);
        forget_spectra(experiment, row);
        in_step = in_step || (status == SOLVER_RUNNING && solver_steps(solver) == before);
    }
    experiment->in_step = in_step;
    experiment->phases = in_step ? experiment->phases + 1 : 0;
}

/* True: there is a step to take. False: it has moved on to the next stage, or there is none. */
static bool may_step(struct experiment *experiment, bool *moved)
{
    *moved = false;
    if (!experiment_stage_done(experiment))
        return true;
    if (adapt_follows(experiment))
        *moved = experiment_begin_adapt(experiment, &experiment->err) == ERR_NONE;
    return false;
}

bool experiment_step(struct experiment *experiment)
{
    bool moved;
    if (!may_step(experiment, &moved))
        return moved;
    take_step(experiment);
    return true;
}

bool experiment_step_phase(struct experiment *experiment)
{
    bool moved;
    if (!may_step(experiment, &moved))
        return moved;
    take_phase(experiment);
    return true;
}

const struct err *experiment_error(const struct experiment *experiment)
{
    return &experiment->err;
}

enum err_code experiment_begin_adapt(struct experiment *experiment, struct err *err)
{
    if (experiment->stage == STAGE_ADAPT || experiment->problem->unseen.tasks == 0 || !any_retrained(experiment))
        return ERR_NONE;
    for (int row = 0; row < METHOD_COUNT; row++) {
        struct experiment_run *run = &experiment->run[row];
        struct solver *retrained = run->solver[STAGE_RETRAIN];
        if (!is_usable(retrained))
            continue;
        struct err why = {.code = ERR_NONE};
        solver_free(run->solver[STAGE_ADAPT]); /* of an attempt that failed */
        run->solver[STAGE_ADAPT] =
            experiment->problem->top
                ? adapt_network_new(experiment->problem, &experiment->config.adapt, solver_point(retrained), &why)
                : adapt_solver_new(experiment->problem, &experiment->config.adapt, solver_point(retrained)->base, &why);
        if (!run->solver[STAGE_ADAPT]) {
            if (err)
                *err = why;
            return why.code;
        }
        place_start(solver_point(run->solver[STAGE_ADAPT]), NULL, experiment->start.adapt_left,
                    experiment->start.adapt_right);
    }
    experiment->stage = STAGE_ADAPT;
    experiment->in_step = false;
    experiment->phases = 0;
    experiment->rates_stale = true;
    return ERR_NONE;
}

/* All that have not diverged go on with this solver, counting on from the most steps that any has taken. */
static enum err_code switch_solver(struct experiment *experiment, int type, struct err *err)
{
    struct solver *fresh[METHOD_COUNT] = {NULL};
    long steps = experiment_steps(experiment);
    for (int row = 0; row < METHOD_COUNT; row++) {
        const struct solver *old = experiment->run[row].solver[STAGE_RETRAIN];
        if (!is_usable(old) || method_table[row].solver || experiment->problem->top)
            continue;
        struct err why = {.code = ERR_NONE};
        fresh[row] = solver_take_over(old, &solver_table[type], steps, &why);
        if (fresh[row])
            continue;
        for (int made = 0; made < row; made++)
            solver_free(fresh[made]);
        return err_set(err, why.code, "%s", why.message);
    }
    for (int row = 0; row < METHOD_COUNT; row++) {
        if (!fresh[row])
            continue;
        solver_free(experiment->run[row].solver[STAGE_RETRAIN]);
        experiment->run[row].solver[STAGE_RETRAIN] = fresh[row];
        experiment->run[row].end_sampled[STAGE_RETRAIN] = false;
    }
    experiment->in_step = false;
    experiment->phases = 0;
    experiment->config.retrain.solver = type;
    return ERR_NONE;
}

enum err_code experiment_update(struct experiment *experiment, const struct config *config, struct err *err)
{
    struct config *own = &experiment->config;
    if (experiment->stage == STAGE_RETRAIN && config->retrain.solver != own->retrain.solver &&
        switch_solver(experiment, config->retrain.solver, err))
        return ERR_MEMORY;
    own->retrain.steps = config->retrain.steps;
    own->retrain.inner_steps = config->retrain.inner_steps;
    own->retrain.inner_rate = config->retrain.inner_rate;
    own->retrain.outer_rate = config->retrain.outer_rate;
    own->adapt.steps = config->adapt.steps;
    own->adapt.rate = config->adapt.rate;
    if (experiment->stage == STAGE_RETRAIN)
        own->adapt.rank = config->adapt.rank;
    experiment->rates_stale = true;
    return ERR_NONE;
}

enum stage experiment_stage(const struct experiment *experiment)
{
    return experiment->stage;
}

const struct config *experiment_config(const struct experiment *experiment)
{
    return &experiment->config;
}

const struct problem *experiment_problem(const struct experiment *experiment)
{
    return experiment->problem;
}

const struct point *experiment_point(const struct experiment *experiment, int method, enum stage stage)
{
    struct solver *solver = experiment->run[method].solver[stage];
    return solver ? solver_point(solver) : NULL;
}

long experiment_retrain_steps(const struct experiment *experiment, int method)
{
    return solver_steps(experiment->run[method].solver[STAGE_RETRAIN]);
}

enum solver_status experiment_retrain_status(const struct experiment *experiment, int method)
{
    return solver_status(experiment->run[method].solver[STAGE_RETRAIN]);
}

/* A method that diverged or is at rest has stopped counting; the others have taken the same number. */
long experiment_steps(const struct experiment *experiment)
{
    long most = 0;
    for (int row = 0; row < METHOD_COUNT; row++) {
        const struct solver *solver = experiment_solver(experiment, row);
        if (solver && solver_steps(solver) > most)
            most = solver_steps(solver);
    }
    return most;
}

struct position experiment_position(const struct experiment *experiment)
{
    return (struct position){experiment->stage, experiment_steps(experiment), experiment->phases};
}
