/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/normal.h"

#include "model/linalg.h"

#include <string.h>

size_t normal_workspace(const struct solver_setup *setup)
{
    size_t d = (size_t)setup->moments->dimension, r = (size_t)setup->rank;
    const size_t sizes[] = {d * d, setup->moments->covariance ? d * d : 0, d * r, d * r, r * r, r * r};
    size_t bytes = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        bytes = arena_add(bytes, arena_doubles_size(sizes[i]));
    return bytes;
}

void normal_init(struct normal *normal, const struct residual *residual, struct arena *arena)
{
    size_t d = residual->dimension, r = residual->rank;
    *normal = (struct normal){.residual = residual,
                              .metric = arena_doubles(arena, d * d),
                              .carried = residual->root ? arena_doubles(arena, d * d) : NULL,
                              .from = arena_doubles(arena, d * r),
                              .to = arena_doubles(arena, d * r),
                              .lefts = arena_doubles(arena, r * r),
                              .rights = arena_doubles(arena, r * r)};
}

/* ---- what the blocks of two tasks are made of ---- */

/* S_t P, which all M_ts of a task have in common. */
static void carry(struct normal *normal, size_t t)
{
    const struct residual *residual = normal->residual;
    int d = (int)residual->dimension;
    if (normal->carried && !residual->frozen)
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, d, d, 1, residual->moments->covariance + t * (size_t)(d * d),
                    residual->inverse, 0, normal->carried);
}

static void measure(struct normal *normal, size_t t, size_t s)
{
    const struct residual *residual = normal->residual;
    size_t d = residual->dimension, square = d * d;
    const double *covariance = residual->moments->covariance;
    memset(normal->metric, 0, square * sizeof(double));
    if (!covariance) {
        double entry = (s == t ? 1 : 0) - (residual->frozen ? 0 : 1 / (double)residual->tasks);
        for (size_t i = 0; i < d; i++)
            normal->metric[i * d + i] = entry;
        return;
    }
    if (s == t)
        memcpy(normal->metric, covariance + t * square, square * sizeof(double));
    if (!residual->frozen)
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, (int)d, (int)d, (int)d, -1, normal->carried, covariance + s * square, 1,
                    normal->metric);
}

/* The adapters of one task. */
struct factors {
    const double *left, *right; /* d × r */
};

static struct factors factors_of(const struct normal *normal, const double *x, size_t t)
{
    const struct residual *residual = normal->residual;
    const double *left = x + t * residual->dimension * residual->rank;
    return (struct factors){left, residual->general ? left + residual->factors : left};
}

static void prepare(struct normal *normal, const struct factors *t, const struct factors *s)
{
    int d = (int)normal->residual->dimension, r = (int)normal->residual->rank;
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, d, 1, normal->metric, s->right, 0, normal->from);
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, d, r, d, 1, normal->metric, t->right, 0, normal->to);
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, r, r, d, 1, t->left, s->left, 0, normal->lefts);
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, r, r, d, 1, t->right, normal->from, 0, normal->rights);
}

/* ---- blocks ---- */

/* Adds a block with the entries matrix_ij gram_lm; without a matrix, the unit matrix. */
static void add_same(const struct normal *normal, const double *matrix, const double *gram, double *block)
{
    size_t d = normal->residual->dimension, r = normal->residual->rank;
    size_t unknowns = residual_unknowns(normal->residual);
    for (size_t i = 0; i < d; i++)
        for (size_t l = 0; l < r; l++) {
            double *row = block + (i * r + l) * unknowns;
            for (size_t j = matrix ? 0 : i; j < (matrix ? d : i + 1); j++)
                for (size_t m = 0; m < r; m++)
                    row[j * r + m] += (matrix ? matrix[i * d + j] : 1) * gram[l * r + m];
        }
}

/* Adds one with the entries a_im b_jl. */
static void add_cross(const struct normal *normal, const double *a, const double *b, double *block)
{
    size_t d = normal->residual->dimension, r = normal->residual->rank;
    size_t unknowns = residual_unknowns(normal->residual);
    for (size_t i = 0; i < d; i++)
        for (size_t l = 0; l < r; l++) {
            double *row = block + (i * r + l) * unknowns;
            for (size_t j = 0; j < d; j++)
                for (size_t m = 0; m < r; m++)
                    row[j * r + m] += a[i * r + m] * b[j * r + l];
        }
}

void normal_fill(struct normal *normal, const double *x, double *square)
{
    const struct residual *residual = normal->residual;
    size_t unknowns = residual_unknowns(residual), factor = residual->dimension * residual->rank;
    memset(square, 0, unknowns * unknowns * sizeof *square);
    for (size_t t = 0; t < residual->tasks; t++) {
        struct factors row = factors_of(normal, x, t);
        carry(normal, t);
        for (size_t s = 0; s < (residual->general ? residual->tasks : t + 1); s++) {
            struct factors column = factors_of(normal, x, s);
            double *upper = square + t * factor * unknowns + s * factor; /* what moves U_t */
            double *lower = upper + (residual->general ? residual->factors * unknowns : 0);
            double *last = lower + (residual->general ? residual->factors : 0);
            measure(normal, t, s);
            prepare(normal, &row, &column);
            add_cross(normal, normal->from, row.left, lower);
            if (s <= t) {
                add_same(normal, NULL, normal->rights, upper);
                add_same(normal, normal->metric, normal->lefts, last);
            }
            if (!residual->general)
                add_cross(normal, column.left, normal->to, upper);
        }
    }
}
