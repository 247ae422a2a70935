/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/leading.h"
#include "model/linalg.h"
#include "model/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { D = 211, RANK = 3, MOST = 12 };

static void fill(int index, size_t count, double *x)
{
    struct random_stream *stream = random_new(7, RANDOM_INPUTS, index);
    assert_non_null(stream);
    random_normal(stream, 1, count, x);
    random_free(stream);
}

/* A matrix of rank RANK and of size about D, in noise of the size `noise` · 2 sqrt(D). */
static double *matrix(int d, double noise)
{
    double *a = malloc((size_t)d * (size_t)d * sizeof *a);
    double *left = malloc((size_t)d * RANK * sizeof *left);
    double *right = malloc((size_t)d * RANK * sizeof *right);
    assert_true(a && left && right);
    fill(1, (size_t)d * (size_t)d, a);
    fill(2, (size_t)d * RANK, left);
    fill(3, (size_t)d * RANK, right);
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, RANK, 1, left, right, noise, a);
    free(left);
    free(right);
    return a;
}

/* Against the whole decomposition: values, and that A v = σ u for orthonormal u. */
static void check(int d, const double *a, int count, double tolerance)
{
    struct leading *leading = leading_new(d, MOST);
    struct linalg_svd *svd = linalg_svd_new(d, d);
    double *values = malloc((size_t)d * sizeof *values), found[MOST];
    double *u = malloc((size_t)d * MOST * sizeof *u), *vt = malloc((size_t)d * MOST * sizeof *vt);
    double *rest = malloc((size_t)d * MOST * sizeof *rest), overlap[MOST * MOST];
    assert_true(leading && svd && values && u && vt && rest);
    assert_true(linalg_svd(svd, d, d, a, values, NULL, NULL));
    assert_true(leading_find(leading, a, count, tolerance, found, u, vt));
    for (int j = 0; j < count; j++)
        if (!(fabs(found[j] - values[j]) <= tolerance * values[0]))
            fail_msg("value %d is %.17g, not %.17g", j, found[j], values[j]);
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, count, d, 1, a, vt, 0, rest);
    for (int i = 0; i < d * count; i++)
        assert_true(fabs(rest[i] - found[i % count] * u[i]) <= 2 * tolerance * values[0]);
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, count, count, d, 1, u, u, 0, overlap);
    for (int i = 0; i < count * count; i++)
        assert_true(fabs(overlap[i] - (i % (count + 1) == 0)) < 1e-12);
    free(rest);
    free(u);
    free(vt);
    free(values);
    linalg_svd_free(svd);
    leading_free(leading);
}

static void test_the_leading_part_is_that_of_the_whole_decomposition(void **state)
{
    (void)state;
    const int sizes[] = {1, 17, 127, 128, D};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double *a = matrix(sizes[i], 0.01);
        check(sizes[i], a, 1, 1e-12);
        if (sizes[i] >= RANK)
            check(sizes[i], a, RANK, 1e-12);
        free(a);
    }
}

static void test_values_that_fall_slowly_are_found_too(void **state)
{
    (void)state;
    double *a = matrix(D, 3); /* the noise is as large as what is in it */
    check(D, a, MOST, 1e-12);
    free(a);
}

static void test_values_of_zero_are_no_trouble(void **state)
{
    (void)state;
    double *a = matrix(D, 0);
    check(D, a, MOST, 1e-12);
    memset(a, 0, (size_t)D * D * sizeof *a);
    check(D, a, RANK, 1e-12);
    free(a);
}

/* Beside a large part of rank RANK, one as many decades below and of rank 5 more; `noise` as above. */
static double *graded_matrix(double decades, double noise)
{
    double *a = matrix(D, noise), *left = malloc(D * 5 * sizeof *left), *right = malloc(D * 5 * sizeof *right);
    assert_true(left && right);
    fill(4, D * 5, left);
    fill(5, D * 5, right);
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, D, D, 5, pow(10, -decades), left, right, 1, a);
    free(left);
    free(right);
    return a;
}

