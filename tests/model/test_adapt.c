/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/adapt.h"
#include "model/random.h"
#include "support/fixture.h"
#include "support/matrix.h"
#include "support/near.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct problem *drawn(int samples)
{
    struct problem_config config = fixture_problem(TRUTH_GENERAL, SAMPLES_POPULATION, 0.3);
    struct err err = {0};
    struct problem *problem = problem_new(&config, samples, &err);
    if (!problem)
        fail_msg("%s", err.message);
    return problem;
}

static struct solver *begun(const struct problem *problem, const struct adapt_config *adapt, const double *base)
{
    struct err err = {0};
    struct solver *solver = adapt_solver_new(problem, adapt, base, &err);
    if (!solver)
        fail_msg("%s", err.message);
    return solver;
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(adapt_solver_names[ADAPT_EXACT], "exact");
    assert_string_equal(adapt_solver_names[ADAPT_PAPER], "paper");
    assert_null(adapt_solver_names[2]);
}

static void test_starts_at_small_random_factors_and_the_given_base(void **state)
{
    (void)state;
    struct problem *problem = drawn(SAMPLES_POPULATION);
    struct adapt_config adapt = {.solver = ADAPT_PAPER, .rank = R, .rate = 0.005};
    double base[SQUARE], factors[2 * D * R], kept[SQUARE];
    uint64_t seed = 9;
    matrix_fill(&seed, SQUARE, base);
    memcpy(kept, base, sizeof base);
    struct solver *solver = begun(problem, &adapt, base);
    memset(base, 0, sizeof base); /* the solver has its own copy */

    struct random_stream *stream = random_new(problem->config.seed, RANDOM_ADAPT_START, 0);
    random_normal(stream, 0.1, 2 * D * R, factors);
    random_free(stream);
    const struct point *point = solver_point(solver);
    assert_int_equal(point->dimension, D);
    assert_int_equal(point->tasks, 1);
    assert_int_equal(point->rank, R);
    assert_int_equal(point->shape, ADAPTER_GENERAL);
    assert_memory_equal(point->base, kept, sizeof kept);
    assert_memory_equal(point->left, factors, sizeof factors / 2);
    assert_memory_equal(point->right, factors + D * R, sizeof factors / 2);
    solver_free(solver);
    problem_free(problem);
}

/* G = (Â + U V^T) S − C, by plain loops. */
static void explicit_gradient(const struct problem *problem, const struct point *point, double *gradient)
{
    double w[SQUARE];
    matrix_times_transposed(D, D, R, point->left, point->right, w);
    for (int i = 0; i < SQUARE; i++)
        w[i] += point->base[i];
    if (problem->unseen.covariance)
        matrix_times_transposed(D, D, D, w, problem->unseen.covariance, gradient);
    else
        memcpy(gradient, w, sizeof w);
    for (int i = 0; i < SQUARE; i++)
        gradient[i] -= problem->unseen.cross[i];
}

static void test_a_step_goes_down_both_gradients_at_once(void **state)
{
    (void)state;
    for (int samples = SAMPLES_POPULATION; samples <= 23; samples += 23) {
        struct problem *problem = drawn(samples);
        struct adapt_config adapt = {.solver = ADAPT_PAPER, .samples = samples, .rank = R, .rate = 0.00617};
        double gradient[SQUARE], left[D * R], right[D * R];
        struct solver *solver = begun(problem, &adapt, problem->base);
        const struct point *point = solver_point(solver);
        explicit_gradient(problem, point, gradient);
        for (int i = 0; i < D; i++)
            for (int j = 0; j < R; j++) {
                left[i * R + j] = point->left[i * R + j];
                right[i * R + j] = point->right[i * R + j];
                for (int m = 0; m < D; m++) {
                    left[i * R + j] -= adapt.rate * gradient[i * D + m] * point->right[m * R + j];
                    right[i * R + j] -= adapt.rate * gradient[m * D + i] * point->left[m * R + j];
                }
            }
        struct solver_rates rates = {.inner_steps = 1, .inner = adapt.rate, .outer = 0.5}; /* the base is frozen */
        solver_set_rates(solver, &rates);
        assert_int_equal(solver_step(solver), SOLVER_RUNNING);
        for (int i = 0; i < D * R; i++) {
            assert_near(point->left[i], left[i], 1e-14);
            assert_near(point->right[i], right[i], 1e-14);
        }
        assert_memory_equal(point->base, problem->base, SQUARE * sizeof(double));
        solver_free(solver);
        problem_free(problem);
    }
}

