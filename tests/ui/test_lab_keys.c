/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/golden.h"
#include "support/keys.h"
#include "support/lab_driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A lab where the bindings of `context` count; `variant` picks one of several places to stand at. */
static struct lab_driver *in_context(enum keymap_context context, int variant)
{
    struct lab_driver *driver = lab_driver_new(variant == 0 ? 120 : 80, variant == 0 ? 36 : 24, NULL);
    switch (context) {
    case KEYMAP_ALWAYS:
    case KEYMAP_WATCHING:
    case KEYMAP_COMMAND:
    case KEYMAP_LIST: /* those of another screen */
    case KEYMAP_LESSON:
    case KEYMAP_QUESTION:
    case KEYMAP_DEMO:
        lab_driver_key(driver, '<');
        lab_driver_key(driver, '<');
        break;
    case KEYMAP_PARAMETERS:
        lab_driver_focus(driver, "problem.seed");
        break;
    case KEYMAP_CHARTS:
        lab_driver_type(driver, "c\t");
        lab_driver_key(driver, EVENT_KEY_TAB);
        lab_driver_key(driver, variant == 0 ? '2' : '3');
        for (int i = 0; i < 15; i++)
            lab_driver_key(driver, EVENT_KEY_LEFT);
        break;
    case KEYMAP_EDITING:
        lab_driver_type(driver, "17");
        lab_driver_key(driver, EVENT_KEY_LEFT);
        break;
    case KEYMAP_MENU:
        lab_driver_type(driver, "ma");
        lab_driver_key(driver, EVENT_KEY_DOWN);
        break;
    case KEYMAP_NAMING:
        lab_driver_type(driver, "kab");
        lab_driver_key(driver, EVENT_KEY_LEFT);
        break;
    case KEYMAP_SHARE:
        lab_driver_key(driver, 'y');
        break;
    case KEYMAP_HELP:
        lab_driver_size(driver, 80, 24);
        lab_driver_key(driver, '?');
        lab_driver_key(driver, EVENT_KEY_DOWN);
        break;
    default:
        break;
    }
    return driver;
}

static struct cell *copy_picture(const struct lab_driver *driver)
{
    size_t size = (size_t)driver->grid.width * (size_t)driver->grid.height * sizeof(struct cell);
    struct cell *copy = malloc(size);
    assert_non_null(copy);
    memcpy(copy, driver->grid.cell, size);
    return copy;
}

static bool same_picture(const struct lab_driver *driver, const struct cell *before)
{
    for (int i = 0; i < driver->grid.width * driver->grid.height; i++)
        if (before[i].rune != driver->grid.cell[i].rune || before[i].style != driver->grid.cell[i].style)
            return false;
    return true;
}

/* The caller is asked for something, or the picture changes. */
static bool does_something(enum keymap_context context, int variant, uint32_t key)
{
    struct lab_driver *driver = in_context(context, variant);
    struct cell *before = copy_picture(driver);
    lab_driver_key(driver, key);
    bool done = (driver->wish & ~(screen_wish)WISH_REDRAW) != 0 || !same_picture(driver, before);
    free(before);
    lab_driver_free(driver);
    return done;
}

static void every_key_of_the_table_does_something(void **state)
{
    (void)state;
    const struct binding *binding[KEYMAP_LINES];
    int count = keys_of(&lab_keymap, binding);
    for (int row = 0; row < count; row++) {
        for (int i = 0; i < KEYMAP_KEYS && binding[row]->key[i].key != 0; i++) {
            uint32_t key = binding[row]->key[i].key;
            enum keymap_context context = binding[row]->context;
            if (context == KEYMAP_COMMAND) /* no screen's own: see test_command.c */
                continue;
            if (!does_something(context, 0, key) && !does_something(context, 1, key))
                fail_msg("key %d of \"%s\" (%s) does nothing", i, binding[row]->shown, binding[row]->help);
        }
    }
}

static int count_of(const char *text, const char *part)
{
    int count = 0;
    while ((text = strstr(text, part)) != NULL) {
        count++;
        text += strlen(part);
    }
    return count;
}

static void the_help_lists_every_key_once(void **state)
{
    (void)state;
    const struct binding *binding[KEYMAP_LINES];
    int bindings = keys_of(&lab_keymap, binding);
    struct lab_driver *driver = lab_driver_new(120, 76, NULL);
    lab_driver_key(driver, '?');
    char *text = golden_screen(&driver->grid);
    for (int row = 0; row < bindings; row++) {
        char line[128];
        keys_line(binding[row], line, " ", " ");
        if (count_of(text, line) != 1)
            fail_msg("the help has \"%s\" %d times", line, count_of(text, line));
    }
    for (int group = 0; group < GROUP_COUNT; group++) {
        const char *title = lab_keymap.titles[group] != NULL ? lab_keymap.titles[group] : frame_keymap.titles[group];
        if (title != NULL)
            assert_int_equal(count_of(text, title), 1);
    }
    free(text);
    lab_driver_free(driver);
}

/* Where the help scrolls, every line of it comes by. */
static void the_help_scrolls_through_all(void **state)
{
    (void)state;
    const struct binding *binding[KEYMAP_LINES];
    int bindings = keys_of(&lab_keymap, binding);
    struct lab_driver *driver = lab_driver_new(80, 24, NULL);
    bool seen[256] = {false};
    assert_in_range(bindings, 1, 256);
    lab_driver_key(driver, '?');
    for (int i = 0; i < 100; i++) {
        char *text = golden_screen(&driver->grid);
        for (int row = 0; row < bindings; row++) {
            char line[128];
            keys_line(binding[row], line, " ", " ");
            seen[row] = seen[row] || count_of(text, line) > 0;
        }
        free(text);
        lab_driver_key(driver, EVENT_KEY_DOWN);
    }
    for (int row = 0; row < bindings; row++)
        assert_true(seen[row]);
    assert_true(lab_driver_shows(driver, "↑ more"));
    lab_driver_key(driver, EVENT_KEY_HOME);
    assert_true(lab_driver_shows(driver, "↓ more"));
    assert_false(lab_driver_shows(driver, "↑ more"));
    assert_false(lab_driver_shows(driver, "↑ ↓ more"));
    lab_driver_free(driver);
}

static void a_small_screen_only_lets_one_leave(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(59, 16, NULL);
    lab_driver_type(driver, "nrs 1");
    assert_int_equal(driver->wish, 0);
    lab_driver_mouse(driver, EVENT_MOUSE_PRESS, 5, 15);
    assert_int_equal(driver->wish, 0);
    assert_true(lab_config(driver->lab)->problem.seed == 7);
    lab_driver_key(driver, EVENT_KEY_CTRL_Z);
    assert_int_equal(driver->wish, WISH_SUSPEND | WISH_REDRAW);
    lab_driver_key(driver, 'q');
    assert_int_equal(driver->wish, WISH_QUIT);
    lab_driver_free(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_of_the_table_does_something),
        cmocka_unit_test(the_help_lists_every_key_once),
        cmocka_unit_test(the_help_scrolls_through_all),
        cmocka_unit_test(a_small_screen_only_lets_one_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
