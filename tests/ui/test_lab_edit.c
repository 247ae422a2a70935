/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "support/lab_driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Types `text` over the value of the key with the focus. */
static void enter(struct lab_driver *driver, const char *path, const char *text)
{
    char value[96];
    lab_driver_key(driver, EVENT_KEY_ENTER);
    for (size_t i = strlen(lab_driver_value(driver, path, value)); i > 0; i--)
        lab_driver_key(driver, EVENT_KEY_BACKSPACE);
    lab_driver_type(driver, text);
    lab_driver_key(driver, EVENT_KEY_ENTER);
}

static void typed_values_are_taken(void **state)
{
    (void)state;
    static const struct {
        const char *path, *text, *value;
        screen_wish wish;
    } table[] = {
        {"title", "Zwei Aufgaben: σ → 0", "Zwei Aufgaben: σ → 0", LAB_RESTART | LAB_RUN},
        {"problem.dimension", "23", "23", LAB_RESTART | LAB_RUN},
        {"problem.rank", "3", "3", LAB_RESTART | LAB_RUN},
        {"problem.tasks", " 5 ", "5", LAB_RESTART | LAB_RUN},
        {"problem.samples", "2385", "2385", LAB_RESTART | LAB_RUN},
        {"problem.noise", "0.02385", "0.02385", LAB_RESTART | LAB_RUN},
        {"problem.seed", "18446744073709551615", "18446744073709551615", LAB_RESTART | LAB_RUN},
        {"retrain.rank", "4", "4", LAB_RESTART | LAB_RUN},
        {"retrain.steps", "777", "777", LAB_UPDATE},
        {"retrain.inner_steps", "11", "11", LAB_UPDATE},
        {"retrain.inner_rate", "2.385e-3", "0.002385", LAB_UPDATE},
        {"retrain.outer_rate", ".02", "0.02", LAB_UPDATE},
        {"retrain.init_scale", "0", "0", LAB_RESTART | LAB_RUN},
        {"adapt.rank", "16", "16", LAB_UPDATE},
        {"adapt.steps", "12345", "12345", LAB_UPDATE},
        {"adapt.rate", "0.007", "0.007", LAB_UPDATE},
    };
    struct lab_driver *driver = lab_driver_new(80, 24, NULL);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char value[96];
        lab_driver_focus(driver, table[i].path);
        enter(driver, table[i].path, table[i].text);
        assert_int_equal(driver->wish, table[i].wish | WISH_REDRAW);
        assert_string_equal(lab_driver_value(driver, table[i].path, value), table[i].value);
        enter(driver, table[i].path, table[i].text); /* the same again changes nothing */
        assert_int_equal(driver->wish, WISH_REDRAW);
    }
    lab_driver_size(driver, 160, 36); /* where the line on top has room for it */
    assert_true(lab_driver_shows(driver, "─ Zwei Aufgaben: σ → 0 ─"));
    lab_driver_free(driver);
}

static void every_refusal_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *path, *text, *reason;
    } table[] = {
        {"title", "", "title must be text of 1 to 79 bytes without control characters, not \"\""},
        {"problem.dimension", "0", "problem.dimension must be a whole number from 1 to 4096, not 0"},
        {"problem.dimension", "1", "2 is above problem.dimension 1: a rank is at most the dimension"},
        {"problem.rank", "17", "problem.rank 17 is above problem.dimension 16"},
        {"problem.tasks", "2.385", "problem.tasks must be a whole number from 1 to 1024, not 2.385"},
        {"problem.samples", "many", "problem.samples must be population or a whole number from 1 to 100000000"},
        {"problem.noise", "-0.1", "problem.noise must be a number from 0 to 1000000, not -0.1"},
        {"problem.noise", "nan", "problem.noise must be a number from 0 to 1000000, not \"nan\""},
        {"problem.seed", "18446744073709551616", "problem.seed must be a whole number from 0 to 18446744073709551615"},
        {"retrain.rank", "99", "retrain.rank 99 is above problem.dimension 16"},
        {"retrain.inner_rate", "1e7", "retrain.inner_rate must be a number from 0 to 1000000, not 1e7"},
        {"adapt.rank", "σ", "adapt.rank must be a whole number from 1 to 4096, not \"σ\""},
    };
    struct lab_driver *driver = lab_driver_new(120, 36, NULL);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char before[96];
        char after[96];
        lab_driver_focus(driver, table[i].path);
        lab_driver_value(driver, table[i].path, before);
        enter(driver, table[i].path, table[i].text);
        assert_int_equal(driver->wish, WISH_REDRAW);
        assert_true(lab_driver_shows(driver, table[i].reason));
        assert_string_equal(lab_driver_value(driver, table[i].path, after), before);
        assert_true(lab_driver_shows(driver, "Enter accept")); /* it is still being typed */
        lab_driver_key(driver, EVENT_KEY_ESCAPE);
        assert_false(lab_driver_shows(driver, "Enter accept"));
        assert_false(lab_driver_shows(driver, table[i].reason));
    }
    lab_driver_free(driver);
}

