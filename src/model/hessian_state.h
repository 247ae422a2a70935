/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_HESSIAN_STATE_H
#define RANKSCOPE_MODEL_HESSIAN_STATE_H

#include "base/arena.h"
#include "model/hessian.h"
#include "model/linalg.h"

/* What second derivatives' own files share. */

/* What the tasks' losses L_t are. */
struct hessian_type {
    size_t dense;                                                    /* up to so many unknowns by LAPACK */
    bool whole;                                                      /* and all eigenvalues are wanted */
    size_t (*workspace)(const struct hessian_setup *setup);          /* bytes it takes from the arena */
    enum err_code (*init)(struct hessian *hessian, struct err *err); /* takes it; ERR_MEMORY or ERR_MATH */
    double (*value)(struct hessian *hessian); /* F at hessian->point, whose base moves where it is eliminated */
    /* The same, and slope[t] = G_t, sum = Σ_t G_t, base_slope, and of a network ∂F/∂c in the gradient's place for
     * it. */
    double (*settle)(struct hessian *hessian);
    /* move = how an eliminated base goes with v; NULL: none is eliminated */
    void (*follow)(struct hessian *hessian, const double *v);
    /* dG_t, until the next call, where W_t moves by hessian->work, which is lost, and c by top_move; to top_bend comes
     * how ∂L_t/∂c changes. */
    const double *(*bend)(struct hessian *hessian, size_t t);
    double (*without)(struct hessian *hessian); /* as hessian_loss_without */
    void (*limits)(const struct hessian *hessian, double without, const double *x, struct hessian_limits *limits);
    bool convex; /* without adapters */
};
extern const struct hessian_type hessian_linear, hessian_network;

struct hessian {
    const struct hessian_type *type;
    struct hessian_setup setup;
    struct arena *arena;
    void *own; /* the type's workspace, set by init */
    size_t dimension, tasks, rank;
    size_t factors;            /* T × d × r */
    size_t unknowns;           /* of a direction */
    struct point point;        /* its own arrays */
    double *slope;             /* T × d × d: G_t */
    double *gradient;          /* unknowns */
    double *move, *sum, *work; /* d × d */
    const double *top_move; /* d: c's part of the direction that hessian_times is at, and of its product; of networks */
    double *top_bend;
    double loss;
    double base_slope; /* ‖∂F/∂A‖ before an eliminated base moved */
    /* Eigenvalues (T × r) and eigenvectors (T × r × r, in rows) of U_t^T U_t, and the same of V_t^T V_t: what idles. */
    double *left_values, *left_vectors, *right_values, *right_vectors;
    double *small; /* 4 × r × r */
    size_t idle;
    struct linalg_eigen *ranks;
    /* for hessian_lowest */
    struct linalg_eigen *eigen; /* of side × side */
    size_t side;                /* unknowns, or the most steps of Lanczos's method */
    double *square;             /* side × side */
    double *basis;              /* Lanczos: (side + 1) × unknowns; dense: 2 × unknowns */
    double *ritz, *ritz_values; /* HESSIAN_LOWEST × side, HESSIAN_LOWEST */
    double *diagonal, *off;     /* side */
    double resolution;          /* what eigenvalues are true to */
    double largest;             /* size of any that was found */
};

bool hessian_is_dense(const struct hessian *hessian);
bool hessian_is_general(const struct hessian *hessian); /* its adapters */
size_t hessian_square(const struct hessian *hessian);   /* d × d */
size_t hessian_factor(const struct hessian *hessian);   /* d × r */

/* ---- hessian_factors.c: U_t and V_t ---- */

/* c (d × d) += M_t along v. */
void hessian_add_change(const struct hessian *hessian, size_t t, const double *v, double *c);

/* out_U += G V / T and out_V += G^T U / T (symmetric: both into out_U) of task t, for factors `left`, `right` (T × d
 * × r). */
void hessian_add_factors(const struct hessian *hessian, size_t t, const double *g, const double *left,
                         const double *right, double *out);

/* What idles where it stands. False: a decomposition failed. */
bool hessian_decompose(struct hessian *hessian);

#endif
