/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/sweep_grid.h"

#include "support/near.h"
#include "support/table_sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct sweep_grid *grid_of(const struct sweep_choice *choice)
{
    struct err err = {.code = ERR_NONE};
    struct sweep_grid *grid = sweep_grid_new(choice, &err);
    assert_non_null(grid);
    return grid;
}

static void test_the_longest_axes_of_numbers_are_chosen(void **state)
{
    (void)state;
    static const struct {
        const char *axes[5];
        int across, up;
    } cases[] = {
        {{"rank=1:3", "tasks=1:6"}, 1, 0},
        {{"tasks=1:6", "rank=1:3"}, 0, 1},
        {{"tasks=1:3", "rank=1:3"}, 0, 1},
        {{"tasks=1:3"}, 0, -1},
        {{"truth=psd,symmetric,general", "rank=1,2"}, 1, 0},
        {{"truth=psd,general", "adapter=symmetric,general"}, 0, 1},
        {{"rank=1,2", "samples=100,200,population", "dimension=6:9", "tasks=1:3"}, 2, 3},
        {{"tasks=3,1,2,4", "rank=1,2"}, 1, 0}, /* in no order */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct table *table = table_sample_new(cases[i].axes, 1, 0, table_sample_theory);
        struct sweep_choice choice = sweep_choice_default(table, METRIC_BASE_ERROR);
        assert_int_equal(choice.across, cases[i].across);
        assert_int_equal(choice.up, cases[i].up);
        assert_int_equal(choice.statistic, STATISTIC_MEDIAN);
        table_free(table);
    }
}

static void test_cells_have_what_the_table_says(void **state)
{
    (void)state;
    struct table *table =
        table_sample_new((const char *const[]){"rank=1:3", "tasks=1:5", NULL}, 4, 3, table_sample_theory);
    struct sweep_choice choice = sweep_choice_default(table, METRIC_EXCESS_RISK);
    for (int statistic = 0; statistic < STATISTIC_COUNT; statistic++) {
        choice.statistic = (enum statistic)statistic;
        struct sweep_grid *grid = grid_of(&choice);
        for (size_t up = 0; up < 3; up++)
            for (size_t across = 0; across < 5; across++)
                for (int method = 0; method <= METHOD_META; method++) {
                    const struct sweep_cell *cell = sweep_grid_at(grid, method, across, up);
                    size_t index = plan_cell(&table->plan, (size_t[PLAN_AXES]){up, across});
                    struct summary summary = table_summary(table, index, method, METRIC_EXCESS_RISK);
                    assert_int_equal(cell->state, SWEEP_VALUE);
                    assert_true(cell->value == summary_value(&summary, choice.statistic));
                    assert_true(isnan(cell->theory));
                    assert_string_equal(cell->formula, "");
                }
        /* Draws of T = 2: 11.925 times 1, 1.25, 1.5. */
        const struct sweep_cell *cell = sweep_grid_at(grid, METHOD_STANDARD, 1, 2);
        if (statistic == STATISTIC_MEDIAN) {
            assert_near(cell->value, 11.925 * 1.25, 1e-12);
            assert_near(cell->around.low, 11.925 * 1.05, 1e-12);
            assert_near(cell->around.high, 11.925 * 1.45, 1e-12);
        } else if (statistic == STATISTIC_MEAN) {
            /* Student's t of two degrees of freedom: 4.30265. */
            assert_near(cell->around.high - cell->value, 4.30265 * 11.925 * 0.25 / sqrt(3), 1e-4);
        } else {
            assert_true(isnan(cell->around.low) && isnan(cell->around.high));
        }
        sweep_grid_free(grid);
    }
    table_free(table);
}

static double sometimes_nothing(const struct config *config, int method, int seed, enum metric metric)
{
    int tasks = config->problem.tasks;
    if (tasks == 1 || (tasks == 2 && seed > 0))
        return tasks == 1 ? (double)NAN : (double)INFINITY;
    return table_sample_theory(config, method, seed, metric) + (tasks == 4 && seed > 0);
}

static void test_what_there_is_no_value_of(void **state)
{
    (void)state;
    struct table *table =
        table_sample_new((const char *const[]){"tasks=1:4", "problem.rank=2,3,25", NULL}, 4, 3, sometimes_nothing);
    struct sweep_choice choice = sweep_choice_default(table, METRIC_RANK_NEEDED);
    struct sweep_grid *grid = grid_of(&choice);
    assert_int_equal(sweep_grid_at(grid, 0, 0, 0)->state, SWEEP_WITHOUT);
    assert_int_equal(sweep_grid_at(grid, 0, 1, 0)->state, SWEEP_VALUE); /* one draw is finite */
    assert_near(sweep_grid_at(grid, 0, 1, 0)->value, 6, 0);
    for (size_t across = 0; across < 4; across++)
        assert_int_equal(sweep_grid_at(grid, 1, across, 2)->state, SWEEP_IMPOSSIBLE);
    /* Two of three draws are not as the theory has it. */
    assert_int_equal(sweep_grid_at(grid, METHOD_STANDARD, 3, 1)->predicted, 3);
    assert_int_equal(sweep_grid_at(grid, METHOD_STANDARD, 3, 1)->agreed, 1);
    assert_near(sweep_grid_at(grid, METHOD_STANDARD, 3, 1)->theory, 15, 0);
    sweep_grid_free(grid);
    table_free(table);

    table = table_sample_new((const char *const[]){"tasks=1:4", NULL}, 4, 0, table_sample_theory);
    choice = sweep_choice_default(table, METRIC_TRAIN_LOSS);
    grid = grid_of(&choice);
    assert_int_equal(sweep_grid_at(grid, 1, 3, 0)->state, SWEEP_WAITING);
    sweep_grid_free(grid);
    sweep_grid_free(NULL);
    table_free(table);
}

