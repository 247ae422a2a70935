/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/axis.h"

#include "support/near.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct axis parse(const char *text)
{
    struct axis axis;
    struct err err = {.code = ERR_NONE};
    if (axis_parse(&axis, text, &err))
        fail_msg("%s: %s", text, err.message);
    return axis;
}

/* The values with blanks between. */
static void check_values(const char *text, const char *want)
{
    struct axis axis = parse(text);
    char *got;
    size_t size;
    FILE *stream = open_memstream(&got, &size);
    assert_non_null(stream);
    for (size_t i = 0; i < axis.count; i++)
        fprintf(stream, "%s%s", i > 0 ? " " : "", axis.value[i]);
    assert_int_equal(fclose(stream), 0);
    if (strcmp(got, want) != 0)
        fail_msg("%s: \"%s\" is not \"%s\"", text, got, want);
    free(got);
    axis_free(&axis);
}

static void values_are_lists_and_ranges(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"tasks=3", "3"},
        {"tasks=1:8", "1 2 3 4 5 6 7 8"},
        {"tasks=8:5", "8 7 6 5"},
        {"tasks=2:2", "2"},
        {"tasks=1:10:4", "1 5 9"},
        {"tasks=10:1:4", "10 6 2"},
        {"tasks=1:64:x2", "1 2 4 8 16 32 64"},
        {"tasks=64:1:x4", "64 16 4 1"},
        {"tasks=1:100:*3", "1 3 9 27 81"},
        {"tasks=1:10:x1.5", "1 2 3 5 8"}, /* 2.25, 3.375, 5.0625 and 7.59375 */
        {"tasks=1:4:x1.1", "1 2 3 4"},
        {"tasks=1:3,5,9:10, 20 ", "1 2 3 5 9 10 20"},
        {"tasks=5,1:3", "5 1 2 3"},
        {"tasks=+4,1e1:12", "4 10 11 12"},
        {"samples=100:100000:x10,population", "100 1000 10000 100000 population"},
        {"noise=0:0.5:0.1", "0 0.1 0.2 0.3 0.4 0.5"},
        {"noise=0.5:0:0.1", "0.5 0.4 0.3 0.2 0.1 0"},
        {"noise=1e-3:10:x10", "0.001 0.01 0.1 1 10"},
        {"noise=0.1:1:x1.2589254117941673", "0.1 0.125892541179 0.158489319246 0.199526231497 0.251188643151 "
                                            "0.316227766017 0.398107170553 0.501187233627 0.63095734448 "
                                            "0.794328234724 1"},
        {"noise=0.30000000000000004:0.12345678901234566:0.088271605493827", "0.30000000000000004 0.211728394506 "
                                                                            "0.12345678901234566"},
        {"truth=psd,general", "psd general"},
        {"solver=newton,altmin", "newton altmin"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_values(cases[i][0], cases[i][1]);
}

static void a_value_has_one_spelling(void **state)
{
    (void)state;
    check_values("noise=0.10,2e-1,+.3", "0.1 0.2 0.3");
    check_values("tasks=01,+2", "1 2");
    check_values("noise=1e6,1", "1000000 1");
}

static void check_keys(const char *text, const char *const *paths)
{
    struct axis axis = parse(text);
    int i = 0;
    for (; paths[i]; i++) {
        assert_true(i < axis.keys);
        assert_string_equal(key_table[axis.key[i]].path, paths[i]);
    }
    assert_int_equal(axis.keys, i);
    size_t length = strcspn(text, "=");
    assert_int_equal(strlen(axis.name), length);
    assert_memory_equal(axis.name, text, length);
    axis_free(&axis);
}

static void keys_have_short_names(void **state)
{
    (void)state;
    check_keys("problem.tasks=1", (const char *const[]){"problem.tasks", NULL});
    check_keys("tasks=1", (const char *const[]){"problem.tasks", NULL});
    check_keys("rank=1", (const char *const[]){"problem.rank", "retrain.rank", "adapt.rank", NULL});
    check_keys("problem.rank=1", (const char *const[]){"problem.rank", NULL});
    check_keys("samples=1", (const char *const[]){"problem.samples", NULL});
    check_keys("steps=1", (const char *const[]){"retrain.steps", NULL});
    check_keys("rate=1", (const char *const[]){"adapt.rate", NULL});
    check_keys("inner_rate+outer_rate=0.1", (const char *const[]){"retrain.inner_rate", "retrain.outer_rate", NULL});
    check_keys("rank+dimension=4",
               (const char *const[]){"problem.rank", "retrain.rank", "adapt.rank", "problem.dimension", NULL});
}

static void every_key_of_the_value_is_set(void **state)
{
    (void)state;
    struct axis axis = parse("rank=1:3");
    struct config config;
    config_default(&config);
    axis_apply(&axis, 2, &config);
    assert_int_equal(config.problem.rank, 3);
    assert_int_equal(config.retrain.rank, 3);
    assert_int_equal(config.adapt.rank, 3);
    axis_free(&axis);
}

