/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Template of one instruction set's kernel, included by thin.c once for each. It wants
 *
 *     KERNEL(name)     names of its functions
 *     KERNEL_TARGET    attribute that turns the instructions on
 *     VECTOR           a vector of doubles, VECTOR_SIZE many
 *     VECTOR_FILL(x)   one with x in all places
 *     VECTOR_FMA(a, b, c)   a · b + c
 *     VECTOR_SUM(x)    sum of its places
 *     BLOCK_VECTORS, BLOCK_COLUMNS   sums kept in registers: vectors of a panel times columns
 */

/* Vectors in a row of one panel. */
#define ROW ((int)(THIN_PANEL / VECTOR_SIZE))

/* Loops over the block must be unrolled whole, or its sums are not kept in registers. */
KERNEL_TARGET static inline __attribute__((always_inline)) void KERNEL(block)(size_t inner, const double *panel,
                                                                              size_t panel_stride, const double *thin,
                                                                              size_t thin_stride, int columns,
                                                                              double *out, size_t out_stride, bool add)
{
    VECTOR sum[BLOCK_COLUMNS][BLOCK_VECTORS];
    THIN_UNROLL
    for (int c = 0; c < columns; c++) {
        THIN_UNROLL
        for (int v = 0; v < BLOCK_VECTORS; v++)
            sum[c][v] =
                add ? *(const VECTOR *)(out + (size_t)c * out_stride + (size_t)v * VECTOR_SIZE) : VECTOR_FILL(0.0);
    }
    for (size_t l = 0; l < inner; l++) {
        VECTOR row[BLOCK_VECTORS];
        THIN_UNROLL
        for (int v = 0; v < BLOCK_VECTORS; v++)
            row[v] = *(const VECTOR *)(panel + l * panel_stride + (size_t)v * VECTOR_SIZE);
        THIN_UNROLL
        for (int c = 0; c < columns; c++) {
            VECTOR factor = VECTOR_FILL(thin[l * thin_stride + (size_t)c]);
            THIN_UNROLL
            for (int v = 0; v < BLOCK_VECTORS; v++)
                sum[c][v] = VECTOR_FMA(row[v], factor, sum[c][v]);
        }
    }
    THIN_UNROLL
    for (int c = 0; c < columns; c++) {
        THIN_UNROLL
        for (int v = 0; v < BLOCK_VECTORS; v++)
            *(VECTOR *)(out + (size_t)c * out_stride + (size_t)v * VECTOR_SIZE) = sum[c][v];
    }
}

KERNEL_TARGET static void KERNEL(multiply)(size_t inner, const double *panel, size_t panel_stride, const double *thin,
                                           size_t thin_stride, size_t columns, double *out, size_t out_stride, bool add)
{
    enum { STRIP = BLOCK_VECTORS * VECTOR_SIZE };
    for (size_t done = 0; done < columns; done += BLOCK_COLUMNS) {
        for (size_t i = 0; i < THIN_PANEL; i += STRIP) {
            const double *p = panel + i;
            const double *q = thin + done;
            double *o = out + done * out_stride + i;
            switch (columns - done) {
            case 1:
                KERNEL(block)(inner, p, panel_stride, q, thin_stride, 1, o, out_stride, add);
                break;
            case 2:
                KERNEL(block)(inner, p, panel_stride, q, thin_stride, 2, o, out_stride, add);
                break;
            case 3:
                KERNEL(block)(inner, p, panel_stride, q, thin_stride, 3, o, out_stride, add);
                break;
#if BLOCK_COLUMNS > 4
            case 4:
                KERNEL(block)(inner, p, panel_stride, q, thin_stride, 4, o, out_stride, add);
                break;
            case 5:
                KERNEL(block)(inner, p, panel_stride, q, thin_stride, 5, o, out_stride, add);
                break;
            case 6:
                KERNEL(block)(inner, p, panel_stride, q, thin_stride, 6, o, out_stride, add);
                break;
            case 7:
                KERNEL(block)(inner, p, panel_stride, q, thin_stride, 7, o, out_stride, add);
                break;
#endif
            default:
                KERNEL(block)(inner, p, panel_stride, q, thin_stride, BLOCK_COLUMNS, o, out_stride, add);
            }
        }
    }
}

