/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_RESIDUAL_H
#define RANKSCOPE_MODEL_RESIDUAL_H

#include "model/contrast.h"
#include "model/solver_state.h"

/* Retraining as a least-squares problem in the adapters alone: the base is eliminated, since given the adapters its
 * minimiser is a closed form (variable projection, Golub and Pereyra 1973). With L_t = U_t V_t^T and A0 the base at
 * residual_begin,
 *
 *     base(L) = A0 + δ − M(L),   M(L) = Σ_t L_t S_t P,   δ = Σ_t (D_t + (W°_t − A0) S_t) P,   P = (Σ_t S_t)^+
 *     f_t = (L_t − M(L)) S_t^½ − target_t,   target_t = (W°_t − A0 − δ) S_t^½ + D_t S_t^{-½}
 *
 * so that Σ_t ½‖f_t‖² is T times the loss but for a constant. In population S_t = I and P = I / T, so that M is a mean and f
 * is kept as contrasts (contrast.h), which are fewer and as long; symmetric adapters have symmetric f_t there: the rest of
 * a target is a constant too. A frozen base is A0: M and δ are 0. Where S_t or Σ_t S_t is singular, ^½ and ^+ are
 * pseudo-inverses: the base moves no further than it must. */
struct residual {
    const struct moments *moments;
    size_t dimension, tasks, rank;
    bool general, frozen;
    size_t factors;           /* T × d × r */
    struct contrast contrast; /* in population */
    double *target;           /* as f */
    double *root;             /* T × d × d: S_t^½; NULL in population */
    double *back;             /* T × d × d: S_t^{-½}; NULL in population */
    double *inverse;          /* d × d: P; NULL in population */
    double *start;            /* d × d: A0 + δ */
    double *sum, *product;    /* d × d */
    double size;              /* ‖W°‖ and the targets' norm: what rounding is relative to */
    double spread;            /* norm of the targets */
};

/* Doubles in f, and in the point's adapters: U of all tasks, then V. */
size_t residual_count(const struct residual *residual);
size_t residual_unknowns(const struct residual *residual);

/* Bytes that residual_init takes from the arena, and that an f does. */
size_t residual_workspace(const struct solver_setup *setup);
size_t residual_size(const struct solver_setup *setup);

/* Floating-point operations of J u and J^T v together, roughly. */
double residual_pair_flops(const struct solver_setup *setup);

/* The workspace, and the roots of the covariances. False: out of memory. */
bool residual_init(struct residual *residual, const struct solver_setup *setup, struct arena *arena);

/* From here on A0 is `base` (d × d). */
void residual_begin(struct residual *residual, const double *base);

/* f at the adapters x. */
void residual_value(struct residual *residual, const double *x, double *f);

/* J(x) u. */
void residual_along(struct residual *residual, const double *x, const double *u, double *v);

/* J(x)^T v for a v that is f(x) or a product with J(x): nothing else is orthogonal to the base's own directions. */
void residual_back(struct residual *residual, const double *x, const double *v, double *u);

/* base(L) at the adapters x, d × d. */
void residual_base(struct residual *residual, const double *x, double *base);

/* (Σ_t ‖U_t V_t^T‖²_F)^½. */
double residual_adapters_norm(const struct residual *residual, const double *x);

#endif
