/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/kernel.h"
#include "support/near.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Each instruction set's kernel against the same written plainly in double precision, at lengths around whole
 * vectors; what lies behind a row must stay. */

enum { COLUMNS_MAX = 67, ROWS = 3, GUARD = 16 };
static const size_t lengths[] = {1, 2, 15, 16, 17, 31, 32, 33, 48, COLUMNS_MAX};
enum { LENGTHS = sizeof lengths / sizeof *lengths };

static float wave(size_t i, double phase)
{
    return (float)(3 * sin(0.7 * (double)i + phase) + 0.3 * cos(2.1 * (double)i));
}

static void fill(float *x, size_t count, double phase)
{
    for (size_t i = 0; i < count + GUARD; i++)
        x[i] = i < count ? wave(i, phase) : 77.0F;
}

static void check_guard(const float *x, size_t count)
{
    for (size_t i = count; i < count + GUARD; i++)
        assert_true(x[i] == 77.0F);
}

static const struct drop none = {.scale = 1};

static void check_gelu(const struct encoder_kernel *kernel, size_t n)
{
    float u[ROWS * COLUMNS_MAX + GUARD], slope[ROWS * COLUMNS_MAX + GUARD], bias[COLUMNS_MAX + GUARD];
    fill(u, ROWS * n, 0.2);
    fill(slope, ROWS * n, 0);
    fill(bias, n, 1.1);
    kernel->gelu(ROWS, n, bias, u, slope);
    for (size_t i = 0; i < ROWS * n; i++) {
        double x = (double)(wave(i, 0.2) + bias[i % n]), share = 0.5 * erfc(-x / sqrt(2));
        assert_near((double)u[i], x * share, 4e-7 * (1 + fabs(x)));
        assert_near((double)slope[i], share + x * exp(-x * x / 2) / sqrt(2 * 3.14159265358979), 5e-7);
    }
    check_guard(u, ROWS * n);
    check_guard(slope, ROWS * n);
}

static void plain_norm(size_t n, const double *x, double epsilon, double *hat, double *inverse)
{
    double mean = 0, square = 0;
    for (size_t i = 0; i < n; i++)
        mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        square += (x[i] - mean) * (x[i] - mean) / (double)n;
    *inverse = 1 / sqrt(square + epsilon);
    for (size_t i = 0; i < n; i++)
        hat[i] = (x[i] - mean) * *inverse;
}

static void check_norm(const struct encoder_kernel *kernel, size_t n)
{
    float y[ROWS * COLUMNS_MAX + GUARD], residual[ROWS * COLUMNS_MAX + GUARD], hat[ROWS * COLUMNS_MAX + GUARD];
    float inverse[ROWS], bias[COLUMNS_MAX + GUARD], weight[COLUMNS_MAX + GUARD], shift[COLUMNS_MAX + GUARD];
    float gradient[ROWS * COLUMNS_MAX + GUARD], dw[COLUMNS_MAX + GUARD], db[COLUMNS_MAX + GUARD];
    fill(y, ROWS * n, 0.4);
    fill(residual, ROWS * n, 0.9);
    fill(hat, ROWS * n, 0);
    fill(bias, n, 1.3);
    fill(weight, n, 2.2);
    fill(shift, n, 0.1);
    fill(gradient, ROWS * n, 1.7);
    fill(dw, n, 0);
    fill(db, n, 0);
    kernel->add_norm(ROWS, n, 0, none, bias, residual, y, weight, shift, 1e-3F, hat, inverse, y);
    struct norm_back norm = {
        .weight = weight, .hat = hat, .inverse = inverse, .weight_gradient = dw, .bias_gradient = db};
    kernel->norm_back(ROWS, n, 0, none, &norm, gradient, NULL);
    double want_dw[COLUMNS_MAX], want_db[COLUMNS_MAX];
    for (size_t i = 0; i < n; i++)
        want_dw[i] = want_db[i] = (double)wave(i, 0);
    for (size_t r = 0; r < ROWS; r++) {
        double x[COLUMNS_MAX], h[COLUMNS_MAX], scale, mean = 0, along = 0;
        for (size_t i = 0; i < n; i++)
            x[i] = (double)wave(r * n + i, 0.4) + (double)bias[i] + (double)residual[r * n + i];
        plain_norm(n, x, 1e-3, h, &scale);
        assert_near((double)inverse[r], scale, 2e-5 * scale);
        for (size_t i = 0; i < n; i++) {
            double g = (double)wave(r * n + i, 1.7);
            assert_near((double)y[r * n + i], h[i] * (double)weight[i] + (double)shift[i], 2e-4);
            want_dw[i] += g * h[i];
            want_db[i] += g;
            mean += g * (double)weight[i] / (double)n;
            along += g * (double)weight[i] * h[i] / (double)n;
        }
        for (size_t i = 0; i < n; i++) {
            double g = (double)wave(r * n + i, 1.7) * (double)weight[i];
            assert_near((double)gradient[r * n + i], (g - mean - h[i] * along) * scale, 3e-4 * scale + 1e-5);
        }
    }
    for (size_t i = 0; i < n; i++) {
        assert_near((double)dw[i], want_dw[i], 2e-4);
        assert_near((double)db[i], want_db[i], 1e-5);
    }
    check_guard(y, ROWS * n);
    check_guard(hat, ROWS * n);
    check_guard(gradient, ROWS * n);
    check_guard(dw, n);
}

