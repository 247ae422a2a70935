/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/claim_state.h"

#include "model/measure.h"
#include "model/random.h"
#include "model/solver.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum err_code claim_standard_error_rank(const struct config *config, struct claim_observation *observation,
                                        struct err *err)
{
    struct outcome outcome;
    enum err_code code = claim_run(config, NULL, METHOD_STANDARD, &outcome, err);
    observation->counts = true;
    observation->value = outcome.value[METRIC_ERROR_RANK];
    observation->agrees = observation->value == config->problem.rank * config->problem.tasks;
    return code;
}

/* Only an adapter of rank `rank` brings the risk down to rounding. What counts as none is far larger, and a rank counted by that comes
 * out too small where a singular value happens to be small. */
static enum err_code needs_rank(const struct config *config, int rank, struct claim_observation *observation,
                                struct err *err)
{
    static const double rounding = 1e-18;
    struct outcome less, enough;
    struct config own = *config;
    own.adapt.rank = rank - 1;
    enum err_code code = claim_run(&own, NULL, METHOD_STANDARD, &less, err);
    own.adapt.rank = rank;
    if (!code)
        code = claim_run(&own, NULL, METHOD_STANDARD, &enough, err);
    if (code)
        return code;
    observation->counts = true;
    observation->agrees = less.value[METRIC_EXCESS_RISK] > rounding && enough.value[METRIC_EXCESS_RISK] <= rounding;
    observation->value = observation->agrees ? rank : enough.value[METRIC_RANK_NEEDED];
    return ERR_NONE;
}

enum err_code claim_standard_rank_needed(const struct config *config, struct claim_observation *observation,
                                         struct err *err)
{
    return needs_rank(config, config->problem.rank * (config->problem.tasks + 1), observation, err);
}

enum err_code claim_needs_dimension(const struct config *config, struct claim_observation *observation, struct err *err)
{
    return needs_rank(config, config->problem.dimension, observation, err);
}

/* All numbers of tasks up to the configuration's; the value is what the most ask for. */
enum err_code claim_more_tasks_more_rank(const struct config *config, struct claim_observation *observation,
                                         struct err *err)
{
    struct config own = *config;
    observation->counts = observation->agrees = true;
    for (own.problem.tasks = 1; own.problem.tasks <= config->problem.tasks; own.problem.tasks++) {
        struct claim_observation one = {.counts = false};
        enum err_code code = claim_standard_rank_needed(&own, &one, err);
        if (code)
            return code;
        observation->agrees = observation->agrees && one.agrees;
        observation->value = one.value;
    }
    return ERR_NONE;
}

/* ---- fine-tuning by a solver that knows nothing of decompositions ---- */

/* The least risk that the solver `newton` finds with an adapter of this rank from `base`. */
static enum err_code tune(const struct problem *problem, int rank, const double *base, double *risk, struct err *err)
{
    enum { MOST = 1000 };
    struct solver_setup setup = {
        .moments = &problem->unseen, .rank = rank, .shape = ADAPTER_GENERAL, .base_frozen = true};
    struct measure *measure = measure_new(problem, err);
    struct solver *solver = measure ? solver_new(&solver_table[solver_find("newton")], &setup, err) : NULL;
    enum err_code code = solver ? solver_start(solver, problem->config.seed, RANDOM_ADAPT_START, 0.1, err) : err->code;
    if (!code) {
        memcpy(solver_point(solver)->base, base, point_base_size(solver_point(solver)) * sizeof *base);
        for (int i = 0; i < MOST && solver_step(solver) == SOLVER_RUNNING; i++)
            ;
        *risk = measure_excess_risk(measure, problem->unseen_target, solver_point(solver));
    }
    solver_free(solver);
    measure_free(measure);
    return code;
}

enum err_code claim_standard_risk(const struct config *config, struct claim_observation *observation, struct err *err)
{
    struct outcome outcome;
    size_t square = (size_t)config->problem.dimension * (size_t)config->problem.dimension;
    enum err_code code = claim_run(config, NULL, METHOD_STANDARD, &outcome, err);
    struct problem *problem = code ? NULL : problem_new(&config->problem, config->adapt.samples, err);
    double *base = problem ? malloc(square * sizeof *base) : NULL;
    double risk = (double)NAN;
    if (problem && !base)
        err_set(err, ERR_MEMORY, "no memory for a claim");
    if (base) {
        method_table[METHOD_STANDARD].predict_error(config, problem, base);
        for (size_t i = 0; i < square; i++)
            base[i] += problem->base[i];
        code = tune(problem, config->adapt.rank, base, &risk, err);
    } else if (!code) {
        code = err->code;
    }
    observation->counts = true;
    observation->value = risk / outcome.value[METRIC_EXCESS_RISK];
    /* Never below; and above where singular values nearly meet, and the solver has a flat way to go. */
    observation->agrees = observation->value > 1 - 1e-9 && observation->value < 1.01;
    free(base);
    problem_free(problem);
    return code;
}

/* ---- adapters over many tasks ---- */

enum err_code claim_risk_of_psd_mean(const struct config *config, struct claim_observation *observation,
                                     struct err *err)
{
    struct outcome outcome;
    enum err_code code = claim_run(config, NULL, METHOD_STANDARD, &outcome, err);
    observation->counts = true;
    observation->value = outcome.value[METRIC_EXCESS_RISK];
    return code;
}

/* The mean of T adapters has entries of variance k/T; an adapter of rank k that is R's own leaves of it what lies beyond both
 * column spaces, (d − k)² entries. */
enum err_code claim_risk_of_zero_mean(const struct config *config, struct claim_observation *observation,
                                      struct err *err)
{
    enum err_code code = claim_risk_of_psd_mean(config, observation, err);
    double k = config->problem.rank, beyond = config->problem.dimension - k;
    observation->value /= 0.5 * k * beyond * beyond / config->problem.tasks;
    return code;
}

enum err_code claim_risk_by_tasks(const struct config *config, struct claim_observation *observation, struct err *err)
{
    enum { FACTOR = 4 };
    struct config fewer = *config;
    struct claim_observation before = {.counts = false};
    fewer.problem.tasks /= FACTOR;
    enum err_code code = claim_risk_of_psd_mean(config, observation, err);
    if (!code)
        code = claim_risk_of_psd_mean(&fewer, &before, err);
    observation->value = log(observation->value / before.value) / log(FACTOR);
    return code;
}
