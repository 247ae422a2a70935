/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gradient.h"
#include "model/linalg.h"
#include "model/random.h"
#include "support/situation.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Adam against the algorithm as its paper has it, number by number, on gradients in their plain form. */

static const struct solver_rates rates = {.inner_steps = 3, .inner = 0.00385, .outer = 0.0385};

static const struct solver_type *adam(void)
{
    return &solver_table[solver_find("adam")];
}

/* One array and its running averages. */
struct variable {
    size_t count;
    double *value;
    double *gradient, *mean, *square;
};

static void variable_begin(struct variable *variable)
{
    double **arrays[] = {&variable->gradient, &variable->mean, &variable->square};
    for (int i = 0; i < 3; i++) {
        *arrays[i] = calloc(variable->count + 1, sizeof(double));
        assert_non_null(*arrays[i]);
    }
}

static void variable_free(struct variable *variable)
{
    free(variable->gradient);
    free(variable->mean);
    free(variable->square);
}

static void variable_step(struct variable *variable, double rate, int step)
{
    for (size_t i = 0; i < variable->count; i++) {
        double gradient = variable->gradient[i];
        variable->mean[i] = 0.9 * variable->mean[i] + 0.1 * gradient;
        variable->square[i] = 0.999 * variable->square[i] + 0.001 * gradient * gradient;
        double mean = variable->mean[i] / (1 - pow(0.9, step));
        double square = variable->square[i] / (1 - pow(0.999, step));
        variable->value[i] -= rate * mean / (sqrt(square) + 1e-8);
    }
}

/* The adapters follow the gradient of L_t, the base that of the mean loss. */
static void take_gradients(const struct moments *moments, const struct point *point, struct variable *base,
                           struct variable *left, struct variable *right)
{
    int d = point->dimension;
    int r = point->rank;
    size_t size = point_factor_size(point);
    double *gradient = calloc(point_base_size(point), sizeof *gradient);
    double *scratch = calloc(point_base_size(point), sizeof *scratch);
    assert_true(gradient && scratch);
    memset(base->gradient, 0, base->count * sizeof(double));
    for (int t = 0; t < point->tasks; t++) {
        size_t at = (size_t)t * size;
        struct variable *other = right ? right : left;
        gradient_task(moments, point, t, gradient, scratch);
        linalg_axpy(base->count, 1.0 / point->tasks, gradient, base->gradient);
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, d, 1, gradient, point->right + at, 0, left->gradient + at);
        linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, d, r, d, 1, gradient, point->left + at, right ? 0 : 1,
                    other->gradient + at);
    }
    free(gradient);
    free(scratch);
}

static double largest_difference(const struct variable *variable, const double *other)
{
    double largest = 0;
    for (size_t i = 0; i < variable->count; i++)
        largest = fmax(largest, fabs(variable->value[i] - other[i]));
    return largest;
}

static void steps_are_those_of_the_algorithm(void **state)
{
    (void)state;
    for (int s = 0; s < SITUATIONS; s++) {
        struct problem *problem = situation_draw(&situations[s]);
        struct solver *solver = situation_start(adam(), &situations[s], problem, &rates);
        const struct point *point = solver_point(solver);
        struct point plain = situation_copy(point);
        bool general = plain.right != plain.left;
        struct variable base = {.count = point_base_size(point), .value = plain.base};
        struct variable left = {.count = situation_factors(point), .value = plain.left};
        struct variable right = {.count = situation_factors(point), .value = plain.right};
        variable_begin(&base);
        variable_begin(&left);
        variable_begin(&right);
        for (int step = 1; step <= 4; step++) {
            assert_int_equal(solver_step(solver), SOLVER_RUNNING);
            take_gradients(&problem->retrain, &plain, &base, &left, general ? &right : NULL);
            if (!situations[s].frozen)
                variable_step(&base, rates.outer, step);
            variable_step(&left, rates.inner, step);
            if (general)
                variable_step(&right, rates.inner, step);
        }
        double off = fmax(largest_difference(&base, point->base), largest_difference(&left, point->left));
        off = fmax(off, largest_difference(&right, point->right));
        if (!(off < 1e-11))
            fail_msg("situation %d: off by %g", s, off);
        variable_free(&base);
        variable_free(&left);
        variable_free(&right);
        situation_free(&plain);
        solver_free(solver);
        problem_free(problem);
    }
}

/* The first step is the rate times the gradient's signs, whatever its size. */
static void the_first_step_is_the_rate(void **state)
{
    (void)state;
    struct problem *problem = situation_draw(&situations[3]);
    struct solver *solver = situation_start(adam(), &situations[3], problem, &rates);
    struct point before = situation_copy(solver_point(solver));
    assert_int_equal(solver_step(solver), SOLVER_RUNNING);
    for (size_t i = 0; i < point_base_size(&before); i++)
        assert_true(fabs(fabs(solver_point(solver)->base[i] - before.base[i]) - rates.outer) < 1e-6 * rates.outer);
    for (size_t i = 0; i < situation_factors(&before); i++)
        assert_true(fabs(fabs(solver_point(solver)->right[i] - before.right[i]) - rates.inner) < 1e-4 * rates.inner);
    situation_free(&before);
    solver_free(solver);
    problem_free(problem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_those_of_the_algorithm),
        cmocka_unit_test(the_first_step_is_the_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