KERNEL_TARGET static inline double KERNEL(dot)(size_t count, const double *x, const double *y)
{
    VECTOR sum[2] = {VECTOR_FILL(0.0), VECTOR_FILL(0.0)};
    for (size_t i = 0; i < count; i += (size_t)2 * VECTOR_SIZE) {
        const VECTOR *p = (const VECTOR *)(x + i);
        const VECTOR *q = (const VECTOR *)(y + i);
        sum[0] = VECTOR_FMA(p[0], q[0], sum[0]);
        sum[1] = VECTOR_FMA(p[1], q[1], sum[1]);
    }
    return VECTOR_SUM(sum[0] + sum[1]);
}

KERNEL_TARGET static void KERNEL(gram)(size_t rows, size_t padded, double scale, const double *x, const double *y,
                                       double *gram)
{
    for (size_t a = 0; a < rows; a++)
        for (size_t b = 0; b < rows; b++)
            if (x == y && b < a)
                gram[a * rows + b] = gram[b * rows + a];
            else
                gram[a * rows + b] = scale * KERNEL(dot)(padded, x + a * padded, y + b * padded);
}

KERNEL_TARGET static void KERNEL(descend)(size_t count, double rate, const double *y, double *x)
{
    VECTOR minus = VECTOR_FILL(-rate);
    for (size_t i = 0; i < count; i += VECTOR_SIZE)
        *(VECTOR *)(x + i) = VECTOR_FMA(minus, *(const VECTOR *)(y + i), *(const VECTOR *)(x + i));
}

KERNEL_TARGET static void KERNEL(subtract)(size_t count, const double *x, const double *y, double *out)
{
    for (size_t i = 0; i < count; i += VECTOR_SIZE)
        *(VECTOR *)(out + i) = *(const VECTOR *)(x + i) - *(const VECTOR *)(y + i);
}

KERNEL_TARGET static double KERNEL(propose)(size_t count, const double *x, double rate, const double *a, double share,
                                            double *y)
{
    VECTOR minus_rate = VECTOR_FILL(-rate);
    VECTOR minus_share = VECTOR_FILL(-share);
    VECTOR squares = VECTOR_FILL(0.0);
    size_t whole = count / VECTOR_SIZE * VECTOR_SIZE;
    for (size_t i = 0; i < whole; i += VECTOR_SIZE) {
        VECTOR px;
        VECTOR pa;
        VECTOR py;
        memcpy(&px, x + i, sizeof px);
        memcpy(&pa, a + i, sizeof pa);
        memcpy(&py, y + i, sizeof py);
        py = VECTOR_FMA(minus_share, py, VECTOR_FMA(minus_rate, pa, px));
        squares = VECTOR_FMA(py, py, squares);
        memcpy(y + i, &py, sizeof py);
    }
    double sum = VECTOR_SUM(squares);
    for (size_t i = whole; i < count; i++) {
        y[i] = x[i] - rate * a[i] - share * y[i];
        sum += y[i] * y[i];
    }
    return sum;
}

