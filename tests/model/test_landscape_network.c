/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/landscape.h"
#include "model/linalg.h"
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

/* The landscape of two-layer networks, at places that are known to be what they are. */

enum { D = 2, SQUARE = D * D, SHARED = SQUARE + D, MOST_TASKS = 3, MOST = 2 * MOST_TASKS * D + SHARED };

struct scene {
    struct problem *problem;
    struct landscape *landscape;
    double base[SQUARE], top[D], left[MOST_TASKS * D], right[MOST_TASKS * D];
    struct point point;
};

static void set_up(struct scene *scene, int tasks, int rank, double noise)
{
    struct problem_config config = {
        .kind = PROBLEM_NETWORK, .dimension = D, .rank = 1, .tasks = tasks, .samples = 400, .noise = noise, .seed = 3};
    struct err err = {0};
    scene->problem = problem_new(&config, 40, &err);
    scene->landscape = scene->problem ? landscape_new(scene->problem, rank, ADAPTER_GENERAL, &err) : NULL;
    if (!scene->landscape)
        fail_msg("%s", err.message);
    scene->point = (struct point){D, tasks, rank, ADAPTER_GENERAL, scene->base, scene->left, scene->right, scene->top};
    memcpy(scene->base, scene->problem->base, sizeof scene->base);
    memcpy(scene->top, scene->problem->top, sizeof scene->top);
    memcpy(scene->left, scene->problem->left, (size_t)tasks * D * sizeof(double));
    memcpy(scene->right, scene->problem->right, (size_t)tasks * D * sizeof(double));
}

static void tear_down(struct scene *scene)
{
    landscape_free(scene->landscape);
    problem_free(scene->problem);
}

static struct landscape_place stand(struct scene *scene)
{
    struct landscape_place place;
    struct err err = {0};
    if (landscape_stand(scene->landscape, &scene->point, NULL, NULL, &place, &err))
        fail_msg("%s", err.message);
    return place;
}

/* x with a x = b, by Gauss's elimination with pivots; a and b are lost. */
static void solve(int n, double *a, double *b, double *x)
{
    for (int column = 0; column < n; column++) {
        int pivot = column;
        for (int row = column + 1; row < n; row++)
            if (fabs(a[row * n + column]) > fabs(a[pivot * n + column]))
                pivot = row;
        for (int i = 0; i <= n; i++) {
            double *one = i < n ? &a[column * n + i] : &b[column], *other = i < n ? &a[pivot * n + i] : &b[pivot];
            double kept = *one;
            *one = *other;
            *other = kept;
        }
        for (int row = column + 1; row < n; row++) {
            double share = a[row * n + column] / a[column * n + column];
            for (int i = column; i < n; i++)
                a[row * n + i] -= share * a[column * n + i];
            b[row] -= share * b[column];
        }
    }
    for (int row = n - 1; row >= 0; row--) {
        x[row] = b[row];
        for (int i = row + 1; i < n; i++)
            x[row] -= a[row * n + i] * x[i];
        x[row] /= a[row * n + row];
    }
}

/* Takes A and c to a minimum of the loss without adapters by Newton's steps with Levenberg's damping. */
static void go_to_minimum(struct scene *scene)
{
    struct err err = {0};
    struct hessian_setup setup = {
        .moments = &scene->problem->retrain, .network = &scene->problem->network, .shape = ADAPTER_GENERAL};
    struct hessian *hessian = hessian_new(&setup, &err);
    struct point point = scene->point;
    double damping = 0.1;
    point.rank = 0;
    assert_non_null(hessian);
    for (int step = 0; step < 300; step++) {
        double square[SHARED * SHARED], unit[SHARED], slope[SHARED], way[SHARED], at[SHARED];
        assert_true(hessian_stand(hessian, &point));
        double before = hessian_loss(hessian);
        for (int i = 0; i < SHARED; i++) {
            memset(unit, 0, sizeof unit);
            unit[i] = 1;
            hessian_times(hessian, unit, square + (ptrdiff_t)i * SHARED);
            square[i * SHARED + i] += damping;
        }
        memcpy(slope, hessian_gradient(hessian), sizeof slope);
        solve(SHARED, square, slope, way);
        hessian_coordinates(hessian, &point, at);
        linalg_axpy(SHARED, -1, way, at);
        bool better = hessian_value(hessian, at) <= before * (1 + 1e-13);
        damping *= better ? 0.2 : 5;
        if (better) {
            memcpy(scene->base, at, sizeof scene->base);
            memcpy(scene->top, at + SQUARE, sizeof scene->top);
        }
    }
    assert_true(hessian_stand(hessian, &point));
    assert_near(linalg_norm(SHARED, hessian_gradient(hessian)), 0, 1e-12);
    hessian_free(hessian);
}

