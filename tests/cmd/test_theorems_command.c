/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* `rankscope theorems` as a person would use it. */

static void assert_has(const char *text, const char *wanted)
{
    if (!strstr(text, wanted))
        fail_msg("no \"%s\" in:\n%s", wanted, text);
}

static void prints_a_table_and_succeeds(void **state)
{
    (void)state;
    struct program_result result =
        program_shell("\"$RANKSCOPE\" theorems --draws 6 --only meta-exact --only rank-below --jobs 2");
    if (result.status != 0)
        fail_msg("status %d: %s%s", result.status, result.output, result.errors);
    assert_has(result.output, "What the paper claims\n\nmeta-exact (Theorem 3)\n");
    assert_has(result.output, "as predicted: 6 of 6\n");
    assert_has(result.output, "Where claims stop holding, and what holds instead\n\nrank-below (r < k)\n");
    assert_has(result.output, "predicted 6 = kT; measured 6\n");
    assert_has(result.output, "\n2 of 2 as predicted\n");
    assert_string_equal(result.errors, "");
    program_free(&result);
}

/* However many threads there are. */
static void comes_to_the_same_bits(void **state)
{
    (void)state;
    static const char wanted[] =
        "--draws 20 --only samples-risk --only three-tasks-spurious --only saddle --format csv";
    struct program_result one = program_shell("\"$RANKSCOPE\" theorems %s --jobs 1", wanted);
    struct program_result three = program_shell("\"$RANKSCOPE\" theorems %s --jobs 3", wanted);
    assert_string_equal(one.output, three.output);
    assert_true(one.output_size > 300);
    program_free(&one);
    program_free(&three);
}

/* One draw of a mean is judged by itself, and this one is beside it. */
static void fails_where_something_is_not_as_predicted(void **state)
{
    (void)state;
    struct program_result result = program_shell("\"$RANKSCOPE\" theorems --draws 1 --only samples-risk");
    assert_int_equal(result.status, 1);
    assert_has(result.output, "NOT AS PREDICTED: 1 draw\n\n0 of 1 as predicted\n");
    program_free(&result);
}

static void refuses_what_it_does_not_know(void **state)
{
    (void)state;
    static const struct {
        const char *arguments, *message;
    } wrong[] = {
        {"three-tasks", "theorems takes no SCENARIO"},
        {"--only meta-exakt", "there is no claim \"meta-exakt\"; did you mean meta-exact?"},
        {"--only zzz", "there is no claim \"zzz\""},
        {"--draws 0", "--draws must be a number from 1 to 1000000, not \"0\""},
        {"--jobs x", "--jobs must be"},
        {"--format yaml", "--format must be text, csv or json"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct program_result result = program_shell("\"$RANKSCOPE\" theorems %s", wrong[i].arguments);
        assert_int_equal(result.status, 2);
        assert_has(result.errors, wrong[i].message);
        assert_string_equal(result.output, "");
        program_free(&result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_a_table_and_succeeds),
        cmocka_unit_test(comes_to_the_same_bits),
        cmocka_unit_test(fails_where_something_is_not_as_predicted),
        cmocka_unit_test(refuses_what_it_does_not_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