static void nudges_follow_the_table_and_say_where_they_end(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(80, 24, NULL);
    char value[96];
    lab_driver_focus(driver, "problem.rank");
    lab_driver_key(driver, EVENT_KEY_LEFT);
    assert_string_equal(lab_driver_value(driver, "problem.rank", value), "1");
    lab_driver_key(driver, '-');
    assert_int_equal(driver->wish, WISH_REDRAW);
    assert_true(lab_driver_shows(driver, "problem.rank: 1 is the smallest value"));
    for (int i = 0; i < 15; i++)
        lab_driver_key(driver, i % 2 ? '+' : '=');
    assert_string_equal(lab_driver_value(driver, "problem.rank", value), "16");
    lab_driver_key(driver, EVENT_KEY_RIGHT);
    assert_true(lab_driver_shows(driver, "problem.rank 17 is above problem.dimension 16"));
    assert_string_equal(lab_driver_value(driver, "problem.rank", value), "16");
    lab_driver_focus(driver, "problem.dimension");
    lab_driver_key(driver, EVENT_KEY_LEFT);
    assert_true(lab_driver_shows(driver, "problem.rank 16 is above problem.dimension 15"));
    lab_driver_focus(driver, "retrain.inner_rate");
    lab_driver_key(driver, EVENT_KEY_RIGHT);
    assert_int_equal(driver->wish, LAB_UPDATE | WISH_REDRAW);
    assert_string_equal(lab_driver_value(driver, "retrain.inner_rate", value), "0.005");
    lab_driver_free(driver);
}

static void choices_are_gone_through_and_not_typed(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(80, 24, NULL);
    char value[96];
    lab_driver_focus(driver, "problem.truth");
    lab_driver_key(driver, EVENT_KEY_ENTER);
    assert_string_equal(lab_driver_value(driver, "problem.truth", value), "symmetric");
    lab_driver_key(driver, EVENT_KEY_RIGHT);
    assert_string_equal(lab_driver_value(driver, "problem.truth", value), "general");
    lab_driver_key(driver, EVENT_KEY_RIGHT);
    assert_string_equal(lab_driver_value(driver, "problem.truth", value), "psd");
    lab_driver_key(driver, '3');
    assert_int_equal(driver->wish, WISH_REDRAW);
    assert_true(lab_driver_shows(driver, "problem.truth must be psd, symmetric or general"));
    lab_driver_focus(driver, "retrain.methods");
    lab_driver_key(driver, EVENT_KEY_RIGHT);
    assert_string_equal(lab_driver_value(driver, "retrain.methods", value), "reptile");
    lab_driver_focus(driver, "title");
    lab_driver_key(driver, EVENT_KEY_RIGHT);
    assert_true(lab_driver_shows(driver, "title is text: type it"));
    lab_driver_free(driver);
}

static void a_digit_begins_a_new_value(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(80, 24, NULL);
    char value[96];
    lab_driver_type(driver, "18");
    assert_true(lab_driver_shows(driver, "dimension d 18"));
    assert_true(lab_driver_shows(driver, "dimension: a whole number from 1 to 4096."));
    lab_driver_key(driver, EVENT_KEY_DOWN); /* accepts, and moves on */
    assert_int_equal(driver->wish, LAB_RESTART | LAB_RUN | WISH_REDRAW);
    assert_string_equal(lab_driver_value(driver, "problem.dimension", value), "18");
    assert_true(lab_driver_shows(driver, "rank k: Rank"));
    lab_driver_type(driver, "9");
    lab_driver_key(driver, EVENT_KEY_ESCAPE);
    assert_string_equal(lab_driver_value(driver, "problem.rank", value), "2");
    lab_driver_type(driver, "99");
    lab_driver_key(driver, EVENT_KEY_DOWN); /* refused: stays where it is */
    assert_true(lab_driver_shows(driver, "problem.rank 99 is above"));
    assert_true(lab_driver_shows(driver, "Enter accept"));
    lab_driver_key(driver, EVENT_KEY_BACKSPACE);
    lab_driver_key(driver, EVENT_KEY_UP);
    assert_string_equal(lab_driver_value(driver, "problem.rank", value), "9");
    assert_true(lab_driver_shows(driver, "dimension d: The model"));
    lab_driver_free(driver);
}

