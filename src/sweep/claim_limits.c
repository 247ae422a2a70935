/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/claim_state.h"

#include "model/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* With noise d, else kT. Wherever it came to rest: too low a rank leaves a loss, and that is called stalled. */
enum err_code claim_error_rank_is(const struct config *config, struct claim_observation *observation, struct err *err)
{
    struct outcome outcome;
    const struct problem_config *problem = &config->problem;
    enum err_code code = claim_run(config, NULL, METHOD_META, &outcome, err);
    observation->counts = claim_at_minimum(&outcome) || outcome.status == SOLVER_STALLED;
    observation->value = outcome.value[METRIC_ERROR_RANK];
    observation->agrees =
        observation->value == (problem->noise > 0 ? problem->dimension : problem->rank * problem->tasks);
    return code;
}

/* U_t U_t^T = R_t + D fits for every psd D of rank r − k, and A = A* − D. */
enum err_code claim_needs_adapter_rank(const struct config *config, struct claim_observation *observation,
                                       struct err *err)
{
    struct outcome outcome;
    enum err_code code = claim_run(config, NULL, METHOD_META, &outcome, err);
    observation->counts = claim_at_minimum(&outcome);
    observation->value = outcome.value[METRIC_RANK_NEEDED];
    observation->agrees = observation->value <= config->retrain.rank &&
                          outcome.value[METRIC_ERROR_RANK] <= config->retrain.rank - config->problem.rank;
    return code;
}

enum err_code claim_base_error_by_samples(const struct config *config, struct claim_observation *observation,
                                          struct err *err)
{
    enum { FACTOR = 4 };
    struct outcome many, few;
    struct config fewer = *config;
    fewer.problem.samples /= FACTOR;
    enum err_code code = claim_run(config, NULL, METHOD_META, &many, err);
    if (!code)
        code = claim_run(&fewer, NULL, METHOD_META, &few, err);
    observation->counts = !code && claim_at_minimum(&many) && claim_at_minimum(&few);
    if (observation->counts)
        observation->value = 2 * log(many.value[METRIC_BASE_ERROR] / few.value[METRIC_BASE_ERROR]) / log(FACTOR);
    return code;
}

/* ---- tasks that are not generic ---- */

/* Makes adapters (T × d × k) of drawn ones what they shall be. False: out of memory. */
typedef bool recast(const struct problem *problem, double *left);

static bool make_equal(const struct problem *problem, double *left)
{
    size_t factor = (size_t)problem->config.dimension * (size_t)problem->config.rank;
    memcpy(left + 2 * factor, left + factor, factor * sizeof *left);
    return true;
}

/* U_t = B M_t with one B of d × 2k, and M_t what the first 2k rows were. */
static bool make_shared(const struct problem *problem, double *left)
{
    size_t d = (size_t)problem->config.dimension, k = (size_t)problem->config.rank, shared = 2 * k;
    double *space = malloc((d + k) * shared * sizeof *space);
    struct random_stream *stream = random_new(problem->config.seed, RANDOM_INPUTS, 0);
    if (space && stream)
        random_normal(stream, 1.0 / sqrt((double)shared), d * shared, space);
    for (size_t t = 0; space && stream && t < (size_t)problem->config.tasks; t++) {
        double *own = left + t * d * k, *inner = space + d * shared;
        memcpy(inner, own, shared * k * sizeof *own);
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < k; j++) {
                double sum = 0;
                for (size_t l = 0; l < shared; l++)
                    sum += space[i * shared + l] * inner[l * k + j];
                own[i * k + j] = sum;
            }
    }
    bool made = space && stream;
    random_free(stream);
    free(space);
    return made;
}

/* Leaves one column to the first tasks, and all to the others. */
static void thin_out(const struct problem *problem, size_t tasks, double *left)
{
    size_t d = (size_t)problem->config.dimension, k = (size_t)problem->config.rank;
    for (size_t i = 0; i < tasks * d; i++)
        for (size_t j = 1; j < k; j++)
            left[i * k + j] = 0;
}

static bool make_mixed(const struct problem *problem, double *left)
{
    thin_out(problem, 1, left);
    return true;
}

static bool make_mostly_thin(const struct problem *problem, double *left)
{
    thin_out(problem, (size_t)problem->config.tasks - 1, left);
    return true;
}

/* Meta-LoRA on the configuration's draw with other adapters. */
static enum err_code run_recast(const struct config *config, recast *change, struct outcome *outcome, struct err *err)
{
    struct config own = *config;
    struct problem *problem = problem_new(&config->problem, SAMPLES_POPULATION, err);
    if (!problem)
        return err->code;
    size_t count = (size_t)config->problem.tasks * (size_t)config->problem.dimension * (size_t)config->problem.rank;
    double *left = malloc(count * sizeof *left);
    if (left)
        memcpy(left, problem->left, count * sizeof *left);
    enum err_code code = ERR_NONE;
    if (!left || !change(problem, left)) {
        code = err_set(err, ERR_MEMORY, "no memory for a claim");
    } else {
        struct problem_tasks tasks = {
            .base = problem->base, .left = left, .right = left, .unseen_target = problem->unseen_target};
        own.problem.source = PROBLEM_GIVEN_TRUTH;
        code = claim_run(&own, &tasks, METHOD_META, outcome, err);
    }
    free(left);
    problem_free(problem);
    return code;
}

static enum err_code observe_error_rank(const struct config *config, recast *change, int least, int most,
                                        struct claim_observation *observation, struct err *err)
{
    struct outcome outcome = {.status = SOLVER_RUNNING};
    enum err_code code = run_recast(config, change, &outcome, err);
    observation->counts = claim_at_minimum(&outcome);
    observation->value = outcome.value[METRIC_ERROR_RANK];
    observation->agrees = observation->value >= least && observation->value <= most;
    return code;
}

enum err_code claim_equal_tasks(const struct config *config, struct claim_observation *observation, struct err *err)
{
    int rank = 2 * config->problem.rank;
    return observe_error_rank(config, make_equal, rank, rank, observation, err);
}

enum err_code claim_shared_space(const struct config *config, struct claim_observation *observation, struct err *err)
{
    return observe_error_rank(config, make_shared, 1, 2 * config->problem.rank, observation, err);
}

enum err_code claim_too_few_full_ranks(const struct config *config, struct claim_observation *observation,
                                       struct err *err)
{
    int rank = config->retrain.rank - 1;
    return observe_error_rank(config, make_mostly_thin, rank, rank, observation, err);
}

enum err_code claim_mixed_ranks(const struct config *config, struct claim_observation *observation, struct err *err)
{
    struct outcome outcome = {.status = SOLVER_RUNNING};
    enum err_code code = run_recast(config, make_mixed, &outcome, err);
    observation->counts = claim_at_minimum(&outcome);
    observation->value = outcome.value[METRIC_BASE_ERROR];
    observation->agrees = observation->value < CLAIM_NO_ERROR;
    return code;
}
