/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/plan.h"

#include "model/method.h"
#include "model/solver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct plan make_plan(const char *const *axes)
{
    struct plan plan = {.seeds = 3};
    struct err err = {.code = ERR_NONE};
    config_default(&plan.base);
    for (; *axes; axes++)
        if (plan_add_axis(&plan, *axes, &err))
            fail_msg("%s", err.message);
    return plan;
}

/* Cells in the order of nested loops, the last axis innermost. */
static void cells_are_counted_like_nested_loops(void **state)
{
    (void)state;
    struct plan plan =
        make_plan((const char *const[]){"tasks=1:3", "problem.truth=psd,general", "dimension=8:2:2", NULL});
    size_t at[PLAN_AXES] = {0}, cell = 0;
    assert_int_equal(plan_cells(&plan), 24);
    for (at[0] = 0; at[0] < 3; at[0]++)
        for (at[1] = 0; at[1] < 2; at[1]++)
            for (at[2] = 0; at[2] < 4; at[2]++, cell++) {
                struct config config;
                struct err err = {.code = ERR_NONE};
                assert_int_equal(plan_cell(&plan, at), cell);
                for (int axis = 0; axis < 3; axis++)
                    assert_int_equal(plan_coordinate(&plan, cell, axis), at[axis]);
                assert_int_equal(plan_config(&plan, cell, 2, &config, &err), ERR_NONE);
                assert_int_equal(config.problem.tasks, at[0] + 1);
                assert_int_equal(config.problem.truth, at[1] == 0 ? TRUTH_PSD : TRUTH_GENERAL);
                assert_int_equal(config.problem.dimension, 8 - 2 * at[2]);
                assert_int_equal(config.problem.seed, plan.base.problem.seed + 2);
                assert_int_equal(config.retrain.steps, plan.base.retrain.steps);
            }
    plan_free(&plan);
}

static void axes_are_apart(void **state)
{
    (void)state;
    struct plan plan = make_plan((const char *const[]){"rank=1:3", "tasks=1:2", NULL});
    struct err err = {.code = ERR_NONE};
    assert_int_equal(plan_add_axis(&plan, "adapt.rank=1", &err), ERR_INPUT);
    assert_string_equal(err.message, "the axes rank and adapt.rank are both over adapt.rank");
    assert_int_equal(plan_add_axis(&plan, "noise+problem.tasks=1", &err), ERR_INPUT);
    assert_string_equal(err.message, "the axes tasks and noise+problem.tasks are both over problem.tasks");
    assert_int_equal(plan_add_axis(&plan, "noise", &err), ERR_INPUT);
    assert_int_equal(plan.axes, 2);
    assert_int_equal(plan_add_axis(&plan, "noise=0:1", &err), ERR_NONE);
    assert_int_equal(plan_add_axis(&plan, "samples=7", &err), ERR_NONE);
    assert_int_equal(plan_add_axis(&plan, "steps=7", &err), ERR_INPUT);
    assert_string_equal(err.message, "a sweep has at most 4 axes");
    assert_int_equal(plan_cells(&plan), 12);
    plan_free(&plan);
    assert_int_equal(plan.axes, 0);
}

static void cells_that_are_too_many(void **state)
{
    (void)state;
    struct plan plan = make_plan((const char *const[]){"steps=1:10000", "samples=1:10000", "adapt.steps=1:10000",
                                                       "adapt.samples=1:10000", NULL});
    assert_true(plan_cells(&plan) == (size_t)10000000000000000u);
    struct config config;
    assert_int_equal(plan_config(&plan, plan_cells(&plan) - 1, 0, &config, NULL), ERR_NONE);
    assert_int_equal(config.retrain.steps, 10000);
    assert_int_equal(config.adapt.samples, 10000);
    for (int axis = 0; axis < PLAN_AXES; axis++)
        plan.axis[axis].count = (size_t)1 << 17; /* only counted */
    assert_true(plan_cells(&plan) == SIZE_MAX);
    plan_free(&plan);
}

