/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/fixture.h"
#include "support/matrix.h"
#include "support/near.h"
#include "support/samples.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* W_t = Â + U_t V_t^T. */
static void model_of(const struct point *point, int task, double *w)
{
    int factor = D * point->rank;
    matrix_times_transposed(D, D, point->rank, point->left + task * factor, point->right + task * factor, w);
    for (int i = 0; i < SQUARE; i++)
        w[i] += point->base[i];
}

/* out = w x. */
static void apply(const double *w, const double *x, double *out)
{
    matrix_times_transposed(D, 1, D, w, x, out);
}

/* train_loss and paper_loss sample by sample. */
static void explicit_losses(const struct fixture *fixture, double *train, double *paper)
{
    const struct problem_config *config = &fixture->problem->config;
    *train = *paper = 0;
    for (int t = 0; t < T; t++) {
        struct samples samples = samples_of(&fixture->problem->retrain, t);
        double w[SQUARE], predicted[D], clean[D];
        model_of(&fixture->point, t, w);
        for (int i = 0; i < samples.count; i++) {
            const double *x = samples.x + (ptrdiff_t)i * D, *noise = samples.noise + (ptrdiff_t)i * D;
            apply(w, x, predicted);
            apply(fixture->problem->target + t * SQUARE, x, clean);
            for (int j = 0; j < D; j++) {
                double off = clean[j] - predicted[j];
                *train += (off + noise[j]) * (off + noise[j]) / (2.0 * config->samples * T);
                *paper += off * off / T;
            }
        }
        samples_free(&samples);
    }
}

static void test_losses_equal_sums_over_samples(void **state)
{
    (void)state;
    static const double noises[] = {0, 0.617};
    for (int truth = TRUTH_PSD; truth <= TRUTH_GENERAL; truth++)
        for (int n = 0; n < 2; n++)
            for (int rank = 0; rank <= R; rank++) {
                struct problem_config config = fixture_problem((enum problem_truth)truth, SAMPLES, noises[n]);
                struct fixture f;
                double train, paper;
                fixture_set_up(&f, &config, rank, rank == 1 ? ADAPTER_SYMMETRIC : ADAPTER_GENERAL);
                explicit_losses(&f, &train, &paper);
                assert_near(measure_train_loss(f.measure, &f.problem->retrain, &f.point) / train, 1, 1e-12);
                assert_near(measure_paper_loss(f.measure, &f.problem->retrain, f.problem->target, &f.point) / paper, 1,
                            1e-12);
                fixture_tear_down(&f);
            }
}

static void test_population_loss_is_the_excess_risk(void **state)
{
    (void)state;
    for (int rank = 0; rank <= R; rank++) {
        struct problem_config config = fixture_problem(TRUTH_GENERAL, SAMPLES_POPULATION, 0.3);
        struct fixture f;
        double sum = 0, w[SQUARE];
        fixture_set_up(&f, &config, rank, ADAPTER_GENERAL);
        for (int t = 0; t < T; t++) {
            model_of(&f.point, t, w);
            for (int i = 0; i < SQUARE; i++)
                sum += 0.5 * pow(w[i] - f.problem->target[t * SQUARE + i], 2) / T;
        }
        assert_near(measure_train_loss(f.measure, &f.problem->retrain, &f.point) / sum, 1, 1e-13);
        assert_near(measure_excess_risk(f.measure, f.problem->target, &f.point) / sum, 1, 1e-13);
        assert_true(isnan(measure_paper_loss(f.measure, &f.problem->retrain, f.problem->target, &f.point)));
        fixture_tear_down(&f);
    }
}

/* Moves the point onto the truth, but for `off` in one entry of the base. */
static void move_near_truth(struct fixture *f, double off)
{
    f->point.rank = K;
    memcpy(f->base, f->problem->base, sizeof f->base);
    memcpy(f->left, f->problem->left, T * D * K * sizeof(double));
    memcpy(f->right, f->problem->right, T * D * K * sizeof(double));
    f->base[2 * D + 3] += off;
}

