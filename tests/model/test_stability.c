/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/stability.h"

#include "model/linalg.h"
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

static struct stability estimated(const struct solver_setup *setup, const double *base)
{
    struct stability stability;
    struct err err = {0};
    if (stability_estimate(setup, base, &stability, &err) != ERR_NONE)
        fail_msg("%s", err.message);
    return stability;
}

static void test_base_block_is_the_mean_covariance(void **state)
{
    (void)state;
    for (int samples = 5; samples < 400; samples += 131) {
        struct problem_config config = fixture_problem(TRUTH_PSD, samples, 0.3);
        struct fixture f;
        double mean[SQUARE] = {0}, values[D];
        fixture_set_up(&f, &config, 0, ADAPTER_SYMMETRIC);
        for (int i = 0; i < T * SQUARE; i++)
            mean[i % SQUARE] += f.problem->retrain.covariance[i] / T;
        matrix_eigenvalues(D, mean, values);
        struct solver_setup setup = {.moments = &f.problem->retrain};
        struct stability stability = estimated(&setup, f.base);
        assert_near(stability.outer * values[0] / 2, 1, 1e-4);
        assert_true(isinf(stability.inner));
        fixture_tear_down(&f);
    }
}

static void test_population_and_frozen_base(void **state)
{
    (void)state;
    struct problem_config config = fixture_problem(TRUTH_PSD, SAMPLES_POPULATION, 0);
    struct fixture f;
    fixture_set_up(&f, &config, 0, ADAPTER_SYMMETRIC);
    struct solver_setup setup = {.moments = &f.problem->retrain};
    assert_near(estimated(&setup, f.base).outer, 2, 1e-15);
    setup.base_frozen = true;
    assert_true(isinf(estimated(&setup, f.base).outer));
    fixture_tear_down(&f);
}

/* In population, with λ the eigenvalues of M = W*_t − Â and U its best adapter, the sharpest directions are U's own
 * first column, of curvature 4 λ_1, and the first column moving towards the least eigenvector, of 2 (λ_1 − λ_d). */
static void test_symmetric_adapters_in_population(void **state)
{
    (void)state;
    for (int seed = 1; seed <= 10; seed++) {
        struct problem_config config = fixture_problem(TRUTH_PSD, SAMPLES_POPULATION, 0);
        struct fixture f;
        config.seed = (uint64_t)seed;
        fixture_set_up(&f, &config, R, ADAPTER_SYMMETRIC);
        double sharpest = 0;
        for (int t = 0; t < T; t++) {
            double off[SQUARE], values[D];
            for (int i = 0; i < D; i++)
                for (int j = 0; j < D; j++) {
                    int here = i * D + j, there = j * D + i;
                    const double *target = f.problem->target + t * SQUARE;
                    off[here] = 0.5 * (target[here] - f.base[here] + target[there] - f.base[there]);
                }
            matrix_eigenvalues(D, off, values);
            sharpest = fmax(sharpest, fmax(4 * values[0], 2 * (values[0] - values[D - 1])));
        }
        struct solver_setup setup = {.moments = &f.problem->retrain, .rank = R, .shape = ADAPTER_SYMMETRIC};
        assert_near(estimated(&setup, f.base).inner * sharpest / 2, 1, 1e-4);
        fixture_tear_down(&f);
    }
}

/* There U = P Σ^½, V = Q Σ^½ have curvature 2 σ_1. */
static void test_general_adapters_in_population(void **state)
{
    (void)state;
    for (int seed = 1; seed <= 10; seed++) {
        struct problem_config config = fixture_problem(TRUTH_GENERAL, SAMPLES_POPULATION, 0);
        struct fixture f;
        config.seed = (uint64_t)seed;
        fixture_set_up(&f, &config, R, ADAPTER_GENERAL);
        double sharpest = 0;
        for (int t = 0; t < T; t++) {
            double off[SQUARE], squares[D];
            for (int i = 0; i < SQUARE; i++)
                off[i] = f.problem->target[t * SQUARE + i] - f.base[i];
            matrix_squared_singular_values(D, off, squares);
            sharpest = fmax(sharpest, 2 * sqrt(squares[0]));
        }
        struct solver_setup setup = {.moments = &f.problem->retrain, .rank = R, .shape = ADAPTER_GENERAL};
        assert_near(estimated(&setup, f.base).inner * sharpest / 2, 1, 1e-4);
        fixture_tear_down(&f);
    }
}