/* One task, and so much data that its base is the only one near: a minimum, whose loss is the noise's and not 0.
 * What is a hundredth of the loss away from it is on a slope again, wherever a much smaller step does not lead away. */
static void knows_a_minimum(void **state)
{
    (void)state;
    struct scene scene;
    set_up(&scene, 1, 0, 0.1);
    go_to_minimum(&scene);
    struct landscape_place place = stand(&scene);
    assert_int_equal(place.kind, LANDSCAPE_MINIMUM);
    assert_false(place.global || place.convex || place.eliminated);
    assert_true(isnan(place.loss_without));
    assert_true(place.loss > 0.005 && place.loss < 0.02);
    assert_near(place.decrement, 0, 1e-20);
    assert_true(place.eigenvalue[0] > place.nothing);
    double steep = place.eigenvalue[place.eigenvalues - 1], kept = scene.top[0];
    assert_int_equal(place.eigenvalues, SHARED); /* all, so the last is the steepest */
    assert_true(steep > 0.5);
    scene.top[0] = kept + 0.1 * sqrt(2 * 0.01 * place.loss / steep);
    assert_int_equal(stand(&scene).kind, LANDSCAPE_MINIMUM);
    scene.top[0] = kept + 3;
    assert_int_equal(stand(&scene).kind, LANDSCAPE_SLOPE);
    tear_down(&scene);
}

/* What is said to be left to win is won: beside a minimum the decrement is the loss above it, to the order of the
 * third. */
static void decrements_are_what_is_won(void **state)
{
    (void)state;
    struct scene scene;
    uint64_t seed = 12;
    double way[SHARED];
    set_up(&scene, 1, 0, 0.1);
    go_to_minimum(&scene);
    double least = stand(&scene).loss;
    matrix_fill(&seed, SHARED, way);
    linalg_axpy(SQUARE, 1e-3, way, scene.base);
    linalg_axpy(D, 1e-3, way + SQUARE, scene.top);
    struct landscape_place place = stand(&scene);
    assert_true(place.loss - least > 1e-8);
    assert_near(place.decrement, place.loss - least, 0.01 * (place.loss - least));
    tear_down(&scene);
}

/* The minimum without adapters is none with them: at U = V = 0 the gradient is 0, and the least eigenvalue −max
 * σ(G_t) / T. */
static void standard_retrainings_minimum_is_a_saddle(void **state)
{
    (void)state;
    struct scene scene;
    set_up(&scene, 2, 1, 0.1);
    go_to_minimum(&scene);
    memset(scene.left, 0, sizeof scene.left);
    memset(scene.right, 0, sizeof scene.right);
    struct landscape_place place = stand(&scene);
    assert_int_equal(place.kind, LANDSCAPE_SADDLE);
    struct arena *arena = arena_new(shallow_work_size(D, scene.problem->network.stride));
    struct shallow_work work = shallow_work_take(arena, D, scene.problem->network.stride);
    double largest = 0;
    for (int t = 0; t < 2; t++) {
        double top[D], squares[D];
        shallow_task(&work, &scene.problem->network, &scene.point, t, top);
        matrix_squared_singular_values(D, work.slope, squares);
        largest = fmax(largest, sqrt(squares[0]));
    }
    assert_near(place.eigenvalue[0], -largest / 2, 1e-12);
    assert_true(largest > 0.01);
    arena_free(arena);
    tear_down(&scene);
}

/* One task's adapter can be taken into the base, so its minimum is a whole family: level, and not a minimum. */
static void finds_families_flat(void **state)
{
    (void)state;
    struct scene scene;
    set_up(&scene, 1, 1, 0.1);
    go_to_minimum(&scene);
    for (int j = 0; j < D; j++)
        for (int l = 0; l < D; l++)
            scene.base[j * D + l] -= scene.left[j] * scene.right[l];
    struct landscape_place place = stand(&scene);
    assert_int_equal(place.kind, LANDSCAPE_FLAT);
    assert_near(place.eigenvalue[0], 0, 1e-10);
    assert_int_equal(place.idle, 1);
    tear_down(&scene);
}

