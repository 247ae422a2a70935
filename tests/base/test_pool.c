/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ITEMS = 237, LANES = 5, RUNS = 200 };

struct tally {
    int done[ITEMS];        /* written without a lock: an item is one thread's */
    long lane_sum[LANES];   /* a lane does one item at a time */
    atomic_int met, wanted; /* for items that wait for each other */
};

static void count(void *context, int item, int lane)
{
    struct tally *tally = context;
    tally->done[item]++;
    tally->lane_sum[lane] += item;
}

static void check_runs(struct pool *pool, int lanes)
{
    static struct tally tally;
    memset(&tally, 0, sizeof tally);
    assert_int_equal(pool_lanes(pool), lanes);
    for (int run = 1; run <= RUNS; run++) {
        int items = run % 7 == 0 ? 0 : run % 3 == 0 ? 1 : ITEMS;
        struct tally before = tally;
        pool_run(pool, items, count, &tally);
        for (int i = 0; i < ITEMS; i++)
            assert_int_equal(tally.done[i], before.done[i] + (i < items));
    }
    long sum = 0, wanted = 0;
    for (int i = 0; i < ITEMS; i++)
        wanted += (long)i * tally.done[i];
    for (int lane = 0; lane < LANES; lane++)
        sum += tally.lane_sum[lane];
    assert_int_equal(sum, wanted);
}

static void test_every_item_is_done_once(void **state)
{
    (void)state;
    check_runs(NULL, 1);
    for (int threads = 0; threads <= LANES; threads++) {
        struct pool *pool = pool_new(threads);
        assert_non_null(pool);
        check_runs(pool, threads > 1 ? threads : 1);
        pool_free(pool);
    }
}

/* Ends only when as many threads are here at once as are wanted. */
static void meet(void *context, int item, int lane)
{
    (void)item;
    (void)lane;
    struct tally *tally = context;
    atomic_fetch_add(&tally->met, 1);
    while (atomic_load(&tally->met) < atomic_load(&tally->wanted))
        ;
}

static void test_all_threads_take_part(void **state)
{
    (void)state;
    static struct tally tally;
    struct pool *pool = pool_new(3);
    assert_non_null(pool);
    atomic_store(&tally.wanted, 3);
    pool_run(pool, 3, meet, &tally);
    assert_int_equal(atomic_load(&tally.met), 3);
    pool_free(pool);
    pool_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_item_is_done_once),
        cmocka_unit_test(test_all_threads_take_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
