/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/measure.h"
#include "model/problem.h"
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

/* Problems from given tasks: the loss against samples that are kept, and what is not known. */

enum { N = 23, FEW = 4 };

struct data {
    double x[T * D * N], y[T * D * N], target[T * SQUARE], base[SQUARE], left[T * D * K], right[T * D * K];
};

/* Outputs that no W gives exactly; targets are A* + U V^T. */
static void make_data(struct data *data, int samples)
{
    uint64_t seed = 2385;
    matrix_fill(&seed, (size_t)T * D * (size_t)samples, data->x);
    matrix_fill(&seed, (size_t)T * D * (size_t)samples, data->y);
    matrix_fill(&seed, SQUARE, data->base);
    matrix_fill(&seed, T * D * K, data->left);
    matrix_fill(&seed, T * D * K, data->right);
    for (int t = 0; t < T; t++) {
        matrix_times_transposed(D, D, K, data->left + (size_t)t * D * K, data->right + (size_t)t * D * K,
                                data->target + (size_t)t * SQUARE);
        for (int i = 0; i < SQUARE; i++)
            data->target[t * SQUARE + i] += data->base[i];
    }
}

/* (1/T) Σ ‖Y_t − W_t X_t‖² / (2N), sample by sample. */
static double plain_loss(const struct data *data, int samples, const double *base)
{
    double sum = 0;
    for (int t = 0; t < T; t++)
        for (int n = 0; n < samples; n++)
            for (int i = 0; i < D; i++) {
                double rest = data->y[(t * D + i) * samples + n];
                for (int j = 0; j < D; j++)
                    rest -= base[i * D + j] * data->x[(t * D + j) * samples + n];
                sum += rest * rest;
            }
    return sum / (2.0 * samples * T);
}

static struct problem *make_problem(const struct problem_tasks *tasks, int samples, enum problem_source source)
{
    struct problem_config config = {
        .source = source, .dimension = D, .rank = K, .tasks = T, .truth = TRUTH_GENERAL, .samples = samples};
    struct err err = {.code = ERR_NONE};
    struct problem *problem = problem_from_tasks(&config, SAMPLES_POPULATION, tasks, &err);
    if (!problem)
        fail_msg("%s", err.message);
    return problem;
}

static void check_losses(const struct data *data, int samples, const struct problem_tasks *tasks,
                         enum problem_source source)
{
    struct problem *problem = make_problem(tasks, samples, source);
    struct err err = {.code = ERR_NONE};
    struct measure *measure = measure_new(problem, &err);
    assert_non_null(measure);
    double base[SQUARE];
    uint64_t seed = 7;
    matrix_fill(&seed, SQUARE, base);
    struct point point = {.dimension = D, .tasks = T, .base = base};
    double want = plain_loss(data, samples, base);
    assert_near(measure_train_loss(measure, &problem->retrain, &point), want, 1e-13 * want);
    double here = measure_gradient_norm(measure, &problem->retrain, &point);
    assert_true(here > 0.1);
    measure_free(measure);
    problem_free(problem);
}

static void losses_are_those_of_the_samples(void **state)
{
    (void)state;
    static struct data data;
    static const int samples[] = {N, FEW}; /* with FEW the covariances are singular */
    for (int i = 0; i < 2; i++) {
        make_data(&data, samples[i]);
        struct problem_tasks tasks = {.inputs = data.x, .outputs = data.y};
        check_losses(&data, samples[i], &tasks, PROBLEM_GIVEN);
        tasks.base = data.base;
        tasks.left = data.left;
        tasks.right = data.right;
        check_losses(&data, samples[i], &tasks, PROBLEM_GIVEN_TRUTH);
    }
}

