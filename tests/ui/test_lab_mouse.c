/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "support/keys.h"
#include "support/lab_driver.h"
#include "ui/chart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Whatever is pressed is looked for on the screen first, so that hits and pictures must agree. */
static void press_at(struct lab_driver *driver, const char *text)
{
    int x;
    int y;
    if (!lab_driver_find(driver, text, &x, &y))
        fail_msg("\"%s\" is not on the screen", text);
    lab_driver_mouse(driver, EVENT_MOUSE_PRESS, x, y);
}

static enum style style_at(const struct lab_driver *driver, int x, int y)
{
    return (enum style)driver->grid.cell[y * driver->grid.width + x].style;
}

static void a_press_focuses_a_parameter(void **state)
{
    (void)state;
    static const int sizes[][2] = {{120, 36}, {80, 24}, {200, 60}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct lab_driver *driver = lab_driver_new(sizes[i][0], sizes[i][1], NULL);
        for (int y = 1; y < 16; y++) {
            lab_driver_mouse(driver, EVENT_MOUSE_PRESS, 4, y);
            bool heading = style_at(driver, 2, y) == STYLE_TITLE || driver->grid.cell[y * sizes[i][0] + 2].rune == ' ';
            assert_int_equal(style_at(driver, 2, y) == STYLE_FOCUS, !heading);
        }
        lab_driver_free(driver);
    }
}

static void arrows_beside_a_value_change_it(void **state)
{
    (void)state;
    static const int sizes[][2] = {{120, 36}, {80, 24}, {60, 16}, {200, 60}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct lab_driver *driver = lab_driver_new(sizes[i][0], sizes[i][1], NULL);
        press_at(driver, "tasks T");
        press_at(driver, "▸");
        assert_int_equal(lab_config(driver->lab)->problem.tasks, 4);
        press_at(driver, "◂");
        press_at(driver, "◂");
        assert_int_equal(lab_config(driver->lab)->problem.tasks, 2);
        assert_int_equal(driver->wish, LAB_RESTART | LAB_RUN | WISH_REDRAW);
        lab_driver_free(driver);
    }
}

static void the_wheel_changes_only_what_has_the_focus(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(120, 36, NULL);
    int x;
    int y;
    assert_true(lab_driver_find(driver, "tasks T", &x, &y));
    lab_driver_mouse(driver, EVENT_MOUSE_PRESS, x, y);
    lab_driver_mouse(driver, EVENT_MOUSE_WHEEL_UP, x + 9, y);
    assert_int_equal(lab_config(driver->lab)->problem.tasks, 4);
    lab_driver_mouse(driver, EVENT_MOUSE_WHEEL_DOWN, x, y);
    lab_driver_mouse(driver, EVENT_MOUSE_WHEEL_DOWN, x, y);
    assert_int_equal(lab_config(driver->lab)->problem.tasks, 2);
    lab_driver_mouse(driver, EVENT_MOUSE_WHEEL_DOWN, x, y + 3); /* another row: the focus moves */
    assert_int_equal(driver->wish, WISH_REDRAW);
    assert_int_equal(style_at(driver, x, y + 1), STYLE_FOCUS);
    lab_driver_mouse(driver, EVENT_MOUSE_DRAG, x, y);
    lab_driver_mouse(driver, EVENT_MOUSE_RELEASE, x, y);
    assert_int_equal(driver->wish, 0);
    lab_driver_free(driver);
}

static void a_second_press_edits(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(120, 36, NULL);
    press_at(driver, "tasks T");
    press_at(driver, "tasks T");
    assert_true(lab_driver_shows(driver, "Enter accept"));
    lab_driver_type(driver, "1");
    press_at(driver, "tasks T"); /* in its own row: goes on */
    assert_true(lab_driver_shows(driver, "Enter accept"));
    press_at(driver, "rank k"); /* elsewhere: accepts */
    assert_int_equal(lab_config(driver->lab)->problem.tasks, 31);
    assert_int_equal(driver->wish, LAB_RESTART | LAB_RUN | WISH_REDRAW);
    press_at(driver, "tasks T");
    press_at(driver, "tasks T");
    lab_driver_type(driver, "x");
    press_at(driver, "rank k"); /* refused: stays */
    assert_true(lab_driver_shows(driver, "problem.tasks must be"));
    assert_true(lab_driver_shows(driver, "Enter accept"));
    press_at(driver, "Esc");
    assert_int_equal(lab_config(driver->lab)->problem.tasks, 31);
    lab_driver_free(driver);
}

/* The column where most cells have the crosshair's style; −1: none. */
static int crosshair_column(const struct lab_driver *driver, int left, int right, int top, int bottom)
{
    int best = -1;
    int most = 2;
    for (int x = left; x < right; x++) {
        int count = 0;
        for (int y = top; y < bottom; y++)
            count += style_at(driver, x, y) == STYLE_CROSSHAIR;
        if (count > most) {
            most = count;
            best = x;
        }
    }
    return best;
}

