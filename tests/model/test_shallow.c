/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/adamw.h"
#include "model/linalg.h"
#include "run/npz.h"
#include "support/matrix.h"
#include "support/near.h"
#include "support/program.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- the sigmoid ---- */

/* 1 / (1 + e^−z) in long doubles, to the last bit of a double and beyond. */
static long double slow_sigmoid(double z)
{
    return 1 / (1 + expl(-(long double)z));
}

static void sigmoids_are_accurate(void **state)
{
    (void)state;
    enum { COUNT = 40000, HALF = COUNT / 2 };
    static const double one[1] = {1};
    static _Alignas(64) double z[COUNT], h[COUNT], zero[COUNT];
    const struct shallow_kernel *kernel;
    volatile long double next =
        1 + LDBL_EPSILON; /* valgrind's long doubles are doubles, and the oracle then as far off as we may be */
    double allowed = next > 1 ? 4 : 8;
    for (int i = 0; i < COUNT; i++)
        z[i] = i < HALF ? -40 + 80.0 * i / HALF : -700 + 1400.0 * (i - HALF) / HALF;
    for (int k = 0; (kernel = shallow_kernel_at(k)) != NULL; k++) {
        double worst = 0;
        memcpy(h, z, sizeof h);
        kernel->pass(1, COUNT, COUNT, h, zero, zero, one, 1, false, NULL);
        for (int i = 0; i < COUNT; i++) {
            long double true_value = slow_sigmoid(z[i]);
            double unit = ldexp(1, ilogb((double)true_value) - 52);
            worst = fmax(worst, (double)fabsl((long double)h[i] - true_value) / unit);
        }
        printf("%s: %.2f units in the last place\n", kernel->name, worst);
        assert_true(worst < allowed);
    }
}

static void sigmoids_of_anything_are_numbers(void **state)
{
    (void)state;
    static const _Alignas(64) double hard[SHALLOW_LINE] = {
        0, -0.0, 1e300, -1e300, (double)INFINITY, -(double)INFINITY, 5e-324, 711};
    static const _Alignas(64) double zero[SHALLOW_LINE];
    static const double one[1] = {1};
    const struct shallow_kernel *kernel;
    for (int k = 0; (kernel = shallow_kernel_at(k)) != NULL; k++) {
        _Alignas(64) double h[SHALLOW_LINE];
        memcpy(h, hard, sizeof h);
        kernel->pass(1, SHALLOW_LINE, SHALLOW_LINE, h, zero, zero, one, 1, false, NULL);
        for (int i = 0; i < SHALLOW_LINE; i++) {
            assert_true(h[i] >= 0 && h[i] <= 1);
            assert_near(h[i], (double)slow_sigmoid(hard[i]), 1e-15);
        }
    }
}

/* ---- losses and gradients ---- */

enum { D = 5, T = 2, R = 2, N = 13, STRIDE = 16 };

struct sample {
    _Alignas(64) double inputs[T * D * STRIDE];
    _Alignas(64) double outputs[T * STRIDE];
    _Alignas(64) double weight[STRIDE];
    double base[D * D], top[D], left[T * D * R], right[T * D * R];
    struct shallow_data data;
    struct point point;
};

static void make_sample(struct sample *sample)
{
    uint64_t seed = 2385;
    *sample = (struct sample){.weight = {0}};
    matrix_fill(&seed, T * D * STRIDE, sample->inputs); /* the padding too: it must not count */
    matrix_fill(&seed, T * STRIDE, sample->outputs);
    matrix_fill(&seed, D * D, sample->base);
    matrix_fill(&seed, D, sample->top);
    matrix_fill(&seed, T * D * R, sample->left);
    matrix_fill(&seed, T * D * R, sample->right);
    for (int i = 0; i < N; i++)
        sample->weight[i] = 1;
    sample->data = (struct shallow_data){D, T, N, STRIDE, sample->inputs, sample->outputs, sample->weight};
    sample->point = (struct point){.dimension = D,
                                   .tasks = T,
                                   .rank = R,
                                   .shape = ADAPTER_GENERAL,
                                   .base = sample->base,
                                   .left = sample->left,
                                   .right = sample->right,
                                   .top = sample->top};
}

/* Sample by sample, as it is written. */
static double slow_loss(const struct sample *sample, int task)
{
    double sum = 0;
    for (int i = 0; i < N; i++) {
        double prediction = 0;
        for (int j = 0; j < D; j++) {
            double z = 0;
            for (int l = 0; l < D; l++) {
                double w = sample->base[j * D + l];
                for (int r = 0; r < R; r++)
                    w += sample->left[(task * D + j) * R + r] * sample->right[(task * D + l) * R + r];
                z += w * sample->inputs[(task * D + l) * STRIDE + i];
            }
            prediction += sample->top[j] / (1 + exp(-z));
        }
        sum += pow(prediction - sample->outputs[task * STRIDE + i], 2);
    }
    return sum / N;
}

