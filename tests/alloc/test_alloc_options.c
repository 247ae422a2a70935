/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alloc/failing.h"
#include "cmd/preferences.h"
#include "ui/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static enum failing_outcome outcome_of(enum err_code code)
{
    return code == ERR_NONE ? FAILING_SUCCESS : code == ERR_MEMORY ? FAILING_REPORTED : FAILING_WRONG;
}

static enum failing_outcome change_keys(void *context)
{
    int bad;
    struct err err = {.code = ERR_NONE};
    struct keymaps *keymaps = keymaps_new(context, 1, &bad, &err);
    keymaps_free(keymaps);
    return outcome_of(err.code);
}

static void keys_are_changed(void **state)
{
    (void)state;
    struct keymap_change change = {"step", "!"};
    assert_true(failing_every(change_keys, &change) > 0);
}

static enum failing_outcome parse(void *context)
{
    struct settings settings;
    struct err err = {.code = ERR_NONE};
    const char *text = context;
    settings_default(&settings);
    return outcome_of(settings_parse("config.yaml", text, strlen(text), &settings, &err));
}

static enum failing_outcome edit_option(void *context)
{
    struct err err = {.code = ERR_NONE};
    const char *text = context;
    free(settings_edit_option("config.yaml", text, strlen(text), SETTING_SCENARIO, "exact", &err));
    return outcome_of(err.code);
}

static enum failing_outcome edit_keys(void *context)
{
    struct err err = {.code = ERR_NONE};
    const char *text = context;
    free(settings_edit_keys("config.yaml", text, strlen(text), "step", "", &err));
    return outcome_of(err.code);
}

static void files_are_read_and_changed(void **state)
{
    (void)state;
    char text[] = "theme: dark\nkeys: {step: '!'}\n";
    assert_true(failing_every(parse, text) > 0);
    assert_true(failing_every(edit_option, text) > 0);
    assert_true(failing_every(edit_keys, text) > 0);
}

/* A change that is not kept counts all the same. */
static enum failing_outcome change(void *context)
{
    (void)context;
    struct preferences preferences;
    struct err err = {.code = ERR_NONE};
    preferences_load(&preferences);
    enum err_code code = preferences_change(&preferences, SETTING_FRAMES, "24", &err);
    bool counts = preferences.now.frames == 24;
    preferences_free(&preferences);
    return counts ? outcome_of(code == ERR_IO && strstr(err.message, "Cannot allocate") ? ERR_MEMORY : code)
                  : FAILING_WRONG;
}

static void options_are_kept(void **state)
{
    (void)state;
    assert_true(failing_every(change, NULL) > 0);
}

static enum failing_outcome make_screen(void *context)
{
    (void)context;
    struct err err = {.code = ERR_NONE};
    struct options *options = options_new(GLYPHS_ASCII, &err);
    options_free(options);
    return outcome_of(err.code);
}

static void the_screen_is_made(void **state)
{
    (void)state;
    assert_true(failing_every(make_screen, NULL) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_changed),
        cmocka_unit_test(files_are_read_and_changed),
        cmocka_unit_test(options_are_kept),
        cmocka_unit_test(the_screen_is_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
