/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/linalg.h"
#include "support/fixture.h"
#include "support/matrix.h"
#include "support/near.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct room {
    double angles[T], values[D], curve[D + 1];
};

static struct spectra spectra_in(struct room *room)
{
    struct spectra spectra = {.angles = room->angles, .singular_values = room->values, .curve = room->curve};
    return spectra;
}

static struct spectra measured(struct fixture *f, struct room *room)
{
    struct spectra spectra = spectra_in(room);
    struct err err = {0};
    if (measure_spectra(f->measure, &f->point, &spectra, &err) != ERR_NONE)
        fail_msg("%s", err.message);
    return spectra;
}

static void test_singular_values_and_curve_equal_a_slow_decomposition(void **state)
{
    (void)state;
    struct problem_config config = fixture_problem(TRUTH_GENERAL, SAMPLES_POPULATION, 0);
    struct fixture f;
    struct room room;
    double error[SQUARE], unseen[SQUARE], squares[D];
    fixture_set_up(&f, &config, R, ADAPTER_GENERAL);
    measured(&f, &room);
    for (int i = 0; i < SQUARE; i++) {
        error[i] = f.base[i] - f.problem->base[i];
        unseen[i] = f.problem->target[T * SQUARE + i] - f.base[i];
    }
    matrix_squared_singular_values(D, error, squares);
    for (int i = 0; i < D; i++)
        assert_near(room.values[i] * room.values[i], squares[i], 1e-13 * squares[0]);
    matrix_squared_singular_values(D, unseen, squares);
    for (int r = 0; r <= D; r++) {
        double rest = 0;
        for (int i = r; i < D; i++)
            rest += 0.5 * squares[i];
        assert_near(room.curve[r], rest, 1e-12 * squares[0]);
    }
    assert_near(room.curve[D], 0, 0);
    fixture_tear_down(&f);
}

static void test_ranks_count_what_is_above_their_tolerance(void **state)
{
    (void)state;
    struct problem_config config = fixture_problem(TRUTH_PSD, SAMPLES_POPULATION, 0);
    struct fixture f;
    struct room room;
    double squares[D], unseen = 0;
    fixture_set_up(&f, &config, 0, ADAPTER_GENERAL);
    matrix_squared_singular_values(D, f.problem->base, squares);
    memcpy(f.base, f.problem->base, sizeof f.base);
    f.base[0] += 2.385;
    f.base[1 * D + 1] -= 1.01e-6 * sqrt(squares[0]);
    f.base[4 * D + 4] += 0.99e-6 * sqrt(squares[0]);
    assert_int_equal(measured(&f, &room).error_rank, 2);
    assert_near(room.values[0], 2.385, 1e-14);

    for (int i = 0; i < SQUARE; i++)
        unseen += pow(f.problem->target[T * SQUARE + i], 2);
    memcpy(f.base, f.problem->target + (size_t)T * SQUARE, sizeof f.base);
    assert_int_equal(measured(&f, &room).rank_needed, 0);
    f.base[3 * D + 1] += 7.25;
    f.base[2 * D + 5] += sqrt(2 * 1.01e-6 * unseen);
    assert_int_equal(measured(&f, &room).rank_needed, 2);
    f.base[2 * D + 5] = f.problem->target[T * SQUARE + 2 * D + 5] + sqrt(2 * 0.99e-6 * unseen);
    assert_int_equal(measured(&f, &room).rank_needed, 1);
    fixture_tear_down(&f);
}

/* Orthonormal columns next to one another: what is left of a vector beside those before it, at length one. */
static void orthonormalise(int columns, double *q)
{
    for (int j = 0; j < columns; j++)
        for (int pass = 0; pass < 2; pass++) {
            double norm = 0;
            for (int m = 0; m < j; m++) {
                double dot = 0;
                for (int i = 0; i < D; i++)
                    dot += q[i * columns + m] * q[i * columns + j];
                for (int i = 0; i < D; i++)
                    q[i * columns + j] -= dot * q[i * columns + m];
            }
            for (int i = 0; i < D; i++)
                norm += q[i * columns + j] * q[i * columns + j];
            for (int i = 0; i < D; i++)
                q[i * columns + j] /= sqrt(norm);
        }
}

/* Two columns that span U_t* but for its second direction, which is turned out of it by `degrees`; mixed, so that
 * they are neither orthogonal nor of length one. */