static void check_softmax(const struct encoder_kernel *kernel, size_t n)
{
    float s[COLUMNS_MAX + GUARD], gradient[COLUMNS_MAX + GUARD];
    double sum = 0, along = 0, p[COLUMNS_MAX];
    fill(s, n, 0.3);
    fill(gradient, n, 2.9);
    for (size_t i = 0; i < n; i++)
        sum += exp(0.6 * (double)s[i]);
    for (size_t i = 0; i < n; i++) {
        p[i] = exp(0.6 * (double)s[i]) / sum;
        along += p[i] * (double)gradient[i];
    }
    assert_near((double)kernel->softmax(n, 0.6F, s), log(sum), 1e-6);
    kernel->softmax_back(n, 0.6F, s, gradient);
    for (size_t i = 0; i < n; i++) {
        assert_near((double)s[i], p[i], 3e-7);
        assert_near((double)gradient[i], 0.6 * p[i] * ((double)wave(i, 2.9) - along), 2e-6);
    }
    check_guard(s, n);
    check_guard(gradient, n);
}

static void check_simple(const struct encoder_kernel *kernel, size_t n)
{
    float x[COLUMNS_MAX + GUARD], y[COLUMNS_MAX + GUARD], rows[ROWS * (COLUMNS_MAX + 3) + GUARD];
    fill(x, n, 0.5);
    fill(y, n, 1.5);
    fill(rows, ROWS * (n + 3), 2.5);
    kernel->add(n, x, y);
    kernel->multiply(n, x, y);
    kernel->scale(n, 0.25F, y);
    kernel->add_bias(ROWS, n, n + 3, x, rows);
    for (size_t i = 0; i < n; i++)
        assert_near((double)y[i], 0.25 * (double)((wave(i, 1.5) + x[i]) * x[i]), 1e-6);
    for (size_t i = 0; i < ROWS * (n + 3); i++)
        assert_near((double)rows[i], (double)wave(i, 2.5) + (i % (n + 3) < n ? (double)x[i % (n + 3)] : 0), 1e-6);
    kernel->column_sums(ROWS, n, n + 3, rows, y);
    for (size_t i = 0; i < n; i++)
        assert_near((double)y[i],
                    0.25 * (double)((wave(i, 1.5) + x[i]) * x[i]) + (double)rows[i] + (double)rows[n + 3 + i] +
                        (double)rows[2 * (n + 3) + i],
                    3e-6);
    check_guard(y, n);
    check_guard(rows, ROWS * (n + 3));
}

static void check_adamw(const struct encoder_kernel *kernel, size_t n)
{
    float g[COLUMNS_MAX + GUARD], m[COLUMNS_MAX + GUARD], s[COLUMNS_MAX + GUARD], v[COLUMNS_MAX + GUARD];
    fill(g, n, 0.5);
    fill(m, n, 1.5);
    fill(s, n, 2.5);
    fill(v, n, 3.5);
    for (size_t i = 0; i < n; i++)
        s[i] = s[i] * s[i];
    struct adamw_factors factors = {.beta1 = 0.9F,
                                    .beta2 = 0.99F,
                                    .rest1 = 0.1F,
                                    .rest2 = 0.01F,
                                    .epsilon = 1e-8F,
                                    .keep = 0.98F,
                                    .rate = 0.3F,
                                    .root = 1.7F};
    kernel->adamw(n, &factors, g, m, s, v);
    for (size_t i = 0; i < n; i++) {
        double gradient = (double)wave(i, 0.5), first = 0.9 * (double)wave(i, 1.5) + 0.1 * gradient;
        double second = 0.99 * (double)wave(i, 2.5) * (double)wave(i, 2.5) + 0.01 * gradient * gradient;
        assert_near((double)m[i], first, 1e-6);
        assert_near((double)s[i], second, 2e-6);
        assert_near((double)v[i], 0.98 * (double)wave(i, 3.5) - 0.3 * first / (1.7 * sqrt(second)),
                    2e-6 + 1e-5 * fabs(first));
        assert_true(g[i] == 0.0F);
    }
    check_guard(v, n);
    check_guard(g, n);
}

