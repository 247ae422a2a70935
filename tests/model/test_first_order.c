/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/first_order.h"
#include "model/gradient.h"
#include "model/linalg.h"
#include "model/measure.h"
#include "support/matrix.h"
#include "support/near.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { D = 7, T = 3, SQUARE = D * D };

static struct problem *drawn(int samples, double noise)
{
    struct err err = {0};
    struct problem_config config = {
        .dimension = D, .rank = 2, .tasks = T, .truth = TRUTH_PSD, .samples = samples, .noise = noise, .seed = 2385};
    struct problem *problem = problem_new(&config, SAMPLES_POPULATION, &err);
    if (!problem)
        fail_msg("%s", err.message);
    return problem;
}

static struct solver *made(const struct solver_type *type, const struct problem *problem, struct solver_rates rates)
{
    struct err err = {0};
    struct solver_setup setup = {.moments = &problem->retrain, .rates = rates};
    struct solver *solver = solver_new(type, &setup, &err);
    if (!solver)
        fail_msg("%s", err.message);
    uint64_t fill = 71;
    matrix_fill(&fill, SQUARE, solver_point(solver)->base);
    return solver;
}

/* A step as it is told: every task's copy walks by itself, gradient by gradient. */
static void slow_step(const struct problem *problem, const struct solver_rates *rates, bool last, double *base)
{
    double copy[SQUARE], gradient[SQUARE], scratch[SQUARE], sum[SQUARE] = {0};
    for (int t = 0; t < T; t++) {
        struct point point = {.dimension = D, .tasks = T, .base = copy};
        memcpy(copy, base, sizeof copy);
        for (int i = 0; i < rates->inner_steps; i++) {
            gradient_task(&problem->retrain, &point, t, gradient, scratch);
            for (int j = 0; j < SQUARE; j++)
                copy[j] -= rates->inner * gradient[j];
        }
        gradient_task(&problem->retrain, &point, t, gradient, scratch);
        for (int j = 0; j < SQUARE; j++)
            sum[j] += last ? gradient[j] : (base[j] - copy[j]) / (rates->inner * rates->inner_steps);
    }
    for (int j = 0; j < SQUARE; j++)
        base[j] -= rates->outer * sum[j] / T;
}

static void check_steps(const struct solver_type *type, int samples, bool last)
{
    struct problem *problem = drawn(samples, 0.3);
    struct solver_rates rates = {.inner_steps = 4, .inner = 0.0385, .outer = 0.2385};
    struct solver *solver = made(type, problem, rates);
    double base[SQUARE];
    memcpy(base, solver_point(solver)->base, sizeof base);
    for (int step = 0; step < 12; step++) {
        if (step == 6) { /* they may change in mid-run */
            rates = (struct solver_rates){.inner_steps = 9, .inner = 0.01385, .outer = 0.385};
            solver_set_rates(solver, &rates);
        }
        slow_step(problem, &rates, last, base);
        assert_int_equal(solver_step(solver), SOLVER_RUNNING);
        for (int j = 0; j < SQUARE; j++)
            assert_near(solver_point(solver)->base[j], base[j], 1e-12);
    }
    assert_int_equal(solver_steps(solver), 12);
    solver_free(solver);
    problem_free(problem);
}

static void test_steps_are_those_of_copies_that_walk(void **state)
{
    (void)state;
    check_steps(&first_order_reptile, SAMPLES_POPULATION, false);
    check_steps(&first_order_reptile, 41, false);
    check_steps(&first_order_fomaml, SAMPLES_POPULATION, true);
    check_steps(&first_order_fomaml, 41, true);
}

/* From any start, whatever the rates: in population both rest at A* + mean R, with samples somewhere of their own. */
static double rest_distance(const struct solver_type *type, int samples, double inner, double *slope)
{
    struct problem *problem = drawn(samples, 0);
    struct solver *solver = made(type, problem, (struct solver_rates){3, inner, 0.9});
    double mean[SQUARE] = {0}, sum = 0;
    for (int t = 0; t < T; t++)
        for (int j = 0; j < SQUARE; j++)
            mean[j] += problem->target[t * SQUARE + j] / T;
    for (int step = 0; step < 3000; step++)
        assert_int_equal(solver_step(solver), SOLVER_RUNNING);
    for (int j = 0; j < SQUARE; j++)
        sum += pow(solver_point(solver)->base[j] - mean[j], 2);
    *slope = solver_slope(solver);
    solver_free(solver);
    problem_free(problem);
    return sqrt(sum);
}

static void test_population_rests_where_standard_retraining_does(void **state)
{
    (void)state;
    const struct solver_type *const types[] = {&first_order_reptile, &first_order_fomaml};
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 3; j++) {
            double slope, inner = 0.23 * j;
            assert_true(rest_distance(types[i], SAMPLES_POPULATION, inner, &slope) < 1e-12);
            assert_true(slope < 1e-12);
            assert_true(rest_distance(types[i], 23, inner, &slope) > 1e-2);
            assert_true(slope < 1e-10);
        }
}

static void test_too_large_rates_diverge_and_leave_a_finite_point(void **state)
{
    (void)state;
    const struct solver_type *const types[] = {&first_order_reptile, &first_order_fomaml};
    static const struct solver_rates rates[] = {{3, 0.02385, 2.9}, {9999, 3.85, 0.5}};
    for (int i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++)
            for (int samples = 0; samples < 60; samples += 41) {
                struct problem *problem = drawn(samples, 0);
                struct solver *solver = made(types[i], problem, rates[j]);
                int steps = 0;
                while (solver_step(solver) == SOLVER_RUNNING && steps < 5000)
                    steps++;
                assert_int_equal(solver_status(solver), SOLVER_DIVERGED);
                for (int k = 0; k < SQUARE; k++)
                    assert_true(isfinite(solver_point(solver)->base[k]));
                solver_free(solver);
                problem_free(problem);
            }
}

static void test_still_is_at_rest(void **state)
{
    (void)state;
    struct problem *problem = drawn(SAMPLES_POPULATION, 0);
    struct solver *solver = made(&solver_still, problem, (struct solver_rates){1, 0.1, 0.1});
    double base[SQUARE];
    memcpy(base, solver_point(solver)->base, sizeof base);
    assert_int_equal(solver_step(solver), SOLVER_CONVERGED);
    assert_memory_equal(base, solver_point(solver)->base, sizeof base);
    assert_near(solver_slope(solver), 0, 0);
    solver_free(solver);
    problem_free(problem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps_are_those_of_copies_that_walk),
        cmocka_unit_test(test_population_rests_where_standard_retraining_does),
        cmocka_unit_test(test_too_large_rates_diverge_and_leave_a_finite_point),
        cmocka_unit_test(test_still_is_at_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
