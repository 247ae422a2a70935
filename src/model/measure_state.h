/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_MEASURE_STATE_H
#define RANKSCOPE_MODEL_MEASURE_STATE_H

#include "base/arena.h"
#include "model/leading.h"
#include "model/linalg.h"
#include "model/measure.h"

/* What the measures share, for their own files only. */
struct measure {
    const struct problem *problem; /* borrowed */
    struct arena *arena;           /* of the arrays below */
    struct linalg_svd *svd;        /* values up to d × d, vectors up to d × thin */
    struct leading *leading;       /* k triplets of d × d and more */
    struct arena *thin_arena;      /* of left and right */
    int thin;                      /* columns of the widest factor met so far, and k */
    double base_norm_two;          /* ‖A*‖₂ */
    double unseen_square;          /* ‖W*_{T+1}‖²_F */
    double tolerance;              /* the share of it that is no risk */
    double *truth;                 /* T × d × k: orthonormal bases of the column spaces of U_t* */
    double *inverse;               /* T × d × d: pseudo-inverses of S_t; NULL in population */
    double *difference, *gradient; /* d × d */
    double *sum;                   /* d × d */
    double *left, *right;          /* d × thin */
    double *values;                /* d */
    struct shallow_work network;   /* of a two-layer network, and so: */
    double *aligned, *distance;    /* d × d: see align.h */
};

/* How a point is to be compared with the truth: itself; of a network with its hidden units where they belong, and its
 * adapters turned round, since what they read of x tells the units' order no more. */
struct point measure_seen(struct measure *measure, const struct point *point);

/* G_t into `gradient`, and returns it; with samples, W_t − W°_t stays in `difference`. */
const double *measure_gradient(struct measure *measure, const struct moments *moments, const struct point *point,
                               size_t task);

/* Makes room for factors of `rank` columns. False: out of memory; what there was is still there. */
bool measure_widen(struct measure *measure, int rank);

/* Fills measure->truth, measure->inverse and the norms. */
enum err_code measure_prepare(struct measure *measure, struct err *err);

#endif
