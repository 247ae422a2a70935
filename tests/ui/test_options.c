/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/options.h"

#include "support/golden.h"
#include "support/keys.h"
#include "support/program.h"
#include "ui/frame.h"
#include "ui/rune.h"
#include "ui/theme.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The options' screen, driven by events as a person would. */

struct driver {
    struct options *options;
    struct settings settings;
    struct keymaps *keymaps;
    struct grid grid;
    screen_wish wish;
};

static void draw(struct driver *driver)
{
    struct options_view view = {&driver->settings, driver->keymaps, "/home/me/.config/rankscope/config.yaml"};
    options_draw(driver->options, &driver->grid, &view);
}

static struct driver *driver_new(int width, int height)
{
    struct err err;
    struct driver *driver = calloc(1, sizeof *driver);
    assert_non_null(driver);
    settings_default(&driver->settings);
    driver->options = options_new(GLYPHS_BRAILLE, &err);
    assert_non_null(driver->options);
    assert_true(grid_resize(&driver->grid, width, height));
    draw(driver);
    return driver;
}

static void driver_free(struct driver *driver)
{
    options_free(driver->options);
    keymaps_free(driver->keymaps);
    grid_free(&driver->grid);
    free(driver);
}

static void send(struct driver *driver, const struct event *event)
{
    struct options_view view = {&driver->settings, driver->keymaps, NULL};
    driver->wish = options_handle(driver->options, event, &view);
    if (driver->wish & OPTIONS_CHANGE) {
        enum setting_id id;
        struct err err;
        const char *text = options_wanted(driver->options, &id);
        if (setting_set(&driver->settings, id, text, &err))
            options_refuse(driver->options, &err);
    }
    if (driver->wish & OPTIONS_KEYS) {
        char action[KEYMAP_ACTION_SIZE];
        struct err err;
        struct keymaps *keymaps;
        const char *keys = options_wanted_keys(driver->options, action);
        if (settings_set_keys(&driver->settings, action, keys, &keymaps, &err)) {
            options_refuse(driver->options, &err);
        } else {
            keymaps_free(driver->keymaps);
            driver->keymaps = keymaps;
            options_frame(driver->options)->keymap = keymaps_of(keymaps, SCREEN_OPTIONS);
        }
    }
    draw(driver);
}

static void press(struct driver *driver, uint32_t key)
{
    send(driver, &(struct event){.type = EVENT_KEY, .key = key});
}

static void type(struct driver *driver, const char *text)
{
    while (*text != '\0')
        press(driver, rune_decode(&text));
}

static void mouse(struct driver *driver, enum event_mouse mouse, const char *at, int right)
{
    int x;
    int y;
    if (!golden_find(&driver->grid, at, &x, &y))
        fail_msg("\"%s\" is not on the screen", at);
    send(driver, &(struct event){.type = EVENT_MOUSE, .mouse = mouse, .x = x + right, .y = y});
}

static bool shows(const struct driver *driver, const char *text)
{
    int x;
    int y;
    return golden_find(&driver->grid, text, &x, &y);
}

static void it_has_its_screens(void **state)
{
    (void)state;
    struct driver *driver = driver_new(80, 24);
    char *text = golden_screen(&driver->grid);
    golden_check("options/80x24.txt", text);
    free(text);
    press(driver, EVENT_KEY_END);
    press(driver, EVENT_KEY_ENTER);
    text = golden_screen(&driver->grid);
    golden_check("options/typing-80x24.txt", text);
    free(text);
    for (int width = 1; width < 130; width += 3) {
        assert_true(grid_resize(&driver->grid, width, width / 4 + 1));
        draw(driver);
    }
    driver_free(driver);
}

