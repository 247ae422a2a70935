/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/statistics.h"

#include "support/near.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Against numbers by hand, printed tables, and the definitions. */

static void numbers_by_hand(void **state)
{
    (void)state;
    /* 0.9 of the way from the first to the last of six is half way from the fifth to it */
    double values[] = {7, -2, 4, 16, 1, 10};
    struct statistics statistics = statistics_of(values, 6);
    assert_int_equal(statistics.count, 6);
    assert_near(statistics.mean, 6, 1e-15);
    assert_near(statistics.median, 5.5, 0);
    assert_near(statistics.least, -2, 0);
    assert_near(statistics.greatest, 16, 0);
    assert_near(statistics.band.low, -0.5, 1e-15);
    assert_near(statistics.band.high, 13, 1e-14);
    assert_near(statistics.deviation, sqrt((64 + 25 + 4 + 1 + 16 + 100) / 5.0), 1e-14);
    for (int i = 1; i < 6; i++)
        assert_true(values[i - 1] < values[i]);

    double eleven[] = {10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0};
    statistics = statistics_of(eleven, 11);
    assert_near(statistics.median, 5, 0);
    assert_near(statistics.band.low, 1, 0);
    assert_near(statistics.band.high, 9, 0);
}

static void a_single_value(void **state)
{
    (void)state;
    double value = 2.385;
    struct statistics statistics = statistics_of(&value, 1);
    assert_int_equal(statistics.count, 1);
    const double same[] = {statistics.mean,     statistics.median,   statistics.least,
                           statistics.greatest, statistics.band.low, statistics.band.high};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_near(same[i], value, 0);
    assert_true(isnan(statistics.deviation));
    assert_true(isnan(statistics.mean_interval.low));
    assert_true(isnan(statistics.mean_interval.high));
}

static void values_that_are_the_same(void **state)
{
    (void)state;
    double values[] = {4, 4, 4, 4};
    struct statistics statistics = statistics_of(values, 4);
    assert_near(statistics.deviation, 0, 0);
    assert_near(statistics.mean_interval.low, 4, 0);
    assert_near(statistics.mean_interval.high, 4, 0);
}

/* The two-sided 5% points of Student's t as every textbook prints them. */
static void the_mean_s_interval(void **state)
{
    (void)state;
    static const struct {
        int count;
        double t;
    } table[] = {{2, 12.706}, {3, 4.303}, {5, 2.776}, {6, 2.571}, {11, 2.228}, {20, 2.093}, {31, 2.042}, {61, 2.000}};
    enum { MOST = 61 };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        double values[MOST];
        for (int j = 0; j < table[i].count; j++)
            values[j] = sin(2.385 * j) + j;
        struct statistics statistics = statistics_of(values, table[i].count);
        double reach = table[i].t * statistics.deviation / sqrt(table[i].count);
        double tolerance = 0.0006 / table[i].t * reach; /* the table's last digit */
        assert_near(statistics.mean_interval.high - statistics.mean, reach, tolerance);
        assert_near(statistics.mean - statistics.mean_interval.low, reach, tolerance);
    }
}

/* ---- rates ---- */

/* P(X ≥ hits) of a binomial distribution, term by term. */
static double upper_tail(int hits, int trials, double rate)
{
    double sum = 0;
    for (int x = hits; x <= trials; x++)
        sum += exp(lgamma(trials + 1.0) - lgamma(x + 1.0) - lgamma(trials - x + 1.0) + x * log(rate) +
                   (trials - x) * log1p(-rate));
    return sum;
}

/* Clopper and Pearson's definition: at the ends the tails are 2.5%. */
static void the_tails_of_a_rate(void **state)
{
    (void)state;
    static const int counts[] = {1, 2, 3, 5, 10, 20, 50, 200};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        int n = counts[i];
        for (int hits = 0; hits <= n; hits += n > 50 ? 7 : 1) {
            struct interval interval = statistics_rate(hits, n);
            assert_true(interval.low <= (double)hits / n && interval.high >= (double)hits / n);
            if (hits == 0)
                assert_near(interval.low, 0, 0);
            else
                assert_near(upper_tail(hits, n, interval.low), 0.025, 1e-9);
            if (hits == n)
                assert_near(interval.high, 1, 0);
            else
                assert_near(1 - upper_tail(hits + 1, n, interval.high), 0.025, 1e-9);
        }
    }
}

static void rates_as_they_are_printed(void **state)
{
    (void)state;
    static const struct {
        int hits, trials;
        double low, high;
    } table[] = {{0, 20, 0, 0.1684},      {20, 20, 0.8316, 1},      {1, 20, 0.0013, 0.2487}, {10, 20, 0.2720, 0.7280},
                 {0, 10, 0, 0.3085},      {5, 10, 0.1871, 0.8129},  {0, 100, 0, 0.0362},     {1, 1, 0.0250, 1},
                 {3, 30, 0.0211, 0.2653}, {81, 263, 0.2527, 0.3676}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct interval interval = statistics_rate(table[i].hits, table[i].trials);
        assert_near(interval.low, table[i].low, 0.00005001);
        assert_near(interval.high, table[i].high, 0.00005001);
    }
}

/* As many seeds as there may be. The normal approximation is off by what the lattice and the skewness make, a few times 1/n. */
static void rates_of_many(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    static const int hits[] = {1, 10, 5000, 50000, 99000, 99999};
    for (size_t i = 0; i < sizeof hits / sizeof *hits; i++) {
        struct interval interval = statistics_rate(hits[i], MANY);
        double rate = (double)hits[i] / MANY, deviation = sqrt(rate * (1 - rate) / MANY);
        assert_near(upper_tail(hits[i], MANY, interval.low), 0.025, 1e-6);
        assert_near(1 - upper_tail(hits[i] + 1, MANY, interval.high), 0.025, 1e-6);
        if (hits[i] >= 5000 && hits[i] <= 99000) {
            assert_near(interval.low, rate - 1.959964 * deviation, 3.0 / MANY);
            assert_near(interval.high, rate + 1.959964 * deviation, 3.0 / MANY);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_by_hand),
        cmocka_unit_test(a_single_value),
        cmocka_unit_test(values_that_are_the_same),
        cmocka_unit_test(the_mean_s_interval),
        cmocka_unit_test(the_tails_of_a_rate),
        cmocka_unit_test(rates_as_they_are_printed),
        cmocka_unit_test(rates_of_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
