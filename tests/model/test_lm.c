/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/linalg.h"
#include "model/measure.h"
#include "model/random.h"
#include "model/residual.h"
#include "support/matrix.h"
#include "support/situation.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The solver lm beside the obvious one: J by unit vectors, J^T J by its definition, and Gauss's elimination. */

static const struct solver_rates none = {0};

struct plain {
    struct arena *arena;
    struct residual residual;
    size_t unknowns, count;
    double damping;               /* λ of the next step */
    double *x, *step, *f, *slope; /* unknowns, or count */
    double *columns;              /* unknowns × count: J^T */
    double *system;               /* unknowns × (unknowns + 1) */
};

static double *numbers(size_t count)
{
    double *x = calloc(count + 1, sizeof *x);
    assert_non_null(x);
    return x;
}

static void take_point(struct plain *plain, const struct point *point)
{
    size_t factors = plain->residual.factors;
    memcpy(plain->x, point->left, factors * sizeof(double));
    if (plain->residual.general)
        memcpy(plain->x + factors, point->right, factors * sizeof(double));
}

static void plain_set_up(struct plain *plain, const struct solver_setup *setup, const struct point *point)
{
    plain->arena = arena_new(residual_workspace(setup));
    assert_non_null(plain->arena);
    assert_true(residual_init(&plain->residual, setup, plain->arena));
    residual_begin(&plain->residual, point->base);
    plain->unknowns = residual_unknowns(&plain->residual);
    plain->count = residual_count(&plain->residual);
    plain->damping = 1e-3;
    plain->x = numbers(plain->unknowns);
    plain->step = numbers(plain->unknowns);
    plain->slope = numbers(plain->unknowns);
    plain->f = numbers(plain->count);
    plain->columns = numbers(plain->unknowns * plain->count);
    plain->system = numbers(plain->unknowns * (plain->unknowns + 1));
    take_point(plain, point);
}

static void plain_tear_down(struct plain *plain)
{
    double *arrays[] = {plain->x, plain->step, plain->slope, plain->f, plain->columns, plain->system};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    arena_free(plain->arena);
}

static double plain_loss(struct plain *plain, const double *x)
{
    residual_value(&plain->residual, x, plain->f);
    return linalg_norm(plain->count, plain->f);
}

static void plain_jacobian(struct plain *plain)
{
    memset(plain->step, 0, plain->unknowns * sizeof(double));
    for (size_t j = 0; j < plain->unknowns; j++) {
        plain->step[j] = 1;
        residual_along(&plain->residual, plain->x, plain->step, plain->columns + j * plain->count);
        plain->step[j] = 0;
    }
    residual_value(&plain->residual, plain->x, plain->f);
    for (size_t j = 0; j < plain->unknowns; j++)
        plain->slope[j] = linalg_dot(plain->count, plain->columns + j * plain->count, plain->f);
}

/* The step of this damping, by elimination with the largest pivot. */
static void plain_solve(struct plain *plain, double damping)
{
    size_t n = plain->unknowns, width = n + 1;
    double *a = plain->system;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            a[i * width + j] =
                linalg_dot(plain->count, plain->columns + i * plain->count, plain->columns + j * plain->count);
        a[i * width + i] *= 1 + damping;
        a[i * width + n] = -plain->slope[i];
    }
    for (size_t k = 0; k < n; k++) {
        size_t pivot = k;
        for (size_t i = k + 1; i < n; i++)
            pivot = fabs(a[i * width + k]) > fabs(a[pivot * width + k]) ? i : pivot;
        for (size_t j = 0; j < width; j++) {
            double kept = a[k * width + j];
            a[k * width + j] = a[pivot * width + j];
            a[pivot * width + j] = kept;
        }
        for (size_t i = 0; i < n; i++) {
            double share = i == k ? 0 : a[i * width + k] / a[k * width + k];
            for (size_t j = k; j < width; j++)
                a[i * width + j] -= share * a[k * width + j];
        }
    }
    for (size_t i = 0; i < n; i++)
        plain->step[i] = a[i * width + n] / a[i * width + i];
}

