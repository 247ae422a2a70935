/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct program_result snapshot(const char *arguments)
{
    struct program_result result = program_shell("\"$RANKSCOPE\" snapshot %s", arguments);
    if (result.status != 0)
        fail_msg("snapshot %s: %s", arguments, result.errors);
    return result;
}

static int lines_of(const char *text)
{
    int lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

static void expect(const struct program_result *result, const char *text)
{
    if (!strstr(result->output, text))
        fail_msg("there is no \"%s\" in\n%s", text, result->output);
}

static void the_screen_of_a_step_is_printed(void **state)
{
    (void)state;
    struct program_result result = snapshot("three-tasks --size 120x36 --after 20");
    assert_int_equal(lines_of(result.output), 36);
    expect(&result, "┌ F1 Lab F2");
    expect(&result, "step 20 of 3000 · seed 7");
    expect(&result, "‖ paused");
    expect(&result, "Spectrum  ");
    program_free(&result);
    result = snapshot("three-tasks --set retrain.steps=30 --ascii");
    assert_int_equal(lines_of(result.output), 24);
    expect(&result, "step 30 of 30");
    expect(&result, "done +");
    for (const char *at = result.output; *at; at++)
        assert_true((unsigned char)*at < 0x80);
    program_free(&result);
    result = snapshot("three-tasks --size 59x15 --after 0");
    expect(&result, "Rankscope needs 60 × 16 characters.");
    program_free(&result);
}

/* Without its escape sequences it is the text. */
static void colours_are_only_added(void **state)
{
    (void)state;
    struct program_result text = snapshot("two-tasks --after 10 --size 100x30");
    struct program_result colours = snapshot("two-tasks --after 10 --size 100x30 --format ansi");
    char *to = colours.output;
    assert_non_null(strstr(colours.output, "\033[0;38;5;166m"));
    for (const char *from = colours.output; *from; from++) {
        if (*from == '\033')
            from = strchr(from, 'm');
        else
            *to++ = *from;
    }
    *to = '\0';
    assert_string_equal(colours.output, text.output);
    program_free(&colours);
    colours = snapshot("two-tasks --after 10 --format ansi --no-color");
    assert_null(strstr(colours.output, "38;5"));
    program_free(&colours);
    program_free(&text);
}

/* Every element is closed, and nothing that XML has a meaning for stands in a text. */
static void a_drawing_is_well_formed(void **state)
{
    (void)state;
    struct program_result result = snapshot("two-tasks --after 10 --size 120x36 --format svg --set title='a<b & c'");
    int open = 0;
    expect(&result, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"976\" height=\"556\"");
    expect(&result, "a&lt;b &amp; c");
    for (const char *at = strchr(result.output, '<'); at; at = strchr(at + 1, '<')) {
        const char *end = strchr(at, '>');
        assert_non_null(end);
        open += at[1] == '/' ? -1 : end[-1] == '/' ? 0 : 1;
        assert_true(open >= 0);
    }
    assert_int_equal(open, 0);
    program_free(&result);
}

static void wrong_usage_is_refused(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"", "snapshot takes one SCENARIO"},
        {"a b", "snapshot takes one SCENARIO"},
        {"three-tasks --size 80", "--size must be columns x rows"},
        {"three-tasks --size 80x", "--size must be columns x rows"},
        {"three-tasks --size 0x24", "--size must be columns x rows"},
        {"three-tasks --size 80x24x2", "--size must be columns x rows"},
        {"three-tasks --size 99999x99999", "--size must be columns x rows"},
        {"three-tasks --after -1", "--after"},
        {"three-tasks --after 3001", "the scenario has 3000 steps, not 3001"},
        {"three-tasks --format png", "--format must be text, ansi or svg"},
        {"three-tasks --ascii --blocks", "exclude each other"},
        {"nothing-of-that-name", "nothing-of-that-name"},
        {"rs1:AAAA", "cut or altered"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct program_result result = program_shell("\"$RANKSCOPE\" snapshot %s", table[i][0]);
        assert_int_equal(result.status, 2);
        assert_string_equal(result.output, "");
        if (!strstr(result.errors, table[i][1]))
            fail_msg("snapshot %s: %s", table[i][0], result.errors);
        program_free(&result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_screen_of_a_step_is_printed),
        cmocka_unit_test(colours_are_only_added),
        cmocka_unit_test(a_drawing_is_well_formed),
        cmocka_unit_test(wrong_usage_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