static void the_crosshair_follows_the_mouse(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(80, 24, NULL);
    assert_int_equal(crosshair_column(driver, 29, 79, 3, 15), -1);
    lab_driver_mouse(driver, EVENT_MOUSE_PRESS, 50, 8);
    assert_int_equal(crosshair_column(driver, 29, 79, 3, 15), 50);
    lab_driver_mouse(driver, EVENT_MOUSE_DRAG, 61, 9);
    assert_int_equal(crosshair_column(driver, 29, 79, 3, 15), 61);
    lab_driver_mouse(driver, EVENT_MOUSE_WHEEL_UP, 61, 9);
    assert_int_equal(crosshair_column(driver, 29, 79, 3, 15), 60);
    lab_driver_mouse(driver, EVENT_MOUSE_WHEEL_DOWN, 61, 9);
    lab_driver_key(driver, EVENT_KEY_RIGHT);
    assert_int_equal(crosshair_column(driver, 29, 79, 3, 15), 62);
    lab_driver_mouse(driver, EVENT_MOUSE_DRAG, 5, 9); /* outside the charts */
    assert_int_equal(driver->wish, 0);
    lab_driver_mouse(driver, EVENT_MOUSE_DRAG, 29, 9); /* left of the axis: its first column */
    lab_driver_key(driver, EVENT_KEY_LEFT);
    int first = crosshair_column(driver, 29, 79, 3, 15);
    assert_in_range(first, 30, 42);
    lab_driver_key(driver, 'c');
    assert_int_equal(crosshair_column(driver, 29, 79, 3, 15), -1);
    lab_driver_free(driver);
}

static void tabs_choose_a_chart(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(80, 24, NULL);
    for (int i = CHART_COUNT - 1; i >= 0; i--) {
        char text[64];
        int x;
        int y;
        snprintf(text, sizeof text, "%d %s", i + 1, chart_table[i].name);
        press_at(driver, text);
        assert_true(lab_driver_find(driver, text, &x, &y));
        assert_int_equal(style_at(driver, x, y), STYLE_FOCUS);
    }
    lab_driver_size(driver, 60, 16); /* numbers alone, but for the one that is seen */
    press_at(driver, "3  4");
    lab_driver_size(driver, 80, 24);
    int x;
    int y;
    assert_true(lab_driver_find(driver, "3 recovery", &x, &y));
    assert_int_equal(style_at(driver, x, y), STYLE_FOCUS);
    lab_driver_mouse(driver, EVENT_MOUSE_PRESS, x - 1, y); /* between two tabs */
    assert_int_equal(driver->wish, 0);
    lab_driver_free(driver);
}

static void each_hint_does_what_its_key_does(void **state)
{
    (void)state;
    int tried = 0;
    const struct binding *all[KEYMAP_LINES];
    int count = keys_of(&lab_keymap, all);
    for (int row = 0; row < count; row++) {
        const struct binding *binding = all[row];
        if (binding->hint == NULL || binding->context != KEYMAP_WATCHING)
            continue;
        struct lab_driver *by_key = lab_driver_new(400, 40, NULL);
        struct lab_driver *by_mouse = lab_driver_new(400, 40, NULL);
        char text[64];
        snprintf(text, sizeof text, " %s %s ", binding->shown, binding->hint);
        int x;
        int y;
        assert_true(lab_driver_find(by_mouse, text, &x, &y));
        assert_int_equal(y, 39);
        lab_driver_key(by_key, binding->key[0].key);
        lab_driver_mouse(by_mouse, EVENT_MOUSE_PRESS, x + 1, y);
        assert_int_equal(by_mouse->wish, by_key->wish);
        size_t size = 400 * 40;
        for (size_t i = 0; i < size; i++)
            assert_int_equal(by_mouse->grid.cell[i].rune, by_key->grid.cell[i].rune);
        lab_driver_free(by_key);
        lab_driver_free(by_mouse);
        tried++;
    }
    assert_in_range(tried, 10, 30);
}