static void losses_are_those_of_single_samples(void **state)
{
    (void)state;
    struct sample sample;
    make_sample(&sample);
    struct arena *arena = arena_new(shallow_work_size(D, STRIDE));
    struct shallow_work work = shallow_work_take(arena, D, STRIDE);
    assert_int_equal(shallow_padded(N), STRIDE);
    double mean = (slow_loss(&sample, 0) + slow_loss(&sample, 1)) / 2;
    assert_near(shallow_task(&work, &sample.data, &sample.point, 1, NULL), slow_loss(&sample, 1), 1e-13);
    assert_near(shallow_loss(&work, &sample.data, &sample.point), mean, 1e-13);
    arena_free(arena);
}

/* One step along the gradient alone: Adam's first is the rate times its sign, so the averages are read off the change
 * by a tiny rate; here the gradient by the matrix and by the top layer, against differences. */
static void gradients_are_differences(void **state)
{
    (void)state;
    struct sample sample;
    make_sample(&sample);
    struct arena *arena = arena_new(shallow_work_size(D, STRIDE));
    struct shallow_work work = shallow_work_take(arena, D, STRIDE);
    double top[D] = {0};
    static const double step = 1e-5;
    shallow_task(&work, &sample.data, &sample.point, 1, top);
    for (int i = 0; i < D * D; i++) {
        double kept = sample.base[i];
        sample.base[i] = kept + step;
        double above = slow_loss(&sample, 1);
        sample.base[i] = kept - step;
        double below = slow_loss(&sample, 1);
        sample.base[i] = kept;
        assert_near(work.slope[i], (above - below) / (2 * step), 1e-8);
    }
    for (int j = 0; j < D; j++) {
        double kept = sample.top[j];
        sample.top[j] = kept + step;
        double above = slow_loss(&sample, 1);
        sample.top[j] = kept - step;
        double below = slow_loss(&sample, 1);
        sample.top[j] = kept;
        assert_near(top[j], (above - below) / (2 * step), 1e-8);
    }
    arena_free(arena);
}

/* The change of every instruction set's pass back, against differences of that pass, which is held against losses
 * above. Odd sizes: d is no multiple of anything, and half of the last line is padding. */
static void bends_are_differences(void **state)
{
    (void)state;
    static const double step = 1e-4, scale = 2.0 / N;
    const struct shallow_kernel *kernel;
    struct sample sample;
    _Alignas(64) double z[D * STRIDE], move[D * STRIDE], h[D * STRIDE], side[4][D * STRIDE], sums[5][D * SHALLOW_LINE];
    double top_move[D];
    uint64_t seed = 7;
    make_sample(&sample);
    matrix_fill(&seed, D * STRIDE, z);
    matrix_fill(&seed, D, top_move);
    for (int k = 0; (kernel = shallow_kernel_at(k)) != NULL; k++) {
        double worst = 0;
        matrix_fill(&seed, D * STRIDE, move);
        memcpy(h, z, sizeof h);
        memset(sums, 0, sizeof sums);
        kernel->pass(D, STRIDE, STRIDE, h, sample.outputs, sample.weight, sample.top, scale, false, NULL);
        for (int i = 0; i < 4; i++) { /* two steps to each side: Richardson's difference of the fourth order */
            double far = (i < 2 ? 1 : 2) * (i % 2 ? -step : step), top[D];
            for (int j = 0; j < D * STRIDE; j++)
                side[i][j] = z[j] + far * move[j];
            for (int j = 0; j < D; j++)
                top[j] = sample.top[j] + far * top_move[j];
            kernel->pass(D, STRIDE, STRIDE, side[i], sample.outputs, sample.weight, top, scale, true, sums[i]);
        }
        kernel->bend(D, STRIDE, STRIDE, h, move, sample.outputs, sample.weight, sample.top, top_move, scale, sums[4]);
        for (int j = 0; j < D * STRIDE; j++) {
            double want = (8 * (side[0][j] - side[1][j]) - (side[2][j] - side[3][j])) / (12 * step);
            worst = fmax(worst, fabs(move[j] - want));
        }
        for (int j = 0; j < D; j++) {
            double want = 0, got = 0;
            for (int i = 0; i < SHALLOW_LINE; i++) {
                int at = j * SHALLOW_LINE + i;
                want += (8 * (sums[0][at] - sums[1][at]) - (sums[2][at] - sums[3][at])) / (12 * step);
                got += sums[4][at];
            }
            worst = fmax(worst, fabs(got - want));
        }
        printf("%s: bend within %.1e of differences\n", kernel->name, worst);
        assert_true(worst < 1e-11);
        assert_true(linalg_norm(D * STRIDE, move) > 1e-2);
    }
}

