/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_THIN_H
#define RANKSCOPE_MODEL_THIN_H

#include <stdbool.h>
#include <stddef.h>

/* Products of a large matrix with a thin one, which BLAS does far below the machine's speed. The large one is packed
 * into panels of THIN_PANEL columns: column panel p of a (rows × columns) matrix is rows × THIN_PANEL, one panel after
 * the other, the last one filled up with zeros. */
enum { THIN_PANEL = 16 };

/* n rounded up to whole panels. */
size_t thin_padded(size_t n);

/* Room for two rows of d: never a power of two, or rows would drive each other from the cache. */
size_t thin_cycle_stride(size_t d);

/* A gradient step on one adapter whose dimension fits one panel, in registers. Everything is rows of THIN_PANEL; in the
 * words of descent.h: */
enum { THIN_STEP_RANK = 4 };
struct thin_step {
    size_t d; /* <= THIN_PANEL */
    int rank; /* 1 to THIN_STEP_RANK */
    double rate;
    const double *fixed;       /* d rows: M + M^T, or M^T for general adapters */
    const double *fixed_right; /* d rows: M; NULL for symmetric adapters */
    const double *covariance;  /* d rows: S; NULL in population */
    double *left, *right;      /* rank rows: U^T and V^T; the same when symmetric */
};

/* Square matrices by their cyclic diagonals: row k holds the entries (i, i + k mod d), i < d. In this order a sum of outer
 * products and its adjoint are vectors multiplied entry by entry, whatever d is, and a symmetric matrix is its first
 * d / 2 + 1 rows. Factors are rows too, each twice over, so that none has an end: row l holds the entries (j mod d, l),
 * j < 2 d. They are `stride` apart, and may hold anything from 2 d on. */
struct thin_cycle {
    size_t d, rank, diagonals;
    size_t padded, stride; /* thin_padded(d), thin_cycle_stride(d) */
    const double *weight;  /* diagonals: what the entries of each are multiplied by */
};

struct thin_pair {
    const double *left, *right; /* factors: the matrix left · right^T */
};

/* Matrices one after the other, each compared with those before it:  whole · (their sum) − own · (this one). */
struct thin_turn {
    double whole, own;
    double *sum; /* diagonals × padded */
};

enum { THIN_CHUNK = 16 }; /* diagonals that cycle_back takes at a time */

/* One instruction set's way. How many terms an instruction sums differs, and so do the last bits; on one machine they are
 * always the same. Arrays start at a cache line unless it says otherwise; `thin` and `gram` need not. */
struct thin_kernel {
    const char *name; /* of the instruction set */

    /* out[c][i] (+)= Σ_l panel[l][i] · thin[l][c], i < THIN_PANEL, c < columns, l < inner. The strides are from one
     * row to the next; `add` says whether out counts. */
    void (*multiply)(size_t inner, const double *panel, size_t panel_stride, const double *thin, size_t thin_stride,
                     size_t columns, double *out, size_t out_stride, bool add);

    /* gram[a][b] = scale · Σ_i x[a][i] · y[b][i], a, b < rows; x and y are rows × padded, padded whole panels. */
    void (*gram)(size_t rows, size_t padded, double scale, const double *x, const double *y, double *gram);

    /* x −= rate · y and out = x − y. Whole cache lines: up to seven more than `count`, which arenas have room for. */
    void (*descend)(size_t count, double rate, const double *y, double *x);
    void (*subtract)(size_t count, const double *x, const double *y, double *out);

    /* y = x − rate · a − share · y, just `count` of each and none aligned; the sum of the squares of y. */
    double (*propose)(size_t count, const double *x, double rate, const double *a, double share, double *y);

    void (*step)(const struct thin_step *step);

    /* out (diagonals × d, and padded − d more doubles that it may write into) = the sum of one or two pairs, compared with
     * those before, whose sum it is added to; where out is NULL there are none, and the sum is set to it. */
    void (*cycle_outer)(const struct thin_cycle *cycle, const struct thin_pair *of, int pairs,
                        const struct thin_turn *turn, double *out);

    /* The adjoint: out_left += G right and out_right += G^T left (rank × padded; the same array where all are added up) for
     * G with the rows of `in`, weighted. Of matrices that were compared, the last one comes first, onto a sum of zeros;
     * `in` of the first one, the last to come, is NULL. scratch: THIN_CHUNK × stride. */
    void (*cycle_back)(const struct thin_cycle *cycle, const double *in, const struct thin_turn *turn,
                       const double *left, const double *right, double *scratch, double *out_left, double *out_right);
};

/* The fastest kernel that this machine can run, and, for tests, the i-th of those it can: NULL from the last on. */
const struct thin_kernel *thin_kernel_best(void);
const struct thin_kernel *thin_kernel_at(int i);

/* Packs `a` (d × d, row-major) into `packed` (d × padded), and adds the transpose of `a` to it or puts it there. */
void thin_pack(size_t d, const double *a, double *packed);
void thin_pack_add_transposed(size_t d, const double *a, double *packed);
void thin_pack_transposed(size_t d, const double *a, double *packed);

/* Takes `a` or its transpose away from what is packed. */
void thin_pack_subtract(size_t d, const double *a, double *packed);
void thin_pack_subtract_transposed(size_t d, const double *a, double *packed);

#endif
