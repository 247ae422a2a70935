/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Template of one instruction set's kernel, included by kernel.c once for each. It wants
 *
 *     KERNEL(name)    names of its functions
 *     KERNEL_TARGET   attribute that turns the instructions on
 *     VECTOR_SQRT(x)  square roots of a `lanes`
 *
 * Vectors are of LANES floats everywhere: the compiler divides them into what the machine has. */

#define INLINE           KERNEL_TARGET static inline __attribute__((always_inline))
#define SQUARE_ROOT_HALF 0.70710678F

/* `left` is how many numbers there are from p on; those that are missing are `fill`, and are not written. */
INLINE lanes KERNEL(load)(const float *p, size_t left, float fill)
{
    if (left >= LANES)
        return *(const lanes_at *)p;
    lanes x = fill - (lanes){0};
    for (size_t i = 0; i < left; i++)
        x[i] = p[i];
    return x;
}

INLINE void KERNEL(store)(float *p, size_t left, lanes x)
{
    if (left >= LANES) {
        *(lanes_at *)p = x;
        return;
    }
    for (size_t i = 0; i < left; i++)
        p[i] = x[i];
}

INLINE lanes KERNEL(choose)(ilanes mask, lanes yes, lanes no)
{
    return (lanes)((mask & (ilanes)yes) | (~mask & (ilanes)no));
}

INLINE float KERNEL(sum)(lanes x)
{
    float s[LANES];
    *(lanes_at *)s = x;
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            s[i] += s[i + half];
    return s[0];
}

INLINE float KERNEL(most)(lanes x)
{
    float m = x[0];
    for (int i = 1; i < LANES; i++)
        m = x[i] > m ? x[i] : m;
    return m;
}

/* e^x to a few units of the last digit, 0 or the largest where it leaves the floats; NaN stays. Cephes' polynomial. */
INLINE lanes KERNEL(exp)(lanes x)
{
    const float shift = 12582912.0F; /* 1.5 · 2^23: adding it rounds to a whole number */
    x = KERNEL(choose)(x < -87.0F, -87.0F - (lanes){0}, x);
    x = KERNEL(choose)(x > 88.0F, 88.0F - (lanes){0}, x);
    lanes t = x * 1.44269504F + shift;
    lanes whole = t - shift;
    lanes r = x - whole * 0.693359375F;
    r = r - whole * -2.12194440e-4F;
    lanes p = 1.9875691500e-4F * r + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    p = p * (r * r) + r + 1.0F;
    ulanes exponent = ((ulanes)t - 0x4b400000U + 127U) << 23;
    return p * (lanes)exponent;
}

/* 1 or 0 times the scale for the numbers from `first` on. */
INLINE lanes KERNEL(kept)(uint32_t first, struct drop drop)
{
    ulanes x = lane_numbers + first;
    x = (x ^ drop.key[0]) * 0x9e3779b1U;
    x = (x ^ (x >> 16)) * 0x7feb352dU;
    x = ((x ^ (x >> 15)) ^ drop.key[1]) * 0x846ca68bU;
    x ^= x >> 16;
    ilanes keeps = (ilanes)(x >> 8) >= drop.threshold;
    return (lanes)(keeps & (ilanes)(drop.scale - (lanes){0}));
}

KERNEL_TARGET static void KERNEL(add_bias)(size_t rows, size_t columns, size_t stride, const float *bias, float *y)
{
    for (size_t r = 0; r < rows; r++, y += stride)
        for (size_t i = 0; i < columns; i += LANES) {
            lanes x = KERNEL(load)(y + i, columns - i, 0) + KERNEL(load)(bias + i, columns - i, 0);
            KERNEL(store)(y + i, columns - i, x);
        }
}

KERNEL_TARGET static void KERNEL(gelu)(size_t rows, size_t columns, const float *bias, float *u, float *slope)
{
    for (size_t r = 0; r < rows; r++, u += columns, slope = slope ? slope + columns : NULL)
        for (size_t i = 0; i < columns; i += LANES) {
            size_t left = columns - i;
            lanes x = KERNEL(load)(u + i, left, 0) + KERNEL(load)(bias + i, left, 0);
            lanes z = KERNEL(choose)(x < 0.0F, -x, x);
            lanes e = KERNEL(exp)(-0.5F * z * z);
            lanes t = 1.0F / (1.0F + 0.3275911F * SQUARE_ROOT_HALF * z);
            lanes p = 1.061405429F * t - 1.453152027F;
            p = p * t + 1.421413741F;
            p = p * t - 0.284496736F;
            p = p * t + 0.254829592F;
            lanes tail = 0.5F * p * t * e;
            lanes share = KERNEL(choose)(x < 0.0F, tail, 1.0F - tail);
            KERNEL(store)(u + i, left, x * share);
            if (slope)
                KERNEL(store)(slope + i, left, share + x * e * 0.39894228F);
        }
}

