/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/hessian.h"

#include "model/linalg.h"
#include "model/measure.h"
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

enum { MOST = 2 * T * D * R + SQUARE };

struct scene {
    struct fixture fixture;
    struct hessian_setup setup;
    struct hessian *hessian;
};

static void set_up(struct scene *scene, int samples, int rank, enum adapter_shape shape, bool eliminated)
{
    struct problem_config config = fixture_problem(TRUTH_PSD, samples, samples ? 0.3 : 0);
    struct err err = {0};
    fixture_set_up(&scene->fixture, &config, rank, shape);
    scene->setup = (struct hessian_setup){
        .moments = &scene->fixture.problem->retrain, .rank = rank, .shape = shape, .eliminated = eliminated};
    scene->hessian = hessian_new(&scene->setup, &err);
    if (!scene->hessian)
        fail_msg("%s", err.message);
    assert_true(hessian_stand(scene->hessian, &scene->fixture.point));
}

static void tear_down(struct scene *scene)
{
    hessian_free(scene->hessian);
    fixture_tear_down(&scene->fixture);
}

/* Where the fixture's point is after a step of `far` along v. */
static void walk(struct scene *scene, const double *v, double far, double *base, double *left, double *right,
                 struct point *point)
{
    const struct fixture *f = &scene->fixture;
    size_t factors = (size_t)T * D * (size_t)f->point.rank;
    bool general = f->point.shape == ADAPTER_GENERAL;
    memcpy(base, f->base, sizeof f->base);
    memcpy(left, f->left, sizeof f->left);
    memcpy(right, f->right, sizeof f->right);
    linalg_axpy(factors, far, v, left);
    if (general)
        linalg_axpy(factors, far, v + factors, right);
    if (!scene->setup.eliminated)
        linalg_axpy(SQUARE, far, v + (general ? 2 : 1) * factors, base);
    *point = f->point;
    point->base = base;
    point->left = left;
    point->right = general ? right : left;
}

/* Gradient and Hessian against central differences of the loss and of the gradient, for every kind of objective. */
static void check_differences(int samples, int rank, enum adapter_shape shape, bool eliminated)
{
    static const double far = 1e-5;
    struct scene scene;
    double base[SQUARE], left[T * D * R], right[T * D * R];
    double v[MOST], product[MOST], before[MOST], loss[2];
    uint64_t seed = 99;
    set_up(&scene, samples, rank, shape, eliminated);
    size_t n = hessian_unknowns(scene.hessian);
    matrix_fill(&seed, n, v);
    hessian_times(scene.hessian, v, product);
    double slope = linalg_dot(n, hessian_gradient(scene.hessian), v), curvature = linalg_norm(n, product);
    for (int side = 0; side < 2; side++) {
        struct point point;
        walk(&scene, v, side ? far : -far, base, left, right, &point);
        assert_true(hessian_stand(scene.hessian, &point));
        loss[side] = hessian_loss(scene.hessian);
        if (side == 0)
            memcpy(before, hessian_gradient(scene.hessian), n * sizeof *before);
    }
    assert_near((loss[1] - loss[0]) / (2 * far), slope, 1e-6 * fabs(slope) + 1e-7);
    for (size_t i = 0; i < n; i++)
        assert_near((hessian_gradient(scene.hessian)[i] - before[i]) / (2 * far), product[i], 1e-7 * curvature);
    tear_down(&scene);
}

static void products_are_differences(void **state)
{
    (void)state;
    for (int samples = 0; samples <= 41; samples += 41)
        for (int shape = 0; shape < 2; shape++)
            for (int eliminated = 0; eliminated < 2; eliminated++)
                for (int rank = eliminated; rank <= R; rank++)
                    check_differences(samples, rank, (enum adapter_shape)shape, eliminated);
}

/* The same as the measures, where the base is at its minimiser. */
static void agrees_with_the_measures(void **state)
{
    (void)state;
    for (int samples = 0; samples <= 41; samples += 41) {
        struct scene scene;
        set_up(&scene, samples, K, ADAPTER_GENERAL, true);
        const struct moments *moments = &scene.fixture.problem->retrain;
        const struct point *point = hessian_point(scene.hessian);
        double norm = linalg_norm(hessian_unknowns(scene.hessian), hessian_gradient(scene.hessian));
        assert_near(measure_train_loss(scene.fixture.measure, moments, point), hessian_loss(scene.hessian), 1e-12);
        assert_near(measure_gradient_norm(scene.fixture.measure, moments, point), norm, 1e-12);
        tear_down(&scene);
    }
}

