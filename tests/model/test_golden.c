/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "model/solver.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The paper's algorithm, step by step, against a trajectory that the published implementation computed: see
 * tests/golden/paper-gd/README.md. */

enum { D = 6, K = 2, T = 3, N = 40, TEST_N = 20 };

static const double tolerance = 1e-9; /* of the largest entry */

/* Reads the `count` numbers after the first line of tests/golden/paper-gd/NAME.txt. */
static void load(const char *name, size_t count, double *x)
{
    const char *source = getenv("RANKSCOPE_SOURCE");
    char path[4096];
    struct err err;
    char *text;
    size_t size;
    snprintf(path, sizeof path, "%s/tests/golden/paper-gd/%s.txt", source ? source : ".", name);
    if (file_read(path, 1 << 20, &text, &size, &err) != ERR_NONE)
        fail_msg("%s", err.message);
    char *at = strchr(text, '\n');
    assert_non_null(at);
    for (size_t i = 0; i < count; i++) {
        char *end;
        x[i] = strtod(at, &end);
        assert_ptr_not_equal(end, at);
        at = end;
    }
    assert_int_equal(strspn(at, " \n"), strlen(at));
    free(text);
}

/* Compares with NAME_STEP. */
static void check(const char *name, long step, size_t count, const double *got)
{
    char file[64];
    double want[T * D * D];
    double largest = 0;
    double difference = 0;
    snprintf(file, sizeof file, "%s_%ld", name, step);
    load(file, count, want);
    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs(want[i]));
        difference = fmax(difference, fabs(got[i] - want[i]));
    }
    print_message("%s: off by %.2g of %.3g\n", file, difference, largest);
    assert_true(largest > 0 && difference <= tolerance * largest);
}

/* Moments of samples given as (T, d, n), with W° = 0: then D_t is C_t. */
struct data {
    struct moments moments;
    double covariance[T * D * D];
    double cross[T * D * D];
    double anchor[T * D * D];
    double floor[T];
};

static void reduce(struct data *data, int tasks, int n, const double *x, const double *y)
{
    *data = (struct data){.moments = {.tasks = tasks, .dimension = D, .samples = n}};
    data->moments.covariance = data->covariance;
    data->moments.cross = data->moments.residual = data->cross;
    data->moments.anchor = data->anchor;
    data->moments.floor = data->floor;
    for (int t = 0; t < tasks; t++)
        for (int i = 0; i < D; i++)
            for (int j = 0; j < D; j++)
                for (int sample = 0; sample < n; sample++) {
                    const double *xt = x + (ptrdiff_t)t * D * n;
                    const double *yt = y + (ptrdiff_t)t * D * n;
                    data->covariance[(t * D + i) * D + j] += xt[i * n + sample] * xt[j * n + sample] / n;
                    data->cross[(t * D + i) * D + j] += yt[i * n + sample] * xt[j * n + sample] / n;
                }
}

static struct solver *make(const struct solver_setup *setup)
{
    struct err err = {0};
    struct solver *solver = solver_new(&solver_table[solver_find("paper")], setup, &err);
    if (!solver)
        fail_msg("%s", err.message);
    return solver;
}

static void advance(struct solver *solver, long step)
{
    while (solver_steps(solver) < step)
        assert_int_equal(solver_step(solver), SOLVER_RUNNING);
}

static void test_retraining_follows_the_published_trajectory(void **state)
{
    (void)state;
    static double x[T * D * N];
    static double y[T * D * N];
    static struct data data;
    load("X", T * D * N, x);
    load("Y", T * D * N, y);
    reduce(&data, T, N, x, y);
    struct solver_setup setup = {.moments = &data.moments,
                                 .rank = K,
                                 .shape = ADAPTER_SYMMETRIC,
                                 .rates = {.inner_steps = 10, .inner = 0.003, .outer = 0.03}};
    struct solver *solver = make(&setup);
    struct point *point = solver_point(solver);
    load("U0", T * D * K, point->left);
    const long steps[] = {1, 50, 500};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        advance(solver, steps[i]);
        check("A", steps[i], D * D, point->base);
        check("U", steps[i], T * D * K, point->left);
    }
    solver_free(solver);
}

static void test_fine_tuning_follows_the_published_trajectory(void **state)
{
    (void)state;
    double x[D * TEST_N];
    double y[D * TEST_N];
    static struct data data;
    load("X_test", D * TEST_N, x);
    load("Y_test", D * TEST_N, y);
    reduce(&data, 1, TEST_N, x, y);
    struct solver_setup setup = {.moments = &data.moments,
                                 .rank = K,
                                 .shape = ADAPTER_GENERAL,
                                 .base_frozen = true,
                                 .rates = {.inner_steps = 1, .inner = 0.005, .outer = 2.385}};
    struct solver *solver = make(&setup);
    struct point *point = solver_point(solver);
    double base[D * D];
    load("A_500", D * D, base);
    memcpy(point->base, base, sizeof base);
    load("Ut0", D * K, point->left);
    load("Vt0", D * K, point->right);
    const long steps[] = {1, 100, 1000};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        advance(solver, steps[i]);
        check("Ut", steps[i], D * K, point->left);
        check("Vt", steps[i], D * K, point->right);
    }
    assert_memory_equal(point->base, base, sizeof base);
    solver_free(solver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_retraining_follows_the_published_trajectory),
        cmocka_unit_test(test_fine_tuning_follows_the_published_trajectory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
