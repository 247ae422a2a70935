/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_MEASURE_STATE_H
#define RANKSCOPE_MODEL_MEASURE_STATE_H

#include "base/arena.h"
#include "model/linalg.h"
#include "model/measure.h"

/* What the measures share, for their own files only. */
struct measure {
    const struct problem *problem; /* borrowed */
    struct arena *arena;           /* of the arrays below */
    struct linalg_svd *svd;        /* up to d × d */
    double base_norm_two;          /* ‖A*‖₂ */
    double unseen_square;          /* ‖W*_{T+1}‖²_F */
    double *truth;                 /* T × d × k: orthonormal bases of the column spaces of U_t* */
    double *inverse;               /* T × d × d: pseudo-inverses of S_t; NULL in population */
    double *difference, *gradient; /* d × d: E_t and G_t of measure_difference and measure_gradient */
    double *sum;                   /* d × d */
    double *left, *right;          /* d × d, or as many thin factors */
    double *values;                /* d */
};

/* E_t = Â + U_t V_t^T − target into `difference`; target is d × d. */
void measure_difference(struct measure *measure, const double *target, const struct point *point, size_t task);

/* G_t = E_t S_t − D_t into `gradient`, from the `difference` to the anchor; returns where it is (E_t itself in
 * population). */
const double *measure_gradient(struct measure *measure, const struct moments *moments, size_t task);

/* Fills measure->truth, measure->inverse and the norms. */
enum err_code measure_prepare(struct measure *measure, struct err *err);

#endif
