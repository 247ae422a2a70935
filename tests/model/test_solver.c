/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gradient.h"
#include "model/linalg.h"
#include "model/problem.h"
#include "model/random.h"
#include "model/solver.h"
#include "support/situation.h"

#include <malloc.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Every row of solver_table, in every situation. */

enum { INNER_STEPS = 3 };

static const struct solver_rates slow = {.inner_steps = INNER_STEPS, .inner = 0.00385, .outer = 0.0385};

static double difference(size_t count, const double *x, const double *y)
{
    double largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(x[i] - y[i]));
    return largest;
}

/* ---- the slow and obvious solvers, from the gradient's plain form ---- */

/* One step of the adapters along the gradient of each L_t. */
static void plain_adapter_step(const struct moments *moments, struct point *point, double rate)
{
    int d = point->dimension;
    int r = point->rank;
    size_t size = point_factor_size(point);
    double *gradient = calloc(point_base_size(point), sizeof *gradient);
    double *scratch = calloc(point_base_size(point), sizeof *scratch);
    double *left = calloc(size, sizeof *left);
    double *right = calloc(size, sizeof *right);
    assert_true(gradient && scratch && left && right);
    for (int t = 0; t < point->tasks; t++) {
        double *u = point->left + (size_t)t * size;
        double *v = point->right + (size_t)t * size;
        gradient_task(moments, point, t, gradient, scratch);
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, d, 1, gradient, v, 0, left);
        linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, d, r, d, 1, gradient, u, 0, right);
        linalg_axpy(size, -rate, left, u);
        linalg_axpy(size, -rate, right, v); /* the same array when symmetric: G + G^T */
    }
    free(gradient);
    free(scratch);
    free(left);
    free(right);
}

static void plain_base_gradient(const struct moments *moments, const struct point *point, double *sum)
{
    double *gradient = calloc(point_base_size(point), sizeof *gradient);
    double *scratch = calloc(point_base_size(point), sizeof *scratch);
    assert_true(gradient && scratch);
    memset(sum, 0, point_base_size(point) * sizeof *sum);
    for (int t = 0; t < point->tasks; t++) {
        gradient_task(moments, point, t, gradient, scratch);
        linalg_axpy(point_base_size(point), 1.0 / point->tasks, gradient, sum);
    }
    free(gradient);
    free(scratch);
}

/* Others have tests of their own, and are here where the contract is tested. */
static bool is_descent(const struct solver_type *type)
{
    return strcmp(type->name, "paper") == 0 || strcmp(type->name, "gd") == 0;
}

static void plain_step(const char *name, const struct moments *moments, const struct situation *situation,
                       struct point *point)
{
    double *gradient = calloc(point_base_size(point), sizeof *gradient);
    assert_non_null(gradient);
    bool paper = strcmp(name, "paper") == 0;
    plain_base_gradient(moments, point, gradient);
    for (int i = 0; i < (paper ? INNER_STEPS : 1) && point->rank > 0; i++)
        plain_adapter_step(moments, point, slow.inner);
    if (paper)
        plain_base_gradient(moments, point, gradient);
    if (!situation->frozen)
        linalg_axpy(point_base_size(point), -slow.outer, gradient, point->base);
    free(gradient);
}

static void test_steps_are_those_of_the_obvious_implementation(void **state)
{
    (void)state;
    for (int i = 0; i < solver_count; i++)
        for (int s = 0; s < SITUATIONS && is_descent(&solver_table[i]); s++) {
            struct problem *problem = situation_draw(&situations[s]);
            struct solver *solver = situation_start(&solver_table[i], &situations[s], problem, &slow);
            struct point *point = solver_point(solver);
            struct point plain = situation_copy(point);
            for (int step = 0; step < 3; step++) {
                assert_int_equal(solver_step(solver), SOLVER_RUNNING);
                plain_step(solver_table[i].name, &problem->retrain, &situations[s], &plain);
            }
            double off = difference(point_base_size(point), point->base, plain.base);
            off = fmax(off, difference(situation_factors(point), point->left, plain.left));
            off = fmax(off, difference(situation_factors(point), point->right, plain.right));
            if (!(off < 1e-12))
                fail_msg("%s, situation %d: off by %g", solver_table[i].name, s, off);
            situation_free(&plain);
            solver_free(solver);
            problem_free(problem);
        }
}

