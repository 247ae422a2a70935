/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "cmd/cmd.h"
#include "run/history.h"
#include "run/key.h"
#include "run/result_state.h"
#include "run/topic.h"
#include "support/program.h"
#include "sweep/store_sql.h"
#include "ui/command.h"
#include "ui/keymap.h"
#include "ui/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The man page says everything that the program's tables have. */

/* The page with "\-" as "-". */
static int read_page(void **state)
{
    const char *source = getenv("RANKSCOPE_SOURCE");
    char *path;
    char *page;
    size_t size;
    struct err err = {0};
    if (asprintf(&path, "%s/docs/rankscope.1", source ? source : ".") < 0)
        return -1;
    if (file_read(path, 1u << 20, &page, &size, &err))
        fail_msg("%s", err.message);
    free(path);
    char *to = page;
    for (const char *from = page; *from; from++)
        if (from[0] != '\\' || from[1] != '-')
            *to++ = *from;
    *to = '\0';
    *state = page;
    return 0;
}

static int drop_page(void **state)
{
    free(*state);
    return 0;
}

static void expect(const char *page, const char *text)
{
    if (!strstr(page, text))
        fail_msg("docs/rankscope.1 does not have: %s", text);
}

static void every_key_is_described(void **state)
{
    struct config config;
    config_default(&config);
    for (int key = 0; key < key_count; key++) {
        char heading[KEY_VALUE_SIZE + 64];
        char value[KEY_VALUE_SIZE];
        char allowed[KEY_ALLOWED_SIZE];
        key_format(&config, key, value);
        key_allowed(key, allowed);
        snprintf(heading, sizeof heading, "\n.BR %s \" [%s]\"\n", key_table[key].path, value);
        expect(*state, heading);
        if (key_table[key].type == KEY_TEXT)
            continue; /* in words of its own */
        const char *entry = strstr(*state, heading);
        const char *next = strstr(entry, "\n.TP\n");
        const char *found = strstr(entry, allowed);
        if (!found || (next && found > next))
            fail_msg("docs/rankscope.1 does not say of %s: %s", key_table[key].path, allowed);
    }
}

static void every_measure_and_series_is_described(void **state)
{
    char text[64];
    for (int i = 0; i < result_measure_count; i++) {
        snprintf(text, sizeof text, "\n.BR %s ,\n", result_measures[i].name); /* in the order of CSV */
        expect(*state, text);
    }
    for (int i = 0; i < SERIES_COUNT; i++)
        expect(*state, series_table[i].name);
}

static void every_member_of_the_json_is_described(void **state)
{
    struct program_result result =
        program_shell("\"$RANKSCOPE\" run two-tasks --steps 2 --format json | grep -o '\"[a-z_]*\":' | sort -u");
    assert_true(result.output_size > 200);
    char *rest = NULL;
    for (char *name = strtok_r(result.output, "\":\n", &rest); name; name = strtok_r(NULL, "\":\n", &rest))
        expect(*state, name);
    program_free(&result);
}

static void every_option_is_described(void **state)
{
    char commands[4096] = "";
    char line[8192];
    for (int i = 0; i < cmd_count; i++) {
        size_t at = strlen(commands);
        snprintf(commands + at, sizeof commands - at, " %s", cmd_table[i].name);
    }
    snprintf(
        line, sizeof line,
        "{ \"$RANKSCOPE\" --help; for c in%s; do \"$RANKSCOPE\" $c --help; done; } | grep -o '^ *--[a-z-]*' | sort -u",
        commands);
    struct program_result result = program_shell("%s", line);
    char *rest = NULL;
    int count = 0;
    for (char *name = strtok_r(result.output, " \n", &rest); name; name = strtok_r(NULL, " \n", &rest), count++)
        expect(*state, name);
    assert_true(count >= 18);
    program_free(&result);
}

static void expect_keys(const char *page, const struct keymap *keymap)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    keymap_write(keymap, stream);
    fclose(stream);
    expect(page, text);
    assert_true(size > 1000);
    free(text);
}

/* The view has those of the tables too. */
static void every_column_of_the_results_is_described(void **state)
{
    char sql[STORE_SQL_SIZE];
    char *rest = NULL;
    int count = 0;
    const char *files = strstr(*state, "\n.SH FILES\n");
    assert_non_null(files);
    store_sql_make_result(sql);
    for (char *line = strtok_r(sql, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char *last = strrchr(line, ' ');
        size_t length = last ? strcspn(last + 1, ",") : 0;
        if (!last || strncmp(line, "CREATE", 6) == 0 || strncmp(line, "FROM", 4) == 0)
            continue;
        last[1 + length] = '\0';
        expect(files, last + 1);
        count++;
    }
    assert_true(count >= 20);
}

static void every_key_of_the_screens_is_described(void **state)
{
    expect_keys(*state, &lab_keymap);
    expect_keys(*state, &tradeoffs_keymap);
    expect_keys(*state, &options_keymap);
}

static void every_option_that_is_kept_is_described(void **state)
{
    struct settings settings;
    settings_default(&settings);
    for (int id = 0; id < SETTING_COUNT; id++) {
        char heading[SETTING_VALUE_SIZE + 64];
        char value[SETTING_VALUE_SIZE];
        char allowed[SETTING_ALLOWED_SIZE];
        setting_format(&settings, (enum setting_id)id, value);
        setting_allowed((enum setting_id)id, allowed);
        snprintf(heading, sizeof heading, "\n.BR %s \" [%s]\"\n", setting_table[id].name, value);
        expect(*state, heading);
        const char *entry = strstr(*state, heading);
        expect(entry, setting_table[id].help);
        expect(entry, allowed);
    }
}

static void every_command_of_the_lab_is_described(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    command_write(stream);
    fclose(stream);
    expect(*state, text);
    free(text);
    for (int topic = 0; topic_name(topic) != NULL; topic++)
        expect(*state, topic_name(topic));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_described),
        cmocka_unit_test(every_measure_and_series_is_described),
        cmocka_unit_test(every_member_of_the_json_is_described),
        cmocka_unit_test(every_option_is_described),
        cmocka_unit_test(every_key_of_the_screens_is_described),
        cmocka_unit_test(every_option_that_is_kept_is_described),
        cmocka_unit_test(every_command_of_the_lab_is_described),
        cmocka_unit_test(every_column_of_the_results_is_described),
    };
    return cmocka_run_group_tests(tests, read_page, drop_page);
}
