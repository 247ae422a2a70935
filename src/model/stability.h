/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_STABILITY_H
#define RANKSCOPE_MODEL_STABILITY_H

#include "base/err.h"
#include "model/solver.h"

/* Largest step sizes that gradient descent bears: 2 / λ_max of the Hessian's diagonal blocks (textbook: a step of
 * gradient descent on a quadratic contracts if and only if rate < 2 / λ_max). λ_max by Lanczos's iteration on
 * Hessian-vector products at the given base and, for each task, its best adapter of the setup's rank there: the
 * sharpest point that a run passes. Both solvers move an adapter against the gradient of its own task's loss and the
 * base against that of the mean loss, so the blocks are those of L_t and of (1/T) Σ_t L_t. */
struct stability {
    double inner; /* for the adapters; INFINITY without adapters */
    double outer; /* for the base; INFINITY when it is frozen */
};

/* `base` is d × d. ERR_NONE, ERR_MEMORY, or ERR_MATH if a decomposition failed. */
enum err_code stability_estimate(const struct solver_setup *setup, const double *base, struct stability *stability,
                                 struct err *err);

/* The inner rate of copies of the base that go down each task's own loss (first_order.h): `share` of what gradient descent
 * bears on the steepest of them, half of it for first-order MAML, which turns round where a single step overshoots. */
enum err_code stability_estimate_copies(const struct solver_setup *setup, double share, struct stability *stability,
                                        struct err *err);

#endif