/* Where the data has an exact fit, the loss there is zero but for the rounding of numbers that are nearly zero. */
static void an_exact_fit_loses_no_digits(void **state)
{
    (void)state;
    static struct data data;
    make_data(&data, N);
    for (int t = 0; t < T; t++)
        for (int n = 0; n < N; n++)
            for (int i = 0; i < D; i++) {
                double sum = 0;
                for (int j = 0; j < D; j++)
                    sum += data.base[i * D + j] * data.x[(t * D + j) * N + n];
                data.y[(t * D + i) * N + n] = sum;
            }
    struct problem_tasks tasks = {.inputs = data.x, .outputs = data.y};
    struct problem *problem = make_problem(&tasks, N, PROBLEM_GIVEN);
    struct measure *measure = measure_new(problem, NULL);
    assert_non_null(measure);
    struct point point = {.dimension = D, .tasks = T, .base = data.base};
    assert_true(measure_train_loss(measure, &problem->retrain, &point) < 1e-26);
    measure_free(measure);
    problem_free(problem);
}

static void the_truth_is_as_given(void **state)
{
    (void)state;
    static struct data data;
    make_data(&data, N);
    struct problem_tasks tasks = {
        .inputs = data.x, .outputs = data.y, .base = data.base, .left = data.left, .right = data.right};
    struct problem *problem = make_problem(&tasks, N, PROBLEM_GIVEN_TRUTH);
    for (int i = 0; i < T * SQUARE; i++)
        assert_near(problem->target[i], data.target[i], 1e-14);
    assert_null(problem->unseen_target);
    assert_int_equal(problem->unseen.tasks, 0);
    problem_free(problem);

    struct problem_tasks population = {.target = data.target, .unseen_target = data.base};
    problem = make_problem(&population, SAMPLES_POPULATION, PROBLEM_GIVEN);
    assert_memory_equal(problem->retrain.cross, data.target, sizeof data.target);
    assert_null(problem->retrain.covariance);
    assert_memory_equal(problem->unseen_target, data.base, sizeof data.base);
    assert_int_equal(problem->unseen.tasks, 1);
    problem_free(problem);
}

/* Everything that needs the truth is no number, and nothing else is. */
static void what_is_not_known_is_not_measured(void **state)
{
    (void)state;
    static struct data data;
    make_data(&data, N);
    double angles[T], values[D], curve[D + 1];
    struct spectra spectra = {.angles = angles, .singular_values = values, .curve = curve};
    struct point point = {.dimension = D, .tasks = T, .base = data.target};
    for (int unseen = 0; unseen < 2; unseen++) {
        struct problem_tasks tasks = {.inputs = data.x, .outputs = data.y, .unseen_target = unseen ? data.base : NULL};
        struct problem *problem = make_problem(&tasks, N, PROBLEM_GIVEN);
        struct measure *measure = measure_new(problem, NULL);
        assert_non_null(measure);
        assert_true(isnan(measure_base_error(measure, problem, &point)));
        assert_true(isnan(measure_excess_risk(measure, problem->target, &point)));
        assert_true(isnan(measure_paper_loss(measure, &problem->retrain, problem->target, &point)));
        assert_int_equal(measure_spectra(measure, &point, &spectra, NULL), ERR_NONE);
        assert_int_equal(spectra.error_rank, SPECTRA_UNKNOWN);
        assert_true(isnan(spectra.recovery_angle) && isnan(angles[T - 1]) && isnan(values[D - 1]));
        double difference[SQUARE], squares[D];
        for (int i = 0; i < SQUARE; i++)
            difference[i] = data.base[i] - data.target[i]; /* of rank K */
        matrix_squared_singular_values(D, difference, squares);
        if (unseen) {
            assert_int_equal(spectra.rank_needed, K);
            assert_near(curve[1], 0.5 * squares[1], 1e-12 * squares[0]);
        } else {
            assert_int_equal(spectra.rank_needed, SPECTRA_UNKNOWN);
            assert_true(isnan(curve[0]) && isnan(curve[D]));
        }
        measure_free(measure);
        problem_free(problem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses_are_those_of_the_samples),
        cmocka_unit_test(an_exact_fit_loses_no_digits),
        cmocka_unit_test(the_truth_is_as_given),
        cmocka_unit_test(what_is_not_known_is_not_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
