/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/landscape.h"

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

enum { MOST = 2 * T * D * R + SQUARE };

struct scene {
    struct fixture fixture;
    struct landscape *landscape;
};

static void set_up(struct scene *scene, int samples, int rank, enum adapter_shape shape)
{
    struct problem_config config = fixture_problem(TRUTH_PSD, samples, samples ? 0.3 : 0);
    struct err err = {0};
    fixture_set_up(&scene->fixture, &config, rank, shape);
    scene->landscape = landscape_new(scene->fixture.problem, rank, shape, &err);
    if (!scene->landscape)
        fail_msg("%s", err.message);
}

static void tear_down(struct scene *scene)
{
    landscape_free(scene->landscape);
    fixture_tear_down(&scene->fixture);
}

static struct landscape_place stand(struct scene *scene)
{
    struct landscape_place place;
    struct err err = {0};
    if (landscape_stand(scene->landscape, &scene->fixture.point, NULL, NULL, &place, &err))
        fail_msg("%s", err.message);
    return place;
}

/* The true adapters turned by a rotation, which changes no product. */
static void go_to_truth(struct scene *scene, double share)
{
    const double c = cos(0.7), s = sin(0.7), *left = scene->fixture.problem->left;
    for (int i = 0; i < T * D; i++) {
        scene->fixture.left[2 * i] = share * (c * left[2 * i] - s * left[2 * i + 1]);
        scene->fixture.left[2 * i + 1] = share * (s * left[2 * i] + c * left[2 * i + 1]);
    }
}

static void tells_places_apart(void **state)
{
    (void)state;
    struct scene scene;
    set_up(&scene, SAMPLES_POPULATION, K, ADAPTER_SYMMETRIC);
    struct landscape_place place = stand(&scene);
    assert_int_equal(place.kind, LANDSCAPE_SLOPE);
    assert_true(place.loss < place.loss_without * 10 && !place.global);
    memset(scene.fixture.left, 0, sizeof scene.fixture.left);
    place = stand(&scene);
    assert_int_equal(place.kind, LANDSCAPE_SADDLE);
    assert_near(place.loss, place.loss_without, 1e-12 * place.loss);
    assert_true(place.eigenvalue[0] < -1 && place.gradient_norm == 0);
    scene.fixture.left[3] = 1e-9; /* beside it */
    assert_int_equal(stand(&scene).kind, LANDSCAPE_SADDLE);
    go_to_truth(&scene, 1);
    place = stand(&scene);
    assert_int_equal(place.kind, LANDSCAPE_MINIMUM);
    assert_true(place.global && place.eigenvalue[0] > 0.01);
    assert_int_equal(place.idle, T);
    go_to_truth(&scene, 1 + 1e-9); /* on its way */
    place = stand(&scene);
    assert_true(place.kind == LANDSCAPE_MINIMUM && place.global);
    for (int i = 0; i < T * D * K; i++)
        scene.fixture.left[i] = i % 3 ? 100 : -90;
    assert_int_equal(stand(&scene).kind, LANDSCAPE_RUNAWAY);
    tear_down(&scene);
}

/* A rank more than the truth's leaves a family of minimisers: A* − D for small psd D. */
static void finds_families_flat(void **state)
{
    (void)state;
    struct scene scene;
    set_up(&scene, SAMPLES_POPULATION, R, ADAPTER_SYMMETRIC);
    memset(scene.fixture.left, 0, sizeof scene.fixture.left);
    for (int i = 0; i < T * D; i++)
        for (int j = 0; j < K; j++)
            scene.fixture.left[i * R + j] = scene.fixture.problem->left[i * K + j];
    for (int t = 0; t < T; t++)
        scene.fixture.left[(t * D + 4) * R + K] = 1.3; /* the same D of rank 1 for all tasks */
    struct landscape_place place = stand(&scene);
    assert_true(place.loss < 1e-24);
    assert_int_equal(place.kind, LANDSCAPE_FLAT);
    tear_down(&scene);
}