static void letters_are_text_while_one_types(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(80, 24, NULL);
    char value[96];
    lab_driver_focus(driver, "title");
    lab_driver_key(driver, EVENT_KEY_ENTER);
    lab_driver_type(driver, " quit?");
    assert_int_equal(driver->wish, WISH_REDRAW);
    lab_driver_key(driver, EVENT_KEY_TAB); /* nothing */
    assert_int_equal(driver->wish, 0);
    lab_driver_key(driver, EVENT_KEY_ENTER);
    assert_string_equal(lab_driver_value(driver, "title", value), "Three tasks are enough quit?");
    lab_driver_free(driver);
}

static void the_menu_takes_a_scenario(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(80, 24, NULL);
    char value[96];
    lab_driver_type(driver, "m");
    lab_driver_type(driver, "TASKS");
    assert_true(lab_driver_shows(driver, "many-tasks-psd "));
    assert_false(lab_driver_shows(driver, "crowded"));
    lab_driver_key(driver, EVENT_KEY_END);
    lab_driver_key(driver, EVENT_KEY_UP);
    lab_driver_key(driver, EVENT_KEY_ENTER);
    assert_int_equal(driver->wish, LAB_RESTART | LAB_RUN | WISH_REDRAW);
    assert_string_equal(lab_driver_value(driver, "title", value), "Lesson 10: what σ and k do");
    assert_string_equal(lab_driver_value(driver, "problem.seed", value), "109");
    lab_driver_type(driver, "oLesson 1");
    lab_driver_key(driver, EVENT_KEY_PAGE_DOWN);
    lab_driver_key(driver, EVENT_KEY_BACKSPACE);
    lab_driver_type(driver, "zzz");
    assert_true(lab_driver_shows(driver, "No scenario has that in its name or title."));
    lab_driver_key(driver, EVENT_KEY_ENTER);
    assert_int_equal(driver->wish, 0);
    for (int i = 0; i < 20; i++)
        lab_driver_key(driver, EVENT_KEY_BACKSPACE);
    for (int i = 0; i < 20; i++)
        lab_driver_key(driver, EVENT_KEY_DOWN);
    lab_driver_key(driver, EVENT_KEY_HOME);
    lab_driver_key(driver, EVENT_KEY_PAGE_DOWN);
    lab_driver_key(driver, EVENT_KEY_PAGE_UP);
    lab_driver_key(driver, EVENT_KEY_ENTER);
    assert_string_equal(lab_driver_value(driver, "problem.seed", value), "100");
    lab_driver_type(driver, "m");
    lab_driver_key(driver, EVENT_KEY_ESCAPE);
    assert_false(lab_driver_shows(driver, "Type to filter"));
    driver->scenarios.count = 0;
    lab_driver_type(driver, "m");
    assert_true(lab_driver_shows(driver, "No built-in scenarios were found."));
    lab_driver_free(driver);
}

static void a_scenario_that_this_machine_cannot_hold_is_refused(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(80, 24, NULL);
    driver->scenarios.entry[0].config.problem.dimension = 4096;
    driver->scenarios.entry[0].config.problem.tasks = 1024;
    driver->scenarios.entry[0].config.problem.samples = 10;
    lab_driver_type(driver, "m");
    lab_driver_key(driver, EVENT_KEY_ENTER);
    assert_int_equal(driver->wish, WISH_REDRAW);
    assert_true(lab_driver_shows(driver, "GiB of memory"));
    assert_true(lab_driver_shows(driver, "Type to filter"));
    lab_driver_free(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typed_values_are_taken),
        cmocka_unit_test(every_refusal_says_why),
        cmocka_unit_test(nudges_follow_the_table_and_say_where_they_end),
        cmocka_unit_test(choices_are_gone_through_and_not_typed),
        cmocka_unit_test(a_digit_begins_a_new_value),
        cmocka_unit_test(letters_are_text_while_one_types),
        cmocka_unit_test(the_menu_takes_a_scenario),
        cmocka_unit_test(a_scenario_that_this_machine_cannot_hold_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
