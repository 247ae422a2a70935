/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* `rankscope reproduce` as a person would use it. */

#define SHORT "--steps 20 --adapt-steps 40 --runs 2 "

static void assert_has(const char *text, const char *wanted)
{
    if (!strstr(text, wanted))
        fail_msg("no \"%s\" in:\n%s", wanted, text);
}

static void prints_a_figure(void **state)
{
    (void)state;
    struct program_result result = program_shell("$RANKSCOPE reproduce vary-T " SHORT);
    assert_int_equal(result.status, 0);
    assert_has(result.output, "vary-T: Number of retraining tasks\nthe unseen task after 40 steps of fine-tuning: mean "
                              "(least, greatest) of 2 runs from seed 1 on\n");
    assert_has(result.output, "\nT = 2: standard retraining leaves ");
    program_free(&result);
    result = program_shell("$RANKSCOPE reproduce vary-N " SHORT "--format csv --as-published --seed 7 | head -1");
    assert_has(result.output, "figure,N,method,rank,solver,measure,step,mean,least,greatest\n");
    program_free(&result);
}

/* gnuplot takes all of it. */
static void draws_a_figure(void **state)
{
    (void)state;
    struct program_result result =
        program_shell("cd $TMPDIR && $RANKSCOPE reproduce vary-d " SHORT "--plot figure.svg >/dev/null && "
                      "grep -o 'd = 20\\|fine-tuning step' figure.svg | sort -u; "
                      "$RANKSCOPE reproduce vary-d " SHORT "--plot figure.gp >/dev/null && gnuplot figure.gp && "
                      "head -c 4 figure.png | tail -c 3");
    assert_int_equal(result.status, 0);
    assert_string_equal(result.errors, "");
    assert_has(result.output, "d = 20");
    assert_has(result.output, "fine-tuning step");
    assert_has(result.output, "PNG");
    program_free(&result);
}

static void networks_have_figures_too(void **state)
{
    (void)state;
    struct program_result result = program_shell("cd $TMPDIR && $RANKSCOPE reproduce networks-vary-T " SHORT
                                                 "--plot networks.svg && grep -c 'at rank 3k' networks.svg");
    assert_int_equal(result.status, 0);
    assert_has(result.output, "median (least, greatest) of 2 runs");
    assert_has(result.output, "T = 2, fine-tuned at rank 3: standard retraining leaves ");
    program_free(&result);
    result = program_shell("$RANKSCOPE reproduce networks-vary-k " SHORT "--format json | grep -c clean_loss");
    assert_int_equal(result.status, 0);
    program_free(&result);
}

static void expect_refusal(const char *arguments, const char *message)
{
    struct program_result result = program_shell("$RANKSCOPE reproduce %s", arguments);
    assert_int_equal(result.status, 2);
    assert_string_equal(result.output, "");
    assert_has(result.errors, message);
    program_free(&result);
}

static void refuses_what_it_cannot_do(void **state)
{
    (void)state;
    expect_refusal("", "reproduce takes one FIGURE");
    expect_refusal("vary-x", "FIGURE must be vary-T, vary-n, vary-d, vary-N, vary-k, networks-vary-T");
    expect_refusal("networks-vary-T --as-published", "--as-published is for linear figures alone");
    expect_refusal("vary-T --runs 0", "--runs must be");
    expect_refusal("vary-T --plot figure.txt", "a picture's name ends in .png, .svg, .pdf or .gp");
    expect_refusal("vary-T --format yaml", "--format");
    struct program_result result = program_shell("RANKSCOPE_GNUPLOT=/nowhere $RANKSCOPE reproduce vary-T " SHORT
                                                 "--plot $TMPDIR/none.png >/dev/null");
    assert_int_equal(result.status, 1);
    assert_has(result.errors, "/nowhere: there is no such program");
    program_free(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_a_figure),
        cmocka_unit_test(draws_a_figure),
        cmocka_unit_test(networks_have_figures_too),
        cmocka_unit_test(refuses_what_it_cannot_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
