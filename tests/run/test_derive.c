/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/derive.h"

#include "run/explain.h"
#include "run/key.h"
#include "support/near.h"
#include "support/trace.h"

#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct config config_with(const char *const *assignments)
{
    struct config config = trace_config(400);
    for (; *assignments; assignments++)
        assert_int_equal(key_assign(&config, *assignments, NULL), ERR_NONE);
    return config;
}

static struct trace *finished(const struct config *config)
{
    struct trace *trace = trace_new(config);
    trace_steps(trace, LONG_MAX, experiment_step);
    return trace;
}

static const struct snapshot *snapshot_of(struct trace *trace)
{
    return trace_view(trace).snapshot;
}

/* Where solvers end up is what the lines are held against: they know nothing of it. */
static void limits_are_where_runs_end(void **state)
{
    (void)state;
    static const char *const sets[][4] = {
        {"retrain.solver=newton", NULL},
        {"retrain.solver=newton", "problem.truth=general", "retrain.adapter=general", NULL},
        {"retrain.solver=newton", "problem.tasks=2", NULL},
        {"retrain.solver=altmin", "problem.tasks=5", NULL},
    };
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        struct config config = config_with(sets[i]);
        struct trace *trace = finished(&config);
        const struct snapshot *snapshot = snapshot_of(trace);
        const struct method_snapshot *standard = &snapshot->method[METHOD_STANDARD];
        const struct method_snapshot *meta = &snapshot->method[METHOD_META];
        double loss = derive_limit(snapshot, METHOD_STANDARD, STAGE_RETRAIN, SERIES_TRAIN_LOSS);
        assert_true(loss > 1);
        assert_near(standard->train_loss, loss, 1e-9 * loss);
        assert_near(standard->base_error, derive_limit(snapshot, METHOD_STANDARD, STAGE_RETRAIN, SERIES_BASE_ERROR),
                    1e-9 * standard->base_error);
        assert_near(standard->risk, derive_limit(snapshot, METHOD_STANDARD, STAGE_RETRAIN, SERIES_RISK), 1e-8);
        assert_true(isnan(derive_limit(snapshot, METHOD_STANDARD, STAGE_RETRAIN, SERIES_RECOVERY_ANGLE)));
        assert_true(derive_limit(snapshot, METHOD_META, STAGE_RETRAIN, SERIES_TRAIN_LOSS) == 0);
        assert_true(meta->train_loss < 1e-12);
        double angle = derive_limit(snapshot, METHOD_META, STAGE_RETRAIN, SERIES_RECOVERY_ANGLE);
        if (config.problem.tasks == 2) {
            assert_true(isnan(angle));
        } else {
            assert_true(angle == 0);
            assert_true(meta->spectra.recovery_angle < 1e-3);
        }
        trace_free(trace);
    }
}

static void fine_tuning_has_its_limit(void **state)
{
    (void)state;
    static const char *const set[] = {"adapt.solver=paper", "adapt.steps=20000", "adapt.rank=2", NULL};
    struct config config = config_with(set);
    config.retrain.solver = solver_find("newton");
    struct trace *trace = finished(&config);
    const struct snapshot *snapshot = snapshot_of(trace);
    double limit = derive_limit(snapshot, METHOD_STANDARD, STAGE_ADAPT, SERIES_TRAIN_LOSS);
    assert_true(limit > 0);
    assert_near(snapshot->method[METHOD_STANDARD].adapt_loss, limit, 1e-3 * limit);
    assert_true(isnan(derive_limit(snapshot, METHOD_STANDARD, STAGE_ADAPT, SERIES_BASE_ERROR)));
    trace_free(trace);
}

static void is_silent_where_the_theory_is(void **state)
{
    (void)state;
    static const char *const sets[][3] = {
        {"problem.samples=40", NULL}, {"retrain.rank=1", NULL}, {"problem.truth=symmetric", NULL}};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        char text[EXPLANATION_SIZE];
        struct config config = config_with(sets[i]);
        struct trace *trace = finished(&config);
        struct view view = trace_view(trace);
        for (int series = 0; series < SERIES_COUNT; series++)
            assert_true(isnan(derive_limit(view.snapshot, METHOD_META, STAGE_RETRAIN, (enum series)series)));
        for (int topic = 0; topic <= DERIVE_SPECTRUM; topic++) {
            derive_explain(&view, (enum derive_topic)topic, text, sizeof text);
            assert_non_null(strstr(text, "meta: the theory is silent. "));
            assert_true(strlen(text) > 60); /* and it says why */
        }
        trace_free(trace);
    }
}

