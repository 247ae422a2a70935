/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/metric.h"

#include "run/key.h"
#include "support/near.h"

#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A moment in which every number is another. */
static struct method_snapshot some_moment(void)
{
    return (struct method_snapshot){.active = true,
                                    .train_loss = 0.1,
                                    .excess_risk = 0.2, /* on the retraining tasks: no metric's */
                                    .base_error = 0.3,
                                    .risk = 0.4,
                                    .spectra = {.recovery_angle = 50, .error_rank = 6, .rank_needed = 7},
                                    .theory_error_rank = 8,
                                    .theory_rank_needed = 9,
                                    .prediction = {.error_rank = 10, .rank_needed = 11}};
}

static void metrics_are_the_measures_of_the_same_name(void **state)
{
    (void)state;
    struct method_snapshot moment = some_moment();
    static const struct {
        const char *name;
        double value;
    } want[] = {{"rank_needed", 7},     {"excess_risk", 0.4}, {"base_error", 0.3},
                {"recovery_angle", 50}, {"error_rank", 6},    {"train_loss", 0.1}};
    assert_int_equal(sizeof want / sizeof *want, METRIC_COUNT);
    for (int i = 0; i < METRIC_COUNT; i++) {
        assert_string_equal(metric_table[i].name, want[i].name);
        assert_near(metric_table[i].value(&moment), want[i].value, 0);
    }
}

static void what_is_not_known_is_no_number(void **state)
{
    (void)state;
    struct method_snapshot moment = some_moment();
    moment.spectra.rank_needed = moment.spectra.error_rank = SPECTRA_UNKNOWN;
    moment.theory_rank_needed = moment.theory_error_rank = THEORY_SILENT;
    static const enum metric ranks[] = {METRIC_RANK_NEEDED, METRIC_ERROR_RANK};
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++) {
        assert_true(isnan(metric_table[ranks[i]].value(&moment)));
        assert_true(isnan(metric_table[ranks[i]].predicted(&moment)));
    }
}

/* What is said of this draw goes before what is said of all. */
static void predictions(void **state)
{
    (void)state;
    struct method_snapshot moment = some_moment();
    assert_near(metric_table[METRIC_RANK_NEEDED].predicted(&moment), 9, 0);
    assert_near(metric_table[METRIC_ERROR_RANK].predicted(&moment), 8, 0);
    moment.predicted = true;
    assert_near(metric_table[METRIC_RANK_NEEDED].predicted(&moment), 11, 0);
    assert_near(metric_table[METRIC_ERROR_RANK].predicted(&moment), 10, 0);
    for (int metric = 0; metric < METRIC_COUNT; metric++)
        assert_int_equal(metric_table[metric].predicted != NULL, metric_table[metric].whole);
}

/* Theorems 1 and 3 at k = 2 and T = 3. */
static void the_theory_of_all_draws(void **state)
{
    (void)state;
    struct config config;
    config_default(&config);
    assert_near(metric_theory(METRIC_RANK_NEEDED, &config, METHOD_STANDARD), 8, 0);
    assert_near(metric_theory(METRIC_RANK_NEEDED, &config, METHOD_META), 2, 0);
    assert_near(metric_theory(METRIC_ERROR_RANK, &config, METHOD_STANDARD), 6, 0);
    assert_near(metric_theory(METRIC_ERROR_RANK, &config, METHOD_META), 0, 0);
    assert_string_equal(metric_table[METRIC_RANK_NEEDED].formula(&config, METHOD_STANDARD, 8), "k(T+1)");
    assert_string_equal(metric_table[METRIC_ERROR_RANK].formula(&config, METHOD_STANDARD, 6), "kT");
    config.problem.samples = 100;
    for (int metric = 0; metric < METRIC_COUNT; metric++)
        for (int method = 0; method <= METHOD_FOMAML; method++) /* the others are defined by the truth */
            assert_true(isnan(metric_theory((enum metric)metric, &config, method)));
}

static void a_network_shows_its_risk(void **state)
{
    (void)state;
    struct config config;
    config_default(&config);
    assert_int_equal(metric_usual(&config), METRIC_RANK_NEEDED);
    config.problem.kind = PROBLEM_NETWORK;
    assert_int_equal(metric_usual(&config), METRIC_EXCESS_RISK);
}

/* They become columns of a database, so they are plain words. */
static void names_are_words(void **state)
{
    (void)state;
    for (int metric = 0; metric < METRIC_COUNT; metric++) {
        const struct metric_info *info = &metric_table[metric];
        assert_int_equal(info->name[strspn(info->name, "abcdefghijklmnopqrstuvwxyz_")], '\0');
        assert_true(isupper((unsigned char)info->title[0]));
        assert_non_null(info->unit);
        assert_false(info->whole && info->logarithmic);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_are_the_measures_of_the_same_name),
        cmocka_unit_test(what_is_not_known_is_no_number),
        cmocka_unit_test(predictions),
        cmocka_unit_test(the_theory_of_all_draws),
        cmocka_unit_test(a_network_shows_its_risk),
        cmocka_unit_test(names_are_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
