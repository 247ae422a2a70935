/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gradient.h"
#include "model/hessian_state.h"

#include <math.h>
#include <string.h>

/* L_t = ½ mean ‖y − W x‖², by the moments of the samples or in population: quadratic in W. */

struct linear {
    double *inverse; /* d × d: (Σ_t S_t)^+; not used in population or where the base is kept */
};

static bool inverts(const struct hessian_setup *setup)
{
    return setup->moments->covariance && setup->eliminated;
}

static size_t workspace(const struct hessian_setup *setup)
{
    size_t d = (size_t)setup->moments->dimension;
    return arena_add(arena_struct_size(sizeof(struct linear)), inverts(setup) ? arena_matrices_size(1, d, d) : 0);
}

/* (Σ_t S_t)^+, once. */
static enum err_code invert_covariance(struct hessian *hessian, double *inverse, struct err *err)
{
    int d = (int)hessian->dimension;
    size_t square = hessian_square(hessian);
    struct linalg_svd *svd = linalg_svd_new(d, d);
    if (!svd)
        return err_set(err, ERR_MEMORY, "no memory for second derivatives in dimension %d", d);
    memset(hessian->sum, 0, square * sizeof(double));
    for (size_t t = 0; t < hessian->tasks; t++)
        linalg_axpy(square, 1, hessian->setup.moments->covariance + t * square, hessian->sum);
    bool ready = linalg_pseudo_inverse(svd, d, hessian->sum, inverse, hessian->work, hessian->move, hessian->slope);
    linalg_svd_free(svd);
    return ready ? ERR_NONE : err_set(err, ERR_MATH, "the samples' covariance could not be decomposed");
}

static enum err_code init(struct hessian *hessian, struct err *err)
{
    struct linear *own = arena_struct(hessian->arena, sizeof *own);
    hessian->own = own;
    if (!inverts(&hessian->setup))
        return ERR_NONE;
    own->inverse = arena_doubles(hessian->arena, hessian_square(hessian));
    return invert_covariance(hessian, own->inverse, err);
}

/* out = a S_t, or a in population, where a may be out. */
static void times_covariance(const struct hessian *hessian, size_t t, const double *a, double *out)
{
    int d = (int)hessian->dimension;
    size_t square = hessian_square(hessian);
    if (hessian->setup.moments->covariance)
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, d, d, 1, a, hessian->setup.moments->covariance + t * square, 0, out);
    else if (out != a)
        memcpy(out, a, square * sizeof *a);
}

/* out = a (Σ_t S_t)^+. */
static void times_inverse(const struct hessian *hessian, const double *a, double *out)
{
    int d = (int)hessian->dimension;
    if (hessian->setup.moments->covariance) {
        const struct linear *own = hessian->own;
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, d, d, 1, a, own->inverse, 0, out);
        return;
    }
    for (size_t i = 0; i < hessian_square(hessian); i++)
        out[i] = a[i] / (double)hessian->tasks;
}

static void slopes(struct hessian *hessian)
{
    size_t square = hessian_square(hessian);
    memset(hessian->sum, 0, square * sizeof(double));
    for (size_t t = 0; t < hessian->tasks; t++) {
        gradient_task(hessian->setup.moments, &hessian->point, (int)t, hessian->slope + t * square, hessian->work);
        linalg_axpy(square, 1, hessian->slope + t * square, hessian->sum);
    }
}

/* L_t = ½⟨W − W°, G_t − D_t⟩ + floor_t, exact near W° as G_t is. */
static double loss(const struct hessian *hessian)
{
    const struct moments *moments = hessian->setup.moments;
    size_t square = hessian_square(hessian);
    int d = (int)hessian->dimension, r = (int)hessian->rank;
    double sum = 0;
    for (size_t t = 0; t < hessian->tasks; t++) {
        const double *slope = hessian->slope + t * square;
        size_t at = t * hessian_factor(hessian);
        if (!moments->covariance) {
            sum += 0.5 * linalg_dot(square, slope, slope);
            continue;
        }
        for (size_t i = 0; i < square; i++)
            hessian->work[i] = hessian->point.base[i] - moments->anchor[t * square + i];
        if (r > 0)
            linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, r, 1, hessian->point.left + at,
                        hessian->point.right + at, 1, hessian->work);
        sum += 0.5 * (linalg_dot(square, hessian->work, slope) -
                      linalg_dot(square, hessian->work, moments->residual + t * square)) +
               moments->floor[t];
    }
    return sum / (double)hessian->tasks;
}

/* Slopes and loss at hessian->point, whose base moves to its minimiser where it is eliminated. */
static double settle(struct hessian *hessian)
{
    slopes(hessian);
    hessian->base_slope = linalg_norm(hessian_square(hessian), hessian->sum) / (double)hessian->tasks;
    if (hessian->setup.eliminated) {
        times_inverse(hessian, hessian->sum, hessian->move);
        linalg_axpy(hessian_square(hessian), -1, hessian->move, hessian->point.base);
        slopes(hessian);
    }
    return loss(hessian);
}

static void follow(struct hessian *hessian, const double *v)
{
    size_t square = hessian_square(hessian);
    memset(hessian->sum, 0, square * sizeof(double));
    for (size_t t = 0; t < hessian->tasks; t++) {
        memset(hessian->work, 0, square * sizeof(double));
        hessian_add_change(hessian, t, v, hessian->work);
        times_covariance(hessian, t, hessian->work, hessian->move);
        linalg_axpy(square, 1, hessian->move, hessian->sum);
    }
    times_inverse(hessian, hessian->sum, hessian->move);
    for (size_t i = 0; i < square; i++)
        hessian->move[i] = -hessian->move[i];
}

static const double *bend(struct hessian *hessian, size_t t)
{
    double *slope = hessian->setup.moments->covariance ? hessian->sum : hessian->work;
    times_covariance(hessian, t, hessian->work, slope);
    return slope;
}

/* F at U = 0, the base at its minimiser. */
static double without(struct hessian *hessian)
{
    if (!hessian->setup.eliminated)
        return (double)NAN;
    memset(hessian->point.left, 0, hessian->factors * sizeof(double));
    memset(hessian->point.right, 0, hessian->factors * sizeof(double));
    return settle(hessian);
}

/* Relative to F without adapters, and to the size (2 T F)^¼ that each factor then is to have. The gradient vanishes
 * below this share of the terms that it is a sum of; an eigenvalue is 0 below this share of (2 F)^½. */
static void limits(const struct hessian *hessian, double without, const double *x, struct hessian_limits *limits)
{
    static const double still = 1e-5, zero = 1e-6, rounding = 1e-22;
    double tasks = (double)hessian->tasks, length = linalg_norm(hessian->unknowns, x);
    limits->decrement = (double)NAN;
    limits->size = pow(2 * tasks * without, 0.25);
    if (hessian->rank == 0) { /* ∂F/∂A is as large as the way to go */
        limits->still = still * length;
        limits->beside = 0;
        limits->nothing = zero;
        return;
    }
    limits->still = still * sqrt(2 * hessian->loss / tasks) * length;
    if (hessian->loss <= rounding * without)
        limits->still = (double)INFINITY;
    limits->beside =
        0.1 * still * sqrt(2 * without) * limits->size; /* beside U = 0 it is a small part of small terms */
    limits->nothing = zero * sqrt(2 * without);
}

const struct hessian_type hessian_linear = {.dense = HESSIAN_DENSE,
                                            .workspace = workspace,
                                            .init = init,
                                            .value = settle,
                                            .settle = settle,
                                            .follow = follow,
                                            .bend = bend,
                                            .without = without,
                                            .limits = limits,
                                            .convex = true};
