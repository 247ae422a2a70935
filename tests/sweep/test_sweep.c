/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/sweep.h"

#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A plan of small, quick trials. */
static struct plan small_plan(int seeds, const char *first, const char *second)
{
    struct plan plan = {.seeds = seeds};
    struct err err;
    config_default(&plan.base);
    plan.base.problem.dimension = 6;
    plan.base.problem.rank = plan.base.retrain.rank = plan.base.adapt.rank = 1;
    plan.base.retrain.steps = 20;
    if (plan_add_axis(&plan, first, &err) || (second && plan_add_axis(&plan, second, &err)))
        fail_msg("%s", err.message);
    return plan;
}

static struct sweep *begin(const struct plan *plan, struct store *store, int threads, bool paused)
{
    struct err err;
    struct sweep *sweep = sweep_new(plan, store, threads, paused, &err);
    if (!sweep)
        fail_msg("%s", err.message);
    return sweep;
}

/* Against hanging alone: it says nothing of how long anything should take. */
enum { PATIENCE = 120 * 1000 /* milliseconds */ };

static void tend(struct sweep *sweep)
{
    struct pollfd descriptor = {.fd = sweep_descriptor(sweep), .events = POLLIN};
    assert_true(poll(&descriptor, 1, PATIENCE) == 1);
    sweep_tend(sweep);
}

static void finish(struct sweep *sweep)
{
    while (!sweep_status(sweep).finished)
        tend(sweep);
}

static struct store *memory_store(void)
{
    struct err err;
    struct store *store = store_open(":memory:", &err);
    if (!store)
        fail_msg("%s", err.message);
    return store;
}

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Field by field: padding may differ. */
static void assert_same_outcome(const struct outcome *a, const struct outcome *b)
{
    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->steps, b->steps);
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        assert_true(same_number(a->value[metric], b->value[metric]));
        assert_true(same_number(a->predicted[metric], b->predicted[metric]));
    }
}

/* Every trial computed one by one, here. */
static void assert_is_computed(const struct table *table)
{
    for (size_t cell = 0; cell < table->cells; cell++)
        for (int seed = 0; seed < table->cell[cell].wanted; seed++) {
            struct config config;
            struct outcome outcome[METHOD_COUNT];
            struct err err;
            assert_int_equal(plan_config(&table->plan, cell, seed, &config, &err), ERR_NONE);
            assert_int_equal(outcome_compute(&config, NULL, outcome, &err), ERR_NONE);
            for (int method = 0; method <= METHOD_META; method++)
                assert_same_outcome(table_outcome(table, cell, seed, method), &outcome[method]);
        }
}

static void is_what_single_runs_come_to(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 4; threads *= 2) {
        struct plan plan = small_plan(3, "tasks=1:4", "truth=psd,general");
        struct sweep *sweep = begin(&plan, NULL, threads, false);
        finish(sweep);
        struct sweep_status status = sweep_status(sweep);
        assert_int_equal(status.done, 4 * 2 * 3);
        assert_int_equal(status.wanted, 4 * 2 * 3);
        assert_int_equal(status.failed, 0);
        assert_int_equal(status.why->code, ERR_NONE);
        assert_true(status.rate > 0);
        assert_is_computed(sweep_table(sweep));
        sweep_free(sweep);
        plan_free(&plan);
    }
}

/* Cells of rank above the dimension are passed over. */
static void leaves_out_what_cannot_be(void **state)
{
    (void)state;
    struct plan plan = small_plan(2, "rank=1,5,7", "dimension=4,6,8");
    struct sweep *sweep = begin(&plan, NULL, 2, false);
    finish(sweep);
    const struct table *table = sweep_table(sweep);
    assert_int_equal(table->possible, 3 + 2 + 1);
    assert_int_equal(table->done, 6 * 2);
    assert_is_computed(table);
    sweep_free(sweep);
    plan_free(&plan);
}

