/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* `rankscope census` as a person would use it. */

static void assert_has(const char *text, const char *wanted)
{
    if (!strstr(text, wanted))
        fail_msg("no \"%s\" in:\n%s", wanted, text);
}

static void assert_succeeds(const struct program_result *result)
{
    if (result->status != 0)
        fail_msg("status %d: %s", result->status, result->errors);
}

/* Among the first starts of (6, 2, 3), seed 47 ends at a spurious minimum. */
static void counts_and_names(void **state)
{
    (void)state;
    struct program_result result = program_shell("\"$RANKSCOPE\" census --starts 100 --solver newton --db :memory:");
    assert_succeeds(&result);
    assert_has(result.output, "d 6, k 2, T 3, solver newton, at most 1000 steps\n100 of 100 starts from seed 1 on\n");
    assert_has(result.output, "\nspurious          1       1%  0.0253 to 5.45%     a minimum above it");
    assert_has(result.output, "\nspurious: seed 47\n");
    program_free(&result);
}

/* The last line of a census opens the first end that is no global minimum, which is there what it was said to be. Which seeds those
 * are hangs on the last bits, so on the machine; that 6.8% are, does not. */
static void what_ends_badly_can_be_opened(void **state)
{
    (void)state;
    struct program_result result = program_shell("census=$(\"$RANKSCOPE\" census --starts 200 --db :memory:) && echo "
                                                 "\"$census\" && last=$(echo \"$census\" | tail -n 1) && "
                                                 "\"$RANKSCOPE\" landscape ${last#rankscope }");
    assert_succeeds(&result);
    assert_has(result.output, "d 6, k 2, T 3, solver lm, at most 1000 steps\n200 of 200 starts from seed 1 on\n");
    assert_has(result.output, "\nspurious: seed ");
    assert_has(result.output, " --set retrain.solver=lm ");
    assert_has(result.output, "at a spurious minimum");
    program_free(&result);
}

/* However many threads, and however often it is killed; and for more starts it takes those that are there. */
static void survives_being_killed(void **state)
{
    (void)state;
    static const char what[] = "census --dimension 3 --rank 1 --format csv --starts 2000";
    struct program_result whole = program_shell("\"$RANKSCOPE\" %s --jobs 1 --db :memory:", what);
    assert_succeeds(&whole);
    for (int i = 0; i < 3; i++) {
        /* killed when its log has grown by so much, whenever that is */
        struct program_result killed = program_shell(
            "wal=$TMPDIR/census.db-wal; size() { stat -c %%s $wal 2>/dev/null || echo 0; }; before=$(size); "
            "\"$RANKSCOPE\" %s --db $TMPDIR/census.db >/dev/null & child=$!; while kill -0 $child 2>/dev/null && "
            "[ $(size) -lt $((before + 20000)) ]; do :; done; kill -9 $child 2>/dev/null; wait $child; true",
            what);
        assert_succeeds(&killed);
        program_free(&killed);
    }
    struct program_result again = program_shell("\"$RANKSCOPE\" %s --jobs 2 --db $TMPDIR/census.db", what);
    assert_succeeds(&again);
    assert_string_equal(again.output, whole.output);
    program_free(&again);
    program_free(&whole);
}

static void follows_other_solvers(void **state)
{
    (void)state;
    struct program_result result = program_shell(
        "\"$RANKSCOPE\" census --starts 3 --solver paper --steps 50 --set retrain.adapter=general --db :memory:");
    assert_succeeds(&result);
    assert_has(result.output, "solver paper, at most 50 steps");
    assert_has(result.output, "\nunfinished        3     100%  29.2 to 100%");
    assert_has(result.output, " --set retrain.adapter=general ");
    program_free(&result);
}

static void refuses_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *arguments, *message;
    } wrong[] = {
        {"three-tasks", "census takes no SCENARIO"},
        {"--dimension 0", "--dimension: problem.dimension must be a whole number"},
        {"--rank 9", "rank"},
        {"--solver nwton", "--solver: retrain.solver must be"},
        {"--starts 0", "--starts must be a number from 1 to 10000000"},
        {"--seed -1", "--seed: problem.seed must be"},
        {"--seed 9223372036854775807", "problem.seed must be below"},
        {"--set problem.samples=10", "census is of population alone"},
        {"--set retrain.methods=standard", "census is of the method meta alone"},
        {"--set retrain.rank=1", "census needs adapters that can be the tasks'"},
        {"--set problem.truth=symmetric", "census needs adapters that can be the tasks'"},
        {"--set no.such=1", "--set: "},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct program_result result = program_shell("\"$RANKSCOPE\" census --db :memory: %s", wrong[i].arguments);
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
        cmocka_unit_test(counts_and_names),      cmocka_unit_test(what_ends_badly_can_be_opened),
        cmocka_unit_test(survives_being_killed), cmocka_unit_test(follows_other_solvers),
        cmocka_unit_test(refuses_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