/* ---- the golden trajectory: see tests/golden/shallow/README.md ---- */

static const char *const arrays[] = {"A_star",
                                     "U_star",
                                     "c_star",
                                     "X",
                                     "Y",
                                     "X_test",
                                     "Y_test",
                                     "Y_test_clean",
                                     "A0",
                                     "c0",
                                     "P0",
                                     "Q0",
                                     "standard_A_1",
                                     "standard_c_1",
                                     "standard_loss_1",
                                     "standard_A_100",
                                     "standard_c_100",
                                     "standard_loss_100",
                                     "standard_A_2000",
                                     "standard_c_2000",
                                     "standard_loss_2000",
                                     "standard_ft_q_1",
                                     "standard_ft_clean_1",
                                     "standard_ft_q_500",
                                     "standard_ft_clean_500",
                                     "meta_A_1",
                                     "meta_c_1",
                                     "meta_loss_1",
                                     "meta_A_100",
                                     "meta_c_100",
                                     "meta_loss_100",
                                     "meta_A_2000",
                                     "meta_c_2000",
                                     "meta_loss_2000",
                                     "meta_ft_q_1",
                                     "meta_ft_clean_1",
                                     "meta_ft_q_500",
                                     "meta_ft_clean_500",
                                     NULL};

static struct npz golden;

static const double *array(const char *format, const char *method, int epoch)
{
    char name[64];
    snprintf(name, sizeof name, "%s%s%s", method, *method ? "_" : "", format);
    if (epoch > 0)
        snprintf(name + strlen(name), sizeof name - strlen(name), "_%d", epoch);
    const struct npz_array *found = npz_find(&golden, name);
    if (!found)
        fail_msg("the golden file has no %s", name);
    return found->data;
}

enum { GD = 6, GK = 2, GT = 3, GN = 50, GTEST = 20 };

/* NumPy has a sample in each row. */
static void take_inputs(const double *rows, int tasks, int samples, size_t stride, double *inputs)
{
    for (int t = 0; t < tasks; t++)
        for (int i = 0; i < samples; i++)
            for (int l = 0; l < GD; l++)
                inputs[(size_t)(t * GD + l) * stride + (size_t)i] = rows[(t * samples + i) * GD + l];
}

static void take_outputs(const double *from, int tasks, int samples, size_t stride, double *outputs)
{
    for (int t = 0; t < tasks; t++)
        memcpy(outputs + (size_t)t * stride, from + (ptrdiff_t)t * samples, (size_t)samples * sizeof *outputs);
}

/* P is k × d, its transpose is V. */
static void take_right(const double *p, double *right)
{
    for (int l = 0; l < GD; l++)
        for (int r = 0; r < GK; r++)
            right[l * GK + r] = p[r * GD + l];
}

struct world {
    _Alignas(64) double inputs[GT * GD * 56];
    _Alignas(64) double outputs[GT * 56];
    _Alignas(64) double weight[56];
    _Alignas(64) double test_inputs[GD * 24];
    _Alignas(64) double test_outputs[24];
    _Alignas(64) double clean[24];
    _Alignas(64) double test_weight[24];
    struct shallow_data retrain, unseen, truth;
    struct moments moments, unseen_moments;
};

static void make_world(struct world *world)
{
    memset(world, 0, sizeof *world);
    take_inputs(array("X", "", 0), GT, GN, 56, world->inputs);
    take_outputs(array("Y", "", 0), GT, GN, 56, world->outputs);
    take_inputs(array("X_test", "", 0), 1, GTEST, 24, world->test_inputs);
    take_outputs(array("Y_test", "", 0), 1, GTEST, 24, world->test_outputs);
    take_outputs(array("Y_test_clean", "", 0), 1, GTEST, 24, world->clean);
    for (int i = 0; i < GN; i++)
        world->weight[i] = 1;
    for (int i = 0; i < GTEST; i++)
        world->test_weight[i] = 1;
    world->retrain = (struct shallow_data){GD, GT, GN, 56, world->inputs, world->outputs, world->weight};
    world->unseen =
        (struct shallow_data){GD, 1, GTEST, 24, world->test_inputs, world->test_outputs, world->test_weight};
    world->truth = (struct shallow_data){GD, 1, GTEST, 24, world->test_inputs, world->clean, world->test_weight};
    world->moments = (struct moments){.tasks = GT, .dimension = GD, .samples = GN, .cross = array("X", "", 0)};
    world->unseen_moments = (struct moments){.tasks = 1, .dimension = GD, .samples = GTEST, .cross = array("X", "", 0)};
}

