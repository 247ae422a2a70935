/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_HESSIAN_H
#define RANKSCOPE_MODEL_HESSIAN_H

#include "base/err.h"
#include "base/halt.h"
#include "model/moments.h"
#include "model/point.h"
#include "model/shallow.h"

/* Second derivatives of retraining's objective F = (1/T) Σ_t L_t(A + U_t V_t^T) at a point, as products with
 * directions; no matrix of them is needed. With M_t the change of U_t V_t^T along (u, v) and a the base's, G_t =
 * ∂L_t/∂W and dG_t its change,
 *
 *     T · (H·)_U = dG_t V_t + G_t v_t,   T · (H·)_V = dG_t^T U_t + G_t^T u_t,   (H·)_A = (1/T) Σ_t dG_t,
 *     symmetric adapters: T · (H·)_U = (dG_t + dG_t^T) U_t + (G_t + G_t^T) u_t.
 *
 * What L_t is, a row of hessian_state.h's says by G_t and dG_t:
 *
 *     linear    ½ mean ‖y − W x‖², so that dG_t = (M_t + a) S_t (hessian_linear.c)
 *     network   mean (y − c^T sigmoid(W x))², by W and by c, as shallow_bend has it (hessian_network.c)
 *
 * With the base eliminated, which is for the linear one alone, F is that of the adapters, the base being its
 * minimiser given them: then a is the change for which Σ_t dG_t = 0 (the Schur complement of the base's block).
 * Directions that change U_t and V_t but not U_t V_t^T (U_t Q for an orthogonal Q) tell nothing: hessian_lowest
 * leaves them out. */
struct hessian;

struct hessian_setup {
    const struct moments *moments;      /* borrowed; of networks: sizes alone */
    const struct shallow_data *network; /* borrowed; NULL: linear */
    int rank;                           /* of the adapters; 0: none, and then the base must be kept */
    enum adapter_shape shape;
    bool eliminated; /* the base */
};

/* The caller frees it. NULL: ERR_MEMORY. Nothing below allocates. */
struct hessian *hessian_new(const struct hessian_setup *setup, struct err *err);
void hessian_free(struct hessian *hessian); /* NULL is allowed */

/* Numbers in a direction: U of all tasks, then V where adapters are general, then A where it is kept, then c of a
 * network. */
size_t hessian_unknowns(const struct hessian *hessian);

/* From here on it is at this point (copied); an eliminated base moves to its minimiser. False: a decomposition failed. */
bool hessian_stand(struct hessian *hessian, const struct point *point);

const struct point *hessian_point(const struct hessian *hessian); /* where it stands; its own */
double hessian_loss(const struct hessian *hessian);               /* F */
const double *hessian_gradient(const struct hessian *hessian);    /* of F: hessian_unknowns numbers */

/* ‖∂F/∂A‖ at the point, where it was before an eliminated base moved. */
double hessian_base_slope(const struct hessian *hessian);

/* The coordinates of a point of this shape: hessian_unknowns numbers. */
void hessian_coordinates(const struct hessian *hessian, const struct point *point, double *x);

/* F at these coordinates, an eliminated base being at its minimiser there. Afterwards it stands nowhere: hessian_stand again. */
double hessian_value(struct hessian *hessian, const double *x);

/* out = H v; they may not overlap. */
void hessian_times(struct hessian *hessian, const double *v, double *out);

/* Takes off v what moves no U_t V_t^T. */
void hessian_project(const struct hessian *hessian, double *v);
size_t hessian_idle(const struct hessian *hessian); /* how many such directions there are */

/* F's least value without adapters; NAN: it is not known. Afterwards it stands nowhere. */
double hessian_loss_without(struct hessian *hessian);

bool hessian_is_eliminated(const struct hessian *hessian); /* the base */

/* Whether F is convex, so that there is one minimum, or one family. */
bool hessian_is_convex(const struct hessian *hessian);

/* The least eigenvalues, ascending, without those of idle directions, and eigenvectors of length 1 (count ×
 * unknowns, one a row). Up to HESSIAN_DENSE unknowns (of networks HESSIAN_DENSE_NETWORK, whose spectrum is crowded
 * at 0) by LAPACK and all of them; above by Lanczos's method, which finds several equal ones once. *found are there,
 * at most `count` and hessian_most and as many as converged. False: a decomposition failed, or *stop, which is looked
 * at before each product, was true (NULL: never). */
enum { HESSIAN_LOWEST = 8, HESSIAN_DENSE = 200, HESSIAN_DENSE_NETWORK = 1000 };
bool hessian_lowest(struct hessian *hessian, int count, const atomic_bool *stop, double *values, double *vectors,
                    int *found);

/* HESSIAN_LOWEST, or all unknowns where hessian_limits asks for a decrement and they can be had. */
int hessian_most(const struct hessian *hessian);

/* What is small where it stands, at coordinates x, after hessian_lowest; `without` is hessian_loss_without. */
struct hessian_limits {
    double still;     /* a gradient of at most this length is none */
    double beside;    /* the same beside a saddle, where there is a way down */
    double decrement; /* neither is one with a ½ g^T |H|^-1 g of at most this; NAN: its length alone tells */
    double nothing;   /* eigenvalues of at most this size are 0 */
    double size;      /* how long a way is that leads somewhere */
};
void hessian_limits(const struct hessian *hessian, double without, const double *x, struct hessian_limits *limits);

#endif