static void keys_of_two_types_take_one_value(void **state)
{
    (void)state;
    static const char *const texts[] = {"outer_rate+retrain.steps=100000,7", "retrain.steps+outer_rate=100000,7",
                                        "outer_rate+retrain.steps=100000:7:99993"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct axis axis = parse(texts[i]);
        struct config config;
        assert_int_equal(axis.count, 2);
        for (size_t j = 0; j < axis.count; j++) {
            config_default(&config);
            axis_apply(&axis, j, &config);
            assert_int_equal(config.retrain.steps, j == 0 ? 100000 : 7);
            assert_near(config.retrain.outer_rate, j == 0 ? 100000 : 7, 0);
        }
        axis_free(&axis);
    }
}

/* Every value of every axis is applied to the last bit. */
static void values_are_met_exactly(void **state)
{
    (void)state;
    struct axis axis = parse("noise=0:1:0.1,1e-7,0.1234567890123456789,333333.3333333333");
    static const double want[] = {
        0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1e-7, 0.1234567890123456789, 333333.3333333333};
    assert_int_equal(axis.count, sizeof want / sizeof *want);
    for (size_t i = 0; i < axis.count; i++) {
        struct config config;
        config_default(&config);
        axis_apply(&axis, i, &config);
        assert_near(config.problem.noise, want[i], 0);
        assert_near(axis_number(&axis, i), want[i], 0);
    }
    axis_free(&axis);
}

static void values_may_be_many(void **state)
{
    (void)state;
    struct axis axis = parse("steps=1:10000");
    assert_int_equal(axis.count, AXIS_VALUES);
    for (size_t i = 0; i < axis.count; i++)
        assert_near(axis_number(&axis, i), (double)i + 1, 0);
    axis_free(&axis);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "an axis must be KEY=VALUES, as in tasks=1:8, not \"\""},
        {"tasks", "an axis must be KEY=VALUES, as in tasks=1:8, not \"tasks\""},
        {"=3", "an axis must be KEY=VALUES, as in tasks=1:8, not \"=3\""},
        {"task=3", "no key \"task\" for an axis; did you mean tasks?"},
        {"problem.task=3", "no key \"problem.task\" for an axis; did you mean problem.tasks?"},
        {"quux=3", "no key \"quux\" for an axis; the keys are those of a scenario, such as tasks or problem.samples"},
        {"tasks+=3", "no key \"\" for an axis"},
        {"+=3", "no key \"\" for an axis"},
        {"seed=1:3", "seed cannot be an axis; every cell has several seeds, see --seeds"},
        {"problem.seed=1:3", "problem.seed cannot be an axis; every cell has several seeds, see --seeds"},
        {"methods=meta", "methods cannot be an axis"},
        {"retrain.methods=meta", "retrain.methods cannot be an axis"},
        {"title=A", "title cannot be an axis"},
        {"tasks+tasks=1", "the axis tasks+tasks names problem.tasks twice"},
        {"rank+adapt.rank=1", "the axis rank+adapt.rank names adapt.rank twice"},
        {"rank+tasks+dimension=1", "the axis rank+tasks+dimension has more than 4 keys"},
        {"retrain.inner_rate+retrain.outer_rate+retrain.init_scale+adapt.rate=1", "take 67 bytes, more than 63"},
        {"tasks=", "the axis tasks has an empty value"},
        {"tasks=1,,2", "the axis tasks has an empty value"},
        {"tasks=1,", "the axis tasks has an empty value"},
        {"tasks=,1", "the axis tasks has an empty value"},
        {"tasks=0", "problem.tasks must be a whole number from 1 to 1024, not 0"},
        {"tasks=1:2000", "problem.tasks must be a whole number from 1 to 1024, not 1025"},
        {"tasks=2:-1", "problem.tasks must be a whole number from 1 to 1024, not 0"},
        {"tasks=many", "problem.tasks must be a whole number from 1 to 1024, not \"many\""},
        {"tasks=1.5", "problem.tasks must be a whole number from 1 to 1024, not 1.5"},
        {"truth=psd,generall", "did you mean general?"},
        {"truth=1:3", "problem.truth must be psd, symmetric or general, not 1"},
        {"truth=psd:general", "the axis truth: the range \"psd:general\" must be FIRST:LAST"},
        {"rank=1,5000", "adapt.rank must be a whole number from 1 to 4096, not 5000"},
        {"tasks=:", "the range \":\" must be FIRST:LAST, FIRST:LAST:STEP or FIRST:LAST:xFACTOR, of numbers"},
        {"tasks=1:", "the range \"1:\" must be"},
        {"tasks=:8", "the range \":8\" must be"},
        {"tasks=1:2:", "the range \"1:2:\" must be"},
        {"tasks=1:2:3:4", "the range \"1:2:3:4\" must be"},
        {"tasks=1:2:x", "the range \"1:2:x\" must be"},
        {"tasks=1:eight", "must be FIRST:LAST"},
        {"tasks=1:1e999", "must be FIRST:LAST"},
        {"tasks=0x1:8", "must be FIRST:LAST"},
        {"tasks=1:nan", "must be FIRST:LAST"},
        {"tasks=1:8:0", "needs a step above 0"},
        {"tasks=8:1:-1", "needs a step above 0"},
        {"tasks=1:8:x1", "needs a factor above 1"},
        {"tasks=8:1:x0.5", "needs a factor above 1"},
        {"noise=0:1:x2", "has a factor, and so must begin and end above 0"},
        {"noise=1:0:x2", "has a factor, and so must begin and end above 0"},
        {"tasks=1.5:4", "must begin with a whole number and have a whole step"},
        {"tasks=1:4:0.5", "must begin with a whole number and have a whole step"},
        {"noise+tasks=1:4:0.5", "must begin with a whole number and have a whole step"},
        {"tasks=1,2,1", "the axis tasks has the value 1 twice"},
        {"tasks=1:8,4:6", "the axis tasks has the value 4 twice"},
        {"noise=0.1,1e-1", "the axis noise has the value 0.1 twice"},
        {"steps=1:10001", "the axis steps has more than 10000 values"},
        {"steps=1:10000,20000", "the axis steps has more than 10000 values"},
        {"noise=0:1:1e-300", "the axis noise has more than 10000 values"},
        {"noise=0:1e6:1e-5", "the axis noise has more than 10000 values"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct axis axis;
        struct err err = {.code = ERR_NONE};
        memset(&axis, 1, sizeof axis);
        enum err_code code = axis_parse(&axis, cases[i][0], &err);
        if (code != ERR_INPUT || err.code != code || !strstr(err.message, cases[i][1]))
            fail_msg("%s: code %d, \"%s\" is not \"%s\"", cases[i][0], (int)code, err.message, cases[i][1]);
        assert_int_equal(axis.count, 0);
        assert_int_equal(axis.keys, 0);
        assert_null(axis.value);
        assert_int_equal(axis_parse(&axis, cases[i][0], NULL), ERR_INPUT);
    }
}

