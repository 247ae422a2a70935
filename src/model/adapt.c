/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/adapt.h"

#include "model/adamw.h"
#include "model/linalg.h"
#include "model/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const adapt_solver_names[] = {[ADAPT_EXACT] = "exact", [ADAPT_PAPER] = "paper", NULL};

static const double start_scale = 0.1; /* the paper's */

struct solver *adapt_solver_new(const struct problem *problem, const struct adapt_config *adapt, const double *base,
                                struct err *err)
{
    struct solver_setup setup = {
        .moments = &problem->unseen,
        .rank = adapt->rank,
        .shape = ADAPTER_GENERAL,
        .base_frozen = true,
        .sparing = solver_should_spare(1, problem->config.dimension, ADAPTER_GENERAL),
        .rates = {.inner_steps = 1, .inner = adapt->rate},
    };
    bool exact = adapt->solver == ADAPT_EXACT && problem->unseen.covariance;
    struct solver *solver = solver_new(&solver_table[solver_find(exact ? "altmin" : "gd")], &setup, err);
    if (!solver)
        return NULL;
    struct point *point = solver_point(solver);
    memcpy(point->base, base, point_base_size(point) * sizeof *base);
    if (solver_start(solver, problem->config.seed, RANDOM_ADAPT_START, start_scale, err) != ERR_NONE) {
        solver_free(solver);
        return NULL;
    }
    return solver;
}

static double network_scale(const struct point *point)
{
    return 1 / sqrt(3.0 * point->dimension);
}

/* Random V and U = 0, so that a network begins at its base. */
static enum err_code start_adapters(struct solver *solver, uint64_t seed, int purpose, struct err *err)
{
    struct point *point = solver_point(solver);
    enum err_code code = solver_start(solver, seed, purpose, network_scale(point), err);
    memset(point->left, 0, (size_t)point->tasks * point_factor_size(point) * sizeof(double));
    return code;
}

enum err_code adapt_start_network(struct solver *solver, uint64_t seed, struct err *err)
{
    struct point *point = solver_point(solver);
    struct random_stream *stream = random_new(seed, RANDOM_NETWORK_START, 0);
    if (!stream)
        return err_set(err, ERR_MEMORY, "out of memory for the first values of a network");
    random_normal(stream, network_scale(point), point_base_size(point), point->base);
    random_normal(stream, network_scale(point), (size_t)point->dimension, point->top);
    random_free(stream);
    return start_adapters(solver, seed, RANDOM_RETRAIN_START, err);
}

struct solver *adapt_network_new(const struct problem *problem, const struct adapt_config *adapt,
                                 const struct point *point, struct err *err)
{
    struct solver_setup setup = {
        .moments = &problem->unseen,
        .network = &problem->network_unseen,
        .rank = adapt->rank,
        .shape = ADAPTER_GENERAL,
        .base_frozen = true,
        .rates = {.inner_steps = 1, .inner = adapt->rate},
    };
    struct solver *solver = solver_new(&solver_adamw, &setup, err);
    if (solver && start_adapters(solver, problem->config.seed, RANDOM_ADAPT_START, err)) {
        solver_free(solver);
        return NULL;
    }
    if (solver) {
        memcpy(solver_point(solver)->base, point->base, point_base_size(point) * sizeof(double));
        memcpy(solver_point(solver)->top, point->top, (size_t)point->dimension * sizeof(double));
    }
    return solver;
}

enum err_code adapt_best_factors(const struct problem *problem, int rank, const double *base, double *left,
                                 double *right, struct err *err)
{
    int dimension = problem->config.dimension;
    size_t d = (size_t)dimension, r = (size_t)rank, square = d * d;
    struct linalg_svd *svd = linalg_svd_new(dimension, dimension);
    double *difference = malloc((3 * square + d) * sizeof *difference);
    enum err_code code = ERR_NONE;
    if (!svd || !difference) {
        code = err_set(err, ERR_MEMORY, "no memory for the unseen task's adapter");
    } else {
        double *u = difference + square, *vt = u + square, *values = vt + square;
        memcpy(difference, problem->unseen_target, square * sizeof *difference);
        linalg_axpy(square, -1, base, difference);
        if (!linalg_svd(svd, dimension, dimension, difference, values, u, vt))
            code = err_set(err, ERR_MATH, "the singular value decomposition of the unseen task did not converge");
        for (size_t i = 0; i < d && !code; i++)
            for (size_t j = 0; j < r; j++) {
                left[i * r + j] = u[i * d + j] * sqrt(values[j]);
                right[i * r + j] = vt[j * d + i] * sqrt(values[j]);
            }
    }
    free(difference);
    linalg_svd_free(svd);
    return code;
}