static void values_are_changed_by_keys(void **state)
{
    (void)state;
    struct driver *driver = driver_new(80, 24);
    press(driver, EVENT_KEY_RIGHT);
    assert_int_equal(driver->settings.theme, 1);
    press(driver, EVENT_KEY_ENTER);
    assert_int_equal(driver->settings.theme, 2);
    press(driver, '-');
    assert_int_equal(driver->settings.theme, 1);
    press(driver, EVENT_KEY_DOWN);
    press(driver, EVENT_KEY_DOWN);
    type(driver, "24");
    press(driver, EVENT_KEY_ENTER);
    assert_int_equal(driver->settings.frames, 24);
    press(driver, EVENT_KEY_ENTER);
    press(driver, EVENT_KEY_HOME);
    press(driver, EVENT_KEY_DELETE);
    type(driver, "9");
    press(driver, EVENT_KEY_ENTER);
    assert_true(shows(driver, "frame-rate must be a whole number from 1 to 60, not \"94\""));
    assert_int_equal(driver->settings.frames, 24);
    press(driver, EVENT_KEY_END);
    press(driver, EVENT_KEY_BACKSPACE); /* to be mended */
    press(driver, EVENT_KEY_BACKSPACE);
    type(driver, "12");
    press(driver, EVENT_KEY_ENTER);
    assert_int_equal(driver->settings.frames, 12);
    for (int i = 0; i < 4; i++)
        press(driver, EVENT_KEY_DOWN);
    press(driver, EVENT_KEY_RIGHT);
    assert_true(shows(driver, "scenario is typed: Enter begins"));
    press(driver, EVENT_KEY_ENTER);
    press(driver, EVENT_KEY_ESCAPE);
    assert_string_equal(driver->settings.scenario, "three-tasks");
    press(driver, EVENT_KEY_ESCAPE);
    assert_true(driver->wish & (WISH_GO << SCREEN_LAB));
    driver_free(driver);
}

static void values_are_changed_by_the_mouse(void **state)
{
    (void)state;
    struct driver *driver = driver_new(80, 24);
    mouse(driver, EVENT_MOUSE_PRESS, "▸", 0);
    assert_int_equal(driver->settings.theme, 1);
    mouse(driver, EVENT_MOUSE_PRESS, "◂", 0);
    assert_int_equal(driver->settings.theme, 0);
    mouse(driver, EVENT_MOUSE_PRESS, "mouse ", 0); /* the first press only goes there */
    assert_int_equal(driver->settings.mouse, 1);
    mouse(driver, EVENT_MOUSE_PRESS, "mouse ", 0);
    assert_int_equal(driver->settings.mouse, 0);
    mouse(driver, EVENT_MOUSE_WHEEL_UP, "mouse ", 0);
    assert_int_equal(driver->settings.mouse, 1);
    mouse(driver, EVENT_MOUSE_WHEEL_DOWN, "glyphs ", 0); /* elsewhere it only moves */
    assert_int_equal(driver->settings.glyphs, 0);
    mouse(driver, EVENT_MOUSE_PRESS, "gnuplot ", 0);
    mouse(driver, EVENT_MOUSE_PRESS, "gnuplot ", 0);
    for (int i = 0; i < 4; i++)
        press(driver, EVENT_KEY_BACKSPACE);
    type(driver, "qt");
    mouse(driver, EVENT_MOUSE_PRESS, "theme ", 0); /* accepts */
    assert_string_equal(driver->settings.gnuplot, "qt");
    mouse(driver, EVENT_MOUSE_PRESS, "? help", 0);
    assert_true(shows(driver, "back to the lab"));
    mouse(driver, EVENT_MOUSE_PRESS, "back to the lab", 0);
    mouse(driver, EVENT_MOUSE_PRESS, "F1", 0);
    assert_true(driver->wish & (WISH_GO << SCREEN_LAB));
    driver_free(driver);
}

static void keys_are_changed_in_place(void **state)
{
    (void)state;
    struct driver *driver = driver_new(80, 24);
    press(driver, EVENT_KEY_PAGE_DOWN);
    while (!shows(driver, "lab.run"))
        press(driver, EVENT_KEY_DOWN);
    mouse(driver, EVENT_MOUSE_PRESS, "lab.run", 0);
    assert_true(shows(driver, "Keys: run or pause."));
    press(driver, EVENT_KEY_RIGHT);
    assert_true(shows(driver, "Keys are typed"));
    press(driver, EVENT_KEY_ENTER);
    for (int i = 0; i < 5; i++)
        press(driver, EVENT_KEY_BACKSPACE);
    type(driver, "s");
    press(driver, EVENT_KEY_ENTER);
    assert_true(shows(driver, "keys.lab.run: \"s\" would also be one step, then pause (Lab)"));
    press(driver, EVENT_KEY_BACKSPACE); /* to be mended */
    type(driver, "! F9");
    press(driver, EVENT_KEY_ENTER);
    assert_true(shows(driver, "lab.run                  ! F9"));
    assert_int_equal(driver->settings.key_count, 1);
    assert_string_equal(driver->settings.keys[0].action, "lab.run");
    press(driver, EVENT_KEY_DELETE);
    assert_true(shows(driver, "lab.run                  Space"));
    assert_int_equal(driver->settings.key_count, 0);
    press(driver, EVENT_KEY_HOME);
    press(driver, EVENT_KEY_RIGHT);
    press(driver, EVENT_KEY_DELETE);
    assert_int_equal(driver->settings.theme, 0);
    driver_free(driver);
}