static void turned(const struct problem *problem, int task, double degrees, double *columns)
{
    double q[D * 3], angle = degrees * acos(-1.0) / 180;
    uint64_t seed = 77 + (uint64_t)task;
    matrix_fill(&seed, D * 3, q);
    for (int i = 0; i < D; i++)
        for (int j = 0; j < K; j++)
            q[i * 3 + j] = problem->left[(task * D + i) * K + j];
    orthonormalise(3, q);
    for (int i = 0; i < D; i++) {
        double first = q[i * 3], second = cos(angle) * q[i * 3 + 1] + sin(angle) * q[i * 3 + 2];
        columns[i * K] = 2.385 * first - 0.4 * second;
        columns[i * K + 1] = 0.731 * first + 1.9 * second;
    }
}

static const double known_angles[] = {0, 1e-10, 1e-5, 2.385, 45, 88.123, 89.99999, 90};

static void test_angle_of_a_known_turn(void **state)
{
    (void)state;
    for (size_t a = 0; a < sizeof known_angles / sizeof *known_angles; a++)
        for (int truth = TRUTH_PSD; truth <= TRUTH_GENERAL; truth++)
            for (int shape = ADAPTER_SYMMETRIC; shape <= ADAPTER_GENERAL; shape++) {
                struct problem_config config = fixture_problem((enum problem_truth)truth, SAMPLES_POPULATION, 0);
                struct fixture f;
                struct room room;
                fixture_set_up(&f, &config, K, (enum adapter_shape)shape);
                for (int t = 0; t < T; t++)
                    turned(f.problem, t, t == 1 ? known_angles[a] : 0, f.left + t * D * K);
                struct spectra spectra = measured(&f, &room);
                assert_near(room.angles[1], known_angles[a], 1e-12);
                assert_near(room.angles[0], 0, 1e-12);
                assert_near(room.angles[2], 0, 1e-12);
                assert_near(spectra.recovery_angle, known_angles[a], 1e-12);
                fixture_tear_down(&f);
            }
}

static void test_adapters_with_too_few_directions_are_at_a_right_angle(void **state)
{
    (void)state;
    struct problem_config config = fixture_problem(TRUTH_PSD, SAMPLES_POPULATION, 0);
    struct fixture f;
    struct room room;
    fixture_set_up(&f, &config, K, ADAPTER_GENERAL);
    memcpy(f.left, f.problem->left, T * D * K * sizeof(double));
    assert_near(measured(&f, &room).recovery_angle, 0, 1e-12);
    for (int i = 0; i < D; i++) { /* task 0: V has rank 1; task 1: U has rank 1; task 2: nothing */
        f.right[i * K + 1] = -0.3 * f.right[i * K];
        f.left[(D + i) * K + 1] = 2.385 * f.left[(D + i) * K];
        f.right[(2 * D + i) * K] = f.right[(2 * D + i) * K + 1] = 0;
    }
    assert_near(measured(&f, &room).recovery_angle, 90, 0);
    for (int t = 0; t < T; t++)
        assert_near(room.angles[t], 90, 0);
    fixture_tear_down(&f);

    fixture_set_up(&f, &config, 1, ADAPTER_SYMMETRIC); /* rank 1 for a truth of rank 2 */
    assert_near(measured(&f, &room).recovery_angle, 90, 0);
    fixture_tear_down(&f);
}

static void test_more_directions_than_the_truth_may_contain_it(void **state)
{
    (void)state;
    struct problem_config config = fixture_problem(TRUTH_GENERAL, SAMPLES_POPULATION, 0);
    for (int shape = ADAPTER_SYMMETRIC; shape <= ADAPTER_GENERAL; shape++) {
        struct fixture f;
        struct room room;
        fixture_set_up(&f, &config, R, (enum adapter_shape)shape);
        for (int i = 0; i < T * D; i++)
            memcpy(f.left + (size_t)i * R, f.problem->left + (size_t)i * K, K * sizeof(double));
        assert_near(measured(&f, &room).recovery_angle, 0, 1e-12);
        fixture_tear_down(&f);
    }
}

/* Task 0's W* − Â is 3 p q^T + 2 p' q'^T + a little more, p and p' spanning a known subspace. */
static void place_base(struct fixture *f, double degrees)
{
    double columns[D * K], rows[D * 3], p[D * 3];
    uint64_t seed = 5;
    turned(f->problem, 0, degrees, columns);
    matrix_fill(&seed, D * 3, rows);
    matrix_fill(&seed, D * 3, p);
    for (int i = 0; i < D; i++)
        memcpy(p + (size_t)i * 3, columns + (size_t)i * K, K * sizeof(double));
    orthonormalise(3, p);
    orthonormalise(3, rows);
    for (int i = 0; i < D; i++) {
        p[i * 3] *= 3;
        p[i * 3 + 1] *= 2;
        p[i * 3 + 2] *= 0.5;
    }
    matrix_times_transposed(D, D, 3, p, rows, f->base);
    for (int i = 0; i < SQUARE; i++)
        f->base[i] = f->problem->target[i] - f->base[i];
}

