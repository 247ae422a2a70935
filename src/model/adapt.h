/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_ADAPT_H
#define RANKSCOPE_MODEL_ADAPT_H

#include "model/measure.h"
#include "model/solver.h"

/* Fine-tuning: freeze Â, fit a general adapter of rank r to the unseen task. */

extern const char *const adapt_solver_names[]; /* by enum adapt_solver; ends with NULL */

/* A solver for the unseen task of `problem` from the base estimate `base` (d × d, copied). adapt.solver exact, with
 * samples: one step to the least loss, which is a decomposition (reduced-rank regression, Izenman 1975). Else gradient
 * descent from U, V ~ N(0, 0.1²), rate as configured. NULL: *err says why. */
struct solver *adapt_solver_new(const struct problem *problem, const struct adapt_config *adapt, const double *base,
                                struct err *err);

/* The same on a two-layer network: AdamW from U = 0, V ~ N(0, 1/(3d)), with the base and the top layer of `point`,
 * which stay. */
struct solver *adapt_network_new(const struct problem *problem, const struct adapt_config *adapt,
                                 const struct point *point, struct err *err);

/* Puts a network's solver at its start: base and top layer from N(0, 1/(3d)), as wide as PyTorch's own; adapters at U
 * = 0, V ~ N(0, 1/(3d)). ERR_NONE or ERR_MEMORY. */
enum err_code adapt_start_network(struct solver *solver, uint64_t seed, struct err *err);

/* The best adapter of this rank in population, in closed form: the leading part of W*_{T+1} − Â (Eckart and Young), its
 * singular values shared between left and right (d × rank, row-major). W*_{T+1} must be known. ERR_NONE, ERR_MEMORY, or
 * ERR_MATH where the decomposition failed. */
enum err_code adapt_best_factors(const struct problem *problem, int rank, const double *base, double *left,
                                 double *right, struct err *err);

#endif
