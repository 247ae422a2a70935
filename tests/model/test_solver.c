/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gradient.h"
#include "model/linalg.h"
#include "model/problem.h"
#include "model/random.h"
#include "model/solver.h"

#include <malloc.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Every row of solver_table, in every situation: dimensions on both sides of a panel's width, ranks on both sides of a
 * block's, both shapes, population and samples, without adapters and with a frozen base. */

struct situation {
    int dimension, tasks, rank, samples;
    enum adapter_shape shape;
    bool frozen;
};

static const struct situation situations[] = {
    {7, 3, 2, SAMPLES_POPULATION, ADAPTER_SYMMETRIC, false},
    {7, 3, 2, 41, ADAPTER_SYMMETRIC, false},
    {7, 3, 2, SAMPLES_POPULATION, ADAPTER_GENERAL, false},
    {7, 3, 2, 41, ADAPTER_GENERAL, false},
    {16, 2, 1, SAMPLES_POPULATION, ADAPTER_SYMMETRIC, false},
    {16, 3, 4, 53, ADAPTER_GENERAL, false},
    {13, 2, 3, 53, ADAPTER_SYMMETRIC, false},
    {10, 3, 1, 53, ADAPTER_SYMMETRIC, false},
    {10, 2, 4, SAMPLES_POPULATION, ADAPTER_SYMMETRIC, false},
    {10, 2, 5, SAMPLES_POPULATION, ADAPTER_SYMMETRIC, false},
    {33, 2, 11, SAMPLES_POPULATION, ADAPTER_SYMMETRIC, false},
    {19, 5, 19, 57, ADAPTER_GENERAL, false},
    {17, 4, 8, 91, ADAPTER_SYMMETRIC, false},
    {9, 3, 0, SAMPLES_POPULATION, ADAPTER_SYMMETRIC, false},
    {9, 3, 0, 23, ADAPTER_GENERAL, false},
    {11, 1, 3, SAMPLES_POPULATION, ADAPTER_GENERAL, true},
    {11, 1, 3, 37, ADAPTER_GENERAL, true},
    {11, 3, 3, 37, ADAPTER_SYMMETRIC, true},
    {1, 1, 1, SAMPLES_POPULATION, ADAPTER_SYMMETRIC, false},
};

enum { SITUATIONS = sizeof situations / sizeof *situations, INNER_STEPS = 3 };

static const struct solver_rates slow = {.inner_steps = INNER_STEPS, .inner = 0.00385, .outer = 0.0385};

static struct problem *draw(const struct situation *situation)
{
    struct err err = {0};
    struct problem_config config = {.dimension = situation->dimension,
                                    .rank = situation->dimension < 2 ? 1 : 2,
                                    .tasks = situation->tasks,
                                    .truth = TRUTH_GENERAL,
                                    .samples = situation->samples,
                                    .noise = 0.385,
                                    .seed = 7};
    struct problem *problem = problem_new(&config, SAMPLES_POPULATION, &err);
    if (!problem)
        fail_msg("%s", err.message);
    return problem;
}

/* A solver at an odd point, its base moved too. */
static struct solver *start(const struct solver_type *type, const struct situation *situation,
                            const struct problem *problem, const struct solver_rates *rates)
{
    struct err err = {0};
    struct solver_setup setup = {.moments = &problem->retrain,
                                 .rank = situation->rank,
                                 .shape = situation->shape,
                                 .base_frozen = situation->frozen,
                                 .rates = *rates};
    struct solver *solver = solver_new(type, &setup, &err);
    if (!solver)
        fail_msg("%s", err.message);
    assert_int_equal(solver_start(solver, 11, RANDOM_RETRAIN_START, 0.2385, &err), ERR_NONE);
    struct random_stream *stream = random_new(13, RANDOM_BASE, 0);
    random_normal(stream, 1.0, point_base_size(solver_point(solver)), solver_point(solver)->base);
    random_free(stream);
    return solver;
}

static size_t factors_size(const struct point *point)
{
    return (size_t)point->tasks * point_factor_size(point);
}

/* A point with arrays of its own. */
static struct point copy_point(const struct point *point)
{
    struct point copy = *point;
    copy.base = malloc(point_base_size(point) * sizeof(double));
    copy.left = malloc(factors_size(point) * sizeof(double) + 1);
    copy.right = point->right == point->left ? copy.left : malloc(factors_size(point) * sizeof(double) + 1);
    assert_true(copy.base && copy.left && copy.right);
    memcpy(copy.base, point->base, point_base_size(point) * sizeof(double));
    memcpy(copy.left, point->left, factors_size(point) * sizeof(double));
    memcpy(copy.right, point->right, factors_size(point) * sizeof(double));
    return copy;
}