/* Every key of the table changes the picture or asks for something. */
static void every_key_does_something(void **state)
{
    (void)state;
    const struct binding *binding[KEYMAP_LINES];
    int count = keys_of(&options_keymap, binding);
    for (int row = 0; row < count; row++) {
        enum keymap_context context = binding[row]->context;
        for (int i = 0; i < KEYMAP_KEYS && binding[row]->key[i].key != 0 && context != KEYMAP_COMMAND; i++) {
            struct driver *driver = driver_new(80, 24);
            press(driver, EVENT_KEY_DOWN);
            press(driver, EVENT_KEY_DOWN); /* a number */
            press(driver, EVENT_KEY_LEFT);
            if (context == KEYMAP_EDITING) {
                press(driver, EVENT_KEY_ENTER);
                press(driver, EVENT_KEY_LEFT);
            } else if (context == KEYMAP_HELP) {
                press(driver, '?');
                press(driver, EVENT_KEY_DOWN);
            }
            char *before = golden_screen(&driver->grid);
            press(driver, binding[row]->key[i].key);
            char *after = golden_screen(&driver->grid);
            bool moved = binding[row]->key[i].key == EVENT_KEY_LEFT || binding[row]->key[i].key == EVENT_KEY_RIGHT ||
                         binding[row]->key[i].key == EVENT_KEY_HOME || binding[row]->key[i].key == EVENT_KEY_END;
            if ((driver->wish & ~(screen_wish)WISH_REDRAW) == 0 && strcmp(before, after) == 0 &&
                !(context == KEYMAP_EDITING && moved))
                fail_msg("key %d of \"%s\" (%s) does nothing", i, binding[row]->shown, binding[row]->help);
            free(before);
            free(after);
            driver_free(driver);
        }
    }
}

/* Whatever is typed and pressed, the screen can be drawn, and values are values. */
static void anything_may_be_typed(void **state)
{
    (void)state;
    static const uint32_t keys[] = {EVENT_KEY_UP,
                                    EVENT_KEY_DOWN,
                                    EVENT_KEY_LEFT,
                                    EVENT_KEY_RIGHT,
                                    EVENT_KEY_ENTER,
                                    EVENT_KEY_HOME,
                                    EVENT_KEY_END,
                                    EVENT_KEY_BACKSPACE,
                                    EVENT_KEY_ESCAPE,
                                    '?',
                                    '7',
                                    'x',
                                    '/',
                                    0x3C3,
                                    EVENT_KEY_TAB};
    struct driver *driver = driver_new(80, 24);
    uint32_t seed = 2385;
    for (int i = 0; i < 2000 / program_slowness(); i++) {
        struct event event = {.type = EVENT_KEY};
        seed = seed * 1664525u + 1013904223u;
        if (seed >> 29 == 0)
            event = (struct event){.type = EVENT_MOUSE,
                                   .mouse = (enum event_mouse)(seed >> 8 & 3),
                                   .x = (int)(seed >> 12 & 127),
                                   .y = (int)(seed >> 20 & 31)};
        else
            event.key = keys[(seed >> 16) % (sizeof keys / sizeof *keys)];
        send(driver, &event);
        assert_in_range(driver->settings.theme, 0, THEME_COUNT - 1);
        assert_in_range(driver->settings.frames, 1, 60);
    }
    driver_free(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_has_its_screens),
        cmocka_unit_test(values_are_changed_by_keys),
        cmocka_unit_test(values_are_changed_by_the_mouse),
        cmocka_unit_test(keys_are_changed_in_place),
        cmocka_unit_test(every_key_does_something),
        cmocka_unit_test(anything_may_be_typed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
