/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MANY = 40000, PURPOSES = RANDOM_ADAPT_START + 1, INDICES = 300 };

static void draw(uint64_t seed, enum random_purpose purpose, int index, size_t count, double *x)
{
    struct random_stream *stream = random_new(seed, purpose, index);
    assert_non_null(stream);
    random_normal(stream, 1.0, count, x);
    random_free(stream);
}

static void test_same_stream_gives_the_same_bits_in_any_portions(void **state)
{
    (void)state;
    double whole[101];
    double parts[101];
    draw(7, RANDOM_INPUTS, 3, 101, whole);
    struct random_stream *stream = random_new(7, RANDOM_INPUTS, 3);
    random_normal(stream, 1.0, 40, parts);
    random_normal(stream, 1.0, 61, parts + 40);
    random_free(stream);
    assert_memory_equal(whole, parts, sizeof whole);
}

static void test_normal_has_the_moments_of_a_normal(void **state)
{
    (void)state;
    static double x[MANY];
    struct random_stream *stream = random_new(11, RANDOM_BASE, 0);
    random_normal(stream, 2.385, MANY, x);
    random_free(stream);
    double sum[5] = {0};
    for (int i = 0; i < MANY; i++)
        for (int power = 1; power <= 4; power++)
            sum[power] += pow(x[i] / 2.385, power) / MANY;
    /* Five standard deviations of each estimate. */
    assert_true(fabs(sum[1]) < 5 * sqrt(1.0 / MANY));
    assert_true(fabs(sum[2] - 1) < 5 * sqrt(2.0 / MANY));
    assert_true(fabs(sum[3]) < 5 * sqrt(15.0 / MANY));
    assert_true(fabs(sum[4] - 3) < 5 * sqrt(96.0 / MANY));
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void test_no_two_streams_of_a_seed_coincide(void **state)
{
    (void)state;
    static double first[PURPOSES * INDICES];
    for (uint64_t seed = 0; seed < 3; seed++) {
        for (int i = 0; i < PURPOSES * INDICES; i++)
            draw(seed, (enum random_purpose)(i % PURPOSES), i / PURPOSES, 1, first + i);
        qsort(first, PURPOSES * INDICES, sizeof *first, compare);
        for (int i = 1; i < PURPOSES * INDICES; i++)
            assert_true(first[i - 1] < first[i]);
    }
}

static void test_streams_and_seeds_are_uncorrelated(void **state)
{
    (void)state;
    static double a[MANY];
    static double b[MANY];
    const struct {
        uint64_t seed;
        enum random_purpose purpose;
        int index;
    } other[] = {
        {7, RANDOM_INPUTS, 1}, {7, RANDOM_NOISE, 0}, {8, RANDOM_INPUTS, 0}, {7 + (1ULL << 32), RANDOM_INPUTS, 0}};
    draw(7, RANDOM_INPUTS, 0, MANY, a);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        draw(other[i].seed, other[i].purpose, other[i].index, MANY, b);
        double product = 0;
        for (int j = 0; j < MANY; j++)
            product += a[j] * b[j] / MANY;
        assert_true(fabs(product) < 5 / sqrt(MANY));
    }
}

static void test_sign_is_fair(void **state)
{
    (void)state;
    struct random_stream *stream = random_new(5, RANDOM_ADAPTER, 2);
    double sum = 0;
    for (int i = 0; i < MANY; i++) {
        double sign = random_sign(stream);
        assert_true(sign == 1.0 || sign == -1.0);
        sum += sign;
    }
    random_free(stream);
    assert_true(fabs(sum) < 5 * sqrt(MANY));
}

static void test_freeing_nothing_is_allowed(void **state)
{
    (void)state;
    random_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_stream_gives_the_same_bits_in_any_portions),
        cmocka_unit_test(test_normal_has_the_moments_of_a_normal),
        cmocka_unit_test(test_no_two_streams_of_a_seed_coincide),
        cmocka_unit_test(test_streams_and_seeds_are_uncorrelated),
        cmocka_unit_test(test_sign_is_fair),
        cmocka_unit_test(test_freeing_nothing_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
