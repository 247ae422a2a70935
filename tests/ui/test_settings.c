/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/settings.h"

#include "support/keys.h"
#include "ui/theme.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Options that are kept: values, the file, and keys that are changed. */

static enum err_code parse(const char *text, struct settings *settings, struct err *err)
{
    settings_default(settings);
    *err = (struct err){.code = ERR_NONE};
    return settings_parse("config.yaml", text, strlen(text), settings, err);
}

static void expect_error(const char *text, const char *message)
{
    struct settings settings;
    struct err err;
    assert_int_equal(parse(text, &settings, &err), ERR_INPUT);
    if (strncmp(err.message, message, strlen(message)) != 0)
        fail_msg("\"%s\" does not begin with \"%s\"", err.message, message);
}

static void values_are_set_and_read_back(void **state)
{
    (void)state;
    struct settings settings;
    struct err err;
    settings_default(&settings);
    for (int id = 0; id < SETTING_COUNT; id++) {
        char text[SETTING_VALUE_SIZE];
        char back[SETTING_VALUE_SIZE];
        char allowed[SETTING_ALLOWED_SIZE];
        setting_format(&settings, (enum setting_id)id, text);
        assert_int_equal(setting_set(&settings, (enum setting_id)id, text, &err), ERR_NONE);
        setting_format(&settings, (enum setting_id)id, back);
        assert_string_equal(text, back);
        setting_allowed((enum setting_id)id, allowed);
        assert_in_range(strlen(allowed), 5, SETTING_ALLOWED_SIZE - 2);
        assert_int_equal(setting_find(setting_table[id].name), id);
        for (int i = 0; setting_table[id].choice != NULL && setting_table[id].choice(i) != NULL; i++)
            assert_int_equal(setting_set(&settings, (enum setting_id)id, setting_table[id].choice(i), &err), ERR_NONE);
    }
    assert_int_equal(setting_set(&settings, SETTING_FRAMES, " 24 ", &err), ERR_NONE);
    assert_int_equal(settings.frames, 24);
    assert_int_equal(setting_set(&settings, SETTING_FRAMES, "0", &err), ERR_INPUT);
    assert_string_equal(err.message, "frame-rate must be a whole number from 1 to 60, not \"0\"");
    assert_int_equal(setting_set(&settings, SETTING_THEME, "mauve", &err), ERR_INPUT);
    assert_string_equal(err.message, "theme must be terminal, dark, light or high-contrast, not \"mauve\"");
    assert_int_equal(setting_set(&settings, SETTING_GNUPLOT, "x11; rm", &err), ERR_INPUT);
    assert_int_equal(setting_set(&settings, SETTING_SCENARIO, "a\033b", &err), ERR_INPUT);
    assert_null(strchr(err.message, '\033'));
    assert_int_equal(settings.frames, 24);
    assert_int_equal(setting_set(&settings, SETTING_GNUPLOT, "qt", &err), ERR_NONE);
    assert_int_equal(setting_set(&settings, SETTING_GNUPLOT, "auto", &err), ERR_NONE);
    assert_string_equal(settings.gnuplot, "");
    settings_default(&settings);
    assert_int_equal(setting_nudge(&settings, SETTING_THEME, -1, &err), ERR_NONE);
    assert_int_equal(settings.theme, THEME_COUNT - 1);
    assert_int_equal(setting_nudge(&settings, SETTING_FRAMES, 1, &err), ERR_INPUT);
    assert_int_equal(setting_nudge(&settings, SETTING_GNUPLOT, 1, &err), ERR_INPUT);
}

static void a_file_is_read(void **state)
{
    (void)state;
    struct settings settings;
    struct err err;
    if (parse("theme: dark\nmouse: off\n# a comment\nframe-rate: 30\nscenario: \"it's\"\nglyphs: ascii\n"
              "keys: {lab.run: x, lab.log-x: 'Space', speed: ^ ~, axes: X Y}\ngnuplot: qt\nreduced-motion: on\n",
              &settings, &err) != ERR_NONE)
        fail_msg("%s", err.message);
    assert_int_equal(settings.theme, theme_find("dark"));
    assert_int_equal(settings.mouse, 0);
    assert_int_equal(settings.frames, 30);
    assert_int_equal(settings.reduced_motion, 1);
    assert_int_equal(settings.glyphs, SETTINGS_GLYPHS_ASCII);
    assert_string_equal(settings.scenario, "it's");
    assert_int_equal(settings.key_count, 4);
    assert_string_equal(settings.keys[1].keys, "Space");
    assert_int_equal(parse("", &settings, &err), ERR_NONE);
    assert_int_equal(parse(" \n# nothing\n", &settings, &err), ERR_NONE);
}

