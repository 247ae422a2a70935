/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/number.h"
#include "support/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

/* Each built-in scenario, run headless as a script would, shows what its comment and the theory say. */

enum { SEEDS = 20 };

static json_t *run(const char *arguments)
{
    struct program_result result = program_shell("\"$RANKSCOPE\" run %s --format json", arguments);
    assert_string_equal(result.errors, "");
    assert_int_equal(result.status, 0);
    json_error_t error;
    json_t *root = json_loads(result.output, 0, &error);
    if (!root)
        fail_msg("%s: %s", arguments, error.text);
    program_free(&result);
    return root;
}

static double number(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_number(value))
        fail_msg("%s is no number", name);
    return json_number_value(value);
}

static const json_t *method(const json_t *root, const char *name)
{
    const json_t *found = json_object_get(json_object_get(root, "methods"), name);
    assert_non_null(found);
    return found;
}

static void expect_ranks(const json_t *root, const char *name, double error_rank, double rank_needed)
{
    const json_t *found = method(root, name);
    if (number(found, "error_rank") != error_rank || number(found, "rank_needed") != rank_needed)
        fail_msg("%s: error_rank %g, rank_needed %g, not %g, %g", name, number(found, "error_rank"),
                 number(found, "rank_needed"), error_rank, rank_needed);
    assert_true(number(found, "theory_error_rank") == error_rank);
    assert_true(number(found, "theory_rank_needed") == rank_needed);
}

static bool recovered(const json_t *root)
{
    return number(method(root, "meta"), "base_error") < 1e-6 * number(root, "base_norm");
}

static bool diverged(const json_t *root, const char *name)
{
    return strcmp(json_string_value(json_object_get(method(root, name), "status")), "diverged") == 0;
}

static int seeds(void)
{
    int count = SEEDS / program_slowness();
    return count > 1 ? count : 2;
}

static void every_one_is_valid_and_listed(void **state)
{
    (void)state;
    struct program_result result = program_shell("cd \"$RANKSCOPE_SOURCE\" && \"$RANKSCOPE\" check scenarios/*.yaml | "
                                                 "grep -c ': ok$' && ls scenarios | wc -l && "
                                                 "\"$RANKSCOPE\" scenarios | wc -l");
    const char *text = result.output;
    double valid = number_next(&text);
    double files = number_next(&text);
    double listed = number_next(&text);
    assert_string_equal(result.errors, "");
    assert_true(files >= 11);
    assert_true(valid == files);
    assert_true(listed == files);
    program_free(&result);
}

static void three_tasks_recover_the_base(void **state)
{
    (void)state;
    for (int seed = 1; seed <= seeds(); seed++) {
        char arguments[64];
        snprintf(arguments, sizeof arguments, "three-tasks --set problem.seed=%d", seed);
        json_t *root = run(arguments);
        assert_true(recovered(root));
        expect_ranks(root, "meta", 0, 2);
        expect_ranks(root, "standard", 6, 8);
        json_decref(root);
    }
}

/* Where the tasks fill the space, too: two cells of those that the trade-offs begin with have k(T+1) = d. */
static void three_tasks_count_finely_enough(void **state)
{
    (void)state;
    struct program_result result =
        program_shell("\"$RANKSCOPE\" sweep three-tasks --over tasks=3,7 --over rank=2,4 --seeds 5 --db :memory: "
                      "--set retrain.methods=standard");
    assert_int_equal(result.status, 0);
    if (!strstr(result.output, "The median is the theory's number in 4 of 4 cells"))
        fail_msg("%s", result.output);
    program_free(&result);
}

static void two_tasks_leave_rank_2k(void **state)
{
    (void)state;
    for (int seed = 1; seed <= seeds(); seed++) {
        char arguments[64];
        snprintf(arguments, sizeof arguments, "two-tasks --set problem.seed=%d", seed);
        json_t *root = run(arguments);
        expect_ranks(root, "meta", 4, 6);
        expect_ranks(root, "standard", 4, 6);
        assert_true(number(method(root, "meta"), "risk") < 1e-10);
        json_decref(root);
    }
}