/* ---- the plain form, against finite differences of the textbook loss ---- */

/* (1/T) Σ_t ½ [tr(W S W^T) − 2 tr(W C^T)], without what is constant. */
static double textbook_loss(const struct moments *moments, const struct point *point)
{
    int d = point->dimension;
    double loss = 0;
    for (int t = 0; t < point->tasks; t++) {
        const double *u = point->left + (size_t)t * point_factor_size(point);
        const double *v = point->right + (size_t)t * point_factor_size(point);
        const double *c = moments->cross + (size_t)t * point_base_size(point);
        const double *s = moments->covariance ? moments->covariance + (size_t)t * point_base_size(point) : NULL;
        for (int i = 0; i < d; i++) {
            double w[64];
            for (int j = 0; j < d; j++) {
                w[j] = point->base[i * d + j];
                for (int l = 0; l < point->rank; l++)
                    w[j] += u[i * point->rank + l] * v[j * point->rank + l];
                loss -= w[j] * c[i * d + j] / point->tasks;
            }
            for (int j = 0; j < d; j++)
                for (int k = 0; k < d; k++)
                    loss += 0.5 * w[j] * (s ? s[j * d + k] : (double)(j == k)) * w[k] / point->tasks;
        }
    }
    return loss;
}

/* What a step of plain gradient descent with rate `slow` moved entry *x by is the loss's slope there. */
static void check_slope(const struct moments *moments, struct point *point, double *x, double moved, double rate)
{
    const double h = 1e-4;
    double here = *x;
    *x = here + h;
    double above = textbook_loss(moments, point);
    *x = here - h;
    double below = textbook_loss(moments, point);
    *x = here;
    double slope = (above - below) / (2 * h);
    if (!(fabs(moved / -rate - slope) < 1e-5 * (1 + fabs(slope))))
        fail_msg("moved as if the slope were %.10g; it is %.10g", moved / -rate, slope);
}

static void test_gd_moves_along_finite_differences(void **state)
{
    (void)state;
    for (int s = 0; s < SITUATIONS; s++) {
        struct problem *problem = situation_draw(&situations[s]);
        struct solver *solver = situation_start(&solver_table[solver_find("gd")], &situations[s], problem, &slow);
        struct point *point = solver_point(solver);
        struct point from = situation_copy(point);
        assert_int_equal(solver_step(solver), SOLVER_RUNNING);
        for (size_t i = 0; i < point_base_size(point); i += 5)
            if (situations[s].frozen)
                assert_true(point->base[i] == from.base[i]);
            else
                check_slope(&problem->retrain, &from, &from.base[i], point->base[i] - from.base[i], slow.outer);
        for (size_t i = 0; i < situation_factors(point); i += 3) {
            double rate = slow.inner * situations[s].tasks; /* the adapters follow L_t, not L_t / T */
            check_slope(&problem->retrain, &from, &from.left[i], point->left[i] - from.left[i], rate);
            check_slope(&problem->retrain, &from, &from.right[i], point->right[i] - from.right[i], rate);
        }
        situation_free(&from);
        solver_free(solver);
        problem_free(problem);
    }
}

/* ---- what the contract promises ---- */

