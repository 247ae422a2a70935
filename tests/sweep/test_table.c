/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/table.h"

#include "support/near.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Three tasks (rows) and ranks 1, 2 and 40, of which the last is above the dimension. */
enum { SEEDS = 4, POSSIBLE = 6 };

static struct table *make_table(void)
{
    struct plan plan = {.seeds = SEEDS};
    struct err err = {.code = ERR_NONE};
    config_default(&plan.base);
    assert_int_equal(plan_add_axis(&plan, "tasks=1:3", &err), ERR_NONE);
    assert_int_equal(plan_add_axis(&plan, "rank=1,2,40", &err), ERR_NONE);
    struct table *table = table_new(&plan, &err);
    plan_free(&plan);
    if (!table)
        fail_msg("%s", err.message);
    return table;
}

/* One number as every value of both methods. */
static void make_outcome(double value, struct outcome outcome[METHOD_COUNT])
{
    memset(outcome, 0, METHOD_COUNT * sizeof *outcome);
    for (int method = 0; method < METHOD_COUNT; method++) {
        outcome[method].state = OUTCOME_DONE;
        for (int metric = 0; metric < METRIC_COUNT; metric++) {
            outcome[method].value[metric] = value;
            outcome[method].predicted[metric] = (double)NAN;
        }
    }
}

static void put(struct table *table, size_t cell, int seed, double value)
{
    struct outcome outcome[METHOD_COUNT];
    struct err err = {.code = ERR_NONE};
    make_outcome(value, outcome);
    assert_int_equal(table_put(table, cell, seed, outcome, &err), ERR_NONE);
}

static void a_new_table_wants_all_that_is_possible(void **state)
{
    (void)state;
    struct table *table = make_table();
    assert_int_equal(table->cells, 9);
    assert_int_equal(table->possible, POSSIBLE);
    assert_int_equal(table->wanted, POSSIBLE * SEEDS);
    assert_int_equal(table->done, 0);
    for (size_t cell = 0; cell < table->cells; cell++) {
        assert_int_equal(table->cell[cell].possible, cell % 3 < 2);
        assert_int_equal(table->cell[cell].wanted, cell % 3 < 2 ? SEEDS : 0);
        assert_null(table_outcome(table, cell, 0, METHOD_META));
    }
    table_free(table);
    table_free(NULL);
}

