/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Template of one instruction set's pass, included by shallow_pass.c once for each. It wants
 *
 *     KERNEL(name)     names of its functions
 *     KERNEL_TARGET    attribute that turns the instructions on
 *     VECTOR, LONGS    vectors of doubles and of int64_t, VECTOR_SIZE many
 *     VECTOR_FILL(x)   one with x in all places
 *     VECTOR_FMA(a, b, c)   a · b + c
 *     VECTOR_MIN(a, b), VECTOR_MAX(a, b)
 *     VECTOR_RECIPROCAL(x)   1 / x of normal numbers
 *     VECTOR_EXPONENTIAL(x)  e^x, −700 ≤ x ≤ 700; optional: else it is made of the others
 */

#ifndef VECTOR_EXPONENTIAL
#define VECTOR_EXPONENTIAL(x) KERNEL(exponential)(x)
/* e^x, −700 ≤ x ≤ 700: x = n ln 2 + r, and Taylor's series of e^r to the 13th power, whose rest is below 5e-18 for
 * |r| ≤ ½ ln 2. Adding 1.5 · 2^52 leaves n in the last bits (Cody and Waite 1980). Pairs of terms first, then pairs
 * of pairs (Estrin 1960): what a term waits for is five products away, not thirteen. */
KERNEL_TARGET static inline __attribute__((always_inline)) VECTOR KERNEL(exponential)(VECTOR x)
{
    const VECTOR shift = VECTOR_FILL(6755399441055744.0);
    VECTOR turned = VECTOR_FMA(x, VECTOR_FILL(1.4426950408889634), shift);
    VECTOR n = turned - shift;
    VECTOR r = VECTOR_FMA(n, VECTOR_FILL(-0x1.62e42fee00000p-1), x);
    r = VECTOR_FMA(n, VECTOR_FILL(-0x1.a39ef35793c76p-33), r);
    VECTOR square = r * r, fourth = square * square;
#define PAIR(low, high) VECTOR_FMA(VECTOR_FILL(high), r, VECTOR_FILL(low))
    VECTOR first = VECTOR_FMA(PAIR(1.0 / 2, 1.0 / 6), square, PAIR(1.0, 1.0));
    VECTOR second = VECTOR_FMA(PAIR(1.0 / 720, 1.0 / 5040), square, PAIR(1.0 / 24, 1.0 / 120));
    VECTOR third = VECTOR_FMA(PAIR(1.0 / 3628800, 1.0 / 39916800), square, PAIR(1.0 / 40320, 1.0 / 362880));
    VECTOR last = PAIR(1.0 / 479001600, 1.0 / 6227020800);
#undef PAIR
    VECTOR sum = VECTOR_FMA(VECTOR_FMA(last, fourth, third), fourth * fourth, VECTOR_FMA(second, fourth, first));
    return (VECTOR)((LONGS)sum + ((LONGS)turned << 52));
}
#endif

KERNEL_TARGET static inline __attribute__((always_inline)) VECTOR KERNEL(sigmoid)(VECTOR z)
{
    const VECTOR most = VECTOR_FILL(700.0), one = VECTOR_FILL(1.0);
    VECTOR x = VECTOR_MAX(VECTOR_MIN(-z, most), -most);
    return VECTOR_RECIPROCAL(one + VECTOR_EXPONENTIAL(x));
}

KERNEL_TARGET static double KERNEL(pass)(size_t d, size_t count, size_t stride, double *z, const double *outputs,
                                         const double *weight, const double *top, double scale, bool back, double *sums)
{
    VECTOR squares = VECTOR_FILL(0.0);
    for (size_t i = 0; i < count; i += VECTOR_SIZE) {
        VECTOR error = -*(const VECTOR *)(outputs + i);
        for (size_t j = 0; j < d; j++) {
            VECTOR *at = (VECTOR *)(z + j * stride + i);
            *at = KERNEL(sigmoid)(*at);
            error = VECTOR_FMA(VECTOR_FILL(top[j]), *at, error);
        }
        error *= *(const VECTOR *)(weight + i);
        squares = VECTOR_FMA(error, error, squares);
        VECTOR slope = error * VECTOR_FILL(scale);
        for (size_t j = 0; back && j < d; j++) {
            VECTOR *at = (VECTOR *)(z + j * stride + i);
            VECTOR *sum = (VECTOR *)(sums + j * SHALLOW_LINE + i % SHALLOW_LINE);
            VECTOR gain = slope * *at;
            *sum += gain;
            *at = VECTOR_FILL(top[j]) * (gain - gain * *at);
        }
    }
    double sum = 0;
    for (int i = 0; i < VECTOR_SIZE; i++)
        sum += squares[i];
    return sum;
}

KERNEL_TARGET static void KERNEL(bend)(size_t d, size_t count, size_t stride, const double *h, double *move,
                                       const double *outputs, const double *weight, const double *top,
                                       const double *top_move, double scale, double *sums)
{
    const VECTOR one = VECTOR_FILL(1.0), two = VECTOR_FILL(2.0);
    for (size_t i = 0; i < count; i += VECTOR_SIZE) {
        VECTOR error = -*(const VECTOR *)(outputs + i), change = VECTOR_FILL(0.0);
        for (size_t j = 0; j < d; j++) {
            VECTOR hidden = *(const VECTOR *)(h + j * stride + i);
            VECTOR *at = (VECTOR *)(move + j * stride + i);
            *at = (hidden - hidden * hidden) * *at;
            error = VECTOR_FMA(VECTOR_FILL(top[j]), hidden, error);
            change = VECTOR_FMA(VECTOR_FILL(top_move[j]), hidden, VECTOR_FMA(VECTOR_FILL(top[j]), *at, change));
        }
        VECTOR weighted = *(const VECTOR *)(weight + i) * VECTOR_FILL(scale);
        error *= weighted;
        change *= weighted;
        for (size_t j = 0; j < d; j++) {
            VECTOR hidden = *(const VECTOR *)(h + j * stride + i);
            VECTOR *at = (VECTOR *)(move + j * stride + i);
            VECTOR *sum = (VECTOR *)(sums + j * SHALLOW_LINE + i % SHALLOW_LINE);
            VECTOR steepness = hidden - hidden * hidden, bent = error * *at, gain = VECTOR_FILL(top[j]) * change;
            *sum += VECTOR_FMA(change, hidden, bent);
            gain = VECTOR_FMA(VECTOR_FILL(top_move[j]), error, gain);
            *at = VECTOR_FMA(gain, steepness, VECTOR_FILL(top[j]) * bent * (one - two * hidden));
        }
    }
}

#undef KERNEL
#undef KERNEL_TARGET
#undef VECTOR
#undef LONGS
#undef VECTOR_SIZE
#undef VECTOR_FILL
#undef VECTOR_FMA
#undef VECTOR_MIN
#undef VECTOR_MAX
#undef VECTOR_RECIPROCAL
#undef VECTOR_EXPONENTIAL