static void what_is_wrong_is_said_and_the_rest_counts(void **state)
{
    (void)state;
    struct settings settings;
    struct err err;
    assert_int_equal(
        parse("theme: mauve\nmouse: off\nmoose: off\nkeys: {run: s}\nframe-rate: [1, {a: b}]\nglyphs: ascii\n",
              &settings, &err),
        ERR_INPUT);
    assert_string_equal(err.message,
                        "config.yaml:1:8: theme must be terminal, dark, light or high-contrast, not \"mauve\"");
    assert_int_equal(settings.mouse, 0);
    assert_int_equal(settings.glyphs, SETTINGS_GLYPHS_ASCII);
    assert_int_equal(settings.key_count, 0);
    expect_error("mouse: off\nmoose: off", "config.yaml:2:1: moose: unknown option; did you mean mouse?");
    expect_error("mouse: off\nmouse: on", "config.yaml:2:8: mouse is here twice");
    expect_error("colours: 3",
                 "config.yaml:1:1: colours: unknown option; there are theme, glyphs, frame-rate, reduced-motion, "
                 "mouse, gnuplot, scenario and keys");
    expect_error("frame-rate: [1]", "config.yaml:1:13: frame-rate must be one value, not a list");
    expect_error("keys: 5", "config.yaml:1:7: keys must be names with keys, such as {run: x}, not a value");
    expect_error("[theme]", "config.yaml:1:1: the file of options has keys with values, not a list");
    expect_error("theme: &a dark", "config.yaml:1:8: the file of options has no anchors");
    expect_error("theme: {", "config.yaml:2:1: this is no YAML");
    expect_error("theme: \xff", "config.yaml:1:8: this is no YAML text");
    assert_int_equal(parse("theme: dark\n: : :", &settings, &err), ERR_INPUT); /* no YAML: nothing counts */
    assert_int_equal(settings.theme, 0);
    char *large = malloc(SETTINGS_FILE_MAX + 1);
    assert_non_null(large);
    memset(large, ' ', SETTINGS_FILE_MAX + 1);
    settings_default(&settings);
    assert_int_equal(settings_parse("config.yaml", large, SETTINGS_FILE_MAX + 1, &settings, &err), ERR_INPUT);
    free(large);
}

/* ---- the file, changed ---- */

/* One change to the text, an option's or (`keys`) an action's. */
static void expect_edit(bool keys, const char *name, const char *value, const char *text, const char *want)
{
    struct err err = {.message = ""};
    size_t size = strlen(text);
    char *made =
        keys ? settings_edit_keys("config.yaml", text, size, name, value, &err)
             : settings_edit_option("config.yaml", text, size, (enum setting_id)setting_find(name), value, &err);
    if (made == NULL)
        fail_msg("%s of \"%s\": %s", name, text, err.message);
    assert_string_equal(made, want);
    free(made);
}

#define TITLE                                                                                                          \
    "# Options of Rankscope, as its options' screen (F6) writes them; see rankscope(1), OPTIONS THAT ARE KEPT.\n"