/* Trials handed to the caller: every cell's first comes before any cell's second, and each comes once. */
static void hands_out_rounds(void **state)
{
    (void)state;
    enum { CELLS = 35, SEEDS = 3 };
    struct plan plan = small_plan(SEEDS, "tasks=1:7", "dimension=6:10");
    struct sweep *sweep = begin(&plan, NULL, SWEEP_NO_THREADS, false);
    struct outcome outcome[METHOD_COUNT] = {{.state = OUTCOME_DONE}, {.state = OUTCOME_DONE}};
    struct trial trial;
    struct config config;
    int seen[CELLS] = {0};
    assert_int_equal(sweep_descriptor(sweep), -1);
    for (int i = 0; i < CELLS * SEEDS; i++) {
        assert_true(sweep_take(sweep, &trial, &config));
        assert_int_equal(trial.seed, i / CELLS);
        assert_int_equal(seen[trial.cell]++, trial.seed);
        assert_int_equal(config.problem.seed, plan.base.problem.seed + (uint64_t)trial.seed);
        if (i % 2 == 0) { /* one that comes back is the next */
            struct trial again;
            sweep_return(sweep, &trial);
            assert_true(sweep_take(sweep, &again, &config));
            assert_int_equal(again.cell, trial.cell);
            assert_int_equal(again.seed, trial.seed);
        }
        sweep_give(sweep, &trial, outcome, NULL);
    }
    assert_false(sweep_take(sweep, &trial, &config));
    assert_true(sweep_status(sweep).finished);
    sweep_free(sweep);
    plan_free(&plan);
}

/* A failure is told with its cell, is not tried again, and does not keep the sweep from its end. */
static void tells_of_failures(void **state)
{
    (void)state;
    struct plan plan = small_plan(1, "tasks=2:4", NULL);
    struct sweep *sweep = begin(&plan, NULL, SWEEP_NO_THREADS, false);
    struct outcome outcome[METHOD_COUNT] = {{.state = OUTCOME_DONE}, {.state = OUTCOME_DONE}};
    struct err failure;
    struct trial trial;
    struct config config;
    err_set(&failure, ERR_MATH, "it did not converge");
    while (sweep_take(sweep, &trial, &config))
        sweep_give(sweep, &trial, outcome, trial.cell == 1 ? &failure : NULL);
    struct sweep_status status = sweep_status(sweep);
    assert_true(status.finished);
    assert_int_equal(status.failed, 1);
    assert_int_equal(status.done, 2);
    assert_string_equal(status.why->message, "tasks 3, seed 0: it did not converge");
    assert_null(table_outcome(sweep_table(sweep), 1, 0, 0));
    sweep_free(sweep);
    plan_free(&plan);
}

static void pauses(void **state)
{
    (void)state;
    struct plan plan = small_plan(50, "tasks=1:8", NULL);
    struct sweep *sweep = begin(&plan, NULL, 2, true);
    assert_true(sweep_paused(sweep));
    assert_false(sweep_tend(sweep));
    assert_int_equal(sweep_status(sweep).done, 0);
    sweep_pause(sweep, false);
    while (sweep_status(sweep).done == 0)
        tend(sweep);
    sweep_pause(sweep, true);
    /* what was begun comes in; then there is nothing, whatever is asked */
    while (sweep_status(sweep).out > 0)
        tend(sweep);
    size_t done = sweep_status(sweep).done;
    assert_true(done < 400); /* these are more than are handed out between two looks */
    assert_false(sweep_status(sweep).finished);
    assert_false(sweep_tend(sweep));
    assert_int_equal(sweep_status(sweep).out, 0);
    assert_int_equal(sweep_status(sweep).done, done);
    sweep_pause(sweep, false);
    finish(sweep);
    assert_int_equal(sweep_status(sweep).done, 400);
    assert_is_computed(sweep_table(sweep));
    sweep_free(sweep);
    plan_free(&plan);
}

static void takes_more_seeds(void **state)
{
    (void)state;
    struct plan plan = small_plan(2, "tasks=1:5", NULL);
    struct store *store = memory_store();
    struct sweep *sweep = begin(&plan, store, 2, false);
    finish(sweep);
    sweep_want(sweep, 3, 9);
    assert_false(sweep_status(sweep).finished);
    sweep_want(sweep, 3, 4); /* fewer changes nothing */
    finish(sweep);
    sweep_want(sweep, 1, 5);
    finish(sweep);
    const struct table *table = sweep_table(sweep);
    assert_int_equal(table->cell[3].done, 9);
    assert_int_equal(table->cell[1].done, 5);
    assert_int_equal(table->cell[0].done, 2);
    assert_is_computed(table);
    sweep_free(sweep);
    store_close(store);
    plan_free(&plan);
}

