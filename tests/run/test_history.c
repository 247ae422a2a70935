/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/history.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A small generator of its own, so that the test's numbers are the same everywhere. */
static uint64_t draw(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static struct sample loss_at(long step, double loss)
{
    struct sample sample = {.step = step};
    for (int i = 0; i < SERIES_COUNT; i++)
        sample.value[i] = (double)NAN;
    sample.value[SERIES_TRAIN_LOSS] = loss;
    return sample;
}

struct kept {
    size_t count;
    long step[200000];
    double value[200000];
};

/* The oracle: every bucket against the plain list of all that was added. */
static void assert_curve_tells_all(const struct curve *curve, const struct kept *kept)
{
    assert_true(curve->count <= HISTORY_BUCKETS);
    size_t next = 0;
    for (size_t i = 0; i < curve->count; i++) {
        const struct bucket *bucket = &curve->bucket[i];
        assert_int_equal(bucket->step, kept->step[next]);
        double min = (double)INFINITY, max = -(double)INFINITY;
        size_t first = next;
        while (next < kept->count && kept->step[next] / curve->span == bucket->step / curve->span) {
            min = kept->value[next] < min ? kept->value[next] : min;
            max = kept->value[next] > max ? kept->value[next] : max;
            next++;
        }
        assert_true(next > first);
        assert_true(bucket->min == min && bucket->max == max);
        assert_true(bucket->last == kept->value[next - 1]);
        assert_int_equal(bucket->last_step, kept->step[next - 1]);
        if (i)
            assert_true(bucket->step / curve->span > curve->bucket[i - 1].step / curve->span);
    }
    assert_int_equal(next, kept->count);
}

static void test_few_samples_are_kept_as_they_are(void **state)
{
    (void)state;
    struct history *history = history_new();
    struct curve *curve = &history->curve[SERIES_TRAIN_LOSS];
    for (long step = 0; step < HISTORY_BUCKETS; step++) {
        struct sample sample = loss_at(step, (double)step * -2.385);
        history_add(history, &sample);
    }
    assert_int_equal(curve->count, HISTORY_BUCKETS);
    assert_int_equal(curve->span, 1);
    assert_int_equal(curve->bucket[777].step, 777);
    assert_true(curve->bucket[777].min == 777 * -2.385 && curve->bucket[777].max == 777 * -2.385);

    struct sample one_more = loss_at(HISTORY_BUCKETS, 5.5);
    history_add(history, &one_more);
    assert_int_equal(curve->span, 2);
    assert_int_equal(curve->count, HISTORY_BUCKETS / 2 + 1);
    history_free(history);
    history_free(NULL);
}

static void test_no_spike_is_lost_whatever_the_steps(void **state)
{
    (void)state;
    struct kept *kept = malloc(sizeof *kept);
    struct history *history = history_new();
    for (uint64_t trial = 1; trial <= 12; trial++) {
        uint64_t seed = trial * 0x9e3779b97f4a7c15u;
        history_clear(history);
        kept->count = 0;
        long step = 0;
        size_t samples = 1 + draw(&seed) % 60000;
        uint64_t largest_jump = (uint64_t)1 << (trial % 6);
        for (size_t i = 0; i < samples; i++) {
            double value = (double)(int64_t)draw(&seed) * 1e-15;
            if (draw(&seed) % 1000 == 0)
                value *= 1e9;
            struct sample sample = loss_at(step, value);
            history_add(history, &sample);
            kept->step[kept->count] = step;
            kept->value[kept->count++] = value;
            if (i % 997 == 0)
                assert_curve_tells_all(&history->curve[SERIES_TRAIN_LOSS], kept);
            step += (long)(draw(&seed) % (largest_jump + 1)); /* 0: the same step once more */
        }
        assert_curve_tells_all(&history->curve[SERIES_TRAIN_LOSS], kept);
    }
    history_free(history);
    free(kept);
}

static void test_far_jumps_merge_until_there_is_room(void **state)
{
    (void)state;
    struct kept *kept = calloc(1, sizeof *kept);
    struct history *history = history_new();
    long step = 0;
    for (int i = 0; i < 5000; i++) {
        struct sample sample = loss_at(step, i % 7 - 2.385);
        history_add(history, &sample);
        kept->step[kept->count] = step;
        kept->value[kept->count++] = sample.value[SERIES_TRAIN_LOSS];
        step += i < 2500 ? 1000003 : 1;
    }
    assert_curve_tells_all(&history->curve[SERIES_TRAIN_LOSS], kept);
    history_free(history);
    free(kept);
}

static void test_what_is_not_finite_is_skipped(void **state)
{
    (void)state;
    struct history *history = history_new();
    struct sample sample = loss_at(3, 7.5);
    history_add(history, &sample);
    sample = loss_at(4, (double)NAN);
    history_add(history, &sample);
    sample = loss_at(5, (double)INFINITY);
    history_add(history, &sample);
    assert_int_equal(history->curve[SERIES_TRAIN_LOSS].count, 1);
    assert_int_equal(history->curve[SERIES_RISK].count, 0);
    sample.value[SERIES_RISK] = 1.25;
    history_add(history, &sample);
    assert_int_equal(history->curve[SERIES_RISK].count, 1);
    assert_int_equal(history->curve[SERIES_RISK].bucket[0].step, 5);

    history_clear(history);
    for (int i = 0; i < SERIES_COUNT; i++)
        assert_int_equal(history->curve[i].count, 0);
    history_free(history);
}

static void test_every_series_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; i < SERIES_COUNT; i++) {
        assert_true(strlen(series_table[i].name) > 0 && strlen(series_table[i].title) > 0);
        assert_non_null(series_table[i].unit);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(series_table[i].name, series_table[j].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_few_samples_are_kept_as_they_are),
        cmocka_unit_test(test_no_spike_is_lost_whatever_the_steps),
        cmocka_unit_test(test_far_jumps_merge_until_there_is_room),
        cmocka_unit_test(test_what_is_not_finite_is_skipped),
        cmocka_unit_test(test_every_series_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
