/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/preferences.h"

#include "base/file.h"
#include "support/child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Where options are kept, and what happens where they cannot be. */

static char *folder; /* XDG_CONFIG_HOME, one for each test */
static char *path;

static int set_up(void **state)
{
    (void)state;
    char name[] = "/tmp/options-XXXXXX";
    const char *tmp = getenv("TMPDIR");
    char *template = NULL;
    if (asprintf(&template, "%s%s", tmp ? tmp : "/tmp", name + 4) < 0 || mkdtemp(template) == NULL)
        return -1;
    folder = template;
    setenv("XDG_CONFIG_HOME", folder, 1);
    return asprintf(&path, "%s/rankscope/config.yaml", folder) < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(folder);
    free(path);
    return 0;
}

static void put(const char *text)
{
    struct err err;
    char *own = NULL;
    assert_true(asprintf(&own, "%s/rankscope", folder) > 0);
    mkdir(own, 0700);
    free(own);
    assert_int_equal(file_write(path, text, strlen(text), &err), ERR_NONE);
}

static void expect_file(const char *says)
{
    char *text;
    size_t size;
    struct err err;
    assert_int_equal(file_read(path, 10000, &text, &size, &err), ERR_NONE);
    if (strstr(text, says) == NULL)
        fail_msg("\"%s\" does not have \"%s\"", text, says);
    free(text);
}

static void options_are_kept(void **state)
{
    (void)state;
    struct preferences preferences;
    struct err err;
    preferences_load(&preferences); /* there is nothing yet */
    assert_int_equal(preferences.err.code, ERR_NONE);
    preferences.now.theme = 2; /* of the command line: not kept */
    assert_int_equal(preferences_change(&preferences, SETTING_FRAMES, "24", &err), ERR_NONE);
    assert_int_equal(preferences.now.theme, 2);
    assert_int_equal(preferences_change(&preferences, SETTING_FRAMES, "240", &err), ERR_INPUT);
    preferences_free(&preferences);
    expect_file("\nframe-rate: 24\n");
    preferences_load(&preferences);
    assert_int_equal(preferences.now.frames, 24);
    assert_int_equal(preferences.now.theme, 0);
    preferences_free(&preferences);
}

static void a_mistake_is_told_and_never_written_over(void **state)
{
    (void)state;
    struct preferences preferences;
    struct err err;
    put("frame-rate: 24\nmouse: maybe\n");
    preferences_load(&preferences);
    assert_int_equal(preferences.err.code, ERR_INPUT);
    assert_non_null(strstr(preferences.err.message, "config.yaml:2:8: mouse must be off or on, not \"maybe\""));
    assert_int_equal(preferences.now.frames, 24);
    assert_int_equal(preferences_change(&preferences, SETTING_FRAMES, "12", &err), ERR_IO);
    assert_non_null(strstr(err.message, "not kept: "));
    assert_int_equal(preferences.now.frames, 12); /* but it counts */
    preferences_free(&preferences);
    expect_file("mouse: maybe");
}

/* What a person wrote there stays, and so does what was written while the lab was open. */
static void the_rest_of_the_file_stays(void **state)
{
    (void)state;
    struct preferences preferences;
    struct keymaps *keymaps;
    struct err err;
    put("# mine\ntheme: dark # at night\n");
    preferences_load(&preferences);
    preferences.now.theme = 2; /* of the command line */
    put("# mine\ntheme: light # by day\nmouse: off\n");
    assert_int_equal(preferences_change(&preferences, SETTING_FRAMES, "12", &err), ERR_NONE);
    expect_file("# mine\ntheme: light # by day\nmouse: off\nframe-rate: 12\n");
    assert_int_equal(preferences_change_keys(&preferences, "help", "h", &keymaps, &err), ERR_NONE);
    keymaps_free(keymaps);
    expect_file("frame-rate: 12\nkeys:\n  help: 'h'\n");
    put("mouse: maybe\n");
    assert_int_equal(preferences_change(&preferences, SETTING_FRAMES, "30", &err), ERR_IO);
    assert_non_null(strstr(err.message, "config.yaml:1:8: mouse must be off or on"));
    put("mouse: off # mended\n");
    assert_int_equal(preferences_change(&preferences, SETTING_FRAMES, "30", &err), ERR_NONE);
    expect_file("mouse: off # mended\nframe-rate: 30\n");
    preferences_free(&preferences);
}

static void files_that_are_none_are_told(void **state)
{
    (void)state;
    struct preferences preferences;
    char *own = NULL;
    assert_true(asprintf(&own, "%s/rankscope", folder) > 0);
    mkdir(own, 0700);
    mkdir(path, 0700);
    preferences_load(&preferences);
    assert_int_equal(preferences.err.code, ERR_INPUT);
    assert_non_null(strstr(preferences.err.message, "this is a folder, not a file"));
    assert_int_equal(preferences_change(&preferences, SETTING_FRAMES, "12", &preferences.err), ERR_IO);
    assert_non_null(strstr(preferences.err.message, "this is a folder, not a file"));
    preferences_free(&preferences);
    free(own);
}

static void without_a_home_nothing_is_kept(void **state)
{
    (void)state;
    struct preferences preferences;
    struct err err;
    char *home = strdup(getenv("HOME"));
    setenv("XDG_CONFIG_HOME", "not/from/the/root", 1);
    preferences_load(&preferences);
    assert_non_null(strstr(preferences.path, "/.config/rankscope/config.yaml"));
    preferences_free(&preferences);
    unsetenv("HOME");
    preferences_load(&preferences);
    assert_null(preferences.path);
    assert_int_equal(preferences_change(&preferences, SETTING_FRAMES, "12", &err), ERR_IO);
    assert_string_equal(err.message, "HOME is not set, so there is no place for the options");
    preferences_free(&preferences);
    setenv("HOME", home, 1);
    free(home);
}

static const char *change_without_rights(void *context)
{
    (void)context;
    struct preferences preferences;
    struct err err = {.message = ""};
    child_drop_rights();
    preferences_load(&preferences);
    enum err_code code = preferences_change(&preferences, SETTING_FRAMES, "12", &err);
    bool counts = preferences.now.frames == 12;
    preferences_free(&preferences);
    return code == ERR_IO && counts && strstr(err.message, "cannot write it: Permission denied") ? ""
                                                                                                 : "it does not say so";
}

static void a_folder_that_is_read_only_is_told(void **state)
{
    (void)state;
    char *own = NULL;
    put("theme: dark\n");
    assert_true(asprintf(&own, "%s/rankscope", folder) > 0);
    chmod(own, 0500);
    child_run(change_without_rights, NULL);
    chmod(own, 0700);
    expect_file("theme: dark");
    free(own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(options_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mistake_is_told_and_never_written_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_rest_of_the_file_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(files_that_are_none_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_home_nothing_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_folder_that_is_read_only_is_told, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
