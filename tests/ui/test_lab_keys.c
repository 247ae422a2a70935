/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/golden.h"
#include "support/lab_driver.h"
#include "ui/keymap.h"

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
    case KEYMAP_HELP:
        lab_driver_size(driver, 80, 24);
        lab_driver_key(driver, '?');
        lab_driver_key(driver, EVENT_KEY_DOWN);
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
    bool done = (driver->wish & ~(lab_wish)LAB_REDRAW) != 0 || !same_picture(driver, before);
    free(before);
    lab_driver_free(driver);
    return done;
}

static void every_key_of_the_table_does_something(void **state)
{
    (void)state;
    for (int row = 0; row < keymap_count; row++) {
        const struct binding *binding = &keymap_table[row];
        for (int i = 0; i < KEYMAP_KEYS && binding->key[i].key != 0; i++) {
            uint32_t key = binding->key[i].key;
            if (!does_something(binding->context, 0, key) && !does_something(binding->context, 1, key))
                fail_msg("key %d of \"%s\" (%s) does nothing", i, binding->shown, binding->help);
        }
    }
}

static bool looked_up_together(enum keymap_context a, enum keymap_context b)
{
    bool watching_a = a == KEYMAP_PARAMETERS || a == KEYMAP_CHARTS;
    bool watching_b = b == KEYMAP_PARAMETERS || b == KEYMAP_CHARTS;
    return a == b || a == KEYMAP_ALWAYS || b == KEYMAP_ALWAYS || (a == KEYMAP_WATCHING && watching_b) ||
           (b == KEYMAP_WATCHING && watching_a);
}

static bool share_a_key(const struct binding *a, const struct binding *b)
{
    for (int i = 0; i < KEYMAP_KEYS && a->key[i].key != 0; i++)
        for (int j = 0; j < KEYMAP_KEYS && b->key[j].key != 0; j++)
            if (a->key[i].key == b->key[j].key)
                return true;
    return false;
}

static void no_key_means_two_things_at_once(void **state)
{
    (void)state;
    for (int a = 0; a < keymap_count; a++)
        for (int b = 0; b < a; b++)
            if (looked_up_together(keymap_table[a].context, keymap_table[b].context) &&
                share_a_key(&keymap_table[a], &keymap_table[b]))
                fail_msg("\"%s\" (%s) and \"%s\" (%s) share a key", keymap_table[a].shown, keymap_table[a].help,
                         keymap_table[b].shown, keymap_table[b].help);
}

static int count_words(const char *text)
{
    int words = 1;
    for (; *text != '\0'; text++)
        words += *text == ' ';
    return words;
}