static void test_phases_make_the_same_step(void **state)
{
    (void)state;
    for (int i = 0; i < solver_count; i++)
        for (int s = 0; s < SITUATIONS; s++) {
            if (!situation_suits(&solver_table[i], &situations[s]))
                continue;
            struct problem *problem = situation_draw(&situations[s]);
            struct solver *whole = situation_start(&solver_table[i], &situations[s], problem, &slow);
            struct solver *phases = situation_start(&solver_table[i], &situations[s], problem, &slow);
            for (int step = 0; step < 2 && solver_status(whole) == SOLVER_RUNNING; step++) {
                solver_step(whole);
                for (int want = 0; want < solver_table[i].phases; want++) {
                    int phase = -1;
                    assert_int_equal(solver_steps(phases), step);
                    enum solver_status status = solver_step_phase(phases, &phase);
                    assert_int_equal(status, want + 1 < solver_table[i].phases ? SOLVER_RUNNING : solver_status(whole));
                    assert_int_equal(phase, want);
                    assert_non_null(solver_table[i].phase_names[phase]);
                }
            }
            /* A whole step finishes the one that was begun. */
            solver_step_phase(phases, NULL);
            if (solver_table[i].phases > 1)
                solver_step(phases);
            solver_step(whole);
            assert_int_equal(solver_steps(phases), solver_steps(whole));
            assert_true(solver_steps(whole) == 3 || solver_table[i].exact);
            assert_true(situation_same(solver_point(whole), solver_point(phases)));
            solver_free(whole);
            solver_free(phases);
            problem_free(problem);
        }
}

static void test_same_start_gives_the_same_bits_after_anything(void **state)
{
    (void)state;
    const struct situation *situation = &situations[3];
    struct problem *problem = situation_draw(situation);
    for (int i = 0; i < solver_count; i++) {
        struct solver *fresh = situation_start(&solver_table[i], situation, problem, &slow);
        struct solver *used = situation_start(&solver_table[i], situation, problem, &slow);
        solver_step(used);
        solver_step_phase(used, NULL);
        memset(solver_point(used)->base, 0, point_base_size(solver_point(used)) * sizeof(double));
        memset(solver_point(fresh)->base, 0, point_base_size(solver_point(used)) * sizeof(double));
        assert_int_equal(solver_start(used, 11, RANDOM_RETRAIN_START, 0.2385, NULL), ERR_NONE);
        assert_int_equal(solver_steps(used), 0);
        for (int step = 0; step < 4; step++) {
            solver_step(fresh);
            solver_step(used);
        }
        assert_true(situation_same(solver_point(fresh), solver_point(used)));
        solver_free(fresh);
        solver_free(used);
    }
    problem_free(problem);
}

static void test_start_gives_each_task_a_stream_and_zero_is_the_saddle(void **state)
{
    (void)state;
    struct situation few = {7, 2, 3, SAMPLES_POPULATION, ADAPTER_GENERAL, false};
    struct situation many = {7, 5, 3, SAMPLES_POPULATION, ADAPTER_GENERAL, false};
    struct problem *small = situation_draw(&few);
    struct problem *large = situation_draw(&many);
    struct solver *a = situation_start(&solver_table[0], &few, small, &slow);
    struct solver *b = situation_start(&solver_table[0], &many, large, &slow);
    size_t bytes = situation_factors(solver_point(a)) * sizeof(double);
    assert_memory_equal(solver_point(a)->left, solver_point(b)->left, bytes);
    assert_memory_equal(solver_point(a)->right, solver_point(b)->right, bytes);
    assert_memory_not_equal(solver_point(a)->left, solver_point(a)->right, bytes);
    assert_int_equal(solver_start(a, 11, RANDOM_RETRAIN_START, 0.0, NULL), ERR_NONE);
    solver_step(a);
    for (size_t i = 0; i < situation_factors(solver_point(a)); i++)
        assert_true(solver_point(a)->left[i] == 0.0 && solver_point(a)->right[i] == 0.0);
    solver_free(a);
    solver_free(b);
    problem_free(small);
    problem_free(large);
}