static void test_losses_keep_their_digits_near_the_minimum(void **state)
{
    (void)state;
    for (int samples = SAMPLES_POPULATION; samples <= SAMPLES; samples += SAMPLES) {
        struct problem_config config = fixture_problem(TRUTH_GENERAL, samples, 0);
        struct fixture f;
        fixture_set_up(&f, &config, K, ADAPTER_GENERAL);
        move_near_truth(&f, 2.385e-9);
        double off = f.base[2 * D + 3] - f.problem->base[2 * D + 3], weight = 0;
        for (int t = 0; t < T; t++)
            weight += (samples ? f.problem->retrain.covariance[t * SQUARE + 3 * D + 3] : 1) / T;
        double loss = measure_train_loss(f.measure, &f.problem->retrain, &f.point);
        assert_near(loss / (0.5 * weight * off * off), 1, 1e-5);
        move_near_truth(&f, 0);
        assert_true(measure_train_loss(f.measure, &f.problem->retrain, &f.point) < 1e-28);
        assert_true(measure_gradient_norm(f.measure, &f.problem->retrain, &f.point) < 1e-13);
        fixture_tear_down(&f);
    }
}

static void test_base_error(void **state)
{
    (void)state;
    struct problem_config config = fixture_problem(TRUTH_PSD, SAMPLES_POPULATION, 0);
    struct fixture f;
    double square = 0;
    fixture_set_up(&f, &config, 1, ADAPTER_SYMMETRIC);
    for (int i = 0; i < SQUARE; i++)
        square += pow(f.base[i] - f.problem->base[i], 2);
    assert_near(measure_base_error(f.measure, f.problem, &f.point), sqrt(square), 1e-13);
    fixture_tear_down(&f);
}

/* Sum of squares of central differences of the loss by `count` parameters. */
static double difference_square(struct fixture *f, double *x, int count)
{
    double sum = 0, step = 1e-5;
    for (int i = 0; i < count; i++) {
        double kept = x[i];
        x[i] = kept + step;
        double above = measure_train_loss(f->measure, &f->problem->retrain, &f->point);
        x[i] = kept - step;
        double below = measure_train_loss(f->measure, &f->problem->retrain, &f->point);
        x[i] = kept;
        sum += pow((above - below) / (2 * step), 2);
    }
    return sum;
}

static void test_gradient_norm_equals_finite_differences(void **state)
{
    (void)state;
    for (int samples = SAMPLES_POPULATION; samples <= 23; samples += 23)
        for (int rank = 0; rank <= R; rank++)
            for (int shape = ADAPTER_SYMMETRIC; shape <= ADAPTER_GENERAL; shape++) {
                struct problem_config config = fixture_problem(TRUTH_PSD, samples, 0.4);
                struct fixture f;
                fixture_set_up(&f, &config, rank, (enum adapter_shape)shape);
                double square = difference_square(&f, f.base, SQUARE);
                square += difference_square(&f, f.left, T * D * rank);
                if (shape == ADAPTER_GENERAL)
                    square += difference_square(&f, f.right, T * D * rank);
                assert_near(measure_gradient_norm(f.measure, &f.problem->retrain, &f.point) / sqrt(square), 1, 1e-7);
                fixture_tear_down(&f);
            }
}

static void test_costs_grow_with_what_is_measured(void **state)
{
    (void)state;
    struct problem_config population = fixture_problem(TRUTH_PSD, SAMPLES_POPULATION, 0);
    struct problem_config sampled = fixture_problem(TRUTH_PSD, SAMPLES, 0);
    struct fixture a, b;
    fixture_set_up(&a, &population, 0, ADAPTER_GENERAL);
    fixture_set_up(&b, &sampled, 0, ADAPTER_GENERAL);
    double scalars = measure_scalar_flops(a.measure, &a.point), spectra = measure_spectra_flops(a.measure, &a.point);
    assert_true(scalars > SQUARE && spectra > scalars);
    assert_true(measure_scalar_flops(b.measure, &b.point) > scalars);
    assert_true(measure_spectra_flops(b.measure, &b.point) > spectra);
    a.point.rank = 2;
    assert_true(measure_scalar_flops(a.measure, &a.point) > scalars);
    fixture_tear_down(&a);
    fixture_tear_down(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_losses_equal_sums_over_samples),
        cmocka_unit_test(test_population_loss_is_the_excess_risk),
        cmocka_unit_test(test_losses_keep_their_digits_near_the_minimum),
        cmocka_unit_test(test_base_error),
        cmocka_unit_test(test_gradient_norm_equals_finite_differences),
        cmocka_unit_test(test_costs_grow_with_what_is_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