/* All the Hessian's eigenvalues by Jacobi's rotations, ascending. */
static void all_eigenvalues(struct hessian *hessian, double *values)
{
    enum { SIDE = 64 };
    size_t n = hessian_unknowns(hessian);
    double square[SIDE * SIDE], unit[SIDE];
    assert_true(n <= SIDE);
    for (size_t i = 0; i < n; i++) {
        memset(unit, 0, sizeof unit);
        unit[i] = -1;
        hessian_times(hessian, unit, square + i * n);
    }
    matrix_eigenvalues((int)n, square, values);
    for (size_t i = 0; i < n; i++)
        values[i] = -values[i];
}

/* At U = 0, a column of U_t has the Hessian −(E_t + E_t^T) / T, E_t = R_t − (1/T) Σ R_s: design and the paper's appendix. */
static void saddle_is_as_the_theory_says(void **state)
{
    (void)state;
    struct scene scene;
    double lowest = 0, values[HESSIAN_LOWEST], vectors[HESSIAN_LOWEST * MOST];
    int found = 0;
    set_up(&scene, SAMPLES_POPULATION, 1, ADAPTER_SYMMETRIC, true);
    memset(scene.fixture.left, 0, sizeof scene.fixture.left);
    assert_true(hessian_stand(scene.hessian, &scene.fixture.point));
    assert_int_equal(hessian_idle(scene.hessian), 0);
    const double *target = scene.fixture.problem->target;
    for (int t = 0; t < T; t++) {
        double apart[SQUARE], own[D];
        for (int i = 0; i < SQUARE; i++)
            apart[i] = target[t * SQUARE + i] - (target[i] + target[SQUARE + i] + target[2 * SQUARE + i]) / T;
        matrix_eigenvalues(D, apart, own);
        lowest = fmin(lowest, -2 * own[0] / T);
    }
    assert_true(hessian_lowest(scene.hessian, 3, NULL, values, vectors, &found));
    assert_int_equal(found, 3);
    assert_near(values[0], lowest, 1e-12 * fabs(lowest));
    assert_near(linalg_norm(hessian_unknowns(scene.hessian), hessian_gradient(scene.hessian)), 0, 0);
    tear_down(&scene);
}

/* At a stationary point idle directions have the eigenvalue 0; elsewhere leaving them out compresses. Here the truth, where
 * the Hessian is positive semidefinite: the eigenvalues that are left are the large ones. */
static void leaves_out_what_idles(void **state)
{
    (void)state;
    for (int shape = 0; shape < 2; shape++) {
        struct scene scene;
        double all[64], values[HESSIAN_LOWEST], vectors[HESSIAN_LOWEST * MOST];
        int found = 0;
        set_up(&scene, SAMPLES_POPULATION, shape ? 1 : K, (enum adapter_shape)shape, true);
        const struct problem *problem = scene.fixture.problem;
        size_t factors = (size_t)T * D * (shape ? 1 : K);
        if (shape) /* of general adapters another stationary point: U = V = 0 moves nothing, so all directions count */
            memset(scene.fixture.left, 0, sizeof scene.fixture.left);
        else
            memcpy(scene.fixture.left, problem->left, factors * sizeof(double));
        if (shape)
            memset(scene.fixture.right, 0, sizeof scene.fixture.right);
        assert_true(hessian_stand(scene.hessian, &scene.fixture.point));
        assert_int_equal(hessian_idle(scene.hessian), shape ? 0 : T); /* K (K − 1) / 2 a task */
        all_eigenvalues(scene.hessian, all);
        assert_true(hessian_lowest(scene.hessian, 4, NULL, values, vectors, &found));
        assert_int_equal(found, 4);
        for (int i = 0; i < found; i++)
            assert_near(values[i], all[(shape ? 0 : T) + i], 1e-10);
        if (!shape)
            assert_true(values[0] > 1e-3);
        tear_down(&scene);
    }
}

/* Projection: idempotent, and what it takes off moves no product U V^T. */
static void projects_on_what_moves(void **state)
{
    (void)state;
    for (int shape = 0; shape < 2; shape++) {
        struct scene scene;
        double v[MOST], once[MOST], twice[MOST], before[SQUARE] = {0}, after[SQUARE] = {0};
        uint64_t seed = 5;
        set_up(&scene, SAMPLES_POPULATION, R, (enum adapter_shape)shape, true);
        size_t n = hessian_unknowns(scene.hessian), factors = (size_t)T * D * R;
        assert_int_equal(hessian_idle(scene.hessian), T * (shape ? R * R : R * (R - 1) / 2));
        matrix_fill(&seed, n, v);
        memcpy(once, v, sizeof v);
        hessian_project(scene.hessian, once);
        memcpy(twice, once, sizeof v);
        hessian_project(scene.hessian, twice);
        for (size_t i = 0; i < n; i++)
            assert_near(twice[i], once[i], 1e-12);
        const struct point *point = hessian_point(scene.hessian);
        for (int side = 0; side < 2; side++) { /* of the first task, u V^T + U v^T */
            const double *move = side ? once : v, *right = shape ? move + factors : move;
            double *sum = side ? after : before;
            linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, D, D, R, 1, move, point->right, 0, sum);
            linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, D, D, R, 1, point->left, right, 1, sum);
        }
        for (int i = 0; i < SQUARE; i++)
            assert_near(after[i], before[i], 1e-12);
        assert_true(linalg_norm(n, once) < linalg_norm(n, v));
        tear_down(&scene);
    }
}