static struct solver *network(const struct moments *moments, const struct shallow_data *data, int rank, bool frozen)
{
    struct err err = {0};
    struct solver_setup setup = {.moments = moments,
                                 .network = data,
                                 .rank = rank,
                                 .shape = ADAPTER_GENERAL,
                                 .base_frozen = frozen,
                                 .rates = {.inner_steps = 1, .inner = 1e-3, .outer = 1e-3}};
    struct solver *solver = solver_new(&solver_adamw, &setup, &err);
    if (!solver)
        fail_msg("%s", err.message);
    return solver;
}

static void assert_alike(const double *here, const double *there, int count, double tolerance)
{
    for (int i = 0; i < count; i++)
        assert_near(here[i], there[i], tolerance);
}

static void check_method(const struct world *world, const char *method, int rank)
{
    static const struct {
        int epoch;
        double tolerance;
    } marks[] = {{1, 1e-12}, {100, 1e-8}, {2000, 1e-5}};
    struct solver *solver = network(&world->moments, &world->retrain, rank, false);
    struct point *point = solver_point(solver);
    struct arena *arena = arena_new(shallow_work_size(GD, 56));
    struct shallow_work work = shallow_work_take(arena, GD, 56);
    memcpy(point->base, array("A0", "", 0), GD * GD * sizeof(double));
    memcpy(point->top, array("c0", "", 0), GD * sizeof(double));
    for (int t = 0; t < GT && rank > 0; t++)
        take_right(array("P0", "", 0) + (ptrdiff_t)t * GK * GD, point->right + (ptrdiff_t)t * GD * GK);
    for (int mark = 0, epoch = 0; mark < 3; mark++) {
        double loss = 0;
        for (; epoch < marks[mark].epoch; epoch++) {
            if (epoch + 1 == marks[mark].epoch)
                loss = GT * shallow_loss(&work, &world->retrain, point);
            assert_int_equal(solver_step(solver), SOLVER_RUNNING);
        }
        assert_alike(point->base, array("A", method, epoch), GD * GD, marks[mark].tolerance);
        assert_alike(point->top, array("c", method, epoch), GD, marks[mark].tolerance);
        assert_near(loss, array("loss", method, epoch)[0], marks[mark].tolerance);
    }
    struct solver *tuned = network(&world->unseen_moments, &world->unseen, GK, true);
    struct point *at = solver_point(tuned);
    memcpy(at->base, point->base, GD * GD * sizeof(double));
    memcpy(at->top, point->top, GD * sizeof(double));
    take_right(array("P0", "", 0) + (ptrdiff_t)GT * GK * GD, at->right);
    solver_step(tuned);
    assert_alike(at->left, array("ft_q", method, 1), GD * GK, 1e-8);
    assert_near(shallow_loss(&work, &world->truth, at), array("ft_clean", method, 1)[0], 1e-5);
    while (solver_steps(tuned) < 500)
        solver_step(tuned);
    assert_alike(at->left, array("ft_q", method, 500), GD * GK, 1e-5);
    assert_near(shallow_loss(&work, &world->truth, at), array("ft_clean", method, 500)[0], 1e-5);
    assert_alike(at->base, point->base, GD * GD, 0);
    arena_free(arena);
    solver_free(tuned);
    solver_free(solver);
}

static void trajectories_are_pytorchs(void **state)
{
    (void)state;
    static struct world world;
    char path[4096];
    struct err err = {0};
    const char *source = getenv("RANKSCOPE_SOURCE");
    snprintf(path, sizeof path, "%s/tests/golden/shallow/golden.npz", source ? source : ".");
    if (npz_read(&golden, path, arrays, &err))
        fail_msg("%s", err.message);
    make_world(&world);
    check_method(&world, "standard", 0);
    check_method(&world, "meta", GK);
    npz_free(&golden);
}

/* A rate that throws everything out leaves a finite point behind. */
static void divergence_is_a_status(void **state)
{
    (void)state;
    struct sample sample;
    make_sample(&sample);
    struct moments moments = {.tasks = T, .dimension = D, .samples = N, .cross = sample.inputs};
    struct solver *solver = network(&moments, &sample.data, R, false);
    solver_set_rates(solver, &(struct solver_rates){.inner_steps = 1, .inner = 1, .outer = 1e30});
    point_copy(solver_point(solver), &sample.point);
    int steps = 0;
    while (solver_step(solver) == SOLVER_RUNNING && steps < 100)
        steps++;
    assert_int_equal(solver_status(solver), SOLVER_DIVERGED);
    for (int i = 0; i < D * D; i++)
        assert_true(isfinite(solver_point(solver)->base[i]));
    solver_free(solver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sigmoids_are_accurate),
        cmocka_unit_test(sigmoids_of_anything_are_numbers),
        cmocka_unit_test(losses_are_those_of_single_samples),
        cmocka_unit_test(gradients_are_differences),
        cmocka_unit_test(bends_are_differences),
        cmocka_unit_test(trajectories_are_pytorchs),
        cmocka_unit_test(divergence_is_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