static void tables_that_cannot_be(void **state)
{
    (void)state;
    struct plan plan = {.seeds = SEEDS};
    struct err err = {.code = ERR_NONE};
    config_default(&plan.base);
    assert_int_equal(plan_add_axis(&plan, "rank=17:20", &err), ERR_NONE);
    assert_null(table_new(&plan, &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(
        strstr(err.message, "no cell of the sweep is possible: problem.rank 17 is above problem.dimension 16"));
    plan_free(&plan);
    static const char *const axes[] = {"steps=1:10000", "samples=1:10000", "adapt.steps=1:10000",
                                       "adapt.samples=1:10000"};
    for (size_t i = 0; i < sizeof axes / sizeof *axes; i++)
        assert_int_equal(plan_add_axis(&plan, axes[i], &err), ERR_NONE);
    assert_null(table_new(&plan, &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "GiB of memory"));
    plan_free(&plan);
}

static void what_is_put_is_there_once(void **state)
{
    (void)state;
    struct table *table = make_table();
    put(table, 4, 2, 2.385);
    put(table, 4, 2, 77);
    assert_int_equal(table->done, 1);
    assert_int_equal(table->cell[4].done, 1);
    assert_near(table_outcome(table, 4, 2, METHOD_META)->value[METRIC_BASE_ERROR], 2.385, 0);
    assert_null(table_outcome(table, 4, 1, METHOD_META));
    assert_null(table_outcome(table, 4, 3, METHOD_META));
    assert_null(table_outcome(table, 4, SEEDS, METHOD_META));
    assert_null(table_outcome(table, 3, 2, METHOD_META));

    struct outcome one[METHOD_COUNT];
    make_outcome(5, one);
    one[METHOD_STANDARD].state = OUTCOME_MISSING;
    assert_int_equal(table_put(table, 4, 0, one, NULL), ERR_NONE);
    assert_null(table_outcome(table, 4, 0, METHOD_STANDARD));
    assert_non_null(table_outcome(table, 4, 0, METHOD_META));
    assert_int_equal(table->done, 2);
    table_free(table);
}

static void what_is_not_wanted_changes_nothing(void **state)
{
    (void)state;
    struct table *table = make_table();
    struct outcome none[METHOD_COUNT];
    make_outcome(1, none);
    for (int method = 0; method < METHOD_COUNT; method++)
        none[method].state = OUTCOME_MISSING;
    put(table, 4, SEEDS, 1);
    put(table, 2, 0, 1); /* not possible */
    assert_int_equal(table_put(table, 4, 1, none, NULL), ERR_NONE);
    assert_int_equal(table->done, 0);
    assert_int_equal(table->cell[4].done, 0);
    put(table, 4, 1, 1);
    assert_int_equal(table->done, 1);
    table_free(table);
}

static void more_seeds_may_be_wanted(void **state)
{
    enum { MORE = 300 };
    (void)state;
    struct table *table = make_table();
    put(table, 1, 3, 30);
    table_want(table, 1, MORE);
    table_want(table, 1, 5);
    table_want(table, 2, MORE); /* not possible */
    assert_int_equal(table->cell[1].wanted, MORE);
    assert_int_equal(table->wanted, (POSSIBLE - 1) * SEEDS + MORE);
    for (int seed = 0; seed < MORE; seed++)
        put(table, 1, seed, seed == 3 ? 77 : 10 * seed);
    assert_int_equal(table->cell[1].done, MORE);
    for (int seed = 0; seed < MORE; seed++)
        assert_near(table_outcome(table, 1, seed, METHOD_STANDARD)->value[METRIC_TRAIN_LOSS], 10 * seed, 0);
    struct summary summary = table_summary(table, 1, METHOD_STANDARD, METRIC_TRAIN_LOSS);
    assert_int_equal(summary.trials, MORE);
    assert_near(summary.statistics.mean, 5.0 * (MORE - 1), 1e-9);
    assert_near(summary.statistics.greatest, 10 * (MORE - 1), 0);
    table_free(table);
}

static void seeds_that_are_not_there_are_not_wanted(void **state)
{
    (void)state;
    struct plan plan = {.seeds = 2};
    struct err err = {.code = ERR_NONE};
    config_default(&plan.base);
    plan.base.problem.seed = UINT64_MAX - 1;
    assert_int_equal(plan_add_axis(&plan, "tasks=3", &err), ERR_NONE);
    struct table *table = table_new(&plan, &err);
    assert_non_null(table);
    table_want(table, 0, 3);
    assert_int_equal(table->wanted, 2);
    table_free(table);
    plan.seeds = 3;
    assert_null(table_new(&plan, &err));
    assert_non_null(strstr(err.message, "has no 2 seeds after it"));
    plan_free(&plan);
}

/* ---- summaries ---- */

static void summaries_are_of_what_has_a_value(void **state)
{
    (void)state;
    struct table *table = make_table();
    put(table, 4, 0, 4);
    put(table, 4, 1, (double)NAN);
    put(table, 4, 2, 1);
    put(table, 4, 3, (double)INFINITY);
    struct summary summary = table_summary(table, 4, METHOD_META, METRIC_EXCESS_RISK);
    assert_int_equal(summary.trials, 4);
    assert_int_equal(summary.statistics.count, 2);
    assert_near(summary.statistics.mean, 2.5, 0);
    assert_int_equal(summary.predicted, 0);
    assert_true(isnan(summary.theory));

    summary = table_summary(table, 3, METHOD_META, METRIC_EXCESS_RISK);
    assert_int_equal(summary.trials, 0);
    assert_int_equal(summary.statistics.count, 0);
    for (int statistic = 0; statistic < STATISTIC_COUNT; statistic++)
        assert_true(isnan(summary_value(&summary, (enum statistic)statistic)));
    summary = table_summary(table, 5, METHOD_META, METRIC_RANK_NEEDED);
    assert_int_equal(summary.trials, 0);
    assert_true(isnan(summary.theory)); /* not possible */
    table_free(table);
}

static void summaries_have_the_theory_beside_them(void **state)
{
    (void)state;
    struct table *table = make_table();
    struct outcome outcome[METHOD_COUNT];
    static const double needed[SEEDS] = {8, 8, 7, (double)NAN}, predicted[SEEDS] = {8, 8, 8, 8};
    for (int seed = 0; seed < SEEDS; seed++) {
        make_outcome(needed[seed], outcome);
        outcome[METHOD_STANDARD].predicted[METRIC_RANK_NEEDED] = predicted[seed];
        assert_int_equal(table_put(table, 7, seed, outcome, NULL), ERR_NONE);
    }
    struct summary summary = table_summary(table, 7, METHOD_STANDARD, METRIC_RANK_NEEDED); /* T = 3, k = 2 */
    assert_near(summary.theory, 8, 0);
    assert_int_equal(summary.predicted, 4);
    assert_int_equal(summary.agreed, 2);
    assert_int_equal(summary.trials, 4);
    assert_int_equal(summary.statistics.count, 3);
    assert_near(table_summary(table, 7, METHOD_META, METRIC_RANK_NEEDED).theory, 2, 0);
    table_free(table);
}

static void a_statistic_stands_for_a_cell(void **state)
{
    (void)state;
    struct table *table = make_table();
    static const double values[SEEDS] = {3, 0, 1, 2};
    for (int seed = 0; seed < SEEDS; seed++)
        put(table, 0, seed, values[seed]);
    struct summary summary = table_summary(table, 0, METHOD_META, METRIC_BASE_ERROR);
    static const double want[STATISTIC_COUNT] = {[STATISTIC_MEDIAN] = 1.5,
                                                 [STATISTIC_MEAN] = 1.5,
                                                 [STATISTIC_LEAST] = 0,
                                                 [STATISTIC_GREATEST] = 3,
                                                 [STATISTIC_SPREAD] = 2.4};
    for (int statistic = 0; statistic < STATISTIC_COUNT; statistic++) {
        assert_near(summary_value(&summary, (enum statistic)statistic), want[statistic], 1e-15);
        assert_non_null(statistic_names[statistic]);
    }
    assert_true(isnan(summary_value(&summary, STATISTIC_COUNT)));
    assert_null(statistic_names[STATISTIC_COUNT]);
    table_free(table);
}

static void the_widest_cell(void **state)
{
    (void)state;
    struct table *table = make_table();
    size_t cell = 77;
    assert_false(table_widest(table, METRIC_BASE_ERROR, &cell));
    for (int seed = 0; seed < SEEDS; seed++) {
        put(table, 0, seed, 100 + seed); /* narrow against its median */
        put(table, 1, seed, 1 + seed);
        put(table, 3, seed, 5); /* no spread at all */
        put(table, 6, seed, 0);
        if (seed > 0)
            put(table, 4, seed, 1000 * seed); /* not finished */
    }
    assert_true(table_widest(table, METRIC_BASE_ERROR, &cell));
    assert_int_equal(cell, 1);
    table_want(table, 1, SEEDS + 1);
    assert_true(table_widest(table, METRIC_BASE_ERROR, &cell));
    assert_int_equal(cell, 0);
    put(table, 4, 0, 0);
    assert_true(table_widest(table, METRIC_BASE_ERROR, &cell));
    assert_int_equal(cell, 4);
    table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_table_wants_all_that_is_possible),
        cmocka_unit_test(tables_that_cannot_be),
        cmocka_unit_test(what_is_put_is_there_once),
        cmocka_unit_test(what_is_not_wanted_changes_nothing),
        cmocka_unit_test(more_seeds_may_be_wanted),
        cmocka_unit_test(seeds_that_are_not_there_are_not_wanted),
        cmocka_unit_test(summaries_are_of_what_has_a_value),
        cmocka_unit_test(summaries_have_the_theory_beside_them),
        cmocka_unit_test(a_statistic_stands_for_a_cell),
        cmocka_unit_test(the_widest_cell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