KERNEL_TARGET static void KERNEL(add_norm)(size_t rows, size_t columns, uint32_t first, struct drop drop,
                                           const float *bias, const float *residual, const float *y,
                                           const float *weight, const float *shift, float epsilon, float *hat,
                                           float *inverse, float *out)
{
    for (size_t r = 0; r < rows; r++, first += (uint32_t)columns) {
        const float *from = y + r * columns, *beside = residual ? residual + r * columns : NULL;
        float *to = out + r * columns; /* gets what is to be normed before it gets the result */
        lanes sum = {0}, squares = {0};
        for (size_t i = 0; i < columns; i += LANES) {
            size_t left = columns - i;
            lanes x = KERNEL(load)(from + i, left, 0);
            if (residual) {
                x += KERNEL(load)(bias + i, left, 0);
                if (drop.threshold)
                    x *= KERNEL(kept)(first + (uint32_t)i, drop);
                x += KERNEL(load)(beside + i, left, 0);
            }
            sum += x;
            KERNEL(store)(to + i, left, x);
        }
        float mean = KERNEL(sum)(sum) / (float)columns;
        for (size_t i = 0; i < columns; i += LANES) {
            lanes x = KERNEL(load)(to + i, columns - i, mean) - mean;
            squares += x * x;
        }
        float scale = 1 / sqrtf(KERNEL(sum)(squares) / (float)columns + epsilon);
        for (size_t i = 0; i < columns; i += LANES) {
            size_t left = columns - i;
            lanes x = (KERNEL(load)(to + i, left, mean) - mean) * scale;
            if (hat)
                KERNEL(store)(hat + r * columns + i, left, x);
            x = x * KERNEL(load)(weight + i, left, 0) + KERNEL(load)(shift + i, left, 0);
            if (!residual && drop.threshold)
                x *= KERNEL(kept)(first + (uint32_t)i, drop);
            KERNEL(store)(to + i, left, x);
        }
        if (inverse)
            inverse[r] = scale;
    }
}

KERNEL_TARGET static void KERNEL(norm_back)(size_t rows, size_t columns, uint32_t first, struct drop drop,
                                            const struct norm_back *norm, float *gradient, float *branch)
{
    for (size_t r = 0; r < rows; r++) {
        float *g = gradient + r * columns;
        const float *hat = norm->hat + r * columns;
        lanes sum = {0}, product = {0};
        for (size_t i = 0; i < columns; i += LANES) {
            size_t left = columns - i;
            lanes x = KERNEL(load)(g + i, left, 0), h = KERNEL(load)(hat + i, left, 0);
            if (norm->weight_gradient) {
                float *dw = norm->weight_gradient + i, *db = norm->bias_gradient + i;
                KERNEL(store)(dw, left, KERNEL(load)(dw, left, 0) + x * h);
                KERNEL(store)(db, left, KERNEL(load)(db, left, 0) + x);
            }
            x *= KERNEL(load)(norm->weight + i, left, 0);
            sum += x;
            product += x * h;
        }
        float mean = KERNEL(sum)(sum) / (float)columns, along = KERNEL(sum)(product) / (float)columns;
        float inverse = norm->inverse[r];
        for (size_t i = 0; i < columns; i += LANES) {
            size_t left = columns - i;
            lanes x = KERNEL(load)(g + i, left, 0) * KERNEL(load)(norm->weight + i, left, 0);
            x = (x - mean - KERNEL(load)(hat + i, left, 0) * along) * inverse;
            KERNEL(store)(g + i, left, x);
            if (!branch)
                continue;
            if (drop.threshold)
                x *= KERNEL(kept)(first + (uint32_t)(r * columns + i), drop);
            KERNEL(store)(branch + r * columns + i, left, x);
        }
    }
}

KERNEL_TARGET static float KERNEL(softmax)(size_t columns, float scale, float *s)
{
    lanes most = -INFINITY - (lanes){0};
    for (size_t i = 0; i < columns; i += LANES) {
        lanes x = KERNEL(load)(s + i, columns - i, -INFINITY) * scale;
        most = KERNEL(choose)(x > most, x, most);
    }
    float top = KERNEL(most)(most);
    lanes sum = {0};
    for (size_t i = 0; i < columns; i += LANES) {
        size_t left = columns - i;
        lanes x = KERNEL(exp)(KERNEL(load)(s + i, left, 0) * scale - top);
        KERNEL(store)(s + i, left, x);
        sum += KERNEL(load)(s + i, left, 0);
    }
    float total = KERNEL(sum)(sum), share = 1 / total;
    for (size_t i = 0; i < columns; i += LANES)
        KERNEL(store)(s + i, columns - i, KERNEL(load)(s + i, columns - i, 0) * share);
    return top + logf(total);
}