static void says_the_theorem_and_the_numbers(void **state)
{
    (void)state;
    char text[EXPLANATION_SIZE];
    static const char *const set[] = {"retrain.solver=newton", NULL};
    struct config config = config_with(set); /* d = 7, k = 2, T = 3 */
    struct trace *trace = trace_new(&config);
    struct view view = trace_view(trace);
    derive_explain(&view, DERIVE_SPECTRUM, text, sizeof text);
    assert_non_null(strstr(text, "rank kT = 6 (Theorem 1); it has not begun."));
    trace_steps(trace, LONG_MAX, experiment_step);
    view = trace_view(trace);
    derive_explain(&view, DERIVE_SPECTRUM, text, sizeof text);
    assert_non_null(strstr(text, "rank kT = 6 (Theorem 1); measured 6."));
    assert_non_null(strstr(text, "no singular value is left (Theorem 3); measured 0."));
    derive_explain(&view, DERIVE_ADAPTATION, text, sizeof text);
    assert_non_null(strstr(text, "has rank d = 7 (Theorem 1); measured 7."));
    assert_non_null(strstr(text, "of rank k = 2 (Theorem 3); measured 2."));
    derive_explain(&view, DERIVE_LOSS, text, sizeof text);
    assert_non_null(strstr(text, "½ mean ‖R_t − mean(R)‖² = "));
    derive_explain(&view, DERIVE_RECOVERY, text, sizeof text);
    assert_non_null(strstr(text, "angle and error are 0 (Theorem 3); measured "));
    trace_free(trace);
}

/* Without retraining, and with A* itself: nothing of the tasks' mean. */
static void says_why_bases_that_are_not_retrained_leave_what_they_do(void **state)
{
    (void)state;
    char text[EXPLANATION_SIZE];
    static const char *const set[] = {"retrain.methods=standard,meta,oracle,none", NULL};
    static const char *const says[][2] = {
        [DERIVE_LOSS] = {"oracle: Â = A* leaves ½ mean ‖R_t‖² = ", "none: Â = 0 leaves ½ mean ‖A* + R_t‖² = "},
        [DERIVE_ADAPTATION] = {"oracle: Â = A* leaves R_{T+1} alone, of rank k = 2; measured 2.",
                               "none: Â = 0 leaves all of A* + R_{T+1}, of rank d = 7; measured 7."},
        [DERIVE_RECOVERY] = {"oracle: Â = A* is off by 0; measured 0.", "none: Â = 0 is off by ‖A*‖ = "},
        [DERIVE_SPECTRUM] = {"oracle: Â = A* has an error of rank 0; measured 0.",
                             "none: Â = 0 lacks all of A*, of rank d = 7; measured 7."}};
    struct config config = config_with(set);
    struct trace *trace = finished(&config);
    struct view view = trace_view(trace);
    for (int topic = 0; topic <= DERIVE_SPECTRUM; topic++) {
        derive_explain(&view, (enum derive_topic)topic, text, sizeof text);
        for (int i = 0; i < 2; i++)
            if (strstr(text, says[topic][i]) == NULL)
                fail_msg("\"%s\" does not say \"%s\"", text, says[topic][i]);
        const char *rest = strstr(text, "oracle: "); /* after the others */
        assert_true(strstr(text, "meta: ") < strstr(text, "standard: ") && strstr(text, "standard: ") < rest);
        assert_null(strstr(rest, "mean(R)"));
    }
    trace_free(trace);
}

/* A run that rests elsewhere than where the theory sees it: made up, since there is none for generic draws. */
static void says_when_it_disagrees(void **state)
{
    (void)state;
    char text[EXPLANATION_SIZE];
    static const char *const set[] = {"retrain.solver=newton", NULL};
    struct config config = config_with(set);
    struct trace *trace = finished(&config);
    struct view view = trace_view(trace);
    trace->snapshot->method[METHOD_STANDARD].spectra.error_rank = 5;
    trace->snapshot->method[METHOD_STANDARD].spectra.singular_values[0] *= 2;
    derive_explain(&view, DERIVE_SPECTRUM, text, sizeof text);
    assert_non_null(strstr(text, "rank kT = 6 (Theorem 1); theory and measurement disagree: 5."));
    trace->snapshot->method[METHOD_META].status = SOLVER_DIVERGED;
    derive_explain(&view, DERIVE_LOSS, text, sizeof text);
    assert_non_null(strstr(text, "(Theorem 3); but it diverged."));
    view.snapshot = NULL;
    derive_explain(&view, DERIVE_LOSS, text, sizeof text);
    assert_string_equal(text, "The problem is being drawn.");
    trace_free(trace);
}

static void says_what_one_more_changes(void **state)
{
    (void)state;
    char text[160];
    static const char *const set[] = {"problem.dimension=40", NULL};
    struct config config = config_with(set);
    derive_change(&config, key_find("problem.tasks"), text, sizeof text);
    assert_string_equal(text, "One up: standard needs rank 10, not 8.");
    derive_change(&config, key_find("problem.seed"), text, sizeof text);
    assert_string_equal(text, "");
    config.problem.tasks = 2;
    derive_change(&config, key_find("problem.tasks"), text, sizeof text);
    assert_string_equal(text, "One up: standard needs rank 8, not 6, meta needs rank 2, not 6.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_are_where_runs_end),
        cmocka_unit_test(fine_tuning_has_its_limit),
        cmocka_unit_test(is_silent_where_the_theory_is),
        cmocka_unit_test(says_the_theorem_and_the_numbers),
        cmocka_unit_test(says_why_bases_that_are_not_retrained_leave_what_they_do),
        cmocka_unit_test(says_when_it_disagrees),
        cmocka_unit_test(says_what_one_more_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
