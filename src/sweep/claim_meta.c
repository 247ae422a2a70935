/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/claim_state.h"

#include "model/hessian.h"
#include "model/linalg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum err_code claim_meta_error_rank(const struct config *config, struct claim_observation *observation, struct err *err)
{
    struct outcome outcome;
    enum err_code code = claim_run(config, NULL, METHOD_META, &outcome, err);
    observation->counts = claim_at_minimum(&outcome);
    observation->value = outcome.value[METRIC_ERROR_RANK];
    observation->agrees = observation->value <= 2 * config->problem.rank;
    return code;
}

enum err_code claim_meta_rank_needed(const struct config *config, struct claim_observation *observation,
                                     struct err *err)
{
    struct outcome outcome;
    enum err_code code = claim_run(config, NULL, METHOD_META, &outcome, err);
    observation->counts = claim_at_minimum(&outcome);
    observation->value = outcome.value[METRIC_RANK_NEEDED];
    observation->agrees = observation->value == config->problem.rank * (config->problem.tasks < 3 ? 3 : 1);
    return code;
}

enum err_code claim_meta_exact(const struct config *config, struct claim_observation *observation, struct err *err)
{
    struct outcome outcome;
    enum err_code code = claim_run(config, NULL, METHOD_META, &outcome, err);
    observation->counts = claim_at_minimum(&outcome);
    observation->value = outcome.value[METRIC_BASE_ERROR];
    observation->agrees = observation->value < CLAIM_NO_ERROR && outcome.value[METRIC_RECOVERY_ANGLE] < CLAIM_NO_ERROR;
    return code;
}

enum err_code claim_meta_every_end(const struct config *config, struct claim_observation *observation, struct err *err)
{
    struct outcome outcome;
    enum err_code code = claim_run(config, NULL, METHOD_META, &outcome, err);
    observation->counts = true;
    observation->value = outcome.value[METRIC_TRAIN_LOSS];
    observation->agrees = claim_at_minimum(&outcome);
    return code;
}

enum err_code claim_meta_runs_off(const struct config *config, struct claim_observation *observation, struct err *err)
{
    struct outcome outcome;
    enum err_code code = claim_run(config, NULL, METHOD_META, &outcome, err);
    observation->counts = true;
    observation->value = outcome.value[METRIC_TRAIN_LOSS];
    observation->agrees = outcome.status == SOLVER_UNBOUNDED;
    return code;
}

enum err_code claim_meta_lost(const struct config *config, struct claim_observation *observation, struct err *err)
{
    enum err_code code = claim_meta_exact(config, observation, err);
    observation->agrees = observation->value > CLAIM_NO_ERROR;
    return code;
}

/* ---- the saddle ---- */

/* max over t of the largest eigenvalue of E_t = R_t − mean R; `scratch` is 2 × d × d. False: it failed. */
static bool largest_apart(const struct problem *problem, struct linalg_eigen *eigen, double *scratch, double *largest)
{
    int d = problem->config.dimension;
    size_t square = (size_t)d * (size_t)d, tasks = (size_t)problem->config.tasks;
    double *mean = scratch, *apart = scratch + square;
    memset(mean, 0, square * sizeof *mean);
    for (size_t t = 0; t < tasks; t++)
        linalg_axpy(square, 1.0 / (double)tasks, problem->target + t * square, mean);
    *largest = -(double)INFINITY;
    for (size_t t = 0; t < tasks; t++) {
        double value, vector[256]; /* d is smaller in all claims */
        for (size_t i = 0; i < square; i++)
            apart[i] = problem->target[t * square + i] - mean[i];
        if (d > (int)(sizeof vector / sizeof *vector) || !linalg_eigen(eigen, d, apart, 1, &value, vector))
            return false;
        *largest = fmax(*largest, value);
    }
    return true;
}

/* The least eigenvalue at A = 0, U = 0, divided by what the theory says. */
static enum err_code compare_saddle(const struct problem *problem, struct hessian *hessian, struct linalg_eigen *eigen,
                                    double *memory, double *ratio, struct err *err)
{
    int d = problem->config.dimension, found = 0;
    size_t square = (size_t)d * (size_t)d;
    double value = 0, largest = 0;
    double *zero = memory + 2 * square, *vector = zero + hessian_unknowns(hessian) + square;
    struct point point = *hessian_point(hessian);
    point.base = point.left = point.right = zero;
    if (!largest_apart(problem, eigen, memory, &largest) || !hessian_stand(hessian, &point) ||
        !hessian_lowest(hessian, 1, NULL, &value, vector, &found) || found < 1)
        return err_set(err, ERR_MATH, "the Hessian at the saddle could not be decomposed");
    *ratio = value / (-2 * largest / problem->config.tasks);
    return ERR_NONE;
}

enum err_code claim_saddle(const struct config *config, struct claim_observation *observation, struct err *err)
{
    struct problem *problem = problem_new(&config->problem, SAMPLES_POPULATION, err);
    if (!problem)
        return err->code;
    struct hessian_setup setup = {.moments = &problem->retrain,
                                  .rank = config->retrain.rank,
                                  .shape = config->retrain.adapter,
                                  .eliminated = true};
    struct hessian *hessian = hessian_new(&setup, err);
    struct linalg_eigen *eigen = linalg_eigen_new(config->problem.dimension);
    size_t square = (size_t)config->problem.dimension * (size_t)config->problem.dimension;
    double *memory = hessian ? calloc(3 * square + 2 * hessian_unknowns(hessian), sizeof *memory) : NULL;
    enum err_code code = memory && eigen ? compare_saddle(problem, hessian, eigen, memory, &observation->value, err)
                                         : err_set(err, ERR_MEMORY, "no memory for a claim");
    observation->counts = true;
    observation->agrees = fabs(observation->value - 1) < 1e-9;
    free(memory);
    linalg_eigen_free(eigen);
    hessian_free(hessian);
    problem_free(problem);
    return code;
}

/* ---- finite samples of the unseen task ---- */

/* The Cramér-Rao bound: half of σ² a degree of freedom and sample; a matrix of rank k has k (2d − k) of them. */
enum err_code claim_risk_of_samples(const struct config *config, struct claim_observation *observation, struct err *err)
{
    struct outcome outcome;
    const struct problem_config *problem = &config->problem;
    enum err_code code = claim_run(config, NULL, METHOD_META, &outcome, err);
    double freedom = problem->rank * (2.0 * problem->dimension - problem->rank);
    observation->counts = claim_at_minimum(&outcome);
    observation->value =
        outcome.value[METRIC_EXCESS_RISK] / (0.5 * problem->noise * problem->noise * freedom / config->adapt.samples);
    return code;
}

enum err_code claim_risk_by_samples(const struct config *config, struct claim_observation *observation, struct err *err)
{
    enum { FACTOR = 4 };
    struct config fewer = *config;
    struct claim_observation before = {.counts = false};
    fewer.adapt.samples /= FACTOR;
    enum err_code code = claim_risk_of_samples(config, observation, err);
    if (!code)
        code = claim_risk_of_samples(&fewer, &before, err);
    observation->counts = observation->counts && before.counts;
    observation->value = log(observation->value / before.value) / log(FACTOR) - 1; /* both are times n */
    return code;
}