static void test_new_solver_stands_at_zero(void **state)
{
    (void)state;
    struct problem *problem = situation_draw(&situations[2]);
    struct solver_setup setup = {.moments = &problem->retrain, .rank = 2, .shape = ADAPTER_GENERAL, .rates = slow};
    for (int i = 0; i < solver_count; i++) {
        struct err err = {0};
        struct solver *solver = solver_new(&solver_table[i], &setup, &err);
        assert_non_null(solver);
        const struct point *point = solver_point(solver);
        assert_int_equal(point->dimension, 7);
        assert_int_equal(point->tasks, 3);
        assert_int_equal(point->rank, 2);
        for (size_t j = 0; j < point_base_size(point); j++)
            assert_true(point->base[j] == 0.0);
        for (size_t j = 0; j < situation_factors(point); j++)
            assert_true(point->left[j] == 0.0 && point->right[j] == 0.0);
        assert_int_equal(solver_steps(solver), 0);
        assert_int_equal(solver_status(solver), SOLVER_RUNNING);
        assert_true(solver_step_flops(solver) > 0);
        solver_free(solver);
    }
    problem_free(problem);
}

static void test_steps_allocate_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < solver_count; i++)
        for (int s = 0; s < SITUATIONS; s++) {
            if (!situation_suits(&solver_table[i], &situations[s]))
                continue;
            struct problem *problem = situation_draw(&situations[s]);
            struct solver *solver = situation_start(&solver_table[i], &situations[s], problem, &slow);
            solver_step(solver); /* BLAS may take its buffer at its first call */
            struct mallinfo2 before = mallinfo2();
            for (int step = 0; step < 3; step++)
                solver_step(solver);
            struct mallinfo2 after = mallinfo2();
            assert_int_equal(after.uordblks, before.uordblks);
            assert_int_equal(after.hblkhd, before.hblkhd);
            solver_free(solver);
            problem_free(problem);
        }
}

static void test_divergence_is_a_status_and_stays_finite(void **state)
{
    (void)state;
    const struct solver_rates wild[] = {
        {.inner_steps = 10, .inner = 2.385, .outer = 0.0385},
        {.inner_steps = 1, .inner = 0.000385, .outer = 23.85},
        {.inner_steps = 2, .inner = 1e300, .outer = 1e300},
    };
    for (int i = 0; i < solver_count; i++)
        for (int s = 0; s < SITUATIONS; s++)
            for (size_t w = 0; w < sizeof wild / sizeof *wild; w++) {
                bool moves_base = !situations[s].frozen;
                if (solver_table[i].exact || (w != 2 && !is_descent(&solver_table[i])))
                    continue;
                if (w != 2 && (w == 0 ? situations[s].rank == 0 : !moves_base))
                    continue;
                struct problem *problem = situation_draw(&situations[s]);
                struct solver *solver = situation_start(&solver_table[i], &situations[s], problem, &wild[w]);
                int taken = 0;
                while (solver_step(solver) == SOLVER_RUNNING)
                    assert_true(++taken < 1000 && situation_finite(solver_point(solver)));
                assert_int_equal(solver_status(solver), SOLVER_DIVERGED);
                assert_int_equal(solver_steps(solver), taken);
                assert_true(situation_finite(solver_point(solver)));
                struct point stopped = situation_copy(solver_point(solver));
                int phase = -1;
                assert_int_equal(solver_step(solver), SOLVER_DIVERGED);
                assert_int_equal(solver_step_phase(solver, &phase), SOLVER_DIVERGED);
                assert_in_range(phase, 0, solver_table[i].phases - 1);
                assert_true(situation_same(&stopped, solver_point(solver)));
                assert_int_equal(solver_start(solver, 5, RANDOM_RETRAIN_START, 0.1, NULL), ERR_NONE);
                assert_int_equal(solver_status(solver), SOLVER_RUNNING);
                situation_free(&stopped);
                solver_free(solver);
                problem_free(problem);
            }
}