/* Ten times the damping until the loss falls, a tenth of it then. */
static void plain_step(struct plain *plain)
{
    double *trial = numbers(plain->unknowns);
    double before = plain_loss(plain, plain->x);
    plain_jacobian(plain);
    plain->damping /= 10;
    for (int tries = 0; tries == 0 || !(plain_loss(plain, trial) < before); tries++) {
        assert_true(tries < 20);
        plain->damping *= 10;
        plain_solve(plain, plain->damping);
        memcpy(trial, plain->x, plain->unknowns * sizeof *trial);
        linalg_axpy(plain->unknowns, 1, plain->step, trial);
    }
    memcpy(plain->x, trial, plain->unknowns * sizeof *trial);
    plain->damping /= 10;
    free(trial);
}

/* In every situation with few enough unknowns for it; after each step the obvious one goes on from the solver's point, so that
 * rounding does not grow. */
static void test_steps_are_those_of_the_textbook(void **state)
{
    enum { STEPS = 5, MOST = 150 };
    (void)state;
    int compared = 0, raised = 0;
    for (int s = 0; s < SITUATIONS; s++) {
        struct problem *problem = situation_draw(&situations[s]);
        struct solver *solver = situation_start(&solver_table[solver_find("lm")], &situations[s], problem, &none);
        const struct point *point = solver_point(solver);
        struct solver_setup setup = {.moments = &problem->retrain,
                                     .rank = point->rank,
                                     .shape = point->shape,
                                     .base_frozen = situations[s].frozen};
        struct plain plain;
        plain_set_up(&plain, &setup, point);
        for (int i = 0; i < STEPS && plain.unknowns > 0 && plain.unknowns <= MOST; i++) {
            double damping = plain.damping;
            if (solver_step(solver) != SOLVER_RUNNING)
                break;
            plain_step(&plain);
            raised += plain.damping >= damping;
            double scale = linalg_norm(plain.unknowns, plain.x);
            double *want = plain.x, *got = numbers(plain.unknowns);
            plain.x = got;
            take_point(&plain, point);
            for (size_t j = 0; j < plain.unknowns; j++)
                if (!(fabs(got[j] - want[j]) <= 1e-8 * scale))
                    fail_msg("situation %d, step %d: %.12g, the textbook says %.12g", s, i + 1, got[j], want[j]);
            free(want);
            compared++;
        }
        plain_tear_down(&plain);
        solver_free(solver);
        problem_free(problem);
    }
    print_message("%d steps, the damping raised in %d\n", compared, raised);
    assert_true(compared >= 30 && raised >= 3);
}

/* ---- where it ends ---- */

static struct solver *end_of(const char *name, const struct problem *problem, enum adapter_shape shape, double scale)
{
    struct solver_setup setup = {.moments = &problem->retrain, .rank = problem->config.rank, .shape = shape};
    struct solver *solver = solver_new(&solver_table[solver_find(name)], &setup, NULL);
    assert_non_null(solver);
    assert_int_equal(solver_start(solver, problem->config.seed, RANDOM_RETRAIN_START, scale, NULL), ERR_NONE);
    while (solver_steps(solver) < 1000 && solver_step(solver) == SOLVER_RUNNING)
        ;
    assert_int_equal(solver_status(solver), SOLVER_CONVERGED);
    return solver;
}

/* The largest difference of two bases, as a share of the second. */
static double apart(size_t count, const double *a, const double *b)
{
    double largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(a[i] - b[i]));
    return largest / linalg_norm(count, b);
}