static void test_a_low_rank_is_all_there_is(void **state)
{
    (void)state;
    enum { FEW = 2 };
    struct leading *leading = leading_new(D, FEW); /* for a rank of up to twelve */
    struct linalg_svd *svd = linalg_svd_new(D, D);
    double *rest = malloc((size_t)D * D * sizeof *rest), values[D], want[D];
    assert_true(leading && svd && rest);
    for (int decades = 0; decades <= 18; decades += 3) {
        double *a = graded_matrix(decades, 0);
        assert_true(leading_exhausts(leading, a, rest, values));
        assert_true(linalg_svd(svd, D, D, a, want, NULL, NULL));
        for (int i = 0; i < D; i++)
            if (!(fabs(values[i] - want[i]) <= 1e-14 * want[0]))
                fail_msg("value %d is %.17g, not %.17g", i, values[i], want[i]);
        assert_true(values[RANK + 5] <= 1e-14 * values[0] && values[D - 1] == 0);
        free(a);
    }
    for (int decades = 0; decades < 13; decades++) {
        double *a = graded_matrix(2, pow(10, -decades));
        assert_false(leading_exhausts(leading, a, rest, values));
        free(a);
    }
    double *a = matrix(D, 0);
    a[2385] = (double)NAN;
    assert_false(leading_exhausts(leading, a, rest, values));
    memset(a, 0, (size_t)D * D * sizeof *a);
    assert_true(leading_exhausts(leading, a, rest, values));
    for (int i = 0; i < D; i++)
        assert_true(values[i] == 0);
    leading_free(leading);
    leading = leading_new(D, MOST); /* too many columns to be worth trying */
    assert_false(leading_exhausts(leading, a, rest, values));
    leading_free(leading);
    linalg_svd_free(svd);
    free(rest);
    free(a);
}

static void test_what_is_not_finite_is_refused(void **state)
{
    (void)state;
    double *a = matrix(D, 0.01), values[RANK], *u = malloc((size_t)D * RANK * sizeof *u);
    struct leading *leading = leading_new(D, RANK);
    assert_true(leading && u);
    a[2385] = (double)NAN;
    assert_false(leading_find(leading, a, RANK, 1e-12, values, u, NULL));
    leading_free(leading);
    leading_free(NULL);
    free(u);
    free(a);
}

static void test_thin_workspaces_give_values_of_all_and_vectors_of_thin_ones(void **state)
{
    (void)state;
    double *a = matrix(D, 0.5), *all = malloc(D * sizeof *all), *thin = malloc(D * sizeof *thin);
    double *u = malloc((size_t)D * RANK * sizeof *u), *square = malloc((size_t)D * D * sizeof *square);
    struct linalg_svd *svd = linalg_svd_new(D, D), *small = linalg_svd_new_thin(D, D, RANK);
    assert_true(a && all && thin && u && square && svd && small);
    assert_true(linalg_svd(svd, D, D, a, all, square, NULL));
    assert_true(linalg_svd(small, D, D, a, thin, NULL, NULL));
    for (int i = 0; i < D; i++)
        assert_true(fabs(all[i] - thin[i]) <= 1e-13 * all[0]);
    assert_true(linalg_svd(small, D, RANK, a, thin, u, NULL));
    assert_true(thin[0] > 0);
    /* A symmetric matrix takes a way of its own to its values. */
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, D, D, D, -1, a, a, 0, square);
    for (int i = 0; i < D; i++)
        for (int j = 0; j < i; j++)
            square[i * D + j] = square[j * D + i];
    assert_true(linalg_svd(small, D, D, square, thin, NULL, NULL));
    for (int i = 0; i < D; i++)
        assert_true(fabs(all[i] * all[i] - thin[i]) <= 1e-13 * all[0] * all[0]);
    linalg_svd_free(svd);
    linalg_svd_free(small);
    free(a);
    free(all);
    free(thin);
    free(u);
    free(square);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_leading_part_is_that_of_the_whole_decomposition),
        cmocka_unit_test(test_values_that_fall_slowly_are_found_too),
        cmocka_unit_test(test_values_of_zero_are_no_trouble),
        cmocka_unit_test(test_a_low_rank_is_all_there_is),
        cmocka_unit_test(test_what_is_not_finite_is_refused),
        cmocka_unit_test(test_thin_workspaces_give_values_of_all_and_vectors_of_thin_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