/* Standard retraining's landscape is a bowl with its minimum at the mean. */
static void knows_the_bowl(void **state)
{
    (void)state;
    struct scene scene;
    set_up(&scene, SAMPLES_POPULATION, 0, ADAPTER_SYMMETRIC);
    assert_int_equal(stand(&scene).kind, LANDSCAPE_SLOPE);
    const double *target = scene.fixture.problem->target;
    for (int i = 0; i < SQUARE; i++)
        scene.fixture.base[i] = (target[i] + target[SQUARE + i] + target[2 * SQUARE + i]) / T;
    struct landscape_place place = stand(&scene);
    assert_int_equal(place.kind, LANDSCAPE_MINIMUM);
    assert_near(place.eigenvalue[0], 1, 1e-12);
    tear_down(&scene);
}

/* The axes are of length 1 and orthogonal, and the slice along them is the loss of the points that they lead to. */
static void slices_are_the_loss(void **state)
{
    (void)state;
    static const enum landscape_direction pairs[][2] = {{LANDSCAPE_GRADIENT, LANDSCAPE_LOWEST},
                                                        {LANDSCAPE_TRUTH, LANDSCAPE_GRADIENT},
                                                        {LANDSCAPE_LOWEST, LANDSCAPE_SECOND}};
    for (int samples = 0; samples <= 41; samples += 41)
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
            struct scene scene;
            double x[MOST], at[2];
            enum landscape_direction wanted[2] = {pairs[i][0], pairs[i][1]};
            set_up(&scene, samples, K, ADAPTER_GENERAL);
            struct landscape_place place = stand(&scene);
            assert_true(landscape_choose(scene.landscape, wanted));
            assert_int_equal(wanted[0], pairs[i][0]);
            assert_int_equal(wanted[1], pairs[i][1]);
            assert_near(landscape_value(scene.landscape, 0, 0), place.loss, 1e-12 * place.loss);
            landscape_coordinates(scene.landscape, &scene.fixture.point, x);
            landscape_project(scene.landscape, x, at);
            assert_near(at[0], 0, 1e-12);
            assert_near(at[1], 0, 1e-12);
            assert_near(landscape_loss_at(scene.landscape, x), place.loss, 1e-12 * place.loss);
            if (wanted[0] == LANDSCAPE_GRADIENT) {
                double far = 1e-6;
                double slope =
                    (landscape_value(scene.landscape, far, 0) - landscape_value(scene.landscape, -far, 0)) / (2 * far);
                assert_near(slope, -place.gradient_norm, 1e-6 * place.gradient_norm);
            }
            tear_down(&scene);
        }
}

/* Turned adapters are as near to the truth as they can be: straight towards it the loss is 0 at the truth. */
static void the_truth_is_where_the_loss_is_zero(void **state)
{
    (void)state;
    struct scene scene;
    double at[2];
    enum landscape_direction wanted[2] = {LANDSCAPE_TRUTH, LANDSCAPE_LOWEST};
    set_up(&scene, SAMPLES_POPULATION, K, ADAPTER_SYMMETRIC);
    double before = stand(&scene).loss;
    assert_true(landscape_choose(scene.landscape, wanted));
    landscape_truth(scene.landscape, at);
    assert_true(at[0] > 0.1);
    assert_near(at[1], 0, 1e-9);
    assert_near(landscape_value(scene.landscape, at[0], at[1]), 0, 1e-20 * before);
    go_to_truth(&scene, 1); /* at the truth there is no way there, and the gradient is none */
    stand(&scene);
    wanted[0] = LANDSCAPE_TRUTH;
    wanted[1] = LANDSCAPE_GRADIENT;
    assert_true(landscape_choose(scene.landscape, wanted));
    assert_int_equal(wanted[0], LANDSCAPE_LOWEST);
    assert_int_equal(wanted[1], LANDSCAPE_SECOND);
    tear_down(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_places_apart),
        cmocka_unit_test(finds_families_flat),
        cmocka_unit_test(knows_the_bowl),
        cmocka_unit_test(slices_are_the_loss),
        cmocka_unit_test(the_truth_is_where_the_loss_is_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
