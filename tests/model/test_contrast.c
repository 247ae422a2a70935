/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/contrast.h"

#include "base/arena.h"
#include "model/linalg.h"
#include "support/matrix.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct size {
    int dimension, tasks, rank;
};
static const struct size sizes[] = {{1, 1, 1}, {3, 2, 1}, {10, 3, 1}, {7, 4, 3}, {16, 3, 5}, {33, 2, 11}, {70, 3, 2}};
enum { SIZES = sizeof sizes / sizeof *sizes, WAYS = 4 };

struct bench {
    struct moments moments;
    struct solver_setup setup;
    struct arena *arena;
    struct contrast contrast;
    size_t square, factor, unknowns;
    double *matrices;       /* T × d × d: the adapters at x, written out */
    double *x, *u, *slope;  /* unknowns */
    double *at, *of_u, *by; /* vectors of contrasts */
};

static double *numbers(uint64_t *seed, size_t count)
{
    double *x = calloc(count + 1, sizeof *x);
    assert_non_null(x);
    matrix_fill(seed, count, x);
    return x;
}

static void write_out(struct bench *bench)
{
    size_t right = bench->contrast.general ? bench->unknowns / 2 : 0;
    for (size_t t = 0; t < bench->contrast.tasks; t++)
        matrix_times_transposed(bench->moments.dimension, bench->moments.dimension, bench->setup.rank,
                                bench->x + t * bench->factor, bench->x + right + t * bench->factor,
                                bench->matrices + t * bench->square);
}

/* `way`: whether adapters are general, and whether the mean stays. */
static void set_up(struct bench *bench, const struct size *size, int way)
{
    uint64_t seed = 385;
    size_t d = (size_t)size->dimension, tasks = (size_t)size->tasks;
    bench->moments = (struct moments){.dimension = size->dimension, .tasks = size->tasks};
    bench->setup = (struct solver_setup){.moments = &bench->moments,
                                         .rank = size->rank,
                                         .shape = way % 2 ? ADAPTER_GENERAL : ADAPTER_SYMMETRIC,
                                         .base_frozen = way / 2};
    bench->arena = arena_new(contrast_workspace(&bench->setup));
    assert_non_null(bench->arena);
    contrast_init(&bench->contrast, &bench->setup, bench->arena);
    bench->square = d * d;
    bench->factor = d * (size_t)size->rank;
    bench->unknowns = tasks * bench->factor * (way % 2 ? 2 : 1);
    bench->matrices = numbers(&seed, tasks * bench->square);
    bench->x = numbers(&seed, bench->unknowns);
    bench->u = numbers(&seed, bench->unknowns);
    bench->slope = numbers(&seed, bench->unknowns);
    bench->at = numbers(&seed, bench->contrast.count);
    bench->of_u = numbers(&seed, bench->contrast.count);
    bench->by = numbers(&seed, bench->contrast.count);
    write_out(bench);
}

static void tear_down(struct bench *bench)
{
    double *arrays[] = {bench->matrices, bench->x, bench->u, bench->slope, bench->at, bench->of_u, bench->by};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        free(arrays[i]);
    arena_free(bench->arena);
}

static void on_every_bench(void (*check)(struct bench *bench))
{
    for (int i = 0; i < SIZES; i++)
        for (int way = 0; way < WAYS; way++) {
            struct bench bench;
            set_up(&bench, &sizes[i], way);
            check(&bench);
            tear_down(&bench);
        }
}

static void assert_near(double got, double want, double size)
{
    if (!(fabs(got - want) <= 1e-13 * (1 + size)))
        fail_msg("%.17g is not %.17g", got, want);
}

/* Σ_t ‖L_t − mean‖², or Σ_t ‖L_t‖² where the mean stays, by its definition. */
static void check_length(struct bench *bench)
{
    contrast_value(&bench->contrast, bench->x, NULL, bench->at);
    double square = 0, all = 0;
    for (size_t i = 0; i < bench->square; i++) {
        double mean = 0;
        for (size_t t = 0; t < bench->contrast.tasks && bench->contrast.turned; t++)
            mean += bench->matrices[t * bench->square + i] / (double)bench->contrast.tasks;
        for (size_t t = 0; t < bench->contrast.tasks; t++) {
            double entry = bench->matrices[t * bench->square + i];
            square += (entry - mean) * (entry - mean);
            all += entry * entry;
        }
    }
    assert_near(linalg_dot(bench->contrast.count, bench->at, bench->at), square, all);
}