static void test_without_adapters_the_best_part_is_judged(void **state)
{
    (void)state;
    for (size_t a = 0; a < sizeof known_angles / sizeof *known_angles; a++)
        for (int samples = SAMPLES_POPULATION; samples <= SAMPLES; samples += SAMPLES) {
            struct problem_config config = fixture_problem(TRUTH_SYMMETRIC, samples, 0);
            struct fixture f;
            struct room room;
            fixture_set_up(&f, &config, 0, ADAPTER_GENERAL);
            place_base(&f, known_angles[a]);
            struct spectra spectra = measured(&f, &room);
            assert_near(room.angles[0], known_angles[a], 1e-11);
            assert_true(spectra.recovery_angle >= room.angles[0]);
            fixture_tear_down(&f);
        }
}

static void test_without_adapters_and_nothing_left_to_find(void **state)
{
    (void)state;
    struct problem_config config = fixture_problem(TRUTH_PSD, SAMPLES_POPULATION, 0);
    struct fixture f;
    struct room room;
    fixture_set_up(&f, &config, 0, ADAPTER_GENERAL);
    memcpy(f.base, f.problem->target + SQUARE, sizeof f.base); /* Â = W*_1: only rounding errors differ */
    for (int i = 0; i < SQUARE; i += 2)
        f.base[i] *= 1 + 1e-15;
    assert_near(measured(&f, &room).recovery_angle, 90, 0);
    assert_near(room.angles[1], 90, 0);
    fixture_tear_down(&f);
}

/* With fewer samples than dimensions the fit is the shortest step from Â: nothing where no sample looked. */
static void test_without_adapters_few_samples_see_a_part(void **state)
{
    (void)state;
    struct problem_config config = fixture_problem(TRUTH_GENERAL, 4, 0);
    struct fixture f;
    struct room room;
    fixture_set_up(&f, &config, 0, ADAPTER_GENERAL);
    memcpy(f.base, f.problem->base, sizeof f.base);
    /* W* − Â = R_t has U_t* for its columns whatever of its rows the samples show. */
    assert_near(measured(&f, &room).recovery_angle, 0, 1e-9);
    fixture_tear_down(&f);
}

static void test_noise_disturbs_the_fit_by_the_root_of_its_samples(void **state)
{
    (void)state;
    struct problem_config config = fixture_problem(TRUTH_PSD, 30011, 0.5);
    struct fixture f;
    struct room room;
    fixture_set_up(&f, &config, 0, ADAPTER_GENERAL);
    memcpy(f.base, f.problem->base, sizeof f.base);
    double angle = measured(&f, &room).recovery_angle;
    assert_true(angle > 1e-3 && angle < 2);
    fixture_tear_down(&f);
}

static void test_what_is_not_finite_is_an_error(void **state)
{
    (void)state;
    struct problem_config config = fixture_problem(TRUTH_PSD, SAMPLES_POPULATION, 0);
    struct fixture f;
    struct room room;
    struct spectra spectra = spectra_in(&room);
    struct err err = {0};
    fixture_set_up(&f, &config, R, ADAPTER_GENERAL);
    f.left[3] = (double)NAN;
    assert_int_equal(measure_spectra(f.measure, &f.point, &spectra, &err), ERR_MATH);
    f.left[3] = 0;
    f.right[3] = (double)INFINITY;
    assert_int_equal(measure_spectra(f.measure, &f.point, &spectra, &err), ERR_MATH);
    f.right[3] = 0;
    assert_int_equal(measure_spectra(f.measure, &f.point, &spectra, &err), ERR_NONE);
    f.base[3] = (double)NAN;
    assert_int_equal(measure_spectra(f.measure, &f.point, &spectra, &err), ERR_MATH);
    assert_non_null(strstr(err.message, "singular value"));
    f.point.rank = 0;
    assert_int_equal(measure_spectra(f.measure, &f.point, &spectra, NULL), ERR_MATH);
    fixture_tear_down(&f);
    measure_free(NULL);
}

static void test_angles_alone_are_those_and_leave_the_rest(void **state)
{
    (void)state;
    struct problem_config config = fixture_problem(TRUTH_GENERAL, SAMPLES_POPULATION, 0);
    struct fixture f;
    struct room room, other;
    struct err err;
    fixture_set_up(&f, &config, R, ADAPTER_GENERAL);
    struct spectra all = measured(&f, &room);
    memset(&other, 0, sizeof other);
    struct spectra angles = spectra_in(&other);
    angles.error_rank = angles.rank_needed = 17;
    assert_int_equal(measure_angles(f.measure, &f.point, &angles, &err), ERR_NONE);
    assert_memory_equal(other.angles, room.angles, sizeof room.angles);
    assert_true(angles.recovery_angle == all.recovery_angle);
    assert_true(angles.error_rank == 17 && angles.rank_needed == 17 && other.values[0] == 0 && other.curve[0] == 0);
    fixture_tear_down(&f);
}

