/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_HESSIAN_STATE_H
#define RANKSCOPE_MODEL_HESSIAN_STATE_H

#include "base/arena.h"
#include "model/hessian.h"
#include "model/linalg.h"

struct hessian {
    struct hessian_setup setup;
    struct arena *arena;
    size_t dimension, tasks, rank;
    size_t factors;            /* T × d × r */
    size_t unknowns;           /* of a direction */
    struct point point;        /* its own arrays */
    double *slope;             /* T × d × d: G_t */
    double *gradient;          /* unknowns */
    double *inverse;           /* d × d: (Σ_t S_t)^+; NULL in population or where the base is kept */
    double *move, *sum, *work; /* d × d */
    double loss;
    /* Eigenvalues (T × r) and eigenvectors (T × r × r, in rows) of U_t^T U_t, and the same of V_t^T V_t: what idles. */
    double *left_values, *left_vectors, *right_values, *right_vectors;
    double *small; /* 4 × r × r */
    size_t idle;
    struct linalg_svd *svd; /* of d × d; NULL where there is no inverse */
    struct linalg_eigen *ranks;
    /* for hessian_lowest */
    struct linalg_eigen *eigen; /* of side × side */
    size_t side;                /* unknowns, or the most steps of Lanczos's method */
    double *square;             /* side × side */
    double *basis;              /* Lanczos: (side + 1) × unknowns; dense: 2 × unknowns */
    double *ritz, *ritz_values; /* HESSIAN_LOWEST × side, HESSIAN_LOWEST */
    double *diagonal, *off;     /* side */
};

bool hessian_is_dense(const struct hessian *hessian);

#endif
