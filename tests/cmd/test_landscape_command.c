/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* `rankscope landscape` as a person would use it. */

static void assert_has(const char *text, const char *wanted)
{
    if (!strstr(text, wanted))
        fail_msg("no \"%s\" in:\n%s", wanted, text);
}

static void check(const char *arguments, const char *wanted)
{
    struct program_result result = program_shell("\"$RANKSCOPE\" landscape %s", arguments);
    if (result.status != 0)
        fail_msg("%s: status %d: %s", arguments, result.status, result.errors);
    assert_has(result.output, wanted);
    program_free(&result);
}

static void looks_around(void **state)
{
    (void)state;
    check("start-at-the-saddle --after 3", "\nplace          saddle\n");
    check("start-at-the-saddle --after 0 --side 1", "after 0 steps");
    check("leave-the-saddle --after 0", "\nplace          saddle\n");
    check("exact", "\nplace          minimum\n");
    check("exact --set problem.seed=47", "at a spurious minimum");
    check("exact --set problem.seed=2160", "\nplace          runaway\n");
    /* The least of the eigenvalues listed is the one that is spoken of, small as it is. */
    check("exact --set problem.seed=2160 --side 1", "\neigenvalues    3.8e-06 ");
    check("exact --set problem.seed=2160 --side 1 | tr '\\n' ' '", "least eigenvalue is 3.8e-06; up to 7.0e-06 counts");
    check("two-tasks --after 1 --side 1", "retraining after 1 step\n");
    check("two-tasks --side 1", " across, 0 up\n");
    check("two-tasks --set retrain.solver=newton", "\nplace          flat\n");
    check("three-tasks --after 5 --method standard --directions gradient,second", "slice ");
    check("three-tasks --after 5 --side 3 --format csv", "\nslice,,");
}

/* A network's place, with what its gradient is worth; the eigenvalues and the slice are those of all that is
 * trained. */
static void looks_at_a_network(void **state)
{
    (void)state;
    check("network --after 30 --side 5", "\nplace          slope\n");
    check("network --after 30 --side 5", "\ndecrement      ");
    check("network --after 30 --side 5", "unknowns       170, of which 3 idle\nslice          truth and lowest");
    check("network --after 30 --method standard --side 1", "unknowns       110, of which 0 idle");
    check("network --after 30 --method oracle --set retrain.methods=oracle --side 1", "truth          0 across, 0 up");
    check("network --after 30 --side 3 --directions gradient,start --format json", "\"loss_without\": null");
    check("network --after 30 --side 3 --directions gradient,start --format csv", "\ntruth,,");
    struct program_result result =
        program_shell("cd \"$TMPDIR\" && \"$RANKSCOPE\" landscape network --after 30 --side 15 "
                      "--plot seen.svg && grep -c 'towards the truth' seen.svg");
    if (result.status != 0)
        fail_msg("status %d: %s", result.status, result.errors);
    program_free(&result);
}

static void draws_the_slice(void **state)
{
    (void)state;
    struct program_result result = program_shell(
        "cd \"$TMPDIR\" && \"$RANKSCOPE\" landscape three-tasks --after 60 --side 15 --plot seen.svg && "
        "grep -c 'towards the truth' seen.svg && \"$RANKSCOPE\" landscape three-tasks --after 60 --side 5 "
        "--plot seen.gp && grep -c splot seen.gp");
    if (result.status != 0)
        fail_msg("status %d: %s", result.status, result.errors);
    program_free(&result);
}

static void refuses_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *arguments, *message;
    } wrong[] = {
        {"", "landscape takes one SCENARIO"},
        {"three-tasks --after 3001", "--after must be a number from 0 to 3000"},
        {"three-tasks --method maml", "there is no method \"maml\""},
        {"three-tasks --method meta --set retrain.methods=standard", "--method: meta takes no part"},
        {"three-tasks --directions up,down", "--directions must be two of"},
        {"three-tasks --directions truth", "--directions must be two of"},
        {"three-tasks --side 82", "--side must be a number from 1 to 81"},
        {"three-tasks --zoom 0", "--zoom must be a number"},
        {"three-tasks --zoom inf", "--zoom must be a number"},
        {"three-tasks --plot x.jpg", "--plot: x.jpg"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct program_result result = program_shell("\"$RANKSCOPE\" landscape %s", wrong[i].arguments);
        if (result.status != 2)
            fail_msg("%s: status %d", wrong[i].arguments, result.status);
        assert_has(result.errors, wrong[i].message);
        assert_string_equal(result.output, "");
        program_free(&result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_around),
        cmocka_unit_test(looks_at_a_network),
        cmocka_unit_test(draws_the_slice),
        cmocka_unit_test(refuses_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