static void options_change_in_place(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value, *text, *want;
    } edits[] = {
        {"theme", "dark", "", TITLE "theme: dark\n"},
        {"theme", "dark", "# mine\n", "# mine\ntheme: dark\n"},
        {"theme", "dark", "# mine", "# mine\ntheme: dark\n"},
        {"theme", "light", "# a\ntheme: dark   # b\nmouse: off\n", "# a\ntheme: light   # b\nmouse: off\n"},
        {"theme", "terminal", "theme: dark", "theme: terminal"},
        {"frame-rate", " 24 ", "theme: dark\n\n# the end\n", "theme: dark\n\n# the end\nframe-rate: 24\n"},
        {"frame-rate", "24", "theme: dark", "theme: dark\nframe-rate: 24\n"},
        {"frame-rate", "24", "keys:\n  help: h # why\n", "keys:\n  help: h # why\nframe-rate: 24\n"},
        {"mouse", "on", "theme: \"dark\"\nmouse: 'off' # ‖ €\n", "theme: \"dark\"\nmouse: on # ‖ €\n"},
        {"mouse", "on", "# ‖ € 🙂\nscenario: 'it''s ‖' # é\nmouse: 'off'",
         "# ‖ € 🙂\nscenario: 'it''s ‖' # é\nmouse: on"},
        {"mouse", "on", "\xef\xbb\xbfmouse: off\r\n", "\xef\xbb\xbfmouse: on\r\n"},
        {"mouse", "off", "theme: dark\r\nglyphs: ascii\r\n", "theme: dark\r\nglyphs: ascii\r\nmouse: off\r\n"},
        {"glyphs", "auto", "theme: dark\r\nglyphs: ascii\r\n", "theme: dark\r\nglyphs: auto\r\n"},
        {"scenario", "it's", "scenario: a.yaml\n", "scenario: 'it''s'\n"},
        {"scenario", "a: b # c", "theme: dark\n", "theme: dark\nscenario: 'a: b # c'\n"},
        {"gnuplot", "", "gnuplot: \"qt\" # or wxt\n", "gnuplot: 'auto' # or wxt\n"},
        {"gnuplot", "qt", "gnuplot: # or wxt\nmouse: off\n", "gnuplot: 'qt' # or wxt\nmouse: off\n"},
        {"scenario", "b", "scenario: >-\n  a\n  b\n# next\nmouse: off\n", "scenario: 'b'\n# next\nmouse: off\n"},
        {"theme", "dark", "{mouse: off}\n", "{mouse: off, theme: dark}\n"},
        {"theme", "dark", "{mouse: off,\n # c\n}", "{mouse: off, theme: dark,\n # c\n}"},
        {"theme", "dark", "{} # none\n", "{theme: dark} # none\n"},
        {"theme", "dark", "---\nmouse: off\n...\n", "---\nmouse: off\ntheme: dark\n...\n"},
        {"theme", "dark", "  mouse: off\n  keys: {help: h}\n", "  mouse: off\n  keys: {help: h}\n  theme: dark\n"},
        {"theme", "dark", "? mouse\n: off\n", "? mouse\n: off\ntheme: dark\n"},
        {"mouse", "on", "? mouse\n: off\n", "? mouse\n: on\n"},
        {"mouse", "on", "\"mouse\" : off\n", "\"mouse\" : on\n"},
    };
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++)
        expect_edit(false, edits[i].name, edits[i].value, edits[i].text, edits[i].want);
}

static void keys_change_in_place(void **state)
{
    (void)state;
    static const struct {
        const char *action, *keys, *text, *want;
    } edits[] = {
        {"lab.run", "! F9", "", TITLE "keys:\n  lab.run: '! F9'\n"},
        {"lab.run", "!", "theme: dark # a\n", "theme: dark # a\nkeys:\n  lab.run: '!'\n"},
        {"lab.run", "!", " theme: dark\r\n", " theme: dark\r\n keys:\r\n   lab.run: '!'\r\n"},
        {"lab.run", "!", "{theme: dark}", "{theme: dark, keys: {lab.run: '!'}}"},
        {"lab.run", "'", "keys: {lab.run: F9, help: h}", "keys: {lab.run: '''', help: h}"},
        {"lab.run", "!", "keys:\n    help: h # a\n  # b\nmouse: off\n",
         "keys:\n    help: h # a\n    lab.run: '!'\n  # b\nmouse: off\n"},
        {"lab.run", "!", "keys:\n  help: h", "keys:\n  help: h\n  lab.run: '!'\n"},
        {"lab.run", "!", "keys: {help: h} # a\n", "keys: {help: h, lab.run: '!'} # a\n"},
        {"lab.run", "!", "keys: {}\n", "keys: {lab.run: '!'}\n"},
        {"help", "", "mouse: off\n", "mouse: off\n"},
        {"help", "", "", ""},
        {"help", "", "keys:\n  # a\n  help: h # b\n  # c\n  lab.run: F9\nmouse: off\n",
         "keys:\n  # a\n  # c\n  lab.run: F9\nmouse: off\n"},
        {"help", "", "keys: # a\n  help: h\n  # b\nmouse: off", "keys: {} # a\n  # b\nmouse: off"},
        {"help", "", "keys: {help: h}", "keys: {}"},
        {"help", "", "keys: {help: h, lab.run: F9} # a", "keys: {lab.run: F9} # a"},
        {"help", "", "keys: {lab.run: F9, help: h, lab.log-x: X}", "keys: {lab.run: F9, lab.log-x: X}"},
        {"help", "", "keys: {lab.run: F9, help: h}", "keys: {lab.run: F9}"},
        {"help", "", "keys: {\n  lab.run: F9, # a\n  help: h, # b\n}\n", "keys: {\n  lab.run: F9, # a\n  # b\n}\n"},
        {"help", "", "keys: {\n  lab.run: F9, # a\n  help: h # b\n}\n", "keys: {\n  lab.run: F9, # a\n   # b\n}\n"},
    };
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++)
        expect_edit(true, edits[i].action, edits[i].keys, edits[i].text, edits[i].want);
}