/* One word for every key, but for the digits. */
static void keys_are_shown_as_they_are(void **state)
{
    (void)state;
    for (int row = 0; row < keymap_count; row++) {
        const struct binding *binding = &keymap_table[row];
        int keys = 0;
        while (keys < KEYMAP_KEYS && binding->key[keys].key != 0)
            keys++;
        assert_in_range(keys, 1, KEYMAP_KEYS);
        if (keys < 11)
            assert_int_equal(count_words(binding->shown), keys);
        if (binding->key[0].key > ' ' && binding->key[0].key < 0x7F)
            assert_int_equal(binding->shown[0], (char)binding->key[0].key);
        assert_in_range(grid_text_width(GLYPHS_BRAILLE, binding->shown), 1, 16);
        assert_in_range(grid_text_width(GLYPHS_BRAILLE, binding->help), 4, 38); /* a column of the help at 120 */
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

/* "shown", blanks, "help" as the help and the docs have it. */
static void write_line(const struct binding *binding, char *text, size_t size)
{
    int pad = 17 - grid_text_width(GLYPHS_BRAILLE, binding->shown);
    snprintf(text, size, " %s%*s%s ", binding->shown, pad, "", binding->help);
}

static void the_help_lists_every_key_once(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(120, 36, NULL);
    lab_driver_key(driver, '?');
    char *text = golden_screen(&driver->grid);
    for (int row = 0; row < keymap_count; row++) {
        char line[128];
        write_line(&keymap_table[row], line, sizeof line);
        if (count_of(text, line) != 1)
            fail_msg("the help has \"%s\" %d times", line, count_of(text, line));
    }
    for (int group = 0; group < GROUP_COUNT; group++)
        assert_int_equal(count_of(text, keymap_group_titles[group]), 1);
    free(text);
    lab_driver_free(driver);
}

/* Where the help scrolls, every line of it comes by. */
static void the_help_scrolls_through_all(void **state)
{
    (void)state;
    struct lab_driver *driver = lab_driver_new(80, 24, NULL);
    bool seen[256] = {false};
    assert_in_range(keymap_count, 1, 256);
    lab_driver_key(driver, '?');
    for (int i = 0; i < 100; i++) {
        char *text = golden_screen(&driver->grid);
        for (int row = 0; row < keymap_count; row++) {
            char line[128];
            write_line(&keymap_table[row], line, sizeof line);
            seen[row] = seen[row] || count_of(text, line) > 0;
        }
        free(text);
        lab_driver_key(driver, EVENT_KEY_DOWN);
    }
    for (int row = 0; row < keymap_count; row++)
        assert_true(seen[row]);
    assert_true(lab_driver_shows(driver, "↑ more"));
    lab_driver_key(driver, EVENT_KEY_HOME);
    assert_true(lab_driver_shows(driver, "↓ more"));
    assert_false(lab_driver_shows(driver, "↑ more"));
    assert_false(lab_driver_shows(driver, "↑ ↓ more"));
    lab_driver_free(driver);
}

static void the_docs_list_every_key_once(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    lab_keys_write(stream);
    fclose(stream);
    int lines = 0;
    for (int row = 0; row < keymap_count; row++) {
        char line[128];
        write_line(&keymap_table[row], line, sizeof line);
        line[strlen(line) - 1] = '\n';
        assert_int_equal(count_of(text, line), 1);
        lines++;
    }
    assert_int_equal(count_of(text, "\n  "), lines);
    free(text);
}

/* Hints are whole or not there, never overlap, and the way to the help is always among them. */
static void hints_fit_whole(void **state)
{
    (void)state;
    static const enum keymap_context contexts[] = {KEYMAP_PARAMETERS, KEYMAP_CHARTS, KEYMAP_EDITING, KEYMAP_MENU,
                                                   KEYMAP_HELP};
    for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++) {
        int most = 0;
        for (int width = 0; width <= 250; width++) {
            struct hint hint[KEYMAP_HINTS];
            int count = keymap_hints(contexts[i], 2, width, GLYPHS_BRAILLE, hint);
            assert_true(count >= most || count == 0);
            most = count;
            for (int h = 0; h < count; h++) {
                assert_true(hint[h].x >= (h > 0 ? hint[h - 1].x + hint[h - 1].width + 1 : 2));
                assert_true(hint[h].x + hint[h].width <= width);
            }
            if (width >= 56 && (contexts[i] == KEYMAP_PARAMETERS || contexts[i] == KEYMAP_CHARTS)) {
                assert_true(count > 0);
                assert_int_equal(hint[count - 1].binding->key[0].key, '?');
            }
        }
        assert_in_range(most, 2, KEYMAP_HINTS);
    }
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
    assert_int_equal(driver->wish, LAB_SUSPEND | LAB_REDRAW);
    lab_driver_key(driver, 'q');
    assert_int_equal(driver->wish, LAB_QUIT);
    lab_driver_free(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_of_the_table_does_something),
        cmocka_unit_test(no_key_means_two_things_at_once),
        cmocka_unit_test(keys_are_shown_as_they_are),
        cmocka_unit_test(the_help_lists_every_key_once),
        cmocka_unit_test(the_help_scrolls_through_all),
        cmocka_unit_test(the_docs_list_every_key_once),
        cmocka_unit_test(hints_fit_whole),
        cmocka_unit_test(a_small_screen_only_lets_one_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