/* What is stored is not computed again, by a sweep that overlaps with it in some cells and seeds. */
static void goes_on_from_the_store(void **state)
{
    (void)state;
    struct store *store = memory_store();
    struct plan first = small_plan(3, "tasks=1:4", NULL);
    struct sweep *sweep = begin(&first, store, 2, false);
    finish(sweep);
    sweep_free(sweep);

    struct plan second = small_plan(5, "tasks=3:6", NULL);
    sweep = begin(&second, store, 2, false);
    finish(sweep);
    assert_int_equal(sweep_status(sweep).stored, 2 * 3);
    assert_int_equal(sweep_status(sweep).done, 4 * 5);
    assert_true(sweep_status(sweep).stores);
    assert_is_computed(sweep_table(sweep));
    sweep_free(sweep);

    sweep = begin(&second, store, 2, false);
    finish(sweep);
    assert_int_equal(sweep_status(sweep).stored, 4 * 5);
    assert_true(sweep_status(sweep).rate == 0);
    assert_is_computed(sweep_table(sweep));
    sweep_free(sweep);
    store_close(store);
    plan_free(&first);
    plan_free(&second);
}

/* A method that joins later is computed, and the others stay as they were. */
static void adds_methods_to_what_is_stored(void **state)
{
    (void)state;
    struct store *store = memory_store();
    struct plan plan = small_plan(2, "tasks=2:3", NULL);
    plan.base.retrain.methods = 1u << METHOD_STANDARD;
    struct sweep *sweep = begin(&plan, store, 1, false);
    finish(sweep);
    assert_null(table_outcome(sweep_table(sweep), 0, 0, METHOD_META));
    sweep_free(sweep);
    plan.base.retrain.methods |= 1u << METHOD_META;
    sweep = begin(&plan, store, 1, false);
    finish(sweep);
    assert_int_equal(sweep_status(sweep).stored, 0);
    assert_is_computed(sweep_table(sweep));
    sweep_free(sweep);
    sweep = begin(&plan, store, 1, false);
    finish(sweep);
    assert_int_equal(sweep_status(sweep).stored, 4);
    sweep_free(sweep);
    store_close(store);
    plan_free(&plan);
}

/* It ends within the step that each thread is in, however long its trials are. */
static void ends_in_the_midst(void **state)
{
    (void)state;
    struct plan plan = small_plan(1000, "tasks=1:8", NULL);
    plan.base.retrain.steps = 1000000000;
    struct sweep *sweep = begin(&plan, NULL, 2, false);
    assert_false(sweep_ended(sweep));
    sweep_end(sweep);
    sweep_free(sweep);
    plan_free(&plan);
}

static void refuses_what_cannot_be(void **state)
{
    (void)state;
    struct err err;
    struct plan plan = small_plan(1, "rank=7,8", NULL);
    assert_null(sweep_new(&plan, NULL, 1, false, &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "problem.rank 7 is above problem.dimension 6"));
    plan_free(&plan);
    plan = small_plan(1, "inner_rate=0:0.9999:0.0001", "outer_rate=0:0.9999:0.0001");
    assert_int_equal(plan_cells(&plan), 100000000);
    plan.seeds = PLAN_SEEDS;
    assert_null(sweep_new(&plan, NULL, 1, false, &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "GiB"));
    plan_free(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_what_single_runs_come_to),
        cmocka_unit_test(leaves_out_what_cannot_be),
        cmocka_unit_test(hands_out_rounds),
        cmocka_unit_test(tells_of_failures),
        cmocka_unit_test(pauses),
        cmocka_unit_test(takes_more_seeds),
        cmocka_unit_test(goes_on_from_the_store),
        cmocka_unit_test(adds_methods_to_what_is_stored),
        cmocka_unit_test(ends_in_the_midst),
        cmocka_unit_test(refuses_what_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