/* A text with a mistake, and ways to write YAML in which a change would be a guess, are left to the person. */
static void what_cannot_change_in_place_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } texts[] = {
        {"mouse: maybe\n", "config.yaml:1:8: mouse must be off or on"},
        {"theme: [dark]\n", "config.yaml:1:8: theme must be one value, not a list"},
        {"- theme\n", "has keys with values, not a list"},
        {"keys:\r  help: h\rmouse: off\r",
         "config.yaml: lab.run cannot be changed as this is written; change it there by hand"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct err err = {.message = ""};
        assert_null(settings_edit_keys("config.yaml", texts[i].text, strlen(texts[i].text), "lab.run", "!", &err));
        assert_int_equal(err.code, ERR_INPUT);
        if (strstr(err.message, texts[i].says) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", err.message, texts[i].says);
    }
    struct err err = {.message = ""};
    static const char here[] = "keys: {lab.step: x}\n";
    assert_null(settings_edit_keys("config.yaml", here, strlen(here), "lab.run", "x", &err));
    assert_int_equal(err.code, ERR_INPUT);
    assert_non_null(strstr(err.message, "would also be"));
    assert_null(settings_edit_option("config.yaml", here, strlen(here), SETTING_THEME, "mauve", &err));
    assert_int_equal(err.code, ERR_INPUT);
}

/* Whatever is set, alone or after everything else: it is read back, and so is the rest. */
static void every_option_is_read_back(void **state)
{
    (void)state;
    static const char *const value[SETTING_COUNT] = {
        [SETTING_THEME] = "dark", [SETTING_GLYPHS] = "ascii", [SETTING_FRAMES] = "7",      [SETTING_MOTION] = "on",
        [SETTING_MOUSE] = "off",  [SETTING_GNUPLOT] = "x11",  [SETTING_SCENARIO] = "' # ‖"};
    char *text = strdup("# mine\n");
    struct err err;
    for (int id = 0; id < SETTING_COUNT; id++) {
        struct settings settings;
        char *next = settings_edit_option("a", text, strlen(text), (enum setting_id)id, value[id], &err);
        assert_non_null(next);
        assert_int_equal(parse(next, &settings, &err), ERR_NONE);
        for (int other = 0; other <= id; other++) {
            char now[SETTING_VALUE_SIZE];
            setting_format(&settings, (enum setting_id)other, now);
            assert_string_equal(now, value[other]);
        }
        free(text);
        text = next;
    }
    free(text);
}

/* ---- keys ---- */

static void keys_that_are_changed_do_what_they_should(void **state)
{
    (void)state;
    struct err err;
    int bad;
    int argument;
    const struct keymap_change changes[] = {
        {"lab.run", "x F9"}, {"lab.log-x", "Space"}, {"speed", "^ ~"}, {"help", "h"}};
    struct keymaps *keymaps = keymaps_new(changes, 4, &bad, &err);
    if (keymaps == NULL)
        fail_msg("%s", err.message);
    for (int screen = 0; screen < SCREEN_COUNT; screen++)
        assert_non_null(keymaps_of(NULL, (enum screen_id)screen));
    const struct keymap *lab = keymaps_of(keymaps, SCREEN_LAB);
    assert_string_equal(keymap_find(lab, KEYMAP_CHARTS, 'x', &argument)->help, "run or pause");
    assert_string_equal(keymap_find(lab, KEYMAP_CHARTS, EVENT_KEY_F1 + 8, &argument)->help, "run or pause");
    assert_string_equal(keymap_find(lab, KEYMAP_PARAMETERS, ' ', &argument)->shown, "Space");
    assert_string_equal(keymap_find(lab, KEYMAP_PARAMETERS, '~', &argument)->help, "slower, faster");
    assert_int_equal(argument, 1);
    assert_null(keymap_find(lab, KEYMAP_PARAMETERS, '<', &argument));
    struct hint hint[KEYMAP_HINTS];
    int count = keymap_hints(lab, KEYMAP_PARAMETERS, 2, 250, GLYPHS_BRAILLE, hint);
    assert_string_equal(hint[0].binding->shown, "x F9");
    assert_string_equal(hint[count - 1].binding->shown, "h");
    assert_int_equal(keymap_hint_key(&hint[0], GLYPHS_BRAILLE, 2), 'x');
    assert_ptr_equal(keymap_find(keymaps_of(keymaps, SCREEN_TRADEOFFS), KEYMAP_CHARTS, EVENT_KEY_F1 + 8, &argument),
                     NULL);
    keymaps_free(keymaps);
}

static void expect_conflict(const char *action, const char *keys, const char *message)
{
    struct keymap_change change = {"", ""};
    struct err err = {.message = ""};
    int bad = -1;
    snprintf(change.action, sizeof change.action, "%s", action);
    snprintf(change.keys, sizeof change.keys, "%s", keys);
    assert_null(keymaps_new(&change, 1, &bad, &err));
    assert_int_equal(bad, 0);
    if (strstr(err.message, message) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.message, message);
}

static void conflicts_are_refused(void **state)
{
    (void)state;
    expect_conflict("run", "s",
                    "keys.run: \"s\" would also be one step, then pause (Lab); give that another key first");
    expect_conflict("run", "F2", "would also be lab, trade-offs");
    expect_conflict("step", "5", "would also be type a number over the value");
    expect_conflict("step", "", "keys.step needs a key");
    expect_conflict("step", "Hyper-x", "no key is called \"Hyper-x\"");
    expect_conflict("speed", "( ) {", "keys.speed needs 2 keys, in the order of \"< > [ ]\"");
    expect_conflict("stepp", "!", "keys.stepp: no key does that; did you mean step?");
    expect_conflict("step", "! !", "has a key twice");
    expect_conflict("axes", "m !", "(Trade-offs)");       /* on another screen */
    expect_conflict("lab.help", "h", "no key does that"); /* every screen's */
    expect_conflict("cellar.run", "h", "no key does that");
}

static void all_that_can_be_changed_is_listed(void **state)
{
    (void)state;
    struct keymap_entry entry;
    int count = keymaps_count(NULL);
    for (int i = 0; i < count; i++) {
        struct keymap_change change = {"", ""};
        struct err err = {.message = ""};
        int bad;
        assert_true(keymaps_entry(NULL, i, &entry));
        snprintf(change.action, sizeof change.action, "%s", entry.action);
        snprintf(change.keys, sizeof change.keys, "%s", entry.binding->shown);
        struct keymaps *keymaps = keymaps_new(&change, 1, &bad, &err); /* to what it is */
        if (keymaps == NULL)
            fail_msg("%s: %s", change.action, err.message);
        keymaps_free(keymaps);
    }
    assert_false(keymaps_entry(NULL, count, &entry));
}

static void every_action_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int screen = 0; screen < SCREEN_COUNT; screen++) {
        const struct binding *binding[KEYMAP_LINES];
        int count = keys_of(keymaps_of(NULL, (enum screen_id)screen), binding);
        for (int a = 0; a < count; a++)
            for (int b = 0; b < a; b++) {
                char first[KEYMAP_ACTION_SIZE];
                char second[KEYMAP_ACTION_SIZE];
                if (keymap_action(binding[a], first) && keymap_action(binding[b], second))
                    assert_string_not_equal(first, second);
            }
    }
    for (int screen = 0; screen < SCREEN_COUNT; screen++) { /* and every key that is shown has a name that is read */
        const struct binding *binding[KEYMAP_LINES];
        int count = keys_of(keymaps_of(NULL, (enum screen_id)screen), binding);
        for (int row = 0; row < count; row++) {
            char word[64];
            snprintf(word, sizeof word, "%.*s", (int)strcspn(binding[row]->shown, " "), binding[row]->shown);
            if (strncmp(word, "Ctrl", 4) != 0)
                assert_int_equal(keymap_key_named(word), binding[row]->key[0].key);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_set_and_read_back),
        cmocka_unit_test(a_file_is_read),
        cmocka_unit_test(options_change_in_place),
        cmocka_unit_test(keys_change_in_place),
        cmocka_unit_test(what_cannot_change_in_place_is_refused),
        cmocka_unit_test(every_option_is_read_back),
        cmocka_unit_test(what_is_wrong_is_said_and_the_rest_counts),
        cmocka_unit_test(keys_that_are_changed_do_what_they_should),
        cmocka_unit_test(conflicts_are_refused),
        cmocka_unit_test(every_action_has_a_name_of_its_own),
        cmocka_unit_test(all_that_can_be_changed_is_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