/* In population it comes to what the adaptation curve says is the least risk of its rank. */
static void test_reaches_the_adaptation_curve(void **state)
{
    (void)state;
    struct problem *problem = drawn(SAMPLES_POPULATION);
    struct measure *measure = measure_new(problem, NULL);
    assert_non_null(measure);
    double error[SQUARE], base[SQUARE], values[D], curve[D + 1];
    struct spectra spectra = {.singular_values = values, .curve = curve};
    uint64_t seed = 12;
    matrix_fill(&seed, SQUARE, error);
    for (int i = 0; i < SQUARE; i++)
        base[i] = problem->base[i] + error[i];
    assert_int_equal(measure_error_spectra(measure, error, &spectra, NULL), ERR_NONE);
    for (int rank = 1; rank <= R; rank++) {
        struct adapt_config adapt = {.solver = ADAPT_PAPER, .rank = rank, .rate = 0.02};
        struct solver *solver = begun(problem, &adapt, base);
        for (int step = 0; step < 4000; step++)
            assert_int_equal(solver_step(solver), SOLVER_RUNNING);
        double risk = measure_excess_risk(measure, problem->unseen.anchor, solver_point(solver));
        assert_near(risk / curve[rank], 1, 1e-9);
        assert_near(measure_train_loss(measure, &problem->unseen, solver_point(solver)), risk, 1e-12 * risk);
        solver_free(solver);
    }
    measure_free(measure);
    problem_free(problem);
}

/* With samples, `exact` takes one step to the least loss: that of the trust region, and gradient descent's in the end. */
static void test_exact_has_the_least_loss_of_samples(void **state)
{
    (void)state;
    for (int samples = 3; samples <= 23; samples += 20) {
        struct problem *problem = drawn(samples);
        struct measure *measure = measure_new(problem, NULL);
        assert_non_null(measure);
        struct adapt_config adapt = {.samples = samples, .solver = ADAPT_EXACT, .rank = R};
        struct solver *exact = begun(problem, &adapt, problem->base);
        assert_int_equal(solver_step(exact), SOLVER_CONVERGED);
        assert_int_equal(solver_steps(exact), 1);
        assert_memory_equal(solver_point(exact)->base, problem->base, SQUARE * sizeof(double));
        double least = measure_train_loss(measure, &problem->unseen, solver_point(exact));

        adapt.solver = ADAPT_PAPER;
        adapt.rate = 0.02;
        struct solver *slow = begun(problem, &adapt, problem->base);
        struct solver *newton = solver_take_over(slow, &solver_table[solver_find("newton")], 0, NULL);
        assert_non_null(newton);
        for (int step = 0; step < 20000; step++)
            assert_int_equal(solver_step(slow), SOLVER_RUNNING);
        while (solver_step(newton) == SOLVER_RUNNING)
            assert_true(solver_steps(newton) < 200);
        assert_int_equal(solver_status(newton), SOLVER_CONVERGED);
        assert_near(measure_train_loss(measure, &problem->unseen, solver_point(newton)), least, 1e-10 * (1 + least));
        assert_near(measure_train_loss(measure, &problem->unseen, solver_point(slow)), least, 1e-6 * (1 + least));
        solver_free(newton);
        solver_free(slow);
        solver_free(exact);
        measure_free(measure);
        problem_free(problem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_starts_at_small_random_factors_and_the_given_base),
        cmocka_unit_test(test_a_step_goes_down_both_gradients_at_once),
        cmocka_unit_test(test_reaches_the_adaptation_curve),
        cmocka_unit_test(test_exact_has_the_least_loss_of_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