static void test_rates_may_change_in_mid_run(void **state)
{
    (void)state;
    struct problem *problem = situation_draw(&situations[2]);
    const struct solver_rates still = {.inner_steps = 2, .inner = 0, .outer = 0};
    for (int i = 0; i < solver_count; i++) {
        if (solver_table[i].exact)
            continue;
        struct solver *solver = situation_start(&solver_table[i], &situations[2], problem, &slow);
        solver_step(solver);
        struct point before = situation_copy(solver_point(solver));
        solver_set_rates(solver, &still);
        solver_step(solver);
        assert_true(situation_same(&before, solver_point(solver)));
        solver_set_rates(solver, &slow);
        solver_step(solver);
        assert_false(situation_same(&before, solver_point(solver)));
        situation_free(&before);
        solver_free(solver);
    }
    problem_free(problem);
}

/* Theorem 3: with three tasks the minimiser is the truth, and every solver finds it. */
static void test_three_tasks_give_the_base_back(void **state)
{
    (void)state;
    struct err err = {0};
    struct problem_config config = {
        .dimension = 16, .rank = 2, .tasks = 3, .truth = TRUTH_PSD, .samples = SAMPLES_POPULATION, .seed = 7};
    struct problem *problem = problem_new(&config, SAMPLES_POPULATION, &err);
    assert_non_null(problem);
    for (int i = 0; i < solver_count; i++) {
        bool paper = strcmp(solver_table[i].name, "paper") == 0;
        bool adam = strcmp(solver_table[i].name, "adam") == 0; /* at rates that stay it cannot come to rest */
        struct solver_setup setup = {.moments = &problem->retrain,
                                     .rank = 2,
                                     .shape = ADAPTER_SYMMETRIC,
                                     .rates = {.inner_steps = 10, .inner = 0.005, .outer = adam ? 0.005 : 0.3}};
        struct solver *solver = solver_new(&solver_table[i], &setup, &err);
        assert_non_null(solver);
        solver_start(solver, 7, RANDOM_RETRAIN_START, 0.1, &err);
        for (int step = 0; step < (paper ? 3000 : 30000) && solver_status(solver) == SOLVER_RUNNING; step++)
            assert_int_not_equal(solver_step(solver), SOLVER_DIVERGED);
        double scale = linalg_norm(256, problem->base);
        double error = difference(256, solver_point(solver)->base, problem->base);
        print_message("%s: largest error %.2g of %.3g\n", solver_table[i].name, error, scale);
        assert_true(error < (adam ? 1e-4 : 1e-9) * scale);
        solver_free(solver);
    }
    problem_free(problem);
}

static void test_names_are_found_and_too_large_is_an_error(void **state)
{
    (void)state;
    for (int i = 0; i < solver_count; i++) {
        assert_int_equal(solver_find(solver_table[i].name), i);
        assert_true(strlen(solver_table[i].summary) > 0);
        assert_in_range(solver_table[i].phases, 1, SOLVER_MAX_PHASES);
    }
    assert_int_equal(solver_find("no such solver"), -1);
    solver_free(NULL);

    struct err err = {0};
    struct moments huge = {.tasks = 1 << 30, .dimension = 1 << 30};
    struct solver_setup setup = {.moments = &huge, .rank = 1 << 30, .shape = ADAPTER_GENERAL};
    assert_null(solver_new(&solver_table[0], &setup, &err));
    assert_int_equal(err.code, ERR_MEMORY);
    assert_non_null(strstr(err.message, "MB"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps_are_those_of_the_obvious_implementation),
        cmocka_unit_test(test_gd_moves_along_finite_differences),
        cmocka_unit_test(test_phases_make_the_same_step),
        cmocka_unit_test(test_same_start_gives_the_same_bits_after_anything),
        cmocka_unit_test(test_start_gives_each_task_a_stream_and_zero_is_the_saddle),
        cmocka_unit_test(test_new_solver_stands_at_zero),
        cmocka_unit_test(test_steps_allocate_nothing),
        cmocka_unit_test(test_divergence_is_a_status_and_stays_finite),
        cmocka_unit_test(test_rates_may_change_in_mid_run),
        cmocka_unit_test(test_three_tasks_give_the_base_back),
        cmocka_unit_test(test_names_are_found_and_too_large_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
