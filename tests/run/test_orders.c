/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/orders.h"

#include "base/clock.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void give(struct orders *orders, enum order_kind kind)
{
    struct order order = {.kind = kind, .count = 1};
    orders_give(orders, &order);
}

static void test_come_out_in_order(void **state)
{
    (void)state;
    struct orders *orders = orders_new();
    struct order order;
    assert_false(orders_pending(orders));
    assert_false(orders_take(orders, &order));
    static const enum order_kind kinds[] = {ORDER_RUN, ORDER_PHASE, ORDER_PAUSE, ORDER_ADAPT, ORDER_RUN};
    for (size_t i = 0; i < 5; i++)
        give(orders, kinds[i]);
    for (size_t i = 0; i < 5; i++) {
        assert_true(orders_pending(orders));
        assert_true(orders_take(orders, &order));
        assert_int_equal(order.kind, kinds[i]);
    }
    assert_false(orders_pending(orders));
    orders_free(orders);
    orders_free(NULL);
}

static void test_steps_add_up_and_of_others_the_newest_counts(void **state)
{
    (void)state;
    struct orders *orders = orders_new();
    struct order order = {.kind = ORDER_UPDATE};
    for (int i = 0; i < 1000; i++)
        give(orders, ORDER_STEP);
    order.config.retrain.steps = 23;
    orders_give(orders, &order);
    order.config.retrain.steps = 85;
    orders_give(orders, &order);
    give(orders, ORDER_STEP);

    assert_true(orders_take(orders, &order));
    assert_int_equal(order.kind, ORDER_STEP);
    assert_int_equal(order.count, 1000);
    assert_true(orders_take(orders, &order));
    assert_int_equal(order.kind, ORDER_UPDATE);
    assert_int_equal(order.config.retrain.steps, 85);
    assert_true(orders_take(orders, &order));
    assert_int_equal(order.count, 1);
    assert_false(orders_take(orders, &order));
    orders_free(orders);
}

static void test_a_full_queue_keeps_the_oldest_and_can_be_ended(void **state)
{
    (void)state;
    struct orders *orders = orders_new();
    for (int round = 0; round < 3; round++) { /* so that the queue's end passes the array's */
        for (int i = 0; i < ORDERS_LIMIT + 23; i++)
            give(orders, i % 2 ? ORDER_RUN : ORDER_PAUSE);
        struct order order;
        int taken = 0;
        for (; orders_take(orders, &order); taken++)
            assert_int_equal(order.kind, taken % 2 ? ORDER_RUN : ORDER_PAUSE);
        assert_int_equal(taken, ORDERS_LIMIT);
        give(orders, ORDER_STEP);
        assert_true(orders_take(orders, &order));
    }
    assert_false(orders_ended(orders));
    orders_end(orders);
    assert_true(orders_ended(orders));
    orders_wait(orders, CLOCK_NEVER); /* returns at once */
    orders_free(orders);
}

static void test_waiting_ends_at_the_deadline(void **state)
{
    (void)state;
    struct orders *orders = orders_new();
    orders_wait(orders, 0);
    int64_t deadline = clock_now() + 5 * CLOCK_MILLISECOND;
    orders_wait(orders, deadline);
    assert_true(clock_now() >= deadline);
    give(orders, ORDER_RUN);
    orders_wait(orders, CLOCK_NEVER); /* an order is there already */
    orders_free(orders);
}

enum { STEPS = 20000 };

static void *give_all(void *argument)
{
    for (int i = 0; i < STEPS; i++)
        give(argument, ORDER_STEP);
    orders_end(argument);
    return NULL;
}

static void test_a_sleeper_misses_nothing(void **state)
{
    (void)state;
    struct orders *orders = orders_new();
    pthread_t giver;
    assert_int_equal(pthread_create(&giver, NULL, give_all, orders), 0);
    int counted = 0;
    struct order order;
    do {
        orders_wait(orders, CLOCK_NEVER);
        while (orders_take(orders, &order))
            counted += order.count;
    } while (!orders_ended(orders) || orders_pending(orders));
    pthread_join(giver, NULL);
    assert_int_equal(counted, STEPS);
    orders_free(orders);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_come_out_in_order),
        cmocka_unit_test(test_steps_add_up_and_of_others_the_newest_counts),
        cmocka_unit_test(test_a_full_queue_keeps_the_oldest_and_can_be_ended),
        cmocka_unit_test(test_waiting_ends_at_the_deadline),
        cmocka_unit_test(test_a_sleeper_misses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