/* Above HESSIAN_DENSE unknowns: eigenpairs satisfy their equation, and the lowest is the theory's at the saddle. */
static void lanczos_finds_the_lowest(void **state)
{
    (void)state;
    enum { SIDE = 24, TASKS = 5, RANK = 2, N = SIDE * TASKS * RANK };
    struct problem_config config = {.dimension = SIDE, .rank = RANK, .tasks = TASKS, .seed = 3};
    struct err err = {0};
    struct problem *problem = problem_new(&config, SAMPLES_POPULATION, &err);
    assert_non_null(problem);
    struct hessian_setup setup = {.moments = &problem->retrain, .rank = RANK, .eliminated = true};
    struct hessian *hessian = hessian_new(&setup, &err);
    double *base = calloc(SIDE * SIDE, sizeof *base), *left = calloc(N, sizeof *left);
    double *vectors = calloc((size_t)HESSIAN_LOWEST * N, sizeof *vectors), *product = calloc(N, sizeof *product);
    double values[HESSIAN_LOWEST];
    int found = 0;
    assert_true(hessian && base && left && vectors && product);
    uint64_t seed = 17;
    matrix_fill(&seed, N, left);
    struct point point = {SIDE, TASKS, RANK, ADAPTER_SYMMETRIC, base, left, left, NULL};
    assert_int_equal(hessian_unknowns(hessian), N);
    assert_true(hessian_unknowns(hessian) > HESSIAN_DENSE);
    assert_true(hessian_stand(hessian, &point));
    assert_true(hessian_lowest(hessian, 3, NULL, values, vectors, &found));
    assert_int_equal(found, 3);
    assert_true(values[0] < 0 && values[0] <= values[1] && values[1] <= values[2]);
    for (int i = 0; i < found; i++) {
        double *vector = vectors + (ptrdiff_t)i * N;
        assert_near(linalg_norm(N, vector), 1, 1e-9);
        hessian_times(hessian, vector, product);
        hessian_project(hessian, product);
        linalg_axpy(N, -values[i], vector, product);
        assert_near(linalg_norm(N, product), 0, 2e-4 * fabs(values[0]));
    }
    free(base);
    free(left);
    free(vectors);
    free(product);
    hessian_free(hessian);
    problem_free(problem);
}

/* At the truth every eigenvalue but those of idle directions is positive, and rounding does not bring one of those back. */
static void lanczos_leaves_out_what_idles(void **state)
{
    (void)state;
    enum { SIDE = 64, TASKS = 3, RANK = 2, N = SIDE * TASKS * RANK };
    struct problem_config config = {.dimension = SIDE, .rank = RANK, .tasks = TASKS, .seed = 7};
    struct err err = {0};
    struct problem *problem = problem_new(&config, SAMPLES_POPULATION, &err);
    assert_non_null(problem);
    struct hessian_setup setup = {.moments = &problem->retrain, .rank = RANK, .eliminated = true};
    struct hessian *hessian = hessian_new(&setup, &err);
    double *left = calloc(N, sizeof *left), *base = calloc(SIDE * SIDE, sizeof *base);
    double *vectors = calloc((size_t)HESSIAN_LOWEST * N, sizeof *vectors), values[HESSIAN_LOWEST];
    int found = 0;
    assert_true(hessian && left && base && vectors);
    memcpy(left, problem->left, N * sizeof *left);
    struct point point = {SIDE, TASKS, RANK, ADAPTER_SYMMETRIC, base, left, left, NULL};
    assert_true(hessian_stand(hessian, &point));
    assert_true(hessian_lowest(hessian, 4, NULL, values, vectors, &found));
    assert_true(found > 0);
    assert_true(values[0] > 1);
    free(left);
    free(base);
    free(vectors);
    hessian_free(hessian);
    problem_free(problem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_differences),      cmocka_unit_test(agrees_with_the_measures),
        cmocka_unit_test(saddle_is_as_the_theory_says),  cmocka_unit_test(leaves_out_what_idles),
        cmocka_unit_test(projects_on_what_moves),        cmocka_unit_test(lanczos_finds_the_lowest),
        cmocka_unit_test(lanczos_leaves_out_what_idles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