static void texts_that_are_too_long(void **state)
{
    (void)state;
    char text[1000];
    struct axis axis;
    struct err err = {.code = ERR_NONE};
    memset(text, '7', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    memcpy(text, "tasks=", 6);
    assert_int_equal(axis_parse(&axis, text, &err), ERR_INPUT);
    assert_non_null(strstr(err.message, "a value of 993 bytes"));
    text[300] = ':';
    text[150] = ',';
    assert_int_equal(axis_parse(&axis, text, &err), ERR_INPUT);
    text[150] = '\0';
    text[100] = ':';
    text[120] = ':';
    assert_int_equal(axis_parse(&axis, text, &err), ERR_INPUT);
    memset(text, 'k', 900);
    assert_int_equal(axis_parse(&axis, text, &err), ERR_INPUT);
}

/* ---- what it is for ---- */

static void positions_on_a_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool geometric;
    } cases[] = {
        {"tasks=1:64:x2", true},
        {"tasks=1:8", false},
        {"tasks=1:100", false},
        {"tasks=64:1:x2", false},
        {"noise=0:1:0.1", false},
        {"noise=1e-3:1:x10", true},
        {"tasks=1,100", false},
        {"tasks=1,10,100", true},
        {"tasks=10,1,100", false},
        {"tasks=1:8:x2", false}, /* a plain line does */
        {"samples=10,100,1000,population", false},
        {"truth=psd,symmetric,general", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct axis axis = parse(cases[i].text);
        if (axis_is_geometric(&axis) != cases[i].geometric)
            fail_msg("%s is %s", cases[i].text, cases[i].geometric ? "not geometric" : "geometric");
        axis_free(&axis);
    }
    struct axis axis = parse("samples=10,population");
    assert_near(axis_number(&axis, 0), 10, 0);
    assert_true(isnan(axis_number(&axis, 1)));
    axis_free(&axis);
}

static void titles(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"tasks=1", "tasks T"}, {"rank=1", "rank k"}, {"inner_rate=0.1", "inner rate"}, {"noise+tasks=1", "noise σ"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char title[AXIS_TITLE_SIZE];
        struct axis axis = parse(cases[i][0]);
        axis_title(&axis, title);
        assert_string_equal(title, cases[i][1]);
        axis_free(&axis);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_lists_and_ranges),
        cmocka_unit_test(a_value_has_one_spelling),
        cmocka_unit_test(keys_have_short_names),
        cmocka_unit_test(every_key_of_the_value_is_set),
        cmocka_unit_test(keys_of_two_types_take_one_value),
        cmocka_unit_test(values_are_met_exactly),
        cmocka_unit_test(values_may_be_many),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(texts_that_are_too_long),
        cmocka_unit_test(positions_on_a_line),
        cmocka_unit_test(titles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