/* Of so many dimensions that the error of rank kT and what the unseen task needs, of rank k(T+1), are not looked for among all
 * values: standard retraining's minimum A* + mean(R). */
static void test_low_ranks_in_many_dimensions_are_found_whole(void **state)
{
    (void)state;
    enum { MANY = 208, TASKS = 2, ERROR_RANK = TASKS, NEEDED = TASKS + 1 };
    const size_t square = (size_t)MANY * MANY;
    struct problem_config config = {
        .dimension = MANY, .rank = 1, .tasks = TASKS, .truth = TRUTH_PSD, .samples = SAMPLES_POPULATION, .seed = 7};
    struct problem *problem = problem_new(&config, SAMPLES_POPULATION, NULL);
    assert_non_null(problem);
    struct measure *measure = measure_new(problem, NULL);
    struct linalg_svd *svd = linalg_svd_new(MANY, MANY);
    double *error = calloc(square, sizeof *error), values[MANY], curve[MANY + 1], want[MANY];
    assert_true(measure && svd && error);
    for (int t = 0; t < TASKS; t++)
        linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, MANY, MANY, 1, 1.0 / TASKS, problem->left + (ptrdiff_t)t * MANY,
                    problem->right + (ptrdiff_t)t * MANY, 1, error);
    struct spectra spectra = {.singular_values = values, .curve = curve};
    assert_int_equal(measure_error_spectra(measure, error, &spectra, NULL), ERR_NONE);
    assert_int_equal(spectra.error_rank, ERROR_RANK);
    assert_int_equal(spectra.rank_needed, NEEDED);
    assert_true(values[MANY - 1] == 0 && curve[MANY - 1] == 0); /* that is how it was done */
    assert_true(linalg_svd(svd, MANY, MANY, error, want, NULL, NULL));
    for (int i = 0; i < MANY; i++)
        assert_near(values[i], want[i], 1e-14 * want[0]);
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, MANY, MANY, 1, 1, problem->unseen_left, problem->unseen_right, -1,
                error);
    assert_true(linalg_svd(svd, MANY, MANY, error, want, NULL, NULL));
    for (int r = 0; r < NEEDED; r++)
        assert_near(curve[r] - curve[r + 1], 0.5 * want[r] * want[r], 1e-13 * curve[0]);
    free(error);
    linalg_svd_free(svd);
    measure_free(measure);
    problem_free(problem);
}

static void test_error_spectra_leave_the_angles_alone(void **state)
{
    (void)state;
    struct problem_config config = fixture_problem(TRUTH_PSD, SAMPLES_POPULATION, 0);
    struct fixture f;
    struct room room, again;
    double error[SQUARE];
    fixture_set_up(&f, &config, R, ADAPTER_GENERAL);
    struct spectra whole = measured(&f, &room), part = spectra_in(&again);
    for (int i = 0; i < SQUARE; i++)
        error[i] = f.base[i] - f.problem->base[i];
    part.angles = NULL;
    part.recovery_angle = 2.385;
    assert_int_equal(measure_error_spectra(f.measure, error, &part, NULL), ERR_NONE);
    assert_memory_equal(room.values, again.values, sizeof room.values);
    assert_memory_equal(room.curve, again.curve, sizeof room.curve);
    assert_int_equal(part.error_rank, whole.error_rank);
    assert_int_equal(part.rank_needed, whole.rank_needed);
    assert_near(part.recovery_angle, 2.385, 0);
    fixture_tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_singular_values_and_curve_equal_a_slow_decomposition),
        cmocka_unit_test(test_ranks_count_what_is_above_their_tolerance),
        cmocka_unit_test(test_angle_of_a_known_turn),
        cmocka_unit_test(test_adapters_with_too_few_directions_are_at_a_right_angle),
        cmocka_unit_test(test_more_directions_than_the_truth_may_contain_it),
        cmocka_unit_test(test_without_adapters_the_best_part_is_judged),
        cmocka_unit_test(test_without_adapters_and_nothing_left_to_find),
        cmocka_unit_test(test_without_adapters_few_samples_see_a_part),
        cmocka_unit_test(test_noise_disturbs_the_fit_by_the_root_of_its_samples),
        cmocka_unit_test(test_what_is_not_finite_is_an_error),
        cmocka_unit_test(test_angles_alone_are_those_and_leave_the_rest),
        cmocka_unit_test(test_low_ranks_in_many_dimensions_are_found_whole),
        cmocka_unit_test(test_error_spectra_leave_the_angles_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
