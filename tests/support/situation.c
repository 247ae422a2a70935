/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/situation.h"

#include "model/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

const struct situation situations[SITUATIONS] = {
    {7, 3, 2, SAMPLES_POPULATION, ADAPTER_SYMMETRIC, false},
    {7, 3, 2, 41, ADAPTER_SYMMETRIC, false},
    {7, 3, 2, SAMPLES_POPULATION, ADAPTER_GENERAL, false},
    {7, 3, 2, 41, ADAPTER_GENERAL, false},
    {16, 2, 1, SAMPLES_POPULATION, ADAPTER_SYMMETRIC, false},
    {16, 3, 4, 53, ADAPTER_GENERAL, false},
    {13, 2, 3, 53, ADAPTER_SYMMETRIC, false},
    {10, 3, 1, 53, ADAPTER_SYMMETRIC, false},
    {10, 2, 4, SAMPLES_POPULATION, ADAPTER_SYMMETRIC, false},
    {10, 2, 5, SAMPLES_POPULATION, ADAPTER_SYMMETRIC, false},
    {33, 2, 11, SAMPLES_POPULATION, ADAPTER_SYMMETRIC, false},
    {19, 5, 19, 57, ADAPTER_GENERAL, false},
    {17, 4, 8, 91, ADAPTER_SYMMETRIC, false},
    {9, 3, 0, SAMPLES_POPULATION, ADAPTER_SYMMETRIC, false},
    {9, 3, 0, 23, ADAPTER_GENERAL, false},
    {11, 1, 3, SAMPLES_POPULATION, ADAPTER_GENERAL, true},
    {11, 1, 3, 37, ADAPTER_GENERAL, true},
    {11, 3, 3, 37, ADAPTER_SYMMETRIC, true},
    {1, 1, 1, SAMPLES_POPULATION, ADAPTER_SYMMETRIC, false},
};

bool situation_suits(const struct solver_type *type, const struct situation *situation)
{
    return type->most_unknowns == 0 || solver_unknowns(situation->tasks, situation->dimension, situation->rank,
                                                       situation->shape) <= (size_t)type->most_unknowns;
}

struct problem *situation_draw(const struct situation *situation)
{
    struct err err = {0};
    struct problem_config config = {.dimension = situation->dimension,
                                    .rank = situation->dimension < 2 ? 1 : 2,
                                    .tasks = situation->tasks,
                                    .truth = TRUTH_GENERAL,
                                    .samples = situation->samples,
                                    .noise = 0.385,
                                    .seed = 7};
    struct problem *problem = problem_new(&config, SAMPLES_POPULATION, &err);
    if (!problem)
        fail_msg("%s", err.message);
    return problem;
}

struct solver *situation_start(const struct solver_type *type, const struct situation *situation,
                               const struct problem *problem, const struct solver_rates *rates)
{
    struct err err = {0};
    struct solver_setup setup = {.moments = &problem->retrain,
                                 .rank = situation->rank,
                                 .shape = situation->shape,
                                 .base_frozen = situation->frozen,
                                 .rates = *rates};
    struct solver *solver = solver_new(type, &setup, &err);
    if (!solver)
        fail_msg("%s", err.message);
    assert_int_equal(solver_start(solver, 11, RANDOM_RETRAIN_START, 0.2385, &err), ERR_NONE);
    struct random_stream *stream = random_new(13, RANDOM_BASE, 0);
    random_normal(stream, 1.0, point_base_size(solver_point(solver)), solver_point(solver)->base);
    random_free(stream);
    return solver;
}

size_t situation_factors(const struct point *point)
{
    return (size_t)point->tasks * point_factor_size(point);
}

struct point situation_copy(const struct point *point)
{
    struct point copy = *point;
    copy.base = malloc(point_base_size(point) * sizeof(double));
    copy.left = malloc(situation_factors(point) * sizeof(double) + 1);
    copy.right = point->right == point->left ? copy.left : malloc(situation_factors(point) * sizeof(double) + 1);
    assert_true(copy.base && copy.left && copy.right);
    memcpy(copy.base, point->base, point_base_size(point) * sizeof(double));
    memcpy(copy.left, point->left, situation_factors(point) * sizeof(double));
    memcpy(copy.right, point->right, situation_factors(point) * sizeof(double));
    return copy;
}

void situation_free(struct point *point)
{
    free(point->base);
    if (point->right != point->left)
        free(point->right);
    free(point->left);
}

bool situation_same(const struct point *a, const struct point *b)
{
    return memcmp(a->base, b->base, point_base_size(a) * sizeof(double)) == 0 &&
           memcmp(a->left, b->left, situation_factors(a) * sizeof(double)) == 0 &&
           memcmp(a->right, b->right, situation_factors(a) * sizeof(double)) == 0;
}

bool situation_finite(const struct point *point)
{
    bool finite = true;
    for (size_t i = 0; i < point_base_size(point); i++)
        finite = finite && isfinite(point->base[i]);
    for (size_t i = 0; i < situation_factors(point); i++)
        finite = finite && isfinite(point->left[i]) && isfinite(point->right[i]);
    return finite;
}
