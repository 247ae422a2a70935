/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/fixture.h"

#include "support/matrix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

void fixture_set_up(struct fixture *fixture, const struct problem_config *config, int rank, enum adapter_shape shape)
{
    struct err err = {0};
    uint64_t seed = 2385;
    fixture->problem = problem_new(config, SAMPLES_POPULATION, &err);
    fixture->measure = fixture->problem ? measure_new(fixture->problem, &err) : NULL;
    if (!fixture->measure)
        fail_msg("%s", err.message);
    matrix_fill(&seed, SQUARE, fixture->base);
    matrix_fill(&seed, T * D * R, fixture->left);
    matrix_fill(&seed, T * D * R, fixture->right);
    fixture->point = (struct point){
        .dimension = D,
        .tasks = T,
        .rank = rank,
        .shape = shape,
        .base = fixture->base,
        .left = fixture->left,
        .right = shape == ADAPTER_SYMMETRIC ? fixture->left : fixture->right,
    };
}

void fixture_tear_down(struct fixture *fixture)
{
    measure_free(fixture->measure);
    problem_free(fixture->problem);
}

struct problem_config fixture_problem(enum problem_truth truth, int samples, double noise)
{
    struct problem_config config = {
        .dimension = D, .rank = K, .tasks = T, .truth = truth, .samples = samples, .noise = noise, .seed = 31};
    return config;
}
