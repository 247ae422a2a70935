/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/problem.h"
#include "model/random.h"
#include "support/samples.h"

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Odd sizes. */
enum { D = 7, K = 2, T = 3, N = 601, UNSEEN_N = 23 };

static struct problem_config odd_config(void)
{
    return (struct problem_config){
        .dimension = D, .rank = K, .tasks = T, .truth = TRUTH_GENERAL, .samples = N, .noise = 0.385, .seed = 7};
}

static struct problem *make(const struct problem_config *config, int adapt_samples)
{
    struct err err = {0};
    struct problem *problem = problem_new(config, adapt_samples, &err);
    if (!problem)
        fail_msg("%s", err.message);
    return problem;
}

static void assert_close(double got, double want, double scale)
{
    if (!(fabs(got - want) <= 1e-12 * scale))
        fail_msg("%.17g is not %.17g", got, want);
}

/* C_t as its definition reads, of samples that have the other moments, where N is above d and where it is below. */
static void check_cross(const struct moments *moments, int task)
{
    struct samples samples = samples_of(moments, task);
    size_t offset = (size_t)task * D * D;
    const double *w = moments->anchor + offset;
    for (int i = 0; i < D; i++)
        for (int j = 0; j < D; j++) {
            double s = 0;
            double c = 0;
            for (int sample = 0; sample < samples.count; sample++) {
                const double *x = samples.x + (ptrdiff_t)sample * D;
                double y = samples.noise[sample * D + i];
                for (int l = 0; l < D; l++)
                    y += w[i * D + l] * x[l];
                s += x[i] * x[j] / moments->samples;
                c += y * x[j] / moments->samples;
            }
            size_t at = offset + (size_t)(i * D + j);
            assert_close(moments->covariance[at], s, 10);
            assert_close(moments->cross[at], c, 100);
            assert_true(moments->covariance[at] == moments->covariance[offset + (size_t)(j * D + i)]);
        }
    samples_free(&samples);
}

static void test_samples_can_have_the_moments(void **state)
{
    (void)state;
    static const int unseen[] = {1, D - 2, D, UNSEEN_N};
    struct problem_config config = odd_config();
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++) {
        struct problem *problem = make(&config, unseen[i]);
        for (int t = 0; t < T; t++)
            check_cross(&problem->retrain, t);
        check_cross(&problem->unseen, 0);
        problem_free(problem);
    }
}

/* ---- moments are distributed as those of samples are ---- */

enum { DRAWS = 1500, SMALL_D = 3, STATISTICS = 6 };

/* What is compared: entries, the determinant of the last 2 × 2 block, noise with and without inputs. */
static void statistics_of(const double *s, const double *residual, double floor, double x[STATISTICS])
{
    enum { LAST = SMALL_D * SMALL_D - 1, MIDDLE = (SMALL_D + 1) * (SMALL_D - 2) };
    const double values[STATISTICS] = {s[LAST],
                                       s[1] * s[LAST],
                                       s[LAST] * s[MIDDLE] - s[LAST - 1] * s[LAST - 1],
                                       residual[5],
                                       residual[1] * residual[2],
                                       floor};
    memcpy(x, values, sizeof values);
}