/* Gradient of L_t by the adapter's entries (U's, then V's if it has its own) by plain loops. */
static void adapter_gradient(const struct fixture *f, int task, int rank, bool symmetric, const double *x, double *out)
{
    const double *left = x, *right = symmetric ? x : x + D * rank;
    const double *s = f->problem->retrain.covariance + task * SQUARE, *c = f->problem->retrain.cross + task * SQUARE;
    double w[SQUARE], g[SQUARE];
    matrix_times_transposed(D, D, rank, left, right, w);
    for (int i = 0; i < SQUARE; i++)
        w[i] += f->base[i];
    matrix_times_transposed(D, D, D, w, s, g);
    for (int i = 0; i < SQUARE; i++)
        g[i] -= c[i];
    memset(out, 0, (size_t)(D * rank * (symmetric ? 1 : 2)) * sizeof *out);
    double *out_right = symmetric ? out : out + D * rank;
    for (int i = 0; i < D; i++)
        for (int m = 0; m < D; m++)
            for (int j = 0; j < rank; j++) {
                out[i * rank + j] += g[i * D + m] * right[m * rank + j];
                out_right[m * rank + j] += g[i * D + m] * left[i * rank + j];
            }
}

/* The largest eigenvalue of the dense Hessian, from central differences of that gradient. */
static double dense_sharpness(const struct fixture *f, int task, int rank, bool symmetric, double *x)
{
    enum { MOST = 2 * D * K };
    int count = D * rank * (symmetric ? 1 : 2);
    double hessian[MOST * MOST], even[MOST * MOST], above[MOST], below[MOST], values[MOST], step = 1e-5;
    for (int i = 0; i < count; i++) {
        double kept = x[i];
        x[i] = kept + step;
        adapter_gradient(f, task, rank, symmetric, x, above);
        x[i] = kept - step;
        adapter_gradient(f, task, rank, symmetric, x, below);
        x[i] = kept;
        for (int j = 0; j < count; j++)
            hessian[i * count + j] = (above[j] - below[j]) / (2 * step);
    }
    for (int i = 0; i < count; i++)
        for (int j = 0; j < count; j++)
            even[i * count + j] = 0.5 * (hessian[i * count + j] + hessian[j * count + i]);
    matrix_eigenvalues(count, even, values);
    return values[0];
}

static void check_symmetric_adapters(double noise)
{
    for (int samples = 5; samples < 50; samples += 19) {
        struct problem_config config = fixture_problem(TRUTH_PSD, samples, noise);
        struct fixture f;
        fixture_set_up(&f, &config, K, ADAPTER_SYMMETRIC);
        memcpy(f.base, f.problem->base, sizeof f.base); /* so that U_t* is the best adapter */
        double sharpest = 0;
        for (int t = 0; t < T; t++) {
            double x[D * K];
            memcpy(x, f.problem->left + (size_t)t * D * K, sizeof x);
            sharpest = fmax(sharpest, dense_sharpness(&f, t, K, true, x));
        }
        struct solver_setup setup = {.moments = &f.problem->retrain, .rank = K, .shape = ADAPTER_SYMMETRIC};
        assert_near(estimated(&setup, f.base).inner * sharpest / 2, 1, 1e-3);
        fixture_tear_down(&f);
    }
}

static void test_symmetric_adapters_with_samples(void **state)
{
    (void)state;
    check_symmetric_adapters(0.2);
}

/* Then the gradient at the truth is all noise, and the Hessian has negative eigenvalues as large as the positive. */
static void test_symmetric_adapters_in_loud_noise(void **state)
{
    (void)state;
    check_symmetric_adapters(238.5);
    check_symmetric_adapters(1e4);
}

static void test_general_adapters_with_samples(void **state)
{
    (void)state;
    struct linalg_svd *svd = linalg_svd_new(D, D);
    for (int samples = 5; samples < 50; samples += 19) {
        struct problem_config config = fixture_problem(TRUTH_GENERAL, samples, 0.2);
        struct fixture f;
        fixture_set_up(&f, &config, K, ADAPTER_GENERAL);
        double sharpest = 0;
        for (int t = 0; t < T; t++) {
            double off[SQUARE], values[D], u[SQUARE], vt[SQUARE], x[2 * D * K];
            for (int i = 0; i < SQUARE; i++)
                off[i] = f.problem->target[t * SQUARE + i] - f.base[i];
            assert_true(linalg_svd(svd, D, D, off, values, u, vt));
            for (int i = 0; i < D; i++)
                for (int j = 0; j < K; j++) {
                    x[i * K + j] = sqrt(values[j]) * u[i * D + j];
                    x[D * K + i * K + j] = sqrt(values[j]) * vt[j * D + i];
                }
            sharpest = fmax(sharpest, dense_sharpness(&f, t, K, false, x));
        }
        struct solver_setup setup = {.moments = &f.problem->retrain, .rank = K, .shape = ADAPTER_GENERAL};
        assert_near(estimated(&setup, f.base).inner * sharpest / 2, 1, 1e-3);
        fixture_tear_down(&f);
    }
    linalg_svd_free(svd);
}