static void crowded_has_no_room(void **state)
{
    (void)state;
    json_t *root = run("crowded");
    expect_ranks(root, "standard", 8, 8);
    expect_ranks(root, "meta", 0, 2);
    json_decref(root);
}

static const char *status(const json_t *root, const char *name, const char *member)
{
    const char *text = json_string_value(json_object_get(method(root, name), member));
    assert_non_null(text);
    return text;
}

static void exact_says_where_it_ended(void **state)
{
    (void)state;
    json_t *root = run("exact");
    expect_ranks(root, "meta", 0, 2);
    assert_string_equal(status(root, "meta", "status"), "converged");
    assert_string_equal(status(root, "standard", "status"), "converged");
    assert_string_equal(status(root, "meta", "adapt_status"), "converged");
    assert_true(number(method(root, "standard"), "steps") == 1);
    assert_true(number(method(root, "meta"), "steps") < 50);
    assert_true(number(method(root, "meta"), "adapt_steps") == 1);
    assert_true(number(method(root, "meta"), "train_loss") < 1e-20);
    json_decref(root);

    root = run("exact --set problem.seed=47");
    assert_string_equal(status(root, "meta", "status"), "stalled");
    assert_true(number(method(root, "meta"), "train_loss") > 1e-6);
    assert_true(number(method(root, "meta"), "gradient_norm") < 1e-9);
    json_decref(root);
    root = run("exact --set problem.seed=2160");
    assert_string_equal(status(root, "meta", "status"), "unbounded");
    assert_true(number(method(root, "meta"), "train_loss") > 1e-6);
    json_decref(root);
}

/* Exact in each block, and the sooner at rest the more tasks there are. */
static void altmin_gains_from_every_task(void **state)
{
    (void)state;
    static const char *const arguments[] = {"altmin --set problem.tasks=3", "altmin", "altmin --set problem.tasks=8"};
    double before = 500;
    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++) {
        json_t *root = run(arguments[i]);
        expect_ranks(root, "meta", 0, 2);
        assert_string_equal(status(root, "meta", "status"), "converged");
        assert_true(number(method(root, "meta"), "train_loss") < 1e-20);
        assert_true(number(method(root, "meta"), "steps") < 0.75 * before);
        assert_true(number(method(root, "standard"), "steps") == 1);
        before = number(method(root, "meta"), "steps");
        json_decref(root);
    }
}

static void psd_adapters_do_not_average_out(void **state)
{
    (void)state;
    json_t *psd = run("many-tasks-psd");
    json_t *zero_mean = run("many-tasks-zero-mean");
    assert_true(recovered(psd));
    assert_true(recovered(zero_mean));
    expect_ranks(zero_mean, "standard", 16, 16);
    double risk_psd = number(method(psd, "standard"), "risk");
    double risk_zero_mean = number(method(zero_mean, "standard"), "risk");
    assert_true(risk_psd > 20 && risk_psd < 45);
    assert_true(risk_zero_mean > 2 && risk_zero_mean < 7);
    json_decref(psd);
    json_decref(zero_mean);

    /* with ten times fewer tasks: hardly more, and ten times more */
    psd = run("many-tasks-psd --set problem.tasks=5 --set retrain.methods=standard");
    zero_mean = run("many-tasks-zero-mean --set problem.tasks=5 --set retrain.methods=standard");
    assert_true(number(method(psd, "standard"), "risk") < 3 * risk_psd);
    assert_true(number(method(zero_mean, "standard"), "risk") > 5 * risk_zero_mean);
    json_decref(psd);
    json_decref(zero_mean);
}

static void a_rank_too_small_recovers_nothing(void **state)
{
    (void)state;
    json_t *root = run("rank-too-small");
    assert_true(number(method(root, "meta"), "train_loss") > 1);
    assert_false(recovered(root));
    json_decref(root);
    root = run("rank-too-small --set retrain.rank=3");
    assert_true(recovered(root));
    json_decref(root);
}