static void free_point(struct point *point)
{
    free(point->base);
    if (point->right != point->left)
        free(point->right);
    free(point->left);
}

static bool same_bits(const struct point *a, const struct point *b)
{
    return memcmp(a->base, b->base, point_base_size(a) * sizeof(double)) == 0 &&
           memcmp(a->left, b->left, factors_size(a) * sizeof(double)) == 0 &&
           memcmp(a->right, b->right, factors_size(a) * sizeof(double)) == 0;
}

static bool all_finite(const struct point *point)
{
    bool finite = true;
    for (size_t i = 0; i < point_base_size(point); i++)
        finite = finite && isfinite(point->base[i]);
    for (size_t i = 0; i < factors_size(point); i++)
        finite = finite && isfinite(point->left[i]) && isfinite(point->right[i]);
    return finite;
}

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
        for (int s = 0; s < SITUATIONS; s++) {
            struct problem *problem = draw(&situations[s]);
            struct solver *solver = start(&solver_table[i], &situations[s], problem, &slow);
            struct point *point = solver_point(solver);
            struct point plain = copy_point(point);
            for (int step = 0; step < 3; step++) {
                assert_int_equal(solver_step(solver), SOLVER_RUNNING);
                plain_step(solver_table[i].name, &problem->retrain, &situations[s], &plain);
            }
            double off = difference(point_base_size(point), point->base, plain.base);
            off = fmax(off, difference(factors_size(point), point->left, plain.left));
            off = fmax(off, difference(factors_size(point), point->right, plain.right));
            if (!(off < 1e-12))
                fail_msg("%s, situation %d: off by %g", solver_table[i].name, s, off);
            free_point(&plain);
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
        struct problem *problem = draw(&situations[s]);
        struct solver *solver = start(&solver_table[solver_find("gd")], &situations[s], problem, &slow);
        struct point *point = solver_point(solver);
        struct point from = copy_point(point);
        assert_int_equal(solver_step(solver), SOLVER_RUNNING);
        for (size_t i = 0; i < point_base_size(point); i += 5)
            if (situations[s].frozen)
                assert_true(point->base[i] == from.base[i]);
            else
                check_slope(&problem->retrain, &from, &from.base[i], point->base[i] - from.base[i], slow.outer);
        for (size_t i = 0; i < factors_size(point); i += 3) {
            double rate = slow.inner * situations[s].tasks; /* the adapters follow L_t, not L_t / T */
            check_slope(&problem->retrain, &from, &from.left[i], point->left[i] - from.left[i], rate);
            check_slope(&problem->retrain, &from, &from.right[i], point->right[i] - from.right[i], rate);
        }
        free_point(&from);
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
            struct problem *problem = draw(&situations[s]);
            struct solver *whole = start(&solver_table[i], &situations[s], problem, &slow);
            struct solver *phases = start(&solver_table[i], &situations[s], problem, &slow);
            for (int step = 0; step < 2; step++) {
                solver_step(whole);
                for (int want = 0; want < solver_table[i].phases; want++) {
                    int phase = -1;
                    assert_int_equal(solver_steps(phases), step);
                    assert_int_equal(solver_step_phase(phases, &phase), SOLVER_RUNNING);
                    assert_int_equal(phase, want);
                    assert_non_null(solver_table[i].phase_names[phase]);
                }
            }
            /* A whole step finishes the one that was begun. */
            solver_step_phase(phases, NULL);
            if (solver_table[i].phases > 1)
                solver_step(phases);
            solver_step(whole);
            assert_int_equal(solver_steps(phases), 3);
            assert_int_equal(solver_steps(whole), 3);
            assert_true(same_bits(solver_point(whole), solver_point(phases)));
            solver_free(whole);
            solver_free(phases);
            problem_free(problem);
        }
}

