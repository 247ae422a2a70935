/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/outcome.h"

#include "model/solver.h"
#include "run/experiment.h"
#include "run/key.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What a trial comes to is what the same experiment comes to elsewhere, to the last bit. */

static void check_same(const char *what, double got, double want)
{
    if (memcmp(&got, &want, sizeof got) != 0 && !(isnan(got) && isnan(want)))
        fail_msg("%s is %.17g, not %.17g", what, got, want);
}

/* A rank that is not known is below 0. */
static double rank_of(int rank)
{
    return rank < 0 ? (double)NAN : rank;
}

static void check_outcome(const struct outcome *outcome, const struct method_snapshot *method)
{
    const double want[METRIC_COUNT] = {
        [METRIC_RANK_NEEDED] = rank_of(method->spectra.rank_needed),
        [METRIC_EXCESS_RISK] = method->risk,
        [METRIC_BASE_ERROR] = method->base_error,
        [METRIC_RECOVERY_ANGLE] = method->spectra.recovery_angle,
        [METRIC_ERROR_RANK] = rank_of(method->spectra.error_rank),
        [METRIC_TRAIN_LOSS] = method->train_loss,
    };
    double needed = rank_of(method->predicted ? method->prediction.rank_needed : method->theory_rank_needed);
    double error = rank_of(method->predicted ? method->prediction.error_rank : method->theory_error_rank);
    assert_int_equal(outcome->state, OUTCOME_DONE);
    assert_int_equal(outcome->status, method->status);
    assert_int_equal(outcome->steps, method->step);
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        check_same(metric_table[metric].name, outcome->value[metric], want[metric]);
        check_same("what is predicted", outcome->predicted[metric],
                   metric == METRIC_RANK_NEEDED  ? needed
                   : metric == METRIC_ERROR_RANK ? error
                                                 : (double)NAN);
    }
}

static void check_config(const struct config *config)
{
    struct err err = {.code = ERR_NONE};
    struct outcome outcome[METHOD_COUNT];
    if (outcome_compute(config, NULL, outcome, &err))
        fail_msg("%s", err.message);

    struct experiment *experiment = experiment_new(config, &err); /* on as many threads as there are cores */
    assert_non_null(experiment);
    while (experiment_step(experiment))
        ;
    size_t size = (snapshot_size(config) + 63) / 64 * 64;
    void *memory = aligned_alloc(64, size);
    assert_non_null(memory);
    memset(memory, 0, size);
    struct snapshot *snapshot = snapshot_bind(memory, config);
    assert_int_equal(experiment_snapshot(experiment, snapshot, &err), ERR_NONE);
    for (int method = 0; method <= METHOD_META; method++)
        if (config->retrain.methods & 1u << method)
            check_outcome(&outcome[method], &snapshot->method[method]);
        else
            assert_int_equal(outcome[method].state, OUTCOME_MISSING);
    free(memory);
    experiment_free(experiment);
}

static struct config small_config(void)
{
    struct config config;
    config_default(&config);
    config.problem.dimension = 8;
    config.retrain.steps = 120;
    return config;
}

static void outcomes_are_those_of_the_experiment(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"problem.tasks=3"},
        {"problem.tasks=2", "retrain.solver=newton"},
        {"problem.tasks=1", "retrain.solver=altmin"},
        {"problem.samples=60", "problem.noise=0.2385", "adapt.samples=50"},
        {"adapt.solver=paper", "adapt.steps=40"},
        {"retrain.methods=meta", "retrain.rank=3"},
        {"retrain.methods=standard", "problem.truth=general"},
        {"retrain.outer_rate=1000", "retrain.solver=gd"}, /* diverges */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config = small_config();
        for (int j = 0; j < 3 && cases[i][j]; j++)
            assert_int_equal(key_assign(&config, cases[i][j], NULL), ERR_NONE);
        check_config(&config);
    }
}

/* Each method's outcome is its own: what else takes part does not matter. */
static void methods_do_not_disturb_each_other(void **state)
{
    (void)state;
    struct config config = small_config();
    struct outcome both[METHOD_COUNT], one[METHOD_COUNT];
    struct err err;
    for (int solver = 0; solver < solver_count; solver++) {
        config.retrain.solver = solver;
        config.retrain.methods = 1u << METHOD_STANDARD | 1u << METHOD_META;
        assert_int_equal(outcome_compute(&config, NULL, both, &err), ERR_NONE);
        for (int method = 0; method <= METHOD_META; method++) {
            config.retrain.methods = 1u << method;
            assert_int_equal(outcome_compute(&config, NULL, one, &err), ERR_NONE);
            assert_int_equal(one[method].status, both[method].status);
            assert_int_equal(one[method].steps, both[method].steps);
            for (int metric = 0; metric < METRIC_COUNT; metric++)
                check_same(metric_table[metric].name, one[method].value[metric], both[method].value[metric]);
        }
    }
}

static void a_trial_can_be_stopped(void **state)
{
    (void)state;
    struct config config = small_config();
    struct outcome outcome[METHOD_COUNT];
    struct err err = {.code = ERR_NONE};
    atomic_bool stop = true;
    config.retrain.steps = 1000000000; /* would take hours */
    memset(outcome, 1, sizeof outcome);
    assert_int_equal(outcome_compute(&config, &stop, outcome, &err), ERR_NONE);
    for (int method = 0; method <= METHOD_META; method++)
        assert_int_equal(outcome[method].state, OUTCOME_MISSING);
    atomic_store(&stop, false);
    config.retrain.steps = 3;
    assert_int_equal(outcome_compute(&config, &stop, outcome, &err), ERR_NONE);
    assert_int_equal(outcome[METHOD_META].steps, 3);
}

/* Of two tasks the theorem has 3k for Meta-LoRA. With a tolerance that drops a percent less will do, which is not against it. */
static void test_a_coarse_tolerance_is_within_the_theorem(void **state)
{
    (void)state;
    struct config config;
    struct outcome fine[METHOD_COUNT], coarse[METHOD_COUNT];
    config_default(&config);
    config.problem.tasks = 2;
    config.retrain.solver = solver_find("newton");
    config.retrain.steps = 200;
    assert_int_equal(outcome_compute(&config, NULL, fine, NULL), ERR_NONE);
    config.adapt.tolerance = 0.01;
    assert_int_equal(outcome_compute(&config, NULL, coarse, NULL), ERR_NONE);
    const double *value = coarse[METHOD_META].value, *predicted = coarse[METHOD_META].predicted;
    assert_true(fine[METHOD_META].predicted[METRIC_RANK_NEEDED] == 6);
    assert_true(value[METRIC_RANK_NEEDED] < 6);
    assert_true(predicted[METRIC_RANK_NEEDED] == value[METRIC_RANK_NEEDED]);
    assert_true(predicted[METRIC_ERROR_RANK] == fine[METHOD_META].predicted[METRIC_ERROR_RANK]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_coarse_tolerance_is_within_the_theorem),
        cmocka_unit_test(outcomes_are_those_of_the_experiment),
        cmocka_unit_test(methods_do_not_disturb_each_other),
        cmocka_unit_test(a_trial_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
