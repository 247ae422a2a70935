/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/leading.h"

#include "base/arena.h"
#include "model/linalg.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Columns beyond those wanted, twice as many and some: the more, the faster it converges. Below WHOLE dimensions the
 * whole decomposition is as fast. */
enum { BESIDE = 8, WHOLE = 128, ROUNDS = 60 };

struct leading {
    struct arena *arena;
    struct linalg_svd *svd;
    int d;
    int width;      /* columns that there is room for */
    double *right;  /* d × width: V, orthonormal */
    double *left;   /* d × width: U */
    double *image;  /* d × width: A V, then A^T Q */
    double *turn;   /* width × width */
    double *values; /* width */
};

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static int width_for(int d, int count)
{
    return d < WHOLE || 4 * (2 * (long)count + BESIDE) > d ? d : 2 * count + BESIDE;
}

struct leading *leading_new(int d, int most)
{
    struct leading *leading = calloc(1, sizeof *leading);
    if (!leading)
        return NULL;
    int width = width_for(d, most);
    size_t tall = (size_t)d * (size_t)width, small = (size_t)width * (size_t)width;
    size_t bytes = 3 * arena_doubles_size(tall);
    bytes = arena_add(bytes, arena_doubles_size(small));
    bytes = arena_add(bytes, arena_doubles_size((size_t)width));
    leading->d = d;
    leading->width = width;
    leading->arena = arena_new(bytes);
    leading->svd = linalg_svd_new(d, width);
    if (!leading->arena || !leading->svd) {
        leading_free(leading);
        return NULL;
    }
    leading->right = arena_doubles(leading->arena, tall);
    leading->left = arena_doubles(leading->arena, tall);
    leading->image = arena_doubles(leading->arena, tall);
    leading->turn = arena_doubles(leading->arena, small);
    leading->values = arena_doubles(leading->arena, (size_t)width);
    return leading;
}

void leading_free(struct leading *leading)
{
    if (!leading)
        return;
    linalg_svd_free(leading->svd);
    arena_free(leading->arena);
    free(leading);
}

/* u and vt of the first `count` of `stride` triplets. */
static void hand_out(int d, int count, int stride, const double *left, const double *right_rows, double *u, double *vt)
{
    for (size_t i = 0; i < (size_t)d; i++)
        memcpy(u + i * (size_t)count, left + i * (size_t)stride, (size_t)count * sizeof *u);
    if (vt)
        memcpy(vt, right_rows, (size_t)count * (size_t)d * sizeof *vt);
}

/* By the whole decomposition, with svd's vectors into left and right (d × d). */
static bool decompose(struct linalg_svd *svd, int d, const double *a, int count, double *all, double *left,
                      double *right, double *values, double *u, double *vt)
{
    if (!linalg_svd(svd, d, d, a, all, left, vt ? right : NULL))
        return false;
    memcpy(values, all, (size_t)count * sizeof *values);
    hand_out(d, count, d, left, right, u, vt);
    return true;
}

static bool decompose_elsewhere(int d, const double *a, int count, double *values, double *u, double *vt)
{
    size_t square = (size_t)d * (size_t)d;
    struct linalg_svd *svd = linalg_svd_new(d, d);
    double *left = malloc(square * sizeof *left), *right = malloc(square * sizeof *right),
           *all = malloc((size_t)d * sizeof *all);
    bool found = svd && left && right && all && decompose(svd, d, a, count, all, left, right, values, u, vt);
    linalg_svd_free(svd);
    free(left);
    free(right);
    free(all);
    return found;
}

/* Columns that no matrix has a reason to be orthogonal to, always the same ones. */
static void scatter(size_t count, double *x)
{
    uint32_t state = 2385;
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525U + 1013904223U;
        x[i] = (double)(state >> 8) / (1 << 24) - 0.5;
    }
}

