/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gradient.h"
#include "model/linalg.h"
#include "model/measure.h"
#include "model/random.h"
#include "support/situation.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct solver_rates rates = {.inner_steps = 1, .inner = 0.00385, .outer = 0.0385};

static const struct solver_type *altmin(void)
{
    return &solver_table[solver_find("altmin")];
}

static struct measure *new_measure(const struct problem *problem)
{
    struct err err = {0};
    struct measure *measure = measure_new(problem, &err);
    assert_non_null(measure);
    return measure;
}

/* Largest entry of the mean gradient with respect to the base. */
static double base_slope(const struct moments *moments, const struct point *point)
{
    size_t square = point_base_size(point);
    double *gradient = calloc(3 * square, sizeof *gradient);
    assert_non_null(gradient);
    double *scratch = gradient + square;
    double *sum = scratch + square;
    double largest = 0;
    for (int t = 0; t < point->tasks; t++) {
        gradient_task(moments, point, t, gradient, scratch);
        linalg_axpy(square, 1.0 / point->tasks, gradient, sum);
    }
    for (size_t i = 0; i < square; i++)
        largest = fmax(largest, fabs(sum[i]));
    free(gradient);
    return largest;
}

/* In every phase of every step, up to what rounding does. */
static void the_loss_never_rises(void **state)
{
    (void)state;
    for (int s = 0; s < SITUATIONS; s++) {
        struct problem *problem = situation_draw(&situations[s]);
        struct measure *measure = new_measure(problem);
        struct solver *solver = situation_start(altmin(), &situations[s], problem, &rates);
        size_t count = (size_t)problem->retrain.tasks * point_base_size(solver_point(solver));
        double data = linalg_dot(count, problem->retrain.cross, problem->retrain.cross);
        double start = measure_train_loss(measure, &problem->retrain, solver_point(solver));
        double loss = start;
        for (int phase = 0; phase < 200; phase++) {
            solver_step_phase(solver, NULL);
            double next = measure_train_loss(measure, &problem->retrain, solver_point(solver));
            if (!(next <= loss * (1 + 1e-13) + 1e-24 * data))
                fail_msg("situation %d, phase %d: %.17g after %.17g", s, phase, next, loss);
            loss = next;
        }
        assert_true(loss < start);
        measure_free(measure);
        solver_free(solver);
        problem_free(problem);
    }
}

/* An adapter that gradient descent finds from where the best one stands, or from elsewhere, is no better. */
static void the_adapters_are_the_best_for_the_base(void **state)
{
    (void)state;
    for (int s = 0; s < SITUATIONS; s++) {
        struct situation frozen = situations[s];
        frozen.frozen = true;
        bool majorised = frozen.shape == ADAPTER_SYMMETRIC && frozen.samples != SAMPLES_POPULATION;
        struct problem *problem = situation_draw(&frozen);
        struct measure *measure = new_measure(problem);
        struct solver *solver = situation_start(altmin(), &frozen, problem, &rates);
        for (int step = 0; step < (majorised ? 3000 : 1); step++) /* what has no closed form takes many */
            solver_step(solver);
        struct solver *descent =
            situation_start(&solver_table[solver_find("gd")], &frozen, problem, &rates); /* from elsewhere */
        double best = measure_train_loss(measure, &problem->retrain, solver_point(solver));
        for (int step = 0; step < 3000; step++)
            solver_step(descent);
        double found = measure_train_loss(measure, &problem->retrain, solver_point(descent));
        if (!(best <= found * (1 + 1e-9)))
            fail_msg("situation %d: %.17g, and gradient descent finds %.17g", s, best, found);
        assert_int_equal(solver_status(solver), SOLVER_CONVERGED);
        measure_free(measure);
        solver_free(solver);
        solver_free(descent);
        problem_free(problem);
    }
}

static void the_base_is_the_best_for_the_adapters(void **state)
{
    (void)state;
    for (int s = 0; s < SITUATIONS; s++) {
        if (situations[s].frozen)
            continue;
        struct problem *problem = situation_draw(&situations[s]);
        struct solver *solver = situation_start(altmin(), &situations[s], problem, &rates);
        double before = base_slope(&problem->retrain, solver_point(solver));
        solver_step(solver);
        double after = base_slope(&problem->retrain, solver_point(solver));
        if (!(after < 1e-12 * before))
            fail_msg("situation %d: slope %g, before %g", s, after, before);
        solver_free(solver);
        problem_free(problem);
    }
}

static void without_adapters_one_step_is_enough(void **state)
{
    (void)state;
    for (int s = 0; s < SITUATIONS; s++) {
        if (situations[s].rank > 0)
            continue;
        struct problem *problem = situation_draw(&situations[s]);
        struct solver *solver = situation_start(altmin(), &situations[s], problem, &rates);
        assert_int_equal(solver_step(solver), SOLVER_CONVERGED);
        assert_int_equal(solver_steps(solver), 1);
        struct point there = situation_copy(solver_point(solver));
        assert_int_equal(solver_step(solver), SOLVER_CONVERGED);
        assert_true(situation_same(&there, solver_point(solver)));
        situation_free(&there);
        solver_free(solver);
        problem_free(problem);
    }
}

