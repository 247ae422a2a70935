/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/exchange.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { PUBLISHES = 1000000, WORDS = 24 };

/* Every word says the same number, so a torn read shows. */
static void fill(uint64_t *slot, uint64_t number)
{
    for (uint64_t i = 0; i < WORDS; i++)
        slot[i] = number * WORDS + i;
}

static bool whole(const uint64_t *slot)
{
    for (uint64_t i = 0; i < WORDS; i++)
        if (slot[i] != slot[0] + i)
            return false;
    return slot[0] % WORDS == 0;
}

static void test_nothing_before_the_first_publish(void **state)
{
    (void)state;
    struct exchange *exchange = exchange_new(100);
    bool fresh = true;
    assert_null(exchange_read(exchange, &fresh));
    assert_false(fresh);
    fill(exchange_slot(exchange), 1);
    assert_null(exchange_read(exchange, NULL));
    exchange_free(exchange);
    exchange_free(NULL);
    assert_null(exchange_new(SIZE_MAX - 3));
}

static void test_reader_gets_the_newest_and_keeps_it(void **state)
{
    (void)state;
    struct exchange *exchange = exchange_new(WORDS * sizeof(uint64_t));
    for (uint64_t i = 1; i <= 7; i++) {
        fill(exchange_slot(exchange), i);
        exchange_publish(exchange);
    }
    bool fresh = false;
    const uint64_t *held = exchange_read(exchange, &fresh);
    assert_true(fresh);
    assert_int_equal(held[0], 7 * WORDS);
    for (uint64_t i = 8; i <= 19; i++) { /* whatever is written now, the held slot stands */
        fill(exchange_slot(exchange), i);
        assert_ptr_not_equal(exchange_slot(exchange), held);
        exchange_publish(exchange);
        assert_int_equal(held[0], 7 * WORDS);
    }
    held = exchange_read(exchange, &fresh);
    assert_true(fresh);
    assert_int_equal(held[0], 19 * WORDS);
    assert_ptr_equal(exchange_read(exchange, &fresh), held);
    assert_false(fresh);
    exchange_free(exchange);
}

static void test_slots_are_aligned_zeroed_and_apart(void **state)
{
    (void)state;
    struct exchange *exchange = exchange_new(65);
    for (int i = 0; i < 3; i++) {
        unsigned char *slot = exchange_slot(exchange);
        assert_int_equal((uintptr_t)slot % 64, 0);
        for (int j = 0; j < 65; j++) {
            assert_int_equal(slot[j], 0);
            slot[j] = 0xa5;
        }
        exchange_publish(exchange);
        exchange_read(exchange, NULL); /* hands the writer a slot it has not seen */
    }
    exchange_free(exchange);
}

static void *publish_all(void *argument)
{
    struct exchange *exchange = argument;
    for (uint64_t i = 1; i <= PUBLISHES; i++) {
        fill(exchange_slot(exchange), i);
        exchange_publish(exchange);
        if (i % 4096 == 0)
            sched_yield();
    }
    return NULL;
}

static void test_two_threads_never_tear_or_go_back(void **state)
{
    (void)state;
    struct exchange *exchange = exchange_new(WORDS * sizeof(uint64_t));
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, publish_all, exchange), 0);

    uint64_t newest = 0;
    long torn = 0, back = 0, repeated = 0, reads = 0;
    while (newest < PUBLISHES) {
        bool fresh;
        const uint64_t *slot = exchange_read(exchange, &fresh);
        if (!slot || !fresh) {
            sched_yield();
            continue;
        }
        uint64_t number = slot[0] / WORDS;
        torn += !whole(slot);
        back += number < newest;
        repeated += number == newest;
        newest = number;
        reads++;
    }
    pthread_join(writer, NULL);
    assert_int_equal(torn, 0);
    assert_int_equal(back, 0);
    assert_int_equal(repeated, 0);
    assert_true(reads > 1);
    exchange_free(exchange);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_before_the_first_publish),
        cmocka_unit_test(test_reader_gets_the_newest_and_keeps_it),
        cmocka_unit_test(test_slots_are_aligned_zeroed_and_apart),
        cmocka_unit_test(test_two_threads_never_tear_or_go_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