/* Every key that counts wherever the focus is has a place in the help, where it can be pressed. */
static void each_line_of_the_help_does_what_its_key_does(void **state)
{
    (void)state;
    int tried = 0;
    const struct binding *all[KEYMAP_LINES];
    int count = keys_of(&lab_keymap, all);
    for (int row = 0; row < count; row++) {
        const struct binding *binding = all[row];
        if (binding->context != KEYMAP_WATCHING && binding->context != KEYMAP_ALWAYS)
            continue;
        for (int i = 0; i < KEYMAP_KEYS && binding->key[i].key != 0; i++) {
            struct lab_driver *by_key = lab_driver_new(120, 60, NULL);
            struct lab_driver *by_mouse = lab_driver_new(120, 60, NULL);
            char text[128];
            int x;
            int y;
            const char *word = binding->shown;
            for (int n = 0; n < i; n++)
                word = strchr(word, ' ') + 1;
            lab_driver_key(by_mouse, '?');
            keys_line(binding, text, " ", " ");
            assert_true(lab_driver_find(by_mouse, text, &x, &y));
            lab_driver_key(by_key, binding->key[i].key);
            char before[64];
            snprintf(before, sizeof before, "%.*s", (int)(word - binding->shown), binding->shown);
            lab_driver_mouse(by_mouse, EVENT_MOUSE_PRESS, x + 1 + grid_text_width(GLYPHS_BRAILLE, before), y);
            assert_int_equal(by_mouse->wish | WISH_REDRAW, by_key->wish | WISH_REDRAW);
            for (size_t cell = 0; cell < 120 * 60; cell++)
                assert_int_equal(by_mouse->grid.cell[cell].rune, by_key->grid.cell[cell].rune);
            lab_driver_free(by_key);
            lab_driver_free(by_mouse);
            tried++;
        }
    }
    assert_in_range(tried, 20, 60);
    struct lab_driver *driver = lab_driver_new(120, 60, NULL);
    lab_driver_key(driver, '?');
    press_at(driver, "set KEY VALUE");
    assert_int_equal(driver->wish, WISH_REDRAW | WISH_COMMAND);
    lab_driver_free(driver);
}

static void a_second_press_on_its_title_zooms_a_chart(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(120, 36, NULL);
    press_at(driver, "Risk by rank");
    assert_true(lab_driver_shows(driver, "Retraining loss"));
    press_at(driver, "Risk by rank");
    assert_false(lab_driver_shows(driver, "Retraining loss"));
    lab_driver_mouse(driver, EVENT_MOUSE_PRESS, 40, 2); /* below the tabs */
    assert_true(lab_driver_shows(driver, "Retraining loss"));
    lab_driver_free(driver);
}

static void a_hint_of_two_keys_knows_which_was_meant(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(120, 36, NULL);
    press_at(driver, "← → change");
    assert_int_equal(lab_config(driver->lab)->problem.dimension, 15);
    press_at(driver, "→ change");
    press_at(driver, "→ change");
    assert_int_equal(lab_config(driver->lab)->problem.dimension, 17);
    press_at(driver, "change");
    assert_int_equal(lab_config(driver->lab)->problem.dimension, 18);
    lab_driver_mouse(driver, EVENT_MOUSE_PRESS, 0, 35); /* the corner */
    assert_int_equal(driver->wish, 0);
    lab_driver_free(driver);
}

static void the_menu_is_pressed(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(60, 16, NULL);
    press_at(driver, "? help");
    assert_true(lab_driver_shows(driver, "The run"));
    lab_driver_mouse(driver, EVENT_MOUSE_WHEEL_DOWN, 30, 8);
    assert_false(lab_driver_shows(driver, "The run"));
    lab_driver_mouse(driver, EVENT_MOUSE_WHEEL_UP, 30, 8);
    assert_true(lab_driver_shows(driver, "The run"));
    lab_driver_mouse(driver, EVENT_MOUSE_RELEASE, 30, 8);
    assert_true(lab_driver_shows(driver, "The run"));
    lab_driver_mouse(driver, EVENT_MOUSE_PRESS, 30, 8);
    assert_true(lab_driver_shows(driver, "Problem"));
    lab_driver_key(driver, 'm');
    for (int i = 0; i < 7; i++)
        lab_driver_mouse(driver, EVENT_MOUSE_WHEEL_DOWN, 30, 8);
    lab_driver_mouse(driver, EVENT_MOUSE_WHEEL_UP, 30, 8);
    lab_driver_mouse(driver, EVENT_MOUSE_RELEASE, 30, 8);
    press_at(driver, "paper");
    assert_true(lab_config(driver->lab)->problem.seed == 106);
    assert_false(lab_driver_shows(driver, "Type to filter"));
    lab_driver_key(driver, 'm');
    press_at(driver, "Type to filter"); /* nothing to choose there */
    assert_int_equal(driver->wish, 0);
    press_at(driver, "── "); /* outside */
    assert_false(lab_driver_shows(driver, "Type to filter"));
    lab_driver_free(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_press_focuses_a_parameter),
        cmocka_unit_test(arrows_beside_a_value_change_it),
        cmocka_unit_test(the_wheel_changes_only_what_has_the_focus),
        cmocka_unit_test(a_second_press_edits),
        cmocka_unit_test(the_crosshair_follows_the_mouse),
        cmocka_unit_test(tabs_choose_a_chart),
        cmocka_unit_test(each_hint_does_what_its_key_does),
        cmocka_unit_test(each_line_of_the_help_does_what_its_key_does),
        cmocka_unit_test(a_second_press_on_its_title_zooms_a_chart),
        cmocka_unit_test(a_hint_of_two_keys_knows_which_was_meant),
        cmocka_unit_test(the_menu_is_pressed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
