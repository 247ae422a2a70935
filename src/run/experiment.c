/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/experiment_state.h"

#include "model/adapt.h"

/* Fine-tuning's base is frozen, so only its adapter has a rate. */
static struct solver_rates adapt_rates(const struct config *config)
{
    return (struct solver_rates){.inner_steps = 1, .inner = config->adapt.rate, .outer = config->adapt.rate};
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
        experiment->stage == STAGE_RETRAIN ? experiment_rates(&experiment->config) : adapt_rates(&experiment->config);
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
        experiment_place(solver_point(run->solver[STAGE_ADAPT]), NULL, experiment->start.adapt_left,
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
