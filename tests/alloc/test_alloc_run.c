/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alloc/failing.h"
#include "model/linalg.h"
#include "run/key.h"
#include "run/live.h"
#include "run/survey.h"
#include "support/trace.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct config small_config(void)
{
    struct config config = trace_config(2);
    config.problem.samples = 11;
    config.adapt.samples = 13;
    config.adapt.solver = ADAPT_PAPER;
    config.adapt.steps = 2;
    return config;
}

static enum failing_outcome outcome_of(const struct err *err)
{
    return err->code == ERR_MEMORY && err->message[0] ? FAILING_REPORTED : FAILING_WRONG;
}

static enum failing_outcome run_experiment(void *context)
{
    struct config config = small_config();
    struct err err = {.code = ERR_NONE};
    if (context)
        config.problem.kind = *(const enum problem_kind *)context;
    struct experiment *experiment = experiment_new(&config, &err);
    if (!experiment)
        return outcome_of(&err);
    while (experiment_step(experiment))
        ;
    const struct err *failed = experiment_error(experiment);
    enum failing_outcome outcome = failed->code                  ? outcome_of(failed)
                                   : experiment_done(experiment) ? FAILING_SUCCESS
                                                                 : FAILING_WRONG;
    experiment_free(experiment);
    return outcome;
}

static enum failing_outcome begin_adapt_twice(void *context)
{
    (void)context;
    struct config config = small_config();
    struct err err = {.code = ERR_NONE};
    struct experiment *experiment = experiment_new(&config, &err);
    if (!experiment)
        return outcome_of(&err);
    enum failing_outcome outcome = FAILING_SUCCESS;
    if (experiment_begin_adapt(experiment, &err)) {
        outcome = outcome_of(&err);
        assert_int_equal(experiment_stage(experiment), STAGE_RETRAIN);
        assert_int_equal(experiment_begin_adapt(experiment, &err), ERR_NONE); /* another try has what it needs */
    }
    assert_int_equal(experiment_stage(experiment), STAGE_ADAPT);
    experiment_free(experiment);
    return outcome;
}

static enum failing_outcome switch_solver_twice(void *context)
{
    (void)context;
    struct config config = small_config();
    struct err err = {.code = ERR_NONE};
    struct experiment *experiment = experiment_new(&config, &err);
    if (!experiment)
        return outcome_of(&err);
    experiment_step(experiment);
    config.retrain.solver = solver_find("altmin");
    enum failing_outcome outcome = FAILING_SUCCESS;
    if (experiment_update(experiment, &config, &err)) {
        outcome = outcome_of(&err);
        assert_int_not_equal(experiment_config(experiment)->retrain.solver, config.retrain.solver);
        assert_true(experiment_step(experiment)); /* it goes on as it was */
        assert_int_equal(experiment_update(experiment, &config, &err), ERR_NONE);
    }
    assert_int_equal(experiment_config(experiment)->retrain.solver, config.retrain.solver);
    assert_true(experiment_step(experiment));
    experiment_free(experiment);
    return outcome;
}

static enum failing_outcome run_live(void *context)
{
    (void)context;
    struct config config = small_config();
    struct err err = {.code = ERR_NONE};
    struct live *live = live_new(&config, &err);
    if (!live)
        return outcome_of(&err);
    live_run(live);
    while (live_state(live) != LIVE_DONE && live_state(live) != LIVE_FAILED) {
        struct pollfd descriptor = {.fd = live_descriptor(live), .events = POLLIN};
        assert_int_equal(poll(&descriptor, 1, 120 * 1000), 1);
        live_drain(live);
    }
    enum failing_outcome outcome = live_state(live) == LIVE_FAILED ? outcome_of(live_error(live)) : FAILING_SUCCESS;
    live_free(live);
    return outcome;
}

static void test_every_allocation_of_an_experiment(void **state)
{
    (void)state;
    assert_in_range(failing_every(run_experiment, NULL), 20, 500);
    assert_true(failing_every(run_experiment, &(enum problem_kind){PROBLEM_NETWORK}) > 10);
}

static void test_every_allocation_of_beginning_to_fine_tune(void **state)
{
    (void)state;
    assert_in_range(failing_every(begin_adapt_twice, NULL), 20, 500);
}

static void test_every_allocation_of_a_switch_of_solvers(void **state)
{
    (void)state;
    assert_in_range(failing_every(switch_solver_twice, NULL), 20, 500);
}

static void test_every_allocation_of_a_live_run(void **state)
{
    (void)state;
    assert_in_range(failing_every(run_live, NULL), 25, 500);
}

/* Its own memory too; of the kind of problem that `context` is. */
static enum failing_outcome survey(void *context)
{
    const enum problem_kind *kind = context;
    static struct survey found;
    struct err err = {.code = ERR_NONE};
    struct survey_request request = {
        .method = METHOD_META, .direction = {LANDSCAPE_TRUTH, LANDSCAPE_LOWEST}, .side = 3, .zoom = 1};
    struct config config;
    bool done = false;
    config_default(&config);
    config.problem.kind = *kind;
    config.problem.dimension = 7;
    config.problem.samples = config.adapt.samples = *kind == PROBLEM_NETWORK ? 20 : SAMPLES_POPULATION;
    config.retrain.init_scale = 0;
    journal_begin(&request.journal, &config);
    request.journal.position.step = 2;
    struct surveyor *surveyor = surveyor_new();
    if (!surveyor)
        return FAILING_REPORTED;
    enum err_code code = surveyor_survey(surveyor, &request, NULL, &found, &done, &err);
    surveyor_free(surveyor);
    if (code)
        return outcome_of(&err);
    return done ? FAILING_SUCCESS : FAILING_WRONG;
}

static void test_every_allocation_of_a_survey(void **state)
{
    (void)state;
    for (enum problem_kind kind = PROBLEM_LINEAR; kind <= PROBLEM_NETWORK; kind++)
        assert_in_range(failing_every(survey, &kind), 20, 999);
}

int main(void)
{
    linalg_set_threads(1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_allocation_of_an_experiment),
        cmocka_unit_test(test_every_allocation_of_a_survey),
        cmocka_unit_test(test_every_allocation_of_beginning_to_fine_tune),
        cmocka_unit_test(test_every_allocation_of_a_switch_of_solvers),
        cmocka_unit_test(test_every_allocation_of_a_live_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