/* sum (ROW vectors) += Σ_l factor[l] · rows[l]; where a row is few vectors, in two halves, since a chain of sums waits. */
KERNEL_TARGET static inline __attribute__((always_inline)) void KERNEL(combine)(size_t count, const double *rows,
                                                                                const double *factor, VECTOR *sum)
{
    size_t l = 0;
    VECTOR half[ROW];
    THIN_UNROLL
    for (int v = 0; v < ROW; v++)
        half[v] = VECTOR_FILL(0.0);
    for (; ROW < 4 && l + 1 < count; l += 2) {
        VECTOR even = VECTOR_FILL(factor[l]);
        VECTOR odd = VECTOR_FILL(factor[l + 1]);
        THIN_UNROLL
        for (int v = 0; v < ROW; v++) {
            sum[v] = VECTOR_FMA(even, ((const VECTOR *)(rows + l * THIN_PANEL))[v], sum[v]);
            half[v] = VECTOR_FMA(odd, ((const VECTOR *)(rows + (l + 1) * THIN_PANEL))[v], half[v]);
        }
    }
    for (; l < count; l++) {
        VECTOR one = VECTOR_FILL(factor[l]);
        THIN_UNROLL
        for (int v = 0; v < ROW; v++)
            sum[v] = VECTOR_FMA(one, ((const VECTOR *)(rows + l * THIN_PANEL))[v], sum[v]);
    }
    THIN_UNROLL
    for (int v = 0; v < ROW; v++)
        sum[v] += half[v];
}

KERNEL_TARGET static inline __attribute__((always_inline)) void KERNEL(product)(size_t count, const double *rows,
                                                                                const double *factor, VECTOR *out)
{
    THIN_UNROLL
    for (int v = 0; v < ROW; v++)
        out[v] = VECTOR_FILL(0.0);
    KERNEL(combine)(count, rows, factor, out);
}

/* x[c] −= rate · (slope[c] + Σ_l rows[l] · gram[l][c]), in registers. */
KERNEL_TARGET static inline __attribute__((always_inline)) void
KERNEL(bend)(int rank, VECTOR (*rows)[ROW], double (*gram)[THIN_STEP_RANK], VECTOR (*slope)[ROW])
{
    THIN_UNROLL
    for (int c = 0; c < rank; c++) {
        THIN_UNROLL
        for (int l = 0; l < rank; l++) {
            VECTOR one = VECTOR_FILL(gram[l][c]);
            THIN_UNROLL
            for (int v = 0; v < ROW; v++)
                slope[c][v] = VECTOR_FMA(one, rows[l][v], slope[c][v]);
        }
    }
}

KERNEL_TARGET static inline __attribute__((always_inline)) void KERNEL(load)(int rank, const double *rows,
                                                                             VECTOR (*out)[ROW])
{
    THIN_UNROLL
    for (int c = 0; c < rank; c++) {
        THIN_UNROLL
        for (int v = 0; v < ROW; v++)
            out[c][v] = ((const VECTOR *)(rows + (size_t)c * THIN_PANEL))[v];
    }
}

KERNEL_TARGET static inline __attribute__((always_inline)) void KERNEL(leave)(int rank, double rate,
                                                                              VECTOR (*slope)[ROW], double *rows)
{
    VECTOR minus = VECTOR_FILL(-rate);
    THIN_UNROLL
    for (int c = 0; c < rank; c++) {
        THIN_UNROLL
        for (int v = 0; v < ROW; v++) {
            VECTOR *x = (VECTOR *)(rows + (size_t)c * THIN_PANEL) + v;
            *x = VECTOR_FMA(minus, slope[c][v], *x);
        }
    }
}

KERNEL_TARGET static inline __attribute__((always_inline)) void
KERNEL(scalar_products)(int rank, double scale, VECTOR (*x)[ROW], VECTOR (*y)[ROW], double (*gram)[THIN_STEP_RANK])
{
    THIN_UNROLL
    for (int a = 0; a < rank; a++) {
        THIN_UNROLL
        for (int b = 0; b < rank; b++) {
            VECTOR sum = x[a][0] * y[b][0];
            THIN_UNROLL
            for (int v = 1; v < ROW; v++)
                sum = VECTOR_FMA(x[a][v], y[b][v], sum);
            gram[a][b] = scale * VECTOR_SUM(sum);
        }
    }
}

