/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What holds of every screen's table of keys. */

static bool looked_up_together(enum keymap_context a, enum keymap_context b)
{
    bool watching_a = a == KEYMAP_PARAMETERS || a == KEYMAP_CHARTS || a >= KEYMAP_LIST;
    bool watching_b = b == KEYMAP_PARAMETERS || b == KEYMAP_CHARTS || b >= KEYMAP_LIST;
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
    const struct keymap *keymap = *state;
    const struct binding *binding[KEYMAP_LINES];
    int bindings = keys_of(keymap, binding);
    for (int a = 0; a < bindings; a++)
        for (int b = 0; b < a; b++)
            if (looked_up_together(binding[a]->context, binding[b]->context) && share_a_key(binding[a], binding[b]))
                fail_msg("\"%s\" (%s) and \"%s\" (%s) share a key", binding[a]->shown, binding[a]->help,
                         binding[b]->shown, binding[b]->help);
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
    const struct keymap *keymap = *state;
    const struct binding *binding[KEYMAP_LINES];
    int bindings = keys_of(keymap, binding);
    for (int row = 0; row < bindings; row++) {
        int keys = 0;
        while (keys < KEYMAP_KEYS && binding[row]->key[keys].key != 0)
            keys++;
        assert_in_range(keys, 1, KEYMAP_KEYS);
        if (keys < 10)
            assert_int_equal(count_words(binding[row]->shown), keys);
        if (binding[row]->key[0].key > ' ' && binding[row]->key[0].key < 0x7F)
            assert_int_equal(binding[row]->shown[0], (char)binding[row]->key[0].key);
        assert_in_range(grid_text_width(GLYPHS_BRAILLE, binding[row]->shown), 1, 16);
        assert_in_range(grid_text_width(GLYPHS_BRAILLE, binding[row]->help), 4, 38); /* a column of the help at 120 */
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

static void the_docs_list_every_key_once(void **state)
{
    const struct keymap *keymap = *state;
    const struct binding *binding[KEYMAP_LINES];
    int bindings = keys_of(keymap, binding);
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    keymap_write(keymap, stream);
    fclose(stream);
    int lines = 0;
    for (int row = 0; row < bindings; row++) {
        char line[128];
        keys_line(binding[row], line, " ", "\n");
        assert_int_equal(count_of(text, line), 1);
        lines++;
    }
    assert_int_equal(count_of(text, "\n  "), lines);
    free(text);
}

/* Hints are whole or not there, never overlap, and the way to the help is always among them. */
static void hints_fit_whole(void **state)
{
    const struct keymap *keymap = *state;
    static const enum keymap_context contexts[] = {KEYMAP_PARAMETERS, KEYMAP_CHARTS,  KEYMAP_EDITING, KEYMAP_MENU,
                                                   KEYMAP_HELP,       KEYMAP_COMMAND, KEYMAP_LIST,    KEYMAP_LESSON,
                                                   KEYMAP_QUESTION,   KEYMAP_DEMO};
    for (size_t i = 0; i < sizeof contexts / sizeof *contexts; i++) {
        if ((contexts[i] == KEYMAP_MENU && keymap->titles[GROUP_MENU] == NULL) ||
            (contexts[i] == KEYMAP_EDITING && keymap->titles[GROUP_EDITING] == NULL))
            continue;
        if (contexts[i] == KEYMAP_EDITING && keymap->titles[GROUP_EDITING] == NULL)
            continue;
        int most = 0;
        for (int width = 0; width <= 250; width++) {
            struct hint hint[KEYMAP_HINTS];
            int count = keymap_hints(keymap, contexts[i], 2, width, GLYPHS_BRAILLE, hint);
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

/* clang-format off */
#define FOR_SCREEN(name, keymap, test) {name ": " #test, test, NULL, NULL, (void *)&(keymap)}
#define FOR_EVERY_SCREEN(test) \
    FOR_SCREEN("lab", lab_keymap, test), \
    FOR_SCREEN("trade-offs", tradeoffs_keymap, test), \
    FOR_SCREEN("landscape", terrain_keymap, test), \
    FOR_SCREEN("runs", shelf_keymap, test), \
    FOR_SCREEN("dialogue", dialogue_keymap, test), \
    FOR_SCREEN("options", options_keymap, test), \
    FOR_SCREEN("lessons", classroom_keymap, test)
/* clang-format on */

int main(void)
{
    const struct CMUnitTest tests[] = {
        FOR_EVERY_SCREEN(no_key_means_two_things_at_once),
        FOR_EVERY_SCREEN(keys_are_shown_as_they_are),
        FOR_EVERY_SCREEN(the_docs_list_every_key_once),
        FOR_EVERY_SCREEN(hints_fit_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