/* A* in population (Theorem 3), and with noisy samples what newton comes to. */
static void test_ends_at_the_minimiser(void **state)
{
    (void)state;
    static const struct {
        int dimension, rank, tasks, samples;
    } sizes[] = {{10, 1, 3, SAMPLES_POPULATION},
                 {20, 2, 3, SAMPLES_POPULATION},
                 {16, 3, 5, SAMPLES_POPULATION},
                 {10, 1, 3, 500},
                 {12, 2, 4, 1000}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int shape = ADAPTER_SYMMETRIC; shape <= ADAPTER_GENERAL; shape++) {
            struct problem_config config = {.dimension = sizes[i].dimension,
                                            .rank = sizes[i].rank,
                                            .tasks = sizes[i].tasks,
                                            .truth = shape == ADAPTER_SYMMETRIC ? TRUTH_PSD : TRUTH_GENERAL,
                                            .samples = sizes[i].samples,
                                            .noise = sizes[i].samples == SAMPLES_POPULATION ? 0 : 0.0385,
                                            .seed = 38 + i};
            struct problem *problem = problem_new(&config, SAMPLES_POPULATION, NULL);
            assert_non_null(problem);
            size_t square = (size_t)config.dimension * (size_t)config.dimension;
            struct solver *lm = end_of("lm", problem, (enum adapter_shape)shape, 0.1);
            struct solver *newton = end_of("newton", problem, (enum adapter_shape)shape, 0.1);
            double from_newton = apart(square, solver_point(lm)->base, solver_point(newton)->base);
            double from_truth = apart(square, solver_point(lm)->base, problem->base);
            bool found = from_newton <= 1e-9 && (config.samples != SAMPLES_POPULATION || from_truth <= 1e-9);
            if (!found)
                fail_msg("size %d, shape %d: %g from newton's base, %g from A*", (int)i, shape, from_newton,
                         from_truth);
            solver_free(lm);
            solver_free(newton);
            problem_free(problem);
        }
}

/* Adapters that begin much larger than what they are to hold have not run off: they come back. */
static void test_far_starts_come_back(void **state)
{
    (void)state;
    struct problem_config config = {
        .dimension = 16, .rank = 2, .tasks = 3, .truth = TRUTH_PSD, .samples = SAMPLES_POPULATION, .seed = 7};
    struct problem *problem = problem_new(&config, SAMPLES_POPULATION, NULL);
    assert_non_null(problem);
    static const double scales[] = {100, 1e3, 1e4};
    for (int i = 0; i < 3; i++) {
        struct solver *solver = end_of("lm", problem, ADAPTER_SYMMETRIC, scales[i]);
        assert_true(apart(16 * 16, solver_point(solver)->base, problem->base) <= 1e-9);
        solver_free(solver);
    }
    struct solver *newton = end_of("newton", problem, ADAPTER_SYMMETRIC, 100);
    assert_true(apart(16 * 16, solver_point(newton)->base, problem->base) <= 1e-9);
    solver_free(newton);
    problem_free(problem);
}

/* A task whose adapter is 0 has columns of zeros: its adapter stays, and the others' loss falls. */
static void test_columns_of_zeros_do_no_harm(void **state)
{
    (void)state;
    struct problem_config config = {
        .dimension = 7, .rank = 2, .tasks = 3, .truth = TRUTH_PSD, .samples = SAMPLES_POPULATION, .seed = 11};
    struct problem *problem = problem_new(&config, SAMPLES_POPULATION, NULL);
    struct solver_setup setup = {.moments = &problem->retrain, .rank = 2, .shape = ADAPTER_SYMMETRIC};
    struct solver *solver = solver_new(&solver_table[solver_find("lm")], &setup, NULL);
    struct measure *measure = measure_new(problem, NULL);
    assert_true(solver && measure);
    assert_int_equal(solver_start(solver, 11, RANDOM_RETRAIN_START, 0.1, NULL), ERR_NONE);
    const struct point *point = solver_point(solver);
    memset(point->left + 14, 0, 14 * sizeof(double));
    double before = measure_train_loss(measure, &problem->retrain, point);
    while (solver_steps(solver) < 300 && solver_step(solver) == SOLVER_RUNNING)
        ;
    assert_int_equal(solver_status(solver), SOLVER_STALLED);
    assert_true(measure_train_loss(measure, &problem->retrain, point) < 0.9 * before);
    assert_true(measure_gradient_norm(measure, &problem->retrain, point) < 1e-6);
    for (size_t i = 14; i < 28; i++)
        assert_true(point->left[i] == 0);
    measure_free(measure);
    solver_free(solver);
    problem_free(problem);
}

int main(void)
{
    linalg_set_threads(1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps_are_those_of_the_textbook),
        cmocka_unit_test(test_ends_at_the_minimiser),
        cmocka_unit_test(test_far_starts_come_back),
        cmocka_unit_test(test_columns_of_zeros_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
