/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alloc/failing.h"
#include "model/adapt.h"
#include "model/linalg.h"
#include "model/random.h"
#include "model/stability.h"
#include "support/fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static enum failing_outcome reported(const struct err *err)
{
    return err->code == ERR_MEMORY && strstr(err->message, "memory") ? FAILING_REPORTED : FAILING_WRONG;
}

static enum failing_outcome decompose(void *context)
{
    (void)context;
    struct linalg_svd *svd = linalg_svd_new(3, 5);
    linalg_svd_free(svd);
    return svd ? FAILING_SUCCESS : FAILING_REPORTED;
}

static enum failing_outcome draw(void *context)
{
    const struct problem_config *config = context;
    struct err err = {.code = ERR_NONE};
    struct problem *problem = problem_new(config, 11, &err);
    problem_free(problem);
    return problem ? FAILING_SUCCESS : reported(&err);
}

static enum failing_outcome measure_all(void *context)
{
    struct fixture *f = context;
    struct err err = {.code = ERR_NONE};
    double angles[T], values[D], curve[D + 1];
    struct spectra spectra = {.angles = angles, .singular_values = values, .curve = curve};
    struct measure *measure = measure_new(f->problem, &err);
    if (!measure)
        return reported(&err);
    enum err_code code = measure_spectra(measure, &f->point, &spectra, &err);
    double sum = measure_train_loss(measure, &f->problem->retrain, &f->point) +
                 measure_paper_loss(measure, &f->problem->retrain, f->problem->target, &f->point) +
                 measure_gradient_norm(measure, &f->problem->retrain, &f->point);
    measure_free(measure);
    return code == ERR_NONE && isfinite(sum) ? FAILING_SUCCESS : FAILING_WRONG;
}

static enum failing_outcome estimate(void *context)
{
    const struct fixture *f = context;
    struct err err = {.code = ERR_NONE};
    struct stability stability;
    struct solver_setup setup = {.moments = &f->problem->retrain, .rank = R, .shape = ADAPTER_SYMMETRIC};
    return stability_estimate(&setup, f->base, &stability, &err) ? reported(&err) : FAILING_SUCCESS;
}

/* Steps of a solver: what it takes is taken before the first. */
struct stepping {
    const struct fixture *fixture;
    const struct solver_type *type;
    int steps;
};

static enum failing_outcome retrain(void *context)
{
    const struct stepping *stepping = context;
    struct err err = {.code = ERR_NONE};
    struct solver_setup setup = {.moments = &stepping->fixture->problem->retrain,
                                 .rank = R,
                                 .shape = ADAPTER_SYMMETRIC,
                                 .rates = {.inner_steps = 3, .inner = 0.001, .outer = 0.1}};
    struct solver *solver = solver_new(stepping->type, &setup, &err);
    if (!solver)
        return reported(&err);
    enum failing_outcome outcome =
        solver_start(solver, 5, RANDOM_RETRAIN_START, 0.1, &err) ? reported(&err) : FAILING_SUCCESS;
    for (int i = 0; outcome == FAILING_SUCCESS && i < stepping->steps; i++)
        solver_step(solver);
    solver_free(solver);
    return outcome;
}

static enum failing_outcome adapt(void *context)
{
    const struct stepping *stepping = context;
    struct err err = {.code = ERR_NONE};
    struct adapt_config config = {.rank = R, .rate = 0.005};
    struct solver *solver = adapt_solver_new(stepping->fixture->problem, &config, stepping->fixture->base, &err);
    if (!solver)
        return reported(&err);
    for (int i = 0; i < stepping->steps; i++)
        solver_step(solver);
    solver_free(solver);
    return FAILING_SUCCESS;
}

static void test_every_allocation_is_reported(void **state)
{
    (void)state;
    struct problem_config config = fixture_problem(TRUTH_GENERAL, SAMPLES, 0.2);
    struct fixture f;
    fixture_set_up(&f, &config, R, ADAPTER_GENERAL);
    assert_in_range(failing_every(decompose, NULL), 2, 9);
    assert_in_range(failing_every(draw, &config), 10, 99);
    assert_in_range(failing_every(measure_all, &f), 4, 20);
    assert_in_range(failing_every(estimate, &f), 4, 20);
    fixture_tear_down(&f);
}

static void test_steps_allocate_nothing(void **state)
{
    (void)state;
    struct problem_config config = fixture_problem(TRUTH_PSD, SAMPLES, 0.2);
    struct fixture f;
    fixture_set_up(&f, &config, R, ADAPTER_GENERAL);
    for (int i = 0; i < solver_count; i++) {
        struct stepping none = {&f, &solver_table[i], 0}, some = {&f, &solver_table[i], 23};
        int allocations = failing_every(retrain, &none);
        assert_true(allocations > 2);
        assert_int_equal(failing_every(retrain, &some), allocations);
        allocations = failing_every(adapt, &none);
        assert_true(allocations > 2);
        assert_int_equal(failing_every(adapt, &some), allocations);
    }
    fixture_tear_down(&f);
}

int main(void)
{
    linalg_set_threads(1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_allocation_is_reported),
        cmocka_unit_test(test_steps_allocate_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
