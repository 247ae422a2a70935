/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_SITUATION_H
#define RANKSCOPE_TESTS_SUPPORT_SITUATION_H

#include "model/problem.h"
#include "model/solver.h"

/* What every solver must be right in: dimensions on both sides of a panel's width, ranks on both sides of a block's, both
 * shapes, population and samples, without adapters and with a frozen base. */
struct situation {
    int dimension, tasks, rank, samples;
    enum adapter_shape shape;
    bool frozen;
};
enum { SITUATIONS = 19 };
extern const struct situation situations[SITUATIONS];

/* Whether it has no more unknowns than the solver is for. */
bool situation_suits(const struct solver_type *type, const struct situation *situation);

/* The problem, with noise; what cannot be had fails the test. */
struct problem *situation_draw(const struct situation *situation);

/* A solver at an odd point, its base moved too. */
struct solver *situation_start(const struct solver_type *type, const struct situation *situation,
                               const struct problem *problem, const struct solver_rates *rates);

size_t situation_factors(const struct point *point); /* doubles in all left factors */

/* A point with arrays of its own. */
struct point situation_copy(const struct point *point);
void situation_free(struct point *point);

bool situation_same(const struct point *a, const struct point *b); /* to the last bit */
bool situation_finite(const struct point *point);

#endif
