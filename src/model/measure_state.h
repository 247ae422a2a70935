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
    double *difference, *gradient; /* d × d */
    double *sum;                   /* d × d */
    double *left, *right;          /* d × d, or as many thin factors */
    double *values;                /* d */
};

/* G_t into `gradient`, and returns it; with samples, W_t − W°_t stays in `difference`. */
const double *measure_gradient(struct measure *measure, const struct moments *moments, const struct point *point,
                               size_t task);

/* Fills measure->truth, measure->inverse and the norms. */
enum err_code measure_prepare(struct measure *measure, struct err *err);

#endif