static void test_same_start_gives_the_same_bits_after_anything(void **state)
{
    (void)state;
    const struct situation *situation = &situations[3];
    struct problem *problem = draw(situation);
    for (int i = 0; i < solver_count; i++) {
        struct solver *fresh = start(&solver_table[i], situation, problem, &slow);
        struct solver *used = start(&solver_table[i], situation, problem, &slow);
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
        assert_true(same_bits(solver_point(fresh), solver_point(used)));
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
    struct problem *small = draw(&few);
    struct problem *large = draw(&many);
    struct solver *a = start(&solver_table[0], &few, small, &slow);
    struct solver *b = start(&solver_table[0], &many, large, &slow);
    size_t bytes = factors_size(solver_point(a)) * sizeof(double);
    assert_memory_equal(solver_point(a)->left, solver_point(b)->left, bytes);
    assert_memory_equal(solver_point(a)->right, solver_point(b)->right, bytes);
    assert_memory_not_equal(solver_point(a)->left, solver_point(a)->right, bytes);
    assert_int_equal(solver_start(a, 11, RANDOM_RETRAIN_START, 0.0, NULL), ERR_NONE);
    solver_step(a);
    for (size_t i = 0; i < factors_size(solver_point(a)); i++)
        assert_true(solver_point(a)->left[i] == 0.0 && solver_point(a)->right[i] == 0.0);
    solver_free(a);
    solver_free(b);
    problem_free(small);
    problem_free(large);
}

static void test_new_solver_stands_at_zero(void **state)
{
    (void)state;
    struct problem *problem = draw(&situations[2]);
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
        for (size_t j = 0; j < factors_size(point); j++)
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
            struct problem *problem = draw(&situations[s]);
            struct solver *solver = start(&solver_table[i], &situations[s], problem, &slow);
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
                if (w != 2 && (w == 0 ? situations[s].rank == 0 : !moves_base))
                    continue;
                struct problem *problem = draw(&situations[s]);
                struct solver *solver = start(&solver_table[i], &situations[s], problem, &wild[w]);
                int taken = 0;
                while (solver_step(solver) == SOLVER_RUNNING)
                    assert_true(++taken < 1000 && all_finite(solver_point(solver)));
                assert_int_equal(solver_status(solver), SOLVER_DIVERGED);
                assert_int_equal(solver_steps(solver), taken);
                assert_true(all_finite(solver_point(solver)));
                struct point stopped = copy_point(solver_point(solver));
                int phase = -1;
                assert_int_equal(solver_step(solver), SOLVER_DIVERGED);
                assert_int_equal(solver_step_phase(solver, &phase), SOLVER_DIVERGED);
                assert_in_range(phase, 0, solver_table[i].phases - 1);
                assert_true(same_bits(&stopped, solver_point(solver)));
                assert_int_equal(solver_start(solver, 5, RANDOM_RETRAIN_START, 0.1, NULL), ERR_NONE);
                assert_int_equal(solver_status(solver), SOLVER_RUNNING);
                free_point(&stopped);
                solver_free(solver);
                problem_free(problem);
            }
}

static void test_rates_may_change_in_mid_run(void **state)
{
    (void)state;
    struct problem *problem = draw(&situations[2]);
    const struct solver_rates still = {.inner_steps = 2, .inner = 0, .outer = 0};
    for (int i = 0; i < solver_count; i++) {
        struct solver *solver = start(&solver_table[i], &situations[2], problem, &slow);
        solver_step(solver);
        struct point before = copy_point(solver_point(solver));
        solver_set_rates(solver, &still);
        solver_step(solver);
        assert_true(same_bits(&before, solver_point(solver)));
        solver_set_rates(solver, &slow);
        solver_step(solver);
        assert_false(same_bits(&before, solver_point(solver)));
        free_point(&before);
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
        struct solver_setup setup = {.moments = &problem->retrain,
                                     .rank = 2,
                                     .shape = ADAPTER_SYMMETRIC,
                                     .rates = {.inner_steps = 10, .inner = 0.005, .outer = 0.3}};
        struct solver *solver = solver_new(&solver_table[i], &setup, &err);
        assert_non_null(solver);
        solver_start(solver, 7, RANDOM_RETRAIN_START, 0.1, &err);
        for (int step = 0; step < (paper ? 3000 : 30000); step++)
            assert_int_equal(solver_step(solver), SOLVER_RUNNING);
        double scale = linalg_norm(256, problem->base);
        double error = difference(256, solver_point(solver)->base, problem->base);
        print_message("%s: largest error %.2g of %.3g\n", solver_table[i].name, error, scale);
        assert_true(error < 1e-9 * scale);
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
