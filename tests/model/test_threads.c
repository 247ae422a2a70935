/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/solver.h"
#include "support/situation.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* What large problems are solved with changes nothing: threads not a bit, sparing memory nothing but rounding. */

static const struct situation large[] = {
    {271, 5, 3, SAMPLES_POPULATION, ADAPTER_SYMMETRIC, false},
    {37, 7, 5, SAMPLES_POPULATION, ADAPTER_GENERAL, false},
    {261, 3, 2, 300, ADAPTER_SYMMETRIC, false},
    {29, 5, 3, 61, ADAPTER_GENERAL, false},
    {265, 3, 0, SAMPLES_POPULATION, ADAPTER_SYMMETRIC, false},
    {23, 1, 5, SAMPLES_POPULATION, ADAPTER_GENERAL, true},
};
enum { LARGE = sizeof large / sizeof *large, STEPS = 3 };

static const struct solver_rates slow = {.inner_steps = 3, .inner = 0.000385, .outer = 0.0385};

/* A solver of another setup at the same point. */
static struct solver *same_start(const struct solver_type *type, const struct situation *situation,
                                 const struct problem *problem, struct pool *pool, bool sparing)
{
    struct err err;
    struct solver *from = situation_start(type, situation, problem, &slow);
    struct solver_setup setup = {.moments = &problem->retrain,
                                 .rank = situation->rank,
                                 .shape = situation->shape,
                                 .base_frozen = situation->frozen,
                                 .rates = slow,
                                 .pool = pool,
                                 .sparing = sparing};
    struct solver *solver = solver_new(type, &setup, &err);
    assert_non_null(solver);
    const struct point *start = solver_point(from);
    struct point *point = solver_point(solver);
    for (size_t i = 0; i < point_base_size(point); i++)
        point->base[i] = start->base[i];
    for (size_t i = 0; i < situation_factors(point); i++) {
        point->left[i] = start->left[i];
        point->right[i] = start->right[i];
    }
    solver_free(from);
    return solver;
}

static void step(struct solver *solver)
{
    for (int i = 0; i < STEPS; i++)
        solver_step(solver);
}

static void test_any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    for (int i = 0; i < solver_count; i++)
        for (int s = 0; s < LARGE; s++) {
            if (!situation_suits(&solver_table[i], &large[s]))
                continue;
            struct problem *problem = situation_draw(&large[s]);
            struct solver *alone = same_start(&solver_table[i], &large[s], problem, NULL, false);
            step(alone);
            for (int threads = 2; threads < 9; threads += 3) {
                struct pool *pool = pool_new(threads);
                struct solver *solver = same_start(&solver_table[i], &large[s], problem, pool, false);
                step(solver);
                if (!situation_same(solver_point(alone), solver_point(solver)))
                    fail_msg("%s, situation %d: %d threads make a difference", solver_table[i].name, s, threads);
                solver_free(solver);
                pool_free(pool);
            }
            solver_free(alone);
            problem_free(problem);
        }
}

static double difference(size_t count, const double *x, const double *y)
{
    double largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(x[i] - y[i]));
    return largest;
}

static void test_sparing_memory_gives_the_same_but_for_rounding(void **state)
{
    (void)state;
    for (int i = 0; i < solver_count; i++)
        for (int s = 0; s < LARGE; s++) {
            if (!situation_suits(&solver_table[i], &large[s]))
                continue;
            struct problem *problem = situation_draw(&large[s]);
            struct solver *rich = same_start(&solver_table[i], &large[s], problem, NULL, false);
            struct solver *sparing = same_start(&solver_table[i], &large[s], problem, NULL, true);
            const struct point *a = solver_point(rich), *b = solver_point(sparing);
            step(rich);
            step(sparing);
            double off = fmax(difference(point_base_size(a), a->base, b->base),
                              difference(situation_factors(a), a->left, b->left));
            if (!(off < 1e-11))
                fail_msg("%s, situation %d: off by %g", solver_table[i].name, s, off);
            solver_free(rich);
            solver_free(sparing);
            problem_free(problem);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(test_sparing_memory_gives_the_same_but_for_rounding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
