/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_CONTRAST_H
#define RANKSCOPE_MODEL_CONTRAST_H

#include "model/solver_state.h"
#include "model/thin.h"

/* Low-rank matrices L_t = U_t V_t^T of T tasks as what is left of them when their mean is taken away: T − 1 orthonormal
 * contrasts (Helmert 1876)
 *
 *     c_t = (L_1 + … + L_t − t L_{t+1}) / (t (t + 1))^½,   Σ_t ‖c_t‖² = Σ_t ‖L_t − mean‖²
 *
 * or, where the mean stays, as themselves. Entries are in the order of thin_cycle; of symmetric matrices each pair of
 * entries counts once, times √2. So a vector of contrasts is less than half as long as the matrices, and its norm theirs. */
struct contrast {
    const struct thin_kernel *kernel;
    struct thin_cycle cycle;
    size_t tasks;
    size_t entries;                   /* doubles of a matrix */
    size_t count;                     /* of a vector of contrasts; a few at its end are always 0 */
    bool general, turned;             /* turned: without the mean */
    double *weight;                   /* diagonals */
    double *whole;                    /* T: (t (t + 1))^-½ */
    double *sum;                      /* diagonals × padded */
    double *scratch;                  /* as cycle_back wants it */
    double *left, *right;             /* rank × stride: a task's factors */
    double *left_move, *right_move;   /* the same of a direction */
    double *left_slope, *right_slope; /* rank × padded */
};

/* Bytes that contrast_init takes from the arena, and that a vector of contrasts does. */
size_t contrast_workspace(const struct solver_setup *setup);
size_t contrast_size(const struct solver_setup *setup);
void contrast_init(struct contrast *contrast, const struct solver_setup *setup, struct arena *arena);

/* Task t's matrix (d × d, symmetric unless adapters are general) into a vector of contrasts; tasks come in order. */
void contrast_load(struct contrast *contrast, size_t t, const double *matrix, double *out);

/* The adapters x (U of all tasks, each d × r, and then V unless symmetric) as contrasts, less `minus`. */
void contrast_value(struct contrast *contrast, const double *x, const double *minus, double *out);

/* The sum of the adapters, d × padded. */
void contrast_sum(struct contrast *contrast, const double *x, double *sum);

/* Their derivative at x along u, and its adjoint: of a vector of contrasts v, into u. */
void contrast_along(struct contrast *contrast, const double *x, const double *u, double *out);
void contrast_back(struct contrast *contrast, const double *x, const double *v, double *u);

#endif
