/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/ring.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { PUSHES = 1000000 };

static struct sample numbered(long step)
{
    struct sample sample = {.step = step, .method = (int)(step % 2), .stage = STAGE_RETRAIN};
    for (int i = 0; i < SERIES_COUNT; i++)
        sample.value[i] = (double)step * 2.385 + i;
    return sample;
}

static bool intact(const struct sample *sample)
{
    struct sample want = numbered(sample->step);
    bool same = sample->method == want.method;
    for (int i = 0; i < SERIES_COUNT; i++)
        same = same && sample->value[i] == want.value[i];
    return same;
}

static void test_gives_back_in_order_and_says_when_empty(void **state)
{
    (void)state;
    struct ring *ring = ring_new(8);
    struct sample sample;
    assert_false(ring_pop(ring, &sample));
    for (long round = 0; round < 5; round++) {
        for (long i = 0; i < 7; i++) {
            struct sample in = numbered(round * 7 + i);
            assert_true(ring_push(ring, &in));
        }
        for (long i = 0; i < 7; i++) {
            assert_true(ring_pop(ring, &sample));
            assert_int_equal(sample.step, round * 7 + i);
            assert_true(intact(&sample));
        }
        assert_false(ring_pop(ring, &sample));
    }
    assert_int_equal(ring_dropped(ring), 0);
    ring_free(ring);
}

static void test_capacity_is_rounded_up_and_the_newest_are_dropped(void **state)
{
    (void)state;
    struct ring *ring = ring_new(11);
    int kept = 0;
    for (long i = 0; i < 40; i++) {
        struct sample in = numbered(i);
        kept += ring_push(ring, &in);
    }
    assert_int_equal(kept, 16);
    assert_int_equal(ring_dropped(ring), 24);
    struct sample sample;
    for (long i = 0; i < 16; i++) {
        assert_true(ring_pop(ring, &sample));
        assert_int_equal(sample.step, i);
    }
    assert_false(ring_pop(ring, &sample));
    ring_free(ring);
}

static void test_smallest_ring_and_impossible_ring(void **state)
{
    (void)state;
    struct ring *ring = ring_new(0);
    struct sample sample = numbered(3);
    assert_true(ring_push(ring, &sample));
    assert_false(ring_push(ring, &sample));
    assert_true(ring_pop(ring, &sample));
    assert_true(ring_push(ring, &sample));
    ring_free(ring);
    ring_free(NULL);
    assert_null(ring_new(SIZE_MAX));
}

static void *write_all(void *argument)
{
    struct ring *ring = argument;
    uintptr_t kept = 0;
    for (long i = 0; i < PUSHES; i++) {
        struct sample sample = numbered(i);
        kept += ring_push(ring, &sample);
        if (i % 4096 == 0)
            sched_yield(); /* so that full and empty both happen, on few processors too */
    }
    struct sample last = numbered(PUSHES);
    while (!ring_push(ring, &last)) {
        kept += (uintptr_t)1 << 40; /* counts the drops of the last one apart */
        sched_yield();
    }
    return (void *)kept;
}

static void test_two_threads_lose_nothing_silently(void **state)
{
    (void)state;
    struct ring *ring = ring_new(1024);
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, write_all, ring), 0);

    long popped = 0, previous = -1, wrong = 0;
    struct sample sample;
    for (;;) {
        if (!ring_pop(ring, &sample)) {
            sched_yield();
            continue;
        }
        wrong += sample.step <= previous || !intact(&sample);
        previous = sample.step;
        if (sample.step == PUSHES)
            break;
        popped++;
    }
    void *result;
    pthread_join(writer, &result);
    uintptr_t kept = (uintptr_t)result & (((uintptr_t)1 << 40) - 1);
    uintptr_t retries = (uintptr_t)result >> 40;

    assert_int_equal(wrong, 0);
    assert_int_equal(popped, kept);
    assert_int_equal(ring_dropped(ring), PUSHES - kept + retries);
    ring_free(ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gives_back_in_order_and_says_when_empty),
        cmocka_unit_test(test_capacity_is_rounded_up_and_the_newest_are_dropped),
        cmocka_unit_test(test_smallest_ring_and_impossible_ring),
        cmocka_unit_test(test_two_threads_lose_nothing_silently),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