/* Five times the true adapters' size, and a slope. */
static void knows_what_runs_off(void **state)
{
    (void)state;
    struct scene scene;
    double square = 0;
    set_up(&scene, 3, 1, 0.1);
    for (int t = 0; t < 3; t++) /* ‖u v^T‖ = ‖u‖ ‖v‖ */
        square += linalg_dot(D, scene.left + (ptrdiff_t)t * D, scene.left + (ptrdiff_t)t * D) *
                  linalg_dot(D, scene.right + (ptrdiff_t)t * D, scene.right + (ptrdiff_t)t * D);
    assert_near(stand(&scene).held, sqrt(square), 1e-12);
    for (int i = 0; i < 3 * D; i++)
        scene.left[i] *= -8;
    assert_int_equal(stand(&scene).kind, LANDSCAPE_RUNAWAY);
    tear_down(&scene);
}

/* Beside the loss of a top layer that has gone off, a change by 1 is nothing in any direction, and yet it is no valley: the
 * units are saturated, and c has everything to win. */
static void large_losses_are_no_valleys(void **state)
{
    (void)state;
    struct scene scene;
    set_up(&scene, 1, 0, 0.1);
    for (int i = 0; i < SQUARE; i++)
        scene.base[i] *= 1e7;
    for (int j = 0; j < D; j++)
        scene.top[j] = 1e7;
    struct landscape_place place = stand(&scene);
    assert_int_equal(place.kind, LANDSCAPE_SLOPE);
    assert_true(place.decrement > 0.5 * place.loss);
    tear_down(&scene);
}

/* The truth is A*, c* and the adapters, turned, and there the loss is 0 where nothing disturbs; the slice along the
 * way is the loss. */
static void leads_to_the_truth(void **state)
{
    (void)state;
    struct scene scene;
    double at[2], x[MOST], kept[MOST];
    enum landscape_direction wanted[2] = {LANDSCAPE_TRUTH, LANDSCAPE_GRADIENT};
    set_up(&scene, 3, 1, 0);
    assert_int_equal(landscape_unknowns(scene.landscape), MOST);
    landscape_coordinates(scene.landscape, &scene.point, kept);
    for (int i = 0; i < 3 * D; i++) { /* near, but for a sign that changes no product */
        scene.left[i] *= -1.1;
        scene.right[i] *= -1.1;
    }
    for (int i = 0; i < SQUARE; i++)
        scene.base[i] += 0.3 * (i % 3 - 1);
    scene.top[0] += 0.4;
    struct landscape_place place = stand(&scene);
    assert_true(landscape_choose(scene.landscape, wanted));
    assert_int_equal(wanted[0], LANDSCAPE_TRUTH);
    assert_int_equal(wanted[1], LANDSCAPE_GRADIENT);
    landscape_truth(scene.landscape, at);
    assert_near(landscape_value(scene.landscape, at[0], at[1]), 0, 1e-28);
    assert_near(landscape_value(scene.landscape, 0, 0), place.loss, 1e-14);
    landscape_coordinates(scene.landscape, &scene.point, x);
    assert_near(landscape_loss_at(scene.landscape, x), place.loss, 1e-14);
    assert_near(landscape_loss_at(scene.landscape, kept), 0, 1e-28);
    for (int i = 0; i < MOST; i++) /* the truth with U and V turned round, as they are here */
        x[i] -= i < 6 * D ? -kept[i] : kept[i];
    assert_near(at[0], linalg_norm(MOST, x), 1e-12);
    static const double far = 1e-5;
    wanted[0] = LANDSCAPE_GRADIENT;
    wanted[1] = LANDSCAPE_LOWEST;
    assert_true(landscape_choose(scene.landscape, wanted));
    double ahead = landscape_value(scene.landscape, far, 0), behind = landscape_value(scene.landscape, -far, 0);
    assert_near((ahead - behind) / (2 * far), -place.gradient_norm, 1e-7 * place.gradient_norm);
    tear_down(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_a_minimum),
        cmocka_unit_test(decrements_are_what_is_won),
        cmocka_unit_test(standard_retrainings_minimum_is_a_saddle),
        cmocka_unit_test(finds_families_flat),
        cmocka_unit_test(knows_what_runs_off),
        cmocka_unit_test(large_losses_are_no_valleys),
        cmocka_unit_test(leads_to_the_truth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
