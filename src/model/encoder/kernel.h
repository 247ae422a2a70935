/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_ENCODER_KERNEL_H
#define RANKSCOPE_MODEL_ENCODER_KERNEL_H

#include <stddef.h>
#include <stdint.h>

/* What is done to numbers one by one or row by row, between the matrix products: each pass over memory does as much
 * as it can. Matrices are rows × columns and packed where no stride is said. */

/* Which numbers are dropped: number i is kept, times `scale`, or becomes zero, by a hash of i and the keys. Nothing is
 * stored, and the backward pass asks again. */
struct drop {
    uint32_t key[2];
    int32_t threshold; /* of 2^24: the probability of dropping; 0: all are kept and scale is 1 */
    float scale;       /* 1 / (1 − probability) */
};

struct norm_back {
    const float *weight, *hat, *inverse;    /* columns, rows × columns, rows: as the forward pass left them */
    float *weight_gradient, *bias_gradient; /* columns, added to; both NULL: not wanted */
};

struct adamw_factors {
    float beta1, beta2, rest1, rest2; /* rests: 1 − β */
    float epsilon;
    float keep; /* 1 − rate · decay */
    float rate; /* rate / (1 − β₁^t) */
    float root; /* 1 / √(1 − β₂^t) */
};

/* One instruction set's way. Sums are in another order in each; on one machine always the same. */
struct encoder_kernel {
    const char *name;

    /* y += bias in every row; rows are `stride` apart. */
    void (*add_bias)(size_t rows, size_t columns, size_t stride, const float *bias, float *y);

    /* u ← gelu(u + bias), exact: x Φ(x); and its slope there, Φ(x) + x φ(x), unless that is NULL. erf is Abramowitz and
     * Stegun's 7.1.26, with an error below 1.5e-7. */
    void (*gelu)(size_t rows, size_t columns, const float *bias, float *u, float *slope);

    /* out = norm(residual + drop(y + bias)) · weight + shift; hat: what is normed, inverse: 1 / its deviation, both
     * NULL if not wanted. The first number has index `first` for drop. residual NULL: norm, then drop, as embeddings
     * want it. out may be y. */
    void (*add_norm)(size_t rows, size_t columns, uint32_t first, struct drop drop, const float *bias,
                     const float *residual, const float *y, const float *weight, const float *shift, float epsilon,
                     float *hat, float *inverse, float *out);

    /* The adjoint of norm: gradient of `out` into that of what was normed, in place; and that dropped as y was, into
     * branch (NULL: not wanted). */
    void (*norm_back)(size_t rows, size_t columns, uint32_t first, struct drop drop, const struct norm_back *norm,
                      float *gradient, float *branch);

    /* s ← softmax(scale · s), one row. Returns the logarithm of the sum of the exponentials. */
    float (*softmax)(size_t columns, float scale, float *s);

    /* The adjoint, one row: gradient of p = softmax(scale · s) into that of s. */
    void (*softmax_back)(size_t columns, float scale, const float *p, float *gradient);

    /* y = drop(x), whose first number has index `first`. x may be y. */
    void (*drop)(size_t count, uint32_t first, struct drop drop, const float *x, float *y);

    void (*multiply)(size_t count, const float *x, float *y); /* y *= x */
    void (*add)(size_t count, const float *x, float *y);      /* y += x */
    void (*scale)(size_t count, float factor, float *y);      /* y *= factor */

    /* sums (columns) += the sum of the rows of x, which are `stride` apart. */
    void (*column_sums)(size_t rows, size_t columns, size_t stride, const float *x, float *sums);

    /* A step of AdamW: value ← (1 − decay) · value − rate · m / (√s · root + epsilon), and gradient ← 0. */
    void (*adamw)(size_t count, const struct adamw_factors *factors, float *gradient, float *first, float *second,
                  float *value);
};

/* The fastest that this machine can run, and, for tests, the i-th of those it can: NULL from the last on. */
const struct encoder_kernel *encoder_kernel_best(void);
const struct encoder_kernel *encoder_kernel_at(int i);

/* Dropping with a probability, determined by a seed, a step, a place in the network and an index there. */
struct drop drop_make(double probability, uint64_t seed, uint64_t step, uint32_t site, uint32_t index);

#endif