/* Where no adapter helps, U = 0 is best and its curvature is −2 λ_d. */
static void test_no_adapter_is_the_best_one(void **state)
{
    (void)state;
    struct problem_config config = fixture_problem(TRUTH_PSD, SAMPLES_POPULATION, 0);
    struct fixture f;
    fixture_set_up(&f, &config, R, ADAPTER_SYMMETRIC);
    memcpy(f.base, f.problem->target, sizeof f.base);
    for (int i = 0; i < D; i++)
        f.base[i * D + i] += 100 + 2.385 * i;
    struct moments first = f.problem->retrain;
    first.tasks = 1;
    struct solver_setup setup = {.moments = &first, .rank = R, .shape = ADAPTER_SYMMETRIC};
    assert_near(estimated(&setup, f.base).inner * (100 + 2.385 * (D - 1)), 1, 1e-4);
    fixture_tear_down(&f);
}

/* Distance of the base from the minimum after some steps at a rate, in multiples of that before. */
static double growth(const struct fixture *f, double rate)
{
    struct solver_setup setup = {.moments = &f->problem->retrain, .rates = {.outer = rate}};
    struct solver *solver = solver_new(&solver_table[solver_find("gd")], &setup, NULL);
    assert_non_null(solver);
    double before = measure_gradient_norm(f->measure, setup.moments, solver_point(solver));
    for (int step = 0; step < 400; step++)
        solver_step(solver);
    double after = measure_gradient_norm(f->measure, setup.moments, solver_point(solver));
    bool diverged = solver_status(solver) == SOLVER_DIVERGED;
    solver_free(solver);
    return diverged ? (double)INFINITY : after / before;
}

static void test_descent_converges_below_the_estimate_and_diverges_above(void **state)
{
    (void)state;
    for (int samples = SAMPLES_POPULATION; samples <= 90; samples += 45) {
        struct problem_config config = fixture_problem(TRUTH_GENERAL, samples, 0.1);
        struct fixture f;
        fixture_set_up(&f, &config, 0, ADAPTER_GENERAL);
        struct solver_setup setup = {.moments = &f.problem->retrain};
        double rate = estimated(&setup, f.base).outer;
        assert_true(growth(&f, 0.95 * rate) < 1e-6);
        assert_true(growth(&f, 1.05 * rate) > 1e6);
        assert_true(isinf(growth(&f, 1.3 * rate)));
        fixture_tear_down(&f);
    }
}

static void test_what_is_not_finite_is_an_error(void **state)
{
    (void)state;
    struct problem_config config = fixture_problem(TRUTH_PSD, SAMPLES_POPULATION, 0);
    for (int shape = ADAPTER_SYMMETRIC; shape <= ADAPTER_GENERAL; shape++) {
        struct fixture f;
        struct stability stability;
        struct err err = {0};
        fixture_set_up(&f, &config, R, (enum adapter_shape)shape);
        f.base[4] = (double)NAN;
        struct solver_setup setup = {.moments = &f.problem->retrain, .rank = R, .shape = (enum adapter_shape)shape};
        assert_int_equal(stability_estimate(&setup, f.base, &stability, &err), ERR_MATH);
        assert_int_equal(err.code, ERR_MATH);
        fixture_tear_down(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_block_is_the_mean_covariance),
        cmocka_unit_test(test_population_and_frozen_base),
        cmocka_unit_test(test_symmetric_adapters_in_population),
        cmocka_unit_test(test_general_adapters_in_population),
        cmocka_unit_test(test_symmetric_adapters_with_samples),
        cmocka_unit_test(test_symmetric_adapters_in_loud_noise),
        cmocka_unit_test(test_general_adapters_with_samples),
        cmocka_unit_test(test_no_adapter_is_the_best_one),
        cmocka_unit_test(test_descent_converges_below_the_estimate_and_diverges_above),
        cmocka_unit_test(test_what_is_not_finite_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