static void test_kernels(void **state)
{
    (void)state;
    for (int i = 0; encoder_kernel_at(i); i++) {
        const struct encoder_kernel *kernel = encoder_kernel_at(i);
        print_message("%s\n", kernel->name);
        for (int j = 0; j < LENGTHS; j++) {
            check_gelu(kernel, lengths[j]);
            check_norm(kernel, lengths[j]);
            check_softmax(kernel, lengths[j]);
            check_simple(kernel, lengths[j]);
            check_adamw(kernel, lengths[j]);
        }
    }
    assert_ptr_equal(encoder_kernel_best(), encoder_kernel_at(0));
}

/* Far out everything stays a number; a NaN stays one. */
static void test_extremes(void **state)
{
    (void)state;
    for (int i = 0; encoder_kernel_at(i); i++) {
        const struct encoder_kernel *kernel = encoder_kernel_at(i);
        float u[5] = {-1e4F, 1e4F, 0, -14, 14}, zero[5] = {0}, slope[5];
        kernel->gelu(1, 5, zero, u, slope);
        assert_near((double)u[0], 0, 1e-30);
        assert_near((double)u[1], 1e4, 0);
        assert_near((double)slope[0], 0, 1e-30);
        assert_near((double)slope[1], 1, 0);
        assert_near((double)slope[2], 0.5, 1e-7);
        float s[3] = {-1e30F, 1e30F, 0};
        kernel->softmax(3, 1, s);
        assert_near((double)s[0], 0, 1e-30);
        assert_near((double)s[1], 1, 0);
        float bad[3] = {1, (float)NAN, 2};
        assert_true(isnan(kernel->softmax(3, 1, bad)) && isnan(bad[0]) && isnan(bad[1]));
        float worse[2] = {(float)NAN, 1};
        kernel->gelu(1, 2, zero, worse, NULL);
        assert_true(isnan(worse[0]) && !isnan(worse[1]));
    }
}

/* The same numbers are dropped whatever the instructions and however a row is divided; as many as asked; neighbours,
 * steps, places and seeds are independent. */
static void test_drop(void **state)
{
    (void)state;
    enum { COUNT = 1 << 16, ROW = 100 };
    float *ones = malloc(COUNT * sizeof *ones), *one = malloc(COUNT * sizeof *one), *two = malloc(COUNT * sizeof *two);
    assert_true(ones && one && two);
    for (int i = 0; i < COUNT; i++)
        ones[i] = 1;
    struct drop drop = drop_make(0.1, 7, 3, 5, 2);
    const struct encoder_kernel *best = encoder_kernel_best();
    best->drop(COUNT, 0, drop, ones, one);
    for (int k = 0; encoder_kernel_at(k); k++) {
        for (uint32_t i = 0; i < COUNT; i += ROW)
            encoder_kernel_at(k)->drop(COUNT - i < ROW ? COUNT - i : ROW, i, drop, ones + i, two + i);
        assert_memory_equal(one, two, COUNT * sizeof *one);
    }
    const struct drop others[] = {drop_make(0.1, 7, 4, 5, 2), drop_make(0.1, 8, 3, 5, 2), drop_make(0.1, 7, 3, 6, 2),
                                  drop_make(0.1, 7, 3, 5, 3), drop};
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        bool next = k + 1 == sizeof others / sizeof *others;
        double dropped = 0, both = 0;
        best->drop(COUNT, next ? 1 : 0, others[k], ones, two);
        for (int i = 0; i < COUNT; i++) {
            assert_true(one[i] == 0.0F || one[i] == 1 / 0.9F || fabsf(one[i] - 1 / 0.9F) < 1e-6F);
            dropped += two[i] == 0.0F;
            both += two[i] == 0.0F && one[i] == 0.0F;
        }
        assert_near(dropped / COUNT, 0.1, 5 * sqrt(0.09 / COUNT));
        assert_near(both / COUNT, 0.01, 5 * sqrt(0.0099 / COUNT));
    }
    best->drop(COUNT, 0, drop_make(0, 7, 3, 5, 2), ones, two);
    assert_memory_equal(ones, two, COUNT * sizeof *ones);
    free(ones);
    free(one);
    free(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kernels),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
