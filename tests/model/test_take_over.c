/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/situation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* One solver goes on where another stands, as if it had been started there. */

static const struct solver_rates rates = {.inner_steps = 3, .inner = 0.00385, .outer = 0.0385};

static struct solver *started_at(const struct solver_type *type, const struct situation *situation,
                                 const struct problem *problem, const struct point *point)
{
    struct solver *solver = situation_start(type, situation, problem, &rates);
    const struct point *own = solver_point(solver);
    memcpy(own->base, point->base, point_base_size(point) * sizeof(double));
    memcpy(own->left, point->left, situation_factors(point) * sizeof(double));
    if (own->right != own->left)
        memcpy(own->right, point->right, situation_factors(point) * sizeof(double));
    return solver;
}

static void check(int from, int to, const struct situation *situation)
{
    struct err err = {0};
    struct problem *problem = situation_draw(situation);
    struct solver *first = situation_start(&solver_table[from], situation, problem, &rates);
    for (int step = 0; step < 5; step++)
        solver_step(first);
    solver_step_phase(first, NULL); /* in mid-step, where it has several phases */
    struct solver *second = solver_take_over(first, &solver_table[to], 23, &err);
    assert_non_null(second);
    struct solver *fresh = started_at(&solver_table[to], situation, problem, solver_point(first));
    assert_true(situation_same(solver_point(first), solver_point(second)));
    solver_free(first);
    assert_int_equal(solver_steps(second), 23);
    assert_int_equal(solver_status(second), SOLVER_RUNNING);
    for (int step = 0; step < 4; step++)
        assert_int_equal(solver_step(second), solver_step(fresh));
    assert_int_equal(solver_steps(second), 23 + solver_steps(fresh));
    assert_true(situation_same(solver_point(fresh), solver_point(second)));
    solver_free(second);
    solver_free(fresh);
    problem_free(problem);
}

static void it_goes_on_as_if_started_there(void **state)
{
    (void)state;
    for (int from = 0; from < solver_count; from++)
        for (int to = 0; to < solver_count; to++)
            for (int s = 0; s < SITUATIONS; s += from == to ? 5 : 1)
                if (situation_suits(&solver_table[from], &situations[s]) &&
                    situation_suits(&solver_table[to], &situations[s]))
                    check(from, to, &situations[s]);
}

static void it_begins_anew_when_started(void **state)
{
    (void)state;
    struct problem *problem = situation_draw(&situations[1]);
    struct solver *first = situation_start(&solver_table[0], &situations[1], problem, &rates);
    struct solver *second = solver_take_over(first, &solver_table[1], 23, NULL);
    assert_non_null(second);
    assert_int_equal(solver_start(second, 11, 0, 0.1, NULL), ERR_NONE);
    assert_int_equal(solver_steps(second), 0);
    solver_free(first);
    solver_free(second);
    problem_free(problem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_on_as_if_started_there),
        cmocka_unit_test(it_begins_anew_when_started),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
