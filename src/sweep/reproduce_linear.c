/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/reproduce_state.h"

#include "model/adapt.h"
#include "model/measure.h"
#include "model/random.h"

#include <math.h>

/* Solvers alone, without what an experiment keeps for a screen. */

/* One draw: its problem and what it takes to measure. */
struct draw {
    struct config config;
    struct problem *problem;
    struct measure *measure;
    bool as_published;
};

static struct solver *start_retraining(const struct draw *draw, const char *name, int rank, struct solver_rates rates,
                                       struct err *err)
{
    struct solver_setup setup = {
        .moments = &draw->problem->retrain, .rank = rank, .shape = ADAPTER_SYMMETRIC, .rates = rates};
    struct solver *solver = solver_new(&solver_table[solver_find(name)], &setup, err);
    if (solver &&
        solver_start(solver, draw->config.problem.seed, RANDOM_RETRAIN_START, draw->config.retrain.init_scale, err)) {
        solver_free(solver);
        return NULL;
    }
    return solver;
}

/* The published algorithm. The reference's standard retraining has the adapters of the start in its forward pass, and
 * never moves them. */
static struct solver *retrain_published(const struct draw *draw, int method, struct err *err)
{
    const struct retrain_config *retrain = &draw->config.retrain;
    struct solver_rates rates = {
        .inner_steps = retrain->inner_steps, .inner = retrain->inner_rate, .outer = retrain->outer_rate};
    int rank = method_table[method].adapter_rank(retrain);
    if (rank == 0 && draw->as_published) {
        rank = retrain->rank;
        rates.inner_steps = 1;
        rates.inner = 0;
    }
    struct solver *solver = start_retraining(draw, "paper", rank, rates, err);
    for (int step = 0; solver && step < retrain->steps; step++)
        solver_step(solver);
    return solver;
}

/* The least loss of the data, from the same start. */
static struct solver *retrain_exactly(const struct draw *draw, int method, struct err *err)
{
    enum { MOST_STEPS = 300 };
    struct solver *solver = start_retraining(draw, "newton", method_table[method].adapter_rank(&draw->config.retrain),
                                             (struct solver_rates){.inner_steps = 1}, err);
    for (int step = 0; solver && step < MOST_STEPS && solver_step(solver) == SOLVER_RUNNING; step++)
        ;
    return solver;
}

static double paper_loss(const struct draw *draw, struct solver *solver)
{
    return measure_paper_loss(draw->measure, &draw->problem->unseen, draw->problem->unseen_target,
                              solver_point(solver));
}

static double risk(const struct draw *draw, struct solver *solver)
{
    return measure_excess_risk(draw->measure, draw->problem->unseen_target, solver_point(solver));
}

static struct solver *begin_adapting(const struct draw *draw, struct solver *retrained, enum adapt_solver solver,
                                     struct err *err)
{
    struct adapt_config adapt = draw->config.adapt;
    adapt.solver = solver;
    return retrained ? adapt_solver_new(draw->problem, &adapt, solver_point(retrained)->base, err) : NULL;
}

/* False: *err says why. */
static bool adapt_published(const struct draw *draw, const struct reproduction *reproduction, int method,
                            struct reproduce_outcome *outcome, struct err *err)
{
    struct solver *retrained = retrain_published(draw, method, err);
    struct solver *solver = begin_adapting(draw, retrained, ADAPT_PAPER, err);
    solver_free(retrained);
    for (int point = 0; solver && point < REPRODUCE_POINTS; point++) {
        for (long left = reproduce_step(reproduction, point) - solver_steps(solver); left > 0; left--)
            solver_step(solver);
        outcome->loss[point] = paper_loss(draw, solver);
    }
    bool done = solver != NULL;
    if (done)
        outcome->risk = risk(draw, solver);
    solver_free(solver);
    return done;
}

static bool adapt_exactly(const struct draw *draw, int method, struct reproduce_outcome *outcome, struct err *err)
{
    enum { MOST_STEPS = 10 }; /* the first one finds the least loss, and the next says so */
    struct solver *retrained = retrain_exactly(draw, method, err);
    struct solver *solver = begin_adapting(draw, retrained, ADAPT_EXACT, err);
    solver_free(retrained);
    for (int step = 0; solver && step < MOST_STEPS && solver_step(solver) == SOLVER_RUNNING; step++)
        ;
    bool done = solver != NULL;
    if (done) {
        outcome->exact_loss = paper_loss(draw, solver);
        outcome->exact_risk = risk(draw, solver);
    }
    solver_free(solver);
    return done;
}

void reproduce_draw_shared(struct reproduction *reproduction, int run, struct err *err)
{
    struct config config;
    reproduce_config(&reproduction->request, reproduction->info->count - 1, &config);
    config.problem.seed += (uint64_t)run;
    reproduction->drawn[run] = problem_new(&config.problem, config.adapt.samples, err);
}

void reproduce_linear(struct reproduction *reproduction, int value, int run, struct err *err)
{
    struct draw draw = {.as_published = reproduction->request.as_published};
    reproduce_config(&reproduction->request, value, &draw.config);
    draw.config.problem.seed += (uint64_t)run;
    struct problem fewer;
    if (reproduction->drawn) {
        fewer = *reproduction->drawn[run];
        fewer.config.tasks = fewer.retrain.tasks = draw.config.problem.tasks;
        draw.problem = &fewer;
    } else {
        draw.problem = problem_new(&draw.config.problem, draw.config.adapt.samples, err);
    }
    draw.measure = draw.problem ? measure_new(draw.problem, err) : NULL;
    for (int i = 0; i < reproduction->curves && draw.measure; i++) {
        const struct reproduce_curve *curve = &reproduction->curve[i];
        struct reproduce_outcome *outcome = reproduce_outcome(reproduction, i, run);
        if (curve->value == value && (!adapt_published(&draw, reproduction, curve->method, outcome, err) ||
                                      !adapt_exactly(&draw, curve->method, outcome, err)))
            break;
    }
    measure_free(draw.measure);
    if (!reproduction->drawn)
        problem_free(draw.problem);
}