KERNEL_TARGET static void KERNEL(softmax_back)(size_t columns, float scale, const float *p, float *gradient)
{
    lanes sum = {0};
    for (size_t i = 0; i < columns; i += LANES)
        sum += KERNEL(load)(p + i, columns - i, 0) * KERNEL(load)(gradient + i, columns - i, 0);
    float along = KERNEL(sum)(sum);
    for (size_t i = 0; i < columns; i += LANES) {
        size_t left = columns - i;
        lanes g = KERNEL(load)(gradient + i, left, 0) - along;
        KERNEL(store)(gradient + i, left, KERNEL(load)(p + i, left, 0) * g * scale);
    }
}

KERNEL_TARGET static void KERNEL(drop)(size_t count, uint32_t first, struct drop drop, const float *x, float *y)
{
    for (size_t i = 0; i < count; i += LANES) {
        lanes kept = KERNEL(kept)(first + (uint32_t)i, drop);
        KERNEL(store)(y + i, count - i, KERNEL(load)(x + i, count - i, 0) * kept);
    }
}

KERNEL_TARGET static void KERNEL(multiply)(size_t count, const float *x, float *y)
{
    for (size_t i = 0; i < count; i += LANES)
        KERNEL(store)(y + i, count - i, KERNEL(load)(y + i, count - i, 0) * KERNEL(load)(x + i, count - i, 0));
}

KERNEL_TARGET static void KERNEL(add)(size_t count, const float *x, float *y)
{
    for (size_t i = 0; i < count; i += LANES)
        KERNEL(store)(y + i, count - i, KERNEL(load)(y + i, count - i, 0) + KERNEL(load)(x + i, count - i, 0));
}

KERNEL_TARGET static void KERNEL(scale)(size_t count, float factor, float *y)
{
    for (size_t i = 0; i < count; i += LANES)
        KERNEL(store)(y + i, count - i, KERNEL(load)(y + i, count - i, 0) * factor);
}

KERNEL_TARGET static void KERNEL(column_sums)(size_t rows, size_t columns, size_t stride, const float *x, float *sums)
{
    for (size_t i = 0; i < columns; i += LANES) {
        size_t left = columns - i;
        lanes sum = {0};
        for (size_t r = 0; r < rows; r++)
            sum += KERNEL(load)(x + r * stride + i, left, 0);
        KERNEL(store)(sums + i, left, KERNEL(load)(sums + i, left, 0) + sum);
    }
}

KERNEL_TARGET static void KERNEL(adamw)(size_t count, const struct adamw_factors *factors, float *gradient,
                                        float *first, float *second, float *value)
{
    float beta1 = factors->beta1, beta2 = factors->beta2;
    for (size_t i = 0; i < count; i += LANES) {
        size_t left = count - i;
        lanes g = KERNEL(load)(gradient + i, left, 0), v = KERNEL(load)(value + i, left, 0) * factors->keep;
        lanes m = KERNEL(load)(first + i, left, 0) * beta1 + g * factors->rest1;
        lanes s = KERNEL(load)(second + i, left, 0) * beta2 + g * g * factors->rest2;
        lanes root = VECTOR_SQRT(s) * factors->root + factors->epsilon;
        KERNEL(store)(first + i, left, m);
        KERNEL(store)(second + i, left, s);
        KERNEL(store)(value + i, left, v - factors->rate * m / root);
        KERNEL(store)(gradient + i, left, (lanes){0});
    }
}

static const struct encoder_kernel KERNEL(kernel) = {
    .name = KERNEL_NAME,
    .add_bias = KERNEL(add_bias),
    .gelu = KERNEL(gelu),
    .add_norm = KERNEL(add_norm),
    .norm_back = KERNEL(norm_back),
    .softmax = KERNEL(softmax),
    .softmax_back = KERNEL(softmax_back),
    .drop = KERNEL(drop),
    .multiply = KERNEL(multiply),
    .add = KERNEL(add),
    .scale = KERNEL(scale),
    .column_sums = KERNEL(column_sums),
    .adamw = KERNEL(adamw),
};

#undef INLINE
#undef SQUARE_ROOT_HALF
#undef KERNEL
#undef KERNEL_NAME
#undef KERNEL_TARGET
#undef VECTOR_SQRT