/* Are the first `count` triplets (σ, u, v), of which image = A v, good enough? */
static bool converged(const struct leading *leading, int width, int count, double tolerance)
{
    double worst = 0;
    for (int j = 0; j < count; j++) {
        double square = 0;
        for (size_t i = 0; i < (size_t)leading->d; i++) {
            size_t at = i * (size_t)width + (size_t)j;
            double rest = leading->image[at] - leading->values[j] * leading->left[at];
            square += rest * rest;
        }
        worst = fmax(worst, square);
    }
    return sqrt(worst) <= tolerance * leading->values[0];
}

/* V for `image`, whose columns it spans, and σ; where `left` has Q with image = A^T Q, U = Q W turns along. */
static bool orthonormalize(struct leading *leading, int width, double *basis)
{
    return linalg_svd(leading->svd, leading->d, width, leading->image, leading->values, basis, leading->turn);
}

/* One round: Q spans A V, and A^T Q = V Σ W^T gives V anew, with U = Q W. */
static bool improve(struct leading *leading, const double *a, int width)
{
    int d = leading->d;
    if (!orthonormalize(leading, width, leading->left))
        return false;
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, d, width, d, 1, a, leading->left, 0, leading->image);
    if (!orthonormalize(leading, width, leading->right))
        return false;
    memcpy(leading->image, leading->left, (size_t)d * (size_t)width * sizeof *leading->image);
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, width, width, 1, leading->image, leading->turn, 0, leading->left);
    return true;
}

static void show(const struct leading *leading, int width, int count, double *values, double *u, double *vt)
{
    size_t d = (size_t)leading->d;
    memcpy(values, leading->values, (size_t)count * sizeof *values);
    hand_out(leading->d, count, width, leading->left, NULL, u, NULL);
    for (size_t j = 0; vt && j < (size_t)count; j++)
        for (size_t i = 0; i < d; i++)
            vt[j * d + i] = leading->right[i * (size_t)width + j];
}

bool leading_find(struct leading *leading, const double *a, int count, double tolerance, double *values, double *u,
                  double *vt)
{
    int d = leading->d, width = smaller(width_for(d, count), leading->width);
    if (width == d)
        return decompose(leading->svd, d, a, count, leading->values, leading->left, leading->right, values, u, vt);
    scatter((size_t)d * (size_t)width, leading->right);
    for (int round = 0; round < ROUNDS; round++) {
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, width, d, 1, a, leading->right, 0, leading->image);
        if (round > 0 && converged(leading, width, count, tolerance)) {
            show(leading, width, count, values, u, vt);
            return true;
        }
        if (!improve(leading, a, width))
            return false;
    }
    return decompose_elsewhere(d, a, count, values, u, vt);
}

/* The range of a matrix of low rank is what a few scattered vectors are sent to (Halko, Martinsson and Tropp 2011,
 * algorithm 4.1); whether that was all of it is measured. */
bool leading_exhausts(struct leading *leading, const double *a, double *rest, double *values)
{
    enum { WORTH_TRYING = 16 };
    static const double rounding = 4 * DBL_EPSILON, far_from_it = 1e-12;
    int d = leading->d, width = leading->width;
    size_t square = (size_t)d * (size_t)d;
    if (WORTH_TRYING * (long)width > d)
        return false;
    scatter((size_t)d * (size_t)width, leading->right);
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, width, d, 1, a, leading->right, 0, leading->image);
    if (!orthonormalize(leading, width, leading->left))
        return false;
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, d, width, d, 1, a, leading->left, 0, leading->image);
    double whole = linalg_norm(square, a), found = linalg_norm((size_t)d * (size_t)width, leading->image);
    if (!(whole - found <= far_from_it * whole) ||
        !linalg_svd(leading->svd, d, width, leading->image, values, NULL, NULL))
        return false;
    memcpy(rest, a, square * sizeof *rest);
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, width, -1, leading->left, leading->image, 1, rest);
    for (int i = width; i < d; i++)
        values[i] = 0;
    return linalg_norm(square, rest) <= rounding * sqrt(d) * values[0];
}