KERNEL_TARGET static inline __attribute__((always_inline)) void KERNEL(step_symmetric)(const struct thin_step *step,
                                                                                       int rank)
{
    VECTOR left[THIN_STEP_RANK][ROW];
    VECTOR weighted[THIN_STEP_RANK][ROW];
    VECTOR slope[THIN_STEP_RANK][ROW];
    double cross[THIN_STEP_RANK][THIN_STEP_RANK];
    double square[THIN_STEP_RANK][THIN_STEP_RANK];
    KERNEL(load)(rank, step->left, left);
    THIN_UNROLL
    for (int c = 0; c < rank; c++)
        KERNEL(product)(step->d, step->fixed, step->left + (size_t)c * THIN_PANEL, slope[c]);
    if (step->covariance) {
        THIN_UNROLL
        for (int c = 0; c < rank; c++)
            KERNEL(product)(step->d, step->covariance, step->left + (size_t)c * THIN_PANEL, weighted[c]);
        KERNEL(scalar_products)(rank, 1.0, weighted, left, cross);
        KERNEL(scalar_products)(rank, 1.0, left, left, square);
        KERNEL(bend)(rank, left, cross, slope);
        KERNEL(bend)(rank, weighted, square, slope);
    } else {
        KERNEL(scalar_products)(rank, 2.0, left, left, square);
        KERNEL(bend)(rank, left, square, slope);
    }
    KERNEL(leave)(rank, step->rate, slope, step->left);
}

KERNEL_TARGET static inline __attribute__((always_inline)) void KERNEL(step_general)(const struct thin_step *step,
                                                                                     int rank)
{
    VECTOR left[THIN_STEP_RANK][ROW];
    VECTOR right[THIN_STEP_RANK][ROW];
    VECTOR weighted[THIN_STEP_RANK][ROW];
    VECTOR left_slope[THIN_STEP_RANK][ROW];
    VECTOR right_slope[THIN_STEP_RANK][ROW];
    double cross[THIN_STEP_RANK][THIN_STEP_RANK];
    double square[THIN_STEP_RANK][THIN_STEP_RANK];
    KERNEL(load)(rank, step->left, left);
    KERNEL(load)(rank, step->right, right);
    KERNEL(load)(rank, step->right, weighted);
    THIN_UNROLL
    for (int c = 0; c < rank; c++) {
        size_t row = (size_t)c * THIN_PANEL;
        KERNEL(product)(step->d, step->fixed, step->right + row, left_slope[c]);
        KERNEL(product)(step->d, step->fixed_right, step->left + row, right_slope[c]);
        if (step->covariance)
            KERNEL(product)(step->d, step->covariance, step->right + row, weighted[c]);
    }
    KERNEL(scalar_products)(rank, 1.0, weighted, right, cross);
    KERNEL(scalar_products)(rank, 1.0, left, left, square);
    KERNEL(bend)(rank, left, cross, left_slope);
    KERNEL(bend)(rank, weighted, square, right_slope);
    KERNEL(leave)(rank, step->rate, left_slope, step->left);
    KERNEL(leave)(rank, step->rate, right_slope, step->right);
}

/* The rank must be known to the compiler, or nothing stays in registers. */
KERNEL_TARGET static void KERNEL(step)(const struct thin_step *step)
{
    bool general = step->right != step->left;
    switch (step->rank) {
    case 1:
        general ? KERNEL(step_general)(step, 1) : KERNEL(step_symmetric)(step, 1);
        break;
    case 2:
        general ? KERNEL(step_general)(step, 2) : KERNEL(step_symmetric)(step, 2);
        break;
    case 3:
        general ? KERNEL(step_general)(step, 3) : KERNEL(step_symmetric)(step, 3);
        break;
    default:
        general ? KERNEL(step_general)(step, 4) : KERNEL(step_symmetric)(step, 4);
    }
}

#include "model/thin_cycle.h"

#undef KERNEL
#undef KERNEL_TARGET
#undef VECTOR
#undef VECTOR_SIZE
#undef VECTOR_FILL
#undef VECTOR_FMA
#undef VECTOR_SUM
#undef BLOCK_VECTORS
#undef BLOCK_COLUMNS
#undef ROW