static void the_saddle_holds(void **state)
{
    (void)state;
    json_t *root = run("start-at-the-saddle");
    double standard = number(method(root, "standard"), "train_loss");
    assert_true(number(method(root, "meta"), "train_loss") > 0.999 * standard);
    assert_true(number(method(root, "meta"), "error_rank") == number(method(root, "standard"), "error_rank"));
    json_decref(root);
    root = run("start-at-the-saddle --set retrain.init_scale=0.01");
    assert_true(recovered(root));
    json_decref(root);
}

static void a_large_step_diverges_and_says_so(void **state)
{
    (void)state;
    json_t *root = run("diverging-step");
    const json_t *meta = method(root, "meta");
    assert_true(diverged(root, "meta"));
    assert_false(diverged(root, "standard"));
    assert_true(number(meta, "train_loss") > 0);
    double stable = number(meta, "stable_inner_rate");
    assert_true(stable > 0 && stable < 0.08);
    json_decref(root);

    char arguments[96];
    snprintf(arguments, sizeof arguments, "diverging-step --set retrain.inner_rate=%.4g", 0.5 * stable);
    root = run(arguments);
    assert_false(diverged(root, "meta"));
    json_decref(root);
}

static void samples_set_the_limit(void **state)
{
    (void)state;
    json_t *finite = run("finite-samples");
    json_t *few = run("few-samples");
    assert_true(number(method(finite, "meta"), "base_error") < 0.01 * number(finite, "base_norm"));
    assert_true(number(method(finite, "meta"), "risk") < 0.01 * number(method(finite, "standard"), "risk"));
    assert_true(number(method(few, "meta"), "risk") > 20 * number(method(few, "meta"), "adapt_loss"));
    json_decref(finite);
    json_decref(few);
    few = run("few-samples --set adapt.samples=100");
    assert_true(number(method(few, "meta"), "risk") < 0.1);
    json_decref(few);
}

/* Shorter than it is, so that it is over soon: what separates the methods is seen long before the end. */
static void networks_show_the_same(void **state)
{
    (void)state;
    if (program_slowness() > 1)
        skip();
    json_t *root = run("network --steps 6000 --set problem.samples=300 --set adapt.steps=3000");
    assert_true(number(method(root, "meta"), "risk") < 0.5 * number(method(root, "standard"), "risk"));
    assert_true(number(method(root, "meta"), "train_loss") < 0.2 * number(method(root, "standard"), "train_loss"));
    assert_true(number(method(root, "meta"), "adapt_steps") == 3000);
    json_decref(root);
}

static void the_paper_is_as_published(void **state)
{
    (void)state;
    json_t *root = run("paper");
    assert_true(number(method(root, "meta"), "risk") < 1e-3 * number(method(root, "standard"), "risk"));
    assert_true(number(method(root, "meta"), "rank_needed") == 1);
    assert_true(number(method(root, "standard"), "rank_needed") == 4);
    assert_true(number(method(root, "meta"), "adapt_steps") == 10000);
    const json_t *problem = json_object_get(json_object_get(root, "config"), "problem");
    assert_true(number(problem, "noise") == 0.01);
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_one_is_valid_and_listed),
        cmocka_unit_test(three_tasks_recover_the_base),
        cmocka_unit_test(three_tasks_count_finely_enough),
        cmocka_unit_test(two_tasks_leave_rank_2k),
        cmocka_unit_test(crowded_has_no_room),
        cmocka_unit_test(exact_says_where_it_ended),
        cmocka_unit_test(altmin_gains_from_every_task),
        cmocka_unit_test(psd_adapters_do_not_average_out),
        cmocka_unit_test(a_rank_too_small_recovers_nothing),
        cmocka_unit_test(the_saddle_holds),
        cmocka_unit_test(a_large_step_diverges_and_says_so),
        cmocka_unit_test(samples_set_the_limit),
        cmocka_unit_test(networks_show_the_same),
        cmocka_unit_test(the_paper_is_as_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
