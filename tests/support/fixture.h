/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_FIXTURE_H
#define RANKSCOPE_TESTS_SUPPORT_FIXTURE_H

#include "model/measure.h"

/* A small problem, its measure and a point somewhere: fixtures of d = 7, k = 2, T = 3 and adapters of rank ≤ 3. */
enum { D = 7, K = 2, T = 3, R = 3, SQUARE = D * D, SAMPLES = 301 };

struct fixture {
    struct problem *problem;
    struct measure *measure;
    struct point point;
    double base[SQUARE], left[T * D * R], right[T * D * R]; /* the point's */
};

struct problem_config fixture_problem(enum problem_truth truth, int samples, double noise);

/* Draws the problem and puts the point somewhere, with adapters of `rank`; fails the test if it cannot. */
void fixture_set_up(struct fixture *fixture, const struct problem_config *config, int rank, enum adapter_shape shape);
void fixture_tear_down(struct fixture *fixture);

#endif