/* Then the noise is fitted too, and the loss is the difference of numbers of order 1. */
static void fewer_samples_than_dimensions_are_borne(void **state)
{
    (void)state;
    static const struct situation few[] = {
        {13, 2, 2, 5, ADAPTER_GENERAL, false},
        {13, 2, 2, 5, ADAPTER_SYMMETRIC, false},
        {13, 1, 0, 5, ADAPTER_SYMMETRIC, false},
        {13, 1, 13, 5, ADAPTER_GENERAL, true},
    };
    for (size_t s = 0; s < sizeof few / sizeof *few; s++) {
        struct problem *problem = situation_draw(&few[s]);
        struct measure *measure = new_measure(problem);
        struct solver *solver = situation_start(altmin(), &few[s], problem, &rates);
        double loss = measure_train_loss(measure, &problem->retrain, solver_point(solver));
        for (int step = 0; step < 300; step++) {
            solver_step(solver);
            double next = measure_train_loss(measure, &problem->retrain, solver_point(solver));
            assert_true(situation_finite(solver_point(solver)));
            if (!(next <= loss * (1 + 1e-12) + 1e-13))
                fail_msg("case %zu, step %d: %.17g after %.17g", s, step, next, loss);
            loss = next;
        }
        if (few[s].tasks == 1) /* five samples can be fitted wholly */
            assert_true(loss < 1e-13);
        measure_free(measure);
        solver_free(solver);
        problem_free(problem);
    }
}

struct end {
    enum solver_status status;
    long steps, steps_to_nothing; /* until the loss is at most 1e-20 */
    double loss, gradient;
};

/* From the start that scenarios have. */
static struct end run(int dimension, int rank, int tasks, enum adapter_shape shape, uint64_t seed)
{
    struct err err = {0};
    struct problem_config config = {.dimension = dimension,
                                    .rank = rank,
                                    .tasks = tasks,
                                    .truth = shape == ADAPTER_SYMMETRIC ? TRUTH_PSD : TRUTH_GENERAL,
                                    .seed = seed};
    struct problem *problem = problem_new(&config, SAMPLES_POPULATION, &err);
    assert_non_null(problem);
    struct measure *measure = new_measure(problem);
    struct solver_setup setup = {.moments = &problem->retrain, .rank = rank, .shape = shape};
    struct solver *solver = solver_new(altmin(), &setup, &err);
    assert_non_null(solver);
    assert_int_equal(solver_start(solver, seed, RANDOM_RETRAIN_START, 0.1, &err), ERR_NONE);
    struct end end = {.steps_to_nothing = -1};
    do {
        end.status = solver_step(solver);
        end.loss = measure_train_loss(measure, &problem->retrain, solver_point(solver));
        if (end.steps_to_nothing < 0 && end.loss <= 1e-20)
            end.steps_to_nothing = solver_steps(solver);
    } while (end.status == SOLVER_RUNNING && solver_steps(solver) < 5000);
    end.steps = solver_steps(solver);
    end.gradient = measure_gradient_norm(measure, &problem->retrain, solver_point(solver));
    measure_free(measure);
    solver_free(solver);
    problem_free(problem);
    return end;
}

/* Theorem 3, and what docs/architecture.md says of how long it takes. */
static void three_tasks_take_some_hundred_steps(void **state)
{
    (void)state;
    for (int shape = ADAPTER_SYMMETRIC; shape <= ADAPTER_GENERAL; shape++)
        for (uint64_t seed = 1; seed <= 8; seed++) {
            struct end end = run(20, 2, 3, (enum adapter_shape)shape, seed);
            assert_int_equal(end.status, SOLVER_CONVERGED);
            assert_in_range(end.steps_to_nothing, 30, 300);
            assert_true(end.loss < 1e-24 && end.gradient < 1e-11);
        }
    struct end many = run(64, 4, 8, ADAPTER_SYMMETRIC, 3);
    assert_int_equal(many.status, SOLVER_CONVERGED);
    assert_in_range(many.steps_to_nothing, 20, 60);
}

/* Where tasks are few and small there are spurious minima, and slow ways down to no minimum. */
static void a_spurious_minimum_is_told_from_a_minimum(void **state)
{
    (void)state;
    struct end spurious = run(3, 1, 3, ADAPTER_SYMMETRIC, 100);
    assert_int_equal(spurious.status, SOLVER_STALLED);
    assert_true(spurious.loss > 1e-5 && spurious.gradient < 1e-12);
    struct end creeping = run(3, 1, 3, ADAPTER_SYMMETRIC, 46);
    assert_int_equal(creeping.status, SOLVER_RUNNING);
    assert_true(creeping.loss > 1e-3 && creeping.gradient > 1e-5);
    assert_int_equal(run(3, 1, 3, ADAPTER_SYMMETRIC, 2).status, SOLVER_CONVERGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_loss_never_rises),
        cmocka_unit_test(the_adapters_are_the_best_for_the_base),
        cmocka_unit_test(the_base_is_the_best_for_the_adapters),
        cmocka_unit_test(without_adapters_one_step_is_enough),
        cmocka_unit_test(fewer_samples_than_dimensions_are_borne),
        cmocka_unit_test(three_tasks_take_some_hundred_steps),
        cmocka_unit_test(a_spurious_minimum_is_told_from_a_minimum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