static void test_the_theory_is_compared(void **state)
{
    (void)state;
    struct table *table =
        table_sample_new((const char *const[]){"tasks=1:5", "rank=2,5", NULL}, 1, 1, table_sample_theory);
    struct sweep_choice choice = sweep_choice_default(table, METRIC_RANK_NEEDED);
    struct sweep_grid *grid = grid_of(&choice);
    static const char *const standard[] = {"k(T+1)", "k(T+1)", "k(T+1)", "d", "d"}; /* rank 5 of d = 24 */
    static const char *const meta[] = {"3k", "3k", "k", "k", "k"};
    for (size_t across = 0; across < 5; across++) {
        assert_string_equal(sweep_grid_at(grid, METHOD_STANDARD, across, 1)->formula, standard[across]);
        assert_string_equal(sweep_grid_at(grid, METHOD_META, across, 1)->formula, meta[across]);
        assert_int_equal(sweep_grid_at(grid, METHOD_STANDARD, across, 0)->beyond, across >= 2);
        assert_int_equal(sweep_grid_at(grid, METHOD_META, across, 0)->beyond, across == 0);
    }
    sweep_grid_free(grid);
    table_free(table);
}

static void test_further_axes_are_held(void **state)
{
    (void)state;
    struct table *table = table_sample_new((const char *const[]){"rank=1:2", "tasks=1:4", "dimension=8,30", NULL}, 1, 1,
                                           table_sample_theory);
    struct sweep_choice choice = {
        .table = table, .metric = METRIC_RANK_NEEDED, .across = 1, .up = 0, .held = {0, 0, 1}};
    struct sweep_grid *grid = grid_of(&choice);
    assert_near(sweep_grid_at(grid, METHOD_STANDARD, 3, 1)->value, 10, 0); /* k(T+1) */
    sweep_grid_free(grid);
    choice.held[2] = 0;
    grid = grid_of(&choice);
    assert_near(sweep_grid_at(grid, METHOD_STANDARD, 3, 1)->value, 8, 0); /* d */
    sweep_grid_free(grid);
    table_free(table);
}

static void test_long_axes_are_thinned(void **state)
{
    (void)state;
    struct table *table = table_sample_new((const char *const[]){"samples=1:10000", NULL}, 1, 1, table_sample_theory);
    struct sweep_choice choice = sweep_choice_default(table, METRIC_BASE_ERROR);
    struct sweep_grid *grid = grid_of(&choice);
    assert_int_equal(grid->across.count, SWEEP_SIDE_LIMIT);
    assert_int_equal(grid->across.stride, 50);
    assert_string_equal(sweep_side_value(&grid->across, 3), "151");
    assert_near(sweep_side_number(&grid->across, 199), 9951, 0);
    assert_string_equal(sweep_side_value(&grid->up, 0), "");
    assert_true(isnan(sweep_side_number(&grid->up, 0)));
    sweep_grid_free(grid);
    table_free(table);
}

static double tiny_for_meta(const struct config *config, int method, int seed, enum metric metric)
{
    (void)metric;
    return method == METHOD_META ? 3e-14 * config->problem.tasks : 23.85 + seed;
}

static void test_rounding_does_not_stretch_the_scale(void **state)
{
    (void)state;
    struct table *table = table_sample_new((const char *const[]){"tasks=1:4", NULL}, 2, 2, tiny_for_meta);
    struct sweep_choice choice = sweep_choice_default(table, METRIC_BASE_ERROR);
    struct sweep_grid *grid = grid_of(&choice);
    struct sweep_scale scale = sweep_grid_scale(grid, false);
    assert_true(scale.decades.low);
    assert_int_equal(scale.decades.from, 0); /* stands for zero */
    assert_int_equal(scale.decades.to, 2);
    assert_near(sweep_scale_place(&scale, 10), 0.5, 1e-12);
    assert_near(sweep_scale_place(&scale, 3e-14), 0, 0);
    assert_near(sweep_scale_place(&scale, 0), 0, 0);
    sweep_grid_free(grid);
    table_free(table);
}

static void test_numbers_are_short(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0, "0"},          {3, "3"},          {89.4, "89"},      {2.385, "2.4"},   {0.2385, "0.24"},
                 {0.0238, "0.024"}, {0.0096, "0.010"}, {0.00238, "2e-3"}, {4e-10, "4e-10"}, {1234, "1234"},
                 {1234.5, "1234"},  {23850, "2e4"},    {3e112, "3e112"},  {9.97, "10"},     {0.9949, "1.0"}};
    struct sweep_grid grid = {.logarithmic = true, .floor = 0};
    char text[SWEEP_NUMBER_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sweep_grid_number(&grid, cases[i].value, text);
        assert_string_equal(text, cases[i].text);
    }
    grid.floor = 1e-3;
    sweep_grid_number(&grid, 0.9e-3, text);
    assert_string_equal(text, "≈ 0");
    sweep_grid_number(&grid, 1.1e-3, text);
    assert_string_equal(text, "1e-3");
    grid.logarithmic = false;
    sweep_grid_number(&grid, 17.83, text);
    assert_string_equal(text, "17.8");
    sweep_grid_number(&grid, 18, text);
    assert_string_equal(text, "18");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_longest_axes_of_numbers_are_chosen),
        cmocka_unit_test(test_cells_have_what_the_table_says),
        cmocka_unit_test(test_what_there_is_no_value_of),
        cmocka_unit_test(test_the_theory_is_compared),
        cmocka_unit_test(test_further_axes_are_held),
        cmocka_unit_test(test_long_axes_are_thinned),
        cmocka_unit_test(test_rounding_does_not_stretch_the_scale),
        cmocka_unit_test(test_numbers_are_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