static void test_contrasts_are_as_long_as_what_the_mean_leaves(void **state)
{
    (void)state;
    on_every_bench(check_length);
}

static void check_load(struct bench *bench)
{
    memset(bench->at, 0, bench->contrast.count * sizeof *bench->at);
    for (size_t t = 0; t < bench->contrast.tasks; t++)
        contrast_load(&bench->contrast, t, bench->matrices + t * bench->square, bench->at);
    contrast_value(&bench->contrast, bench->x, bench->at, bench->by);
    double size = linalg_norm(bench->contrast.count, bench->at);
    assert_near(linalg_norm(bench->contrast.count, bench->by), 0, size);
}

static void test_matrices_and_their_factors_are_the_same_contrasts(void **state)
{
    (void)state;
    on_every_bench(check_load);
}

/* L(x + u) − L(x) − L(u) is the derivative to the last term. */
static void check_derivative(struct bench *bench)
{
    size_t count = bench->contrast.count;
    contrast_value(&bench->contrast, bench->x, NULL, bench->at);
    contrast_value(&bench->contrast, bench->u, NULL, bench->of_u);
    contrast_along(&bench->contrast, bench->x, bench->u, bench->by);
    linalg_axpy(count, 1, bench->by, bench->at);
    linalg_axpy(count, 1, bench->of_u, bench->at);
    linalg_axpy(bench->unknowns, 1, bench->u, bench->x);
    contrast_value(&bench->contrast, bench->x, NULL, bench->by);
    double size = linalg_norm(count, bench->by);
    linalg_axpy(count, -1, bench->by, bench->at);
    assert_near(linalg_norm(count, bench->at), 0, size);
}

static void test_along_is_the_derivative(void **state)
{
    (void)state;
    on_every_bench(check_derivative);
}

/* ⟨J u, v⟩ = ⟨u, J^T v⟩ for any v that ends as contrasts end. */
static void check_adjoint(struct bench *bench)
{
    size_t count = bench->contrast.count, room = bench->contrast.cycle.padded - bench->contrast.cycle.d;
    memset(bench->at + count - room, 0, room * sizeof *bench->at);
    contrast_along(&bench->contrast, bench->x, bench->u, bench->by);
    contrast_back(&bench->contrast, bench->x, bench->at, bench->slope);
    assert_near(linalg_dot(count, bench->by, bench->at), linalg_dot(bench->unknowns, bench->u, bench->slope),
                linalg_norm(count, bench->by) * linalg_norm(count, bench->at));
}

static void test_back_is_the_adjoint_of_along(void **state)
{
    (void)state;
    on_every_bench(check_adjoint);
}

static void check_sum(struct bench *bench)
{
    size_t d = bench->contrast.cycle.d, padded = bench->contrast.cycle.padded;
    struct arena *arena = arena_new(arena_matrices_size(1, d, padded));
    assert_non_null(arena);
    double *sum = arena_doubles(arena, d * padded);
    contrast_sum(&bench->contrast, bench->x, sum);
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++) {
            double want = 0;
            for (size_t t = 0; t < bench->contrast.tasks; t++)
                want += bench->matrices[t * bench->square + i * d + j];
            assert_near(sum[i * padded + j], want, 10);
        }
    arena_free(arena);
}

static void test_the_sum_of_the_adapters(void **state)
{
    (void)state;
    on_every_bench(check_sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contrasts_are_as_long_as_what_the_mean_leaves),
        cmocka_unit_test(test_matrices_and_their_factors_are_the_same_contrasts),
        cmocka_unit_test(test_along_is_the_derivative),
        cmocka_unit_test(test_back_is_the_adjoint_of_along),
        cmocka_unit_test(test_the_sum_of_the_adapters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
