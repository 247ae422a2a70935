/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/reproduce_state.h"

#include "model/adapt.h"
#include "model/measure.h"

#include <math.h>

/* Two-layer networks, which AdamW trains: there is no exact solver. */

/* One draw: its problem and what it takes to measure. */
struct draw {
    struct config config;
    struct problem *problem;
    struct measure *measure;
};

static struct solver *retrain(const struct draw *draw, int method, struct err *err)
{
    const struct retrain_config *config = &draw->config.retrain;
    struct solver_setup setup = {.moments = &draw->problem->retrain,
                                 .network = &draw->problem->network,
                                 .rank = method_table[method].adapter_rank(config),
                                 .shape = ADAPTER_GENERAL,
                                 .rates = {.inner_steps = 1, .outer = config->outer_rate}};
    struct solver *solver = solver_new(method_solver(method, &draw->config), &setup, err);
    if (solver && adapt_start_network(solver, draw->config.problem.seed, err)) {
        solver_free(solver);
        return NULL;
    }
    for (int step = 0; solver && step < config->steps; step++)
        solver_step(solver);
    return solver;
}

/* False: *err says why. */
static bool tune(const struct reproduction *reproduction, const struct draw *draw, struct solver *retrained, int rank,
                 struct reproduce_outcome *outcome, struct err *err)
{
    struct adapt_config adapt = draw->config.adapt;
    adapt.rank = rank;
    struct solver *solver = adapt_network_new(draw->problem, &adapt, solver_point(retrained), err);
    for (int point = 0; solver && point < REPRODUCE_POINTS; point++) {
        for (long left = reproduce_step(reproduction, point) - solver_steps(solver); left > 0; left--)
            solver_step(solver);
        outcome->risk = outcome->loss[point] = measure_clean_loss(draw->measure, solver_point(solver));
    }
    outcome->exact_loss = outcome->exact_risk = (double)NAN;
    bool done = solver != NULL;
    solver_free(solver);
    return done;
}

/* All curves of one method: it is retrained once, whatever the ranks. */
static bool do_method(struct reproduction *reproduction, const struct draw *draw, int value, int run, int method,
                      struct err *err)
{
    struct solver *retrained = retrain(draw, method, err);
    bool done = retrained != NULL;
    for (int i = 0; i < reproduction->curves && done; i++) {
        const struct reproduce_curve *curve = &reproduction->curve[i];
        if (curve->value == value && curve->method == method)
            done = tune(reproduction, draw, retrained, curve->rank, reproduce_outcome(reproduction, i, run), err);
    }
    solver_free(retrained);
    return done;
}

void reproduce_network(struct reproduction *reproduction, int value, int run, struct err *err)
{
    struct draw draw;
    reproduce_config(&reproduction->request, value, &draw.config);
    draw.config.problem.seed += (uint64_t)run;
    draw.problem = problem_new(&draw.config.problem, draw.config.adapt.samples, err);
    draw.measure = draw.problem ? measure_new(draw.problem, err) : NULL;
    if (draw.measure && do_method(reproduction, &draw, value, run, METHOD_STANDARD, err))
        do_method(reproduction, &draw, value, run, METHOD_META, err);
    measure_free(draw.measure);
    problem_free(draw.problem);
}