static void cells_that_are_not_possible(void **state)
{
    (void)state;
    struct plan plan = make_plan((const char *const[]){"dimension=2:6:2", "rank=1:4", NULL});
    for (size_t cell = 0; cell < plan_cells(&plan); cell++) {
        struct config config;
        struct err err = {.code = ERR_NONE};
        size_t dimension = 2 + 2 * plan_coordinate(&plan, cell, 0), rank = 1 + plan_coordinate(&plan, cell, 1);
        assert_int_equal(plan_config(&plan, cell, 0, &config, &err), rank > dimension ? ERR_INPUT : ERR_NONE);
        assert_true(rank <= dimension || strstr(err.message, "is above problem.dimension"));
    }
    plan_free(&plan);
}

static void seeds_end(void **state)
{
    (void)state;
    struct plan plan = make_plan((const char *const[]){"tasks=1", NULL});
    struct config config;
    struct err err = {.code = ERR_NONE};
    plan.base.problem.seed = UINT64_MAX - 1;
    assert_int_equal(plan_config(&plan, 0, 1, &config, &err), ERR_NONE);
    assert_true(config.problem.seed == UINT64_MAX);
    assert_int_equal(plan_config(&plan, 0, 2, &config, &err), ERR_INPUT);
    assert_string_equal(err.message, "problem.seed 18446744073709551614 has no 2 seeds after it");
    plan_free(&plan);
}

static void copies_are_independent(void **state)
{
    (void)state;
    struct plan plan = make_plan((const char *const[]){"tasks=1:3", "noise=0.5,1", NULL}), copy;
    assert_int_equal(plan_copy(&copy, &plan, NULL), ERR_NONE);
    plan_free(&plan);
    struct config config;
    assert_int_equal(plan_config(&copy, 5, 0, &config, NULL), ERR_NONE);
    assert_int_equal(config.problem.tasks, 3);
    assert_true(config.problem.noise == 1);
    plan_free(&copy);
    struct plan nothing = {.axes = 0};
    plan_free(&nothing);
}

static void cells_are_described(void **state)
{
    (void)state;
    struct plan plan = make_plan((const char *const[]){"tasks=1:3", "rank=2,1", NULL});
    static const char whole[] = "tasks 2, rank 1";
    for (size_t size = 0; size <= sizeof whole + 3; size++) {
        char text[sizeof whole + 4];
        memset(text, '#', sizeof text);
        plan_describe(&plan, 3, text, size);
        assert_int_equal(text[size], '#');
        size_t kept = size < sizeof whole ? size : sizeof whole;
        if (kept > 0)
            assert_memory_equal(text, whole, kept - 1);
        assert_true(kept == 0 || text[kept - 1] == '\0');
    }
    plan_free(&plan);
}

/* More of anything costs more, in proportion where that is the whole of it. */
static void costs_grow(void **state)
{
    (void)state;
    static const char *const more[] = {"problem.dimension=17", "problem.tasks=4",      "retrain.rank=3",
                                       "retrain.steps=3001",   "problem.samples=5000", "retrain.inner_steps=11",
                                       "adapt.solver=paper"};
    struct config config;
    config_default(&config);
    double cost = plan_trial_flops(&config);
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        struct config other = config;
        assert_int_equal(key_assign(&other, more[i], NULL), ERR_NONE);
        if (!(plan_trial_flops(&other) > cost))
            fail_msg("%s costs no more", more[i]);
    }
    struct config one = config;
    one.retrain.methods = 1u << METHOD_META;
    assert_true(plan_trial_flops(&one) < cost);
    for (int solver = 0; solver < solver_count; solver++) {
        struct config twice = config;
        twice.retrain.solver = config.retrain.solver = solver;
        twice.retrain.steps = 2 * (config.retrain.steps = 1000000);
        double ratio = plan_trial_flops(&twice) / plan_trial_flops(&config);
        assert_true(ratio > 1.99 && ratio <= 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_counted_like_nested_loops),
        cmocka_unit_test(axes_are_apart),
        cmocka_unit_test(cells_that_are_too_many),
        cmocka_unit_test(cells_that_are_not_possible),
        cmocka_unit_test(seeds_end),
        cmocka_unit_test(copies_are_independent),
        cmocka_unit_test(cells_are_described),
        cmocka_unit_test(costs_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
