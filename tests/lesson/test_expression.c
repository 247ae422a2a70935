/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lesson/expression.h"
#include "run/key.h"
#include "support/view_sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Formulas about a run that nobody computed, so that every number is known. */

static struct config config, begin;
static struct view_sample *sample;
static const struct expression_names names = {2, {"few", "many"}};
static const double kept[] = {2.5, 40};

static int set_up(void **state)
{
    (void)state;
    config_default(&config);
    begin = config;
    begin.problem.tasks++;
    sample = view_sample_new(&config);
    return sample ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    view_sample_free(sample);
    return 0;
}

static double value(const char *text)
{
    struct facts facts = {.snapshot = sample->snapshot, .config = &config, .begin = &begin, .done = true, .kept = kept};
    struct expression expression;
    struct err err;
    if (expression_read(&expression, text, &names, NULL, &err))
        fail_msg("%s: %s", text, err.message);
    return expression_value(&expression, &facts);
}

static void arithmetic_is_as_usual(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } table[] = {
        {"2.385", 2.385},
        {"1 + 2 * 3", 7},
        {"(1 + 2) * 3", 9},
        {"2 - 3 - 4", -5},
        {"12 / 3 / 2", 2},
        {"-2 * -3", 6},
        {"1e-3 * 1000", 1},
        {"abs(-2.5) + min(3, 2) - max(1, 4)", 0.5},
        {"sqrt(16) + log10(1000)", 7},
        {"1 < 2 and 2 <= 2 and 3 >= 3 and 4 > 3 and 1 != 2", 1},
        {"1 == 2 or not 1 == 2", 1},
        {"not (1 == 1 or 1 == 2)", 0},
        {"2 ≤ 3 and not 2 ≥ 3", 1},
        {"few < many and many == 40", 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (fabs(value(table[i].text) - table[i].value) > 1e-15)
            fail_msg("%s: %g, not %g", table[i].text, value(table[i].text), table[i].value);
}

static void names_are_those_of_the_run(void **state)
{
    (void)state;
    const struct method_snapshot *meta = &sample->snapshot->method[METHOD_META];
    assert_true(value("meta.train_loss") == meta->train_loss);
    assert_true(value("meta.error_rank") == meta->spectra.error_rank);
    assert_true(value("meta.curve[1 + 1]") == meta->spectra.curve[2]);
    assert_true(value("meta.singular_value[1]") == meta->spectra.singular_values[0]);
    assert_true(value("meta.angle[2]") == meta->spectra.angles[1]);
    assert_true(value("problem.tasks") == config.problem.tasks);
    assert_true(value("problem.truth == psd and problem.truth != general and problem.samples == population") == 1);
    assert_true(value("base_norm") == sample->snapshot->base_norm);
    assert_true(value("done and changed problem.tasks and not changed problem.rank and not run and not step") == 1);
    assert_true(value("meta.diverged") == 0);
}

/* What cannot be had makes nothing true. */
static void what_is_not_there_is_not_true(void **state)
{
    (void)state;
    assert_true(isnan(value("meta.singular_value[0]")));
    assert_true(isnan(value("meta.curve[1.5]")));
    assert_true(isnan(value("meta.angle[1e300]")));
    assert_true(isnan(value("meta.paper_loss")));
    assert_true(value("meta.paper_loss < 1 or meta.paper_loss >= 1") == 0);
    assert_true(isnan(value("not meta.paper_loss")));
    struct facts nothing = {.config = &config, .begin = &begin};
    assert_false(expression_true("meta.train_loss < 1 or meta.train_loss >= 1", NULL, &nothing));
    assert_false(expression_true("few < 3", &names, &nothing));
}

static void what_is_wrong_is_said_with_its_place(void **state)
{
    (void)state;
    char deep[200] = "";
    memset(deep, '(', 100);
    char long_one[600] = "1";
    for (int i = 0; i < 100; i++)
        strcat(long_one, " + 1");
    const struct {
        const char *text;
        int at;
        const char *says;
    } table[] = {
        {"", 0, "missing at the end"},
        {"1 +", 3, "missing at the end"},
        {"meta.bse_error < 1", 0, "did you mean meta.base_error?"},
        {"1 < standrd.risk", 4, "unknown name"},
        {"problem.taks == 3", 0, "did you mean problem.tasks?"},
        {"fwe < 1", 0, "did you mean few?"},
        {"problem.truth == psdd", 17, "unknown name psdd"},
        {"changed 3", 8, "followed by a key"},
        {"changed problem.taks", 8, "did you mean problem.tasks?"},
        {"1 = 1", 2, "written =="},
        {"1 2", 2, "should end"},
        {"(1", 2, "a ) is missing"},
        {"meta.curve", 10, "a [ is missing"},
        {"min(1)", 5, "a , is missing"},
        {"1e999", 0, "no number"},
        {"0x10", 0, "no number"},
        {"$", 0, "here must be a number"},
        {deep, 24, "too deep"},
        {long_one, -1, "too long"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct expression expression;
        struct err err = {.code = ERR_NONE};
        int at = -1;
        assert_int_equal(expression_read(&expression, table[i].text, &names, &at, &err), ERR_INPUT);
        if (strstr(err.message, table[i].says) == NULL || (table[i].at >= 0 && at != table[i].at))
            fail_msg("\"%s\" at %d: %s", table[i].text, at, err.message);
    }
}

static void what_it_asks_for_is_told(void **state)
{
    (void)state;
    struct expression expression;
    assert_int_equal(expression_read(&expression, "done and changed problem.rank", NULL, NULL, NULL), ERR_NONE);
    assert_true(expression_asks_done(&expression));
    assert_int_equal(expression_asks_changed(&expression), key_find("problem.rank"));
    assert_int_equal(expression_read(&expression, "meta.base_error < 1", NULL, NULL, NULL), ERR_NONE);
    assert_false(expression_asks_done(&expression));
    assert_int_equal(expression_asks_changed(&expression), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_is_as_usual),        cmocka_unit_test(names_are_those_of_the_run),
        cmocka_unit_test(what_is_not_there_is_not_true), cmocka_unit_test(what_is_wrong_is_said_with_its_place),
        cmocka_unit_test(what_it_asks_for_is_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
