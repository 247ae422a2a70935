/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/golden.h"
#include "support/tradeoffs_driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void press_at(struct tradeoffs_driver *driver, const char *text, int right)
{
    int x;
    int y;
    if (!golden_find(&driver->grid, text, &x, &y))
        fail_msg("\"%s\" is not on the screen", text);
    tradeoffs_driver_mouse(driver, EVENT_MOUSE_PRESS, x + right, y);
}

static void a_press_moves_the_cursor_and_another_opens(void **state)
{
    (void)state;
    struct tradeoffs_driver *driver = tradeoffs_driver_new(80, 24);
    press_at(driver, "14 ", 0);
    assert_int_equal(driver->wish, WISH_REDRAW);
    assert_true(tradeoffs_driver_says(driver, "Rank needed at rank 2, tasks 6,"));
    press_at(driver, "14 ", 0);
    assert_int_equal(driver->wish, WISH_REDRAW | TRADEOFFS_OPEN);
    assert_int_equal(tradeoffs_config(driver->tradeoffs)->problem.tasks, 6);
    assert_int_equal(tradeoffs_config(driver->tradeoffs)->problem.rank, 2);
    press_at(driver, "12!", 0); /* the other map has the same cursor */
    assert_true(tradeoffs_driver_says(driver, "Rank needed at rank 4, tasks 2,"));
    int x;
    int y;
    assert_true(golden_find(&driver->grid, "14 ", &x, &y));
    tradeoffs_driver_mouse(driver, EVENT_MOUSE_DRAG, x, y);
    assert_true(tradeoffs_driver_says(driver, "Rank needed at rank 2, tasks 6,"));
    tradeoffs_driver_mouse(driver, EVENT_MOUSE_WHEEL_UP, x, y);
    assert_true(tradeoffs_driver_says(driver, "Rank needed at rank 3, tasks 6,"));
    tradeoffs_driver_mouse(driver, EVENT_MOUSE_RELEASE, x, y);
    assert_int_equal(driver->wish, 0);
    tradeoffs_driver_free(driver);
}

static void the_panel_is_pressed(void **state)
{
    (void)state;
    struct tradeoffs_driver *driver = tradeoffs_driver_new(120, 36);
    press_at(driver, "metric", 0);
    press_at(driver, "▸", 0);
    assert_int_equal(tradeoffs_metric(driver->tradeoffs), METRIC_EXCESS_RISK);
    press_at(driver, "◂", 0);
    assert_int_equal(tradeoffs_metric(driver->tradeoffs), METRIC_RANK_NEEDED);
    int x;
    int y;
    assert_true(golden_find(&driver->grid, "statistic", &x, &y));
    tradeoffs_driver_mouse(driver, EVENT_MOUSE_WHEEL_UP, x, y); /* it has no focus: nothing is changed */
    assert_int_equal(tradeoffs_statistic(driver->tradeoffs), STATISTIC_MEDIAN);
    tradeoffs_driver_mouse(driver, EVENT_MOUSE_PRESS, x, y);
    tradeoffs_driver_mouse(driver, EVENT_MOUSE_WHEEL_UP, x, y);
    assert_int_equal(tradeoffs_statistic(driver->tradeoffs), STATISTIC_MEAN);
    press_at(driver, "y axis", 0);
    press_at(driver, "y axis", 0);
    assert_true(tradeoffs_driver_shows(driver, "leave as it was"));
    tradeoffs_driver_key(driver, EVENT_KEY_BACKSPACE);
    tradeoffs_driver_type(driver, "3");
    press_at(driver, "seeds", 0); /* accepts what was typed */
    assert_int_equal(driver->table->cells, 24);
    tradeoffs_driver_free(driver);
}

static void names_and_hints_are_pressed(void **state)
{
    (void)state;
    struct tradeoffs_driver *driver = tradeoffs_driver_new(120, 36);
    press_at(driver, "F1", 1);
    assert_int_equal(driver->wish, WISH_REDRAW | (screen_wish)WISH_GO << SCREEN_LAB);
    press_at(driver, "F2 Trade-offs", 12);
    assert_int_equal(driver->wish, WISH_REDRAW | (screen_wish)WISH_GO << SCREEN_TRADEOFFS);
    press_at(driver, "m metric", 3);
    assert_int_equal(tradeoffs_metric(driver->tradeoffs), METRIC_EXCESS_RISK);
    press_at(driver, "? help", 0);
    assert_true(tradeoffs_driver_shows(driver, "In this help"));
    tradeoffs_driver_mouse(driver, EVENT_MOUSE_PRESS, 40, 10);
    assert_false(tradeoffs_driver_shows(driver, "In this help"));
    press_at(driver, "? help", 0);
    press_at(driver, "back to the lab", 0); /* a line of the help: t */
    assert_true(driver->wish & (WISH_GO << SCREEN_LAB));
    assert_false(tradeoffs_driver_shows(driver, "In this help"));
    tradeoffs_driver_free(driver);
}

static void the_slice_is_pressed(void **state)
{
    (void)state;
    struct tradeoffs_driver *driver = tradeoffs_driver_new(120, 36);
    int x;
    int y;
    assert_true(golden_find(&driver->grid, "└┼", &x, &y));
    tradeoffs_driver_mouse(driver, EVENT_MOUSE_PRESS, 116, y - 2);
    assert_true(tradeoffs_driver_says(driver, "Rank needed at rank 1, tasks 8,"));
    tradeoffs_driver_mouse(driver, EVENT_MOUSE_WHEEL_UP, 100, y - 2);
    assert_true(tradeoffs_driver_says(driver, "Rank needed at rank 1, tasks 7,"));
    tradeoffs_driver_type(driver, "d");
    tradeoffs_driver_mouse(driver, EVENT_MOUSE_DRAG, 116, y - 2);
    assert_true(tradeoffs_driver_says(driver, "Rank needed at rank 4, tasks 7,"));
    tradeoffs_driver_free(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_press_moves_the_cursor_and_another_opens),
        cmocka_unit_test(the_panel_is_pressed),
        cmocka_unit_test(names_and_hints_are_pressed),
        cmocka_unit_test(the_slice_is_pressed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