static void draw_sums(struct random_stream *stream, int samples, double noise, double x[STATISTICS])
{
    double s[SMALL_D * SMALL_D] = {0}, residual[SMALL_D * SMALL_D] = {0}, floor = 0;
    for (int n = 0; n < samples; n++) {
        double input[SMALL_D], error[SMALL_D];
        random_normal(stream, 1, SMALL_D, input);
        random_normal(stream, noise, SMALL_D, error);
        for (int i = 0; i < SMALL_D * SMALL_D; i++) {
            s[i] += input[i / SMALL_D] * input[i % SMALL_D] / samples;
            residual[i] += error[i / SMALL_D] * input[i % SMALL_D] / samples;
        }
        for (int i = 0; i < SMALL_D; i++)
            floor += 0.5 * error[i] * error[i] / samples;
    }
    statistics_of(s, residual, floor, x);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Smirnov's: the largest distance between the two empirical distributions. */
static double distance(double a[DRAWS], double b[DRAWS])
{
    double most = 0;
    qsort(a, DRAWS, sizeof *a, ascending);
    qsort(b, DRAWS, sizeof *b, ascending);
    for (int i = 0, j = 0; i < DRAWS && j < DRAWS;) {
        i += a[i] <= b[j];
        j += i == DRAWS || b[j] < a[i];
        most = fmax(most, abs(i - j) / (double)DRAWS);
    }
    return most;
}

static void compare_distributions(int samples)
{
    static double drawn[STATISTICS][DRAWS], summed[STATISTICS][DRAWS];
    struct problem_config config = {
        .dimension = SMALL_D, .rank = 1, .tasks = 1, .truth = TRUTH_PSD, .samples = samples, .noise = 0.617, .seed = 7};
    struct random_stream *stream = random_new(2385, RANDOM_INPUTS, samples);
    for (int i = 0; i < DRAWS; i++) {
        double x[STATISTICS];
        config.seed++;
        struct problem *problem = make(&config, SAMPLES_POPULATION);
        statistics_of(problem->retrain.covariance, problem->retrain.residual, *problem->retrain.floor, x);
        problem_free(problem);
        for (int j = 0; j < STATISTICS; j++)
            drawn[j][i] = x[j];
        draw_sums(stream, samples, config.noise, x);
        for (int j = 0; j < STATISTICS; j++)
            summed[j][i] = x[j];
    }
    random_free(stream);
    for (int j = 0; j < STATISTICS; j++) {
        double got = distance(drawn[j], summed[j]) * sqrt(DRAWS / 2.0);
        if (!(got < 1.63)) /* one in a hundred is above it by chance */
            fail_msg("statistic %d of %d samples: Smirnov's distance is %g", j, samples, got);
    }
}

static void test_moments_are_distributed_as_those_of_samples(void **state)
{
    (void)state;
    compare_distributions(2); /* fewer than d: no 3 × 3 matrix of them is definite */
    compare_distributions(3);
    compare_distributions(11);
}

static void test_population_is_the_truth_itself(void **state)
{
    (void)state;
    struct problem_config config = odd_config();
    config.samples = SAMPLES_POPULATION;
    struct problem *problem = make(&config, SAMPLES_POPULATION);
    const struct moments *both[] = {&problem->retrain, &problem->unseen};
    for (int i = 0; i < 2; i++) {
        assert_null(both[i]->covariance);
        assert_null(both[i]->residual);
        assert_null(both[i]->floor);
        assert_ptr_equal(both[i]->anchor, both[i]->cross);
        assert_int_equal(both[i]->samples, SAMPLES_POPULATION);
        assert_int_equal(both[i]->dimension, D);
    }
    assert_int_equal(problem->retrain.tasks, T);
    assert_int_equal(problem->unseen.tasks, 1);
    assert_ptr_equal(problem->retrain.cross, problem->target);
    assert_ptr_equal(problem->unseen.cross, problem->target + (ptrdiff_t)T * D * D);
    problem_free(problem);
}

static void test_either_side_may_have_samples(void **state)
{
    (void)state;
    struct problem_config config = odd_config();
    struct problem *retrain_only = make(&config, SAMPLES_POPULATION);
    assert_non_null(retrain_only->retrain.covariance);
    assert_null(retrain_only->unseen.covariance);
    config.samples = SAMPLES_POPULATION;
    struct problem *unseen_only = make(&config, UNSEEN_N);
    assert_null(unseen_only->retrain.covariance);
    assert_non_null(unseen_only->unseen.covariance);
    problem_free(retrain_only);
    problem_free(unseen_only);
}

static void check_truth(enum problem_truth truth)
{
    struct problem_config config = odd_config();
    config.truth = truth;
    struct problem *problem = make(&config, SAMPLES_POPULATION);
    for (int t = 0; t <= T; t++)
        for (int i = 0; i < D; i++)
            for (int j = 0; j < D; j++) {
                double want = problem->base[i * D + j];
                for (int l = 0; l < K; l++)
                    want += problem->left[(t * D + i) * K + l] * problem->right[(t * D + j) * K + l];
                assert_close(problem->target[(t * D + i) * D + j], want, 10);
                if (truth != TRUTH_GENERAL)
                    assert_true(problem->base[i * D + j] == problem->base[j * D + i]);
            }
    int negative = 0;
    for (int i = 0; i < (T + 1) * D * K; i++) {
        double ratio = problem->right[i] / problem->left[i];
        negative += ratio == -1.0;
        if (truth != TRUTH_GENERAL)
            assert_true(fabs(ratio) == 1.0);
    }
    if (truth == TRUTH_PSD)
        assert_ptr_equal(problem->left, problem->right);
    if (truth == TRUTH_SYMMETRIC)
        assert_true(negative > 0 && negative < (T + 1) * D * K && negative % D == 0);
    if (truth == TRUTH_GENERAL)
        assert_true(problem->base[1] != problem->base[D] && negative == 0);
    problem_free(problem);
}

static void test_truths_have_the_shape_they_promise(void **state)
{
    (void)state;
    check_truth(TRUTH_PSD);
    check_truth(TRUTH_SYMMETRIC);
    check_truth(TRUTH_GENERAL);
}

static void test_more_tasks_leave_the_others_as_they_were(void **state)
{
    (void)state;
    struct problem_config config = odd_config();
    struct problem *few = make(&config, UNSEEN_N);
    config.tasks = 11;
    struct problem *many = make(&config, UNSEEN_N);
    size_t square = (size_t)D * D;
    size_t bytes = square * T * sizeof(double);
    assert_memory_equal(few->base, many->base, square * sizeof(double));
    assert_memory_equal(few->left, many->left, sizeof(double) * T * D * K);
    assert_memory_equal(few->right, many->right, sizeof(double) * T * D * K);
    assert_memory_equal(few->target, many->target, bytes);
    assert_memory_equal(few->retrain.covariance, many->retrain.covariance, bytes);
    assert_memory_equal(few->retrain.cross, many->retrain.cross, bytes);
    assert_memory_equal(few->retrain.residual, many->retrain.residual, bytes);
    assert_memory_equal(few->retrain.floor, many->retrain.floor, T * sizeof(double));
    assert_memory_equal(few->left + T * D * K, many->left + 11 * D * K, sizeof(double) * D * K);
    assert_memory_equal(few->unseen.anchor, many->unseen.anchor, square * sizeof(double));
    assert_memory_equal(few->unseen.covariance, many->unseen.covariance, square * sizeof(double));
    assert_memory_equal(few->unseen.cross, many->unseen.cross, square * sizeof(double));
    problem_free(few);
    problem_free(many);
}

static void test_seeds_differ_in_everything(void **state)
{
    (void)state;
    struct problem_config config = odd_config();
    struct problem *one = make(&config, UNSEEN_N);
    config.seed++;
    struct problem *other = make(&config, UNSEEN_N);
    for (int i = 0; i < D * D; i++)
        assert_true(one->base[i] != other->base[i] && one->retrain.covariance[i] != other->retrain.covariance[i]);
    for (int i = 0; i < (T + 1) * D * K; i++)
        assert_true(one->left[i] != other->left[i] && one->right[i] != other->right[i]);
    problem_free(one);
    problem_free(other);
}

static void test_covariance_nears_the_identity(void **state)
{
    (void)state;
    struct problem_config config = odd_config();
    config.samples = 20001;
    config.noise = 0;
    struct problem *problem = make(&config, SAMPLES_POPULATION);
    for (int i = 0; i < T * D * D; i++) {
        bool diagonal = i % (D * D) % (D + 1) == 0;
        double deviation = sqrt((diagonal ? 2.0 : 1.0) / config.samples);
        assert_true(fabs(problem->retrain.covariance[i] - (diagonal ? 1.0 : 0.0)) < 5 * deviation);
        assert_true(problem->retrain.residual[i] == 0.0);
    }
    assert_true(problem->retrain.floor[0] == 0.0);
    problem_free(problem);
}

static void test_noise_level_does_not_move_what_else_is_drawn(void **state)
{
    (void)state;
    struct problem_config config = odd_config();
    struct problem *noisy = make(&config, UNSEEN_N);
    config.noise = 0;
    struct problem *clean = make(&config, UNSEEN_N);
    assert_memory_equal(noisy->target, clean->target, sizeof(double) * T * D * D);
    assert_memory_equal(noisy->retrain.covariance, clean->retrain.covariance, sizeof(double) * T * D * D);
    problem_free(noisy);
    problem_free(clean);
}

static void test_too_large_a_problem_is_an_error_that_says_how_large(void **state)
{
    (void)state;
    struct problem_config config = odd_config();
    struct err err = {0};
    config.dimension = INT_MAX;
    config.tasks = INT_MAX - 1;
    assert_null(problem_new(&config, SAMPLES_POPULATION, &err));
    assert_int_equal(err.code, ERR_MEMORY);
    assert_non_null(strstr(err.message, "2147483647"));
    assert_non_null(strstr(err.message, "MB"));
    problem_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_can_have_the_moments),
        cmocka_unit_test(test_moments_are_distributed_as_those_of_samples),
        cmocka_unit_test(test_population_is_the_truth_itself),
        cmocka_unit_test(test_either_side_may_have_samples),
        cmocka_unit_test(test_truths_have_the_shape_they_promise),
        cmocka_unit_test(test_more_tasks_leave_the_others_as_they_were),
        cmocka_unit_test(test_seeds_differ_in_everything),
        cmocka_unit_test(test_covariance_nears_the_identity),
        cmocka_unit_test(test_noise_level_does_not_move_what_else_is_drawn),
        cmocka_unit_test(test_too_large_a_problem_is_an_error_that_says_how_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
