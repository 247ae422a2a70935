/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/program.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* `rankscope sweep` as a person would use it. */

#define SWEEP                                                                                                          \
    "$RANKSCOPE sweep three-tasks --set problem.dimension=12 --set retrain.solver=newton --set retrain.steps=100 "

static void assert_succeeds(const struct program_result *result)
{
    if (result->status != 0)
        fail_msg("status %d: %s", result->status, result->errors);
}

static void assert_has(const char *text, const char *wanted)
{
    if (!strstr(text, wanted))
        fail_msg("no \"%s\" in:\n%s", wanted, text);
}

/* The theorems' ranks, cell by cell: k(T+1) for standard; 3k up to two tasks and k from three on for meta. */
static void prints_the_theorems(void **state)
{
    (void)state;
    struct program_result result = program_shell(SWEEP "--over tasks=1:4 --over rank=1,2 --seeds 5 --db :memory: 2>&1");
    assert_succeeds(&result);
    assert_has(result.output, "Three tasks are enough\n40 of 40 trials: 8 cells, 5 draws of each from seed 7 on\n");
    assert_has(result.output, "Standard retraining: rank_needed, median of the draws; the theory has k(T+1)\n\n"
                              "         rank 1  rank 2\n"
                              "tasks 1       2       4\n"
                              "tasks 2       3       6\n"
                              "tasks 3       4       8\n"
                              "tasks 4       5      10\n\n"
                              "The median is the theory's number in 8 of 8 cells");
    assert_has(result.output, "Meta-LoRA retraining: rank_needed, median of the draws\n\n"
                              "         rank 1  rank 2\n"
                              "tasks 1       3       6\n"
                              "tasks 2       3       6\n"
                              "tasks 3       1       2\n"
                              "tasks 4       1       2\n");
    program_free(&result);
}

static void shows_what_is_asked(void **state)
{
    (void)state;
    struct program_result result = program_shell(
        SWEEP "--over dimension=2:4:2 --over rank=1,3 --over truth=psd,general --seeds 2 --metric base_error "
              "--statistic greatest --set retrain.methods=standard --db :memory:");
    assert_succeeds(&result);
    assert_has(result.output, "(the others, shown as '.', cannot be)");
    assert_has(result.output, "Standard retraining: base_error, greatest of the draws");
    assert_has(result.output, "dimension 2:\n");
    assert_has(result.output, "dimension 4:\n");
    assert_null(strstr(result.output, "Meta"));
    program_free(&result);
}

static void draws_what_it_has(void **state)
{
    (void)state;
    struct program_result result = program_shell(
        "cd \"$TMPDIR\" && " SWEEP "--over tasks=1:4 --over rank=1,2 --seeds 2 --db :memory: --statistic mean "
        "--plot drawn.svg && grep -c 'Meta-LoRA retraining' drawn.svg && grep -c '3k' drawn.svg");
    assert_succeeds(&result);
    program_free(&result);
    result = program_shell(SWEEP "--over tasks=1:4 --db :memory: --plot drawn.jpg");
    assert_int_equal(result.status, 2);
    assert_has(result.errors, "--plot: drawn.jpg: a picture's name ends in .png, .svg, .pdf or .gp");
    program_free(&result);
    result = program_shell(SWEEP "--over tasks=1:2 --seeds 1 --db :memory: --plot /nowhere/drawn.gp");
    assert_int_equal(result.status, 1);
    assert_string_equal(result.output, "");
    assert_has(result.errors, "--plot: /nowhere/drawn.gp: cannot write it");
    program_free(&result);
}

/* However many threads there are, and whether the results were stored before. */
static void comes_to_the_same_bits(void **state)
{
    (void)state;
    static const char axes[] = "--over tasks=2:4 --over noise=0,0.1 --set problem.samples=40 --seeds 3 --format csv";
    struct program_result one = program_shell(SWEEP "%s --jobs 1 --db :memory:", axes);
    struct program_result two = program_shell(SWEEP "%s --jobs 2 --db $TMPDIR/same.db", axes);
    struct program_result stored = program_shell(SWEEP "%s --jobs 2 --db $TMPDIR/same.db", axes);
    assert_succeeds(&one);
    assert_succeeds(&two);
    assert_succeeds(&stored);
    assert_string_equal(one.output, two.output);
    assert_string_equal(one.output, stored.output);
    program_free(&one);
    program_free(&two);
    program_free(&stored);
}

static void writes_json(void **state)
{
    (void)state;
    struct program_result result = program_shell(
        SWEEP "--over tasks=1,3 --over problem.samples=population,50 --seeds 2 --format json --db :memory:");
    json_error_t error;
    assert_succeeds(&result);
    json_t *root = json_loads(result.output, 0, &error);
    assert_non_null(root);
    assert_int_equal(json_integer_value(json_object_get(root, "trials")), 8);
    json_t *cells = json_object_get(root, "cells");
    assert_int_equal(json_array_size(cells), 4);
    json_t *cell = json_array_get(cells, 2); /* tasks 3 in population */
    assert_int_equal(json_integer_value(json_object_get(json_object_get(cell, "at"), "tasks")), 3);
    json_t *meta = json_object_get(json_object_get(cell, "methods"), "meta");
    json_t *needed = json_object_get(meta, "rank_needed");
    assert_int_equal(json_integer_value(json_object_get(needed, "theory")), 2);
    assert_true(json_real_value(json_object_get(needed, "median")) == 2);
    assert_true(json_is_null(json_object_get(json_object_get(meta, "excess_risk"), "theory")));
    json_decref(root);
    program_free(&result);
}

/* A killed sweep loses what is in flight, and the same command comes to the same table, as often as it is killed. */
static void survives_being_killed(void **state)
{
    (void)state;
    static const char axes[] = "--over tasks=1:6 --over rank=1:3 --seeds 8 --format csv --set retrain.solver=paper "
                               "--set retrain.steps=300";
    struct program_result whole = program_shell(SWEEP "%s --db :memory:", axes);
    assert_succeeds(&whole);
    for (int i = 0; i < 4; i++) {
        /* killed when its log has grown by so much, whenever that is */
        struct program_result killed = program_shell(
            "wal=$TMPDIR/killed.db-wal; size() { stat -c %%s $wal 2>/dev/null || echo 0; }; before=$(size); " SWEEP
            "%s --db $TMPDIR/killed.db >/dev/null & child=$!; while kill -0 $child 2>/dev/null && "
            "[ $(size) -lt $((before + %d)) ]; do :; done; kill -9 $child; wait $child; true",
            axes, 20000 * (i + 1));
        assert_succeeds(&killed);
        program_free(&killed);
    }
    struct program_result again = program_shell(SWEEP "%s --db $TMPDIR/killed.db", axes);
    assert_succeeds(&again);
    assert_string_equal(again.output, whole.output);
    program_free(&again);
    program_free(&whole);
}

static void tells_what_it_has_when_interrupted(void **state)
{
    (void)state;
    struct program_result result =
        program_shell(SWEEP "--over tasks=3:5 --set retrain.solver=paper --set retrain.steps=1000000000 --seeds 2 "
                            "--db $TMPDIR/interrupted.db & child=$!; until [ -e $TMPDIR/interrupted.db-wal ]; do :; "
                            "done; kill -TERM $child; wait $child");
    assert_int_equal(result.status, 1);
    assert_has(result.errors, "interrupted after 0 of 6 trials; the same command goes on from there");
    assert_has(result.output, "0 of 6 trials");
    assert_has(result.output, "?");
    program_free(&result);
}

static void keeps_results_at_home(void **state)
{
    (void)state;
    struct program_result result = program_shell(
        SWEEP "--over tasks=1:2 --seeds 1 >/dev/null && test -s $HOME/.local/share/rankscope/results.db && "
              "mkdir $TMPDIR/data && XDG_DATA_HOME=$TMPDIR/data " SWEEP
              "--over tasks=1:2 --seeds 1 >/dev/null && test -s $TMPDIR/data/rankscope/results.db");
    assert_succeeds(&result);
    program_free(&result);
}

static void refuses_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *arguments, *message;
        int status;
    } wrong[] = {
        {"", "sweep needs an axis: --over KEY=VALUES", 2},
        {"--over task=1:3", "--over: no key \"task\" for an axis; did you mean tasks?", 2},
        {"--over tasks=3:4:0", "the range \"3:4:0\" needs a step above 0", 2},
        {"--over rank=13", "no cell of the sweep is possible: problem.rank 13 is above problem.dimension 12", 2},
        {"--over tasks=1:2 --metric rank", "--metric must be rank_needed, excess_risk, base_error", 2},
        {"--over tasks=1:2 --statistic mode", "--statistic must be median, mean, least, greatest or spread", 2},
        {"--over tasks=1:2 --seeds 0", "--seeds must be a number from 1 to 100000, not \"0\"", 2},
        {"--over tasks=1:2 --format xml", "--format must be text, csv or json, not \"xml\"", 2},
        {"--over tasks=1:1000 --over inner_rate=0:0.999:0.001 --over outer_rate=0:0.999:0.001",
         "2e+10 trials would take some years", 2},
        {"--over tasks=1:1000 --over inner_rate=0:0.999:0.001 --over outer_rate=0:0.999:0.001 --yes",
         "a sweep of 1e+09 cells with 20 seeds takes", 2},
        {"--over tasks=1:2 --db $RANKSCOPE_SOURCE/README.md",
         "README.md: this is no file of results, nor any SQLite database; move it away; --db FILE keeps results "
         "elsewhere",
         2},
        {"--over tasks=1:2 --db ''", "the name of the file of results is empty; --db FILE keeps results elsewhere", 2},
        {"--over tasks=1:2 --db /proc/rankscope.db", "/proc/rankscope.db", 1},
        {"--over tasks=1:2 --seeds 1 --db :memory: >/dev/full", "No space left on device", 1},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct program_result result = program_shell(SWEEP "%s", wrong[i].arguments);
        if (result.status != wrong[i].status || !strstr(result.errors, wrong[i].message))
            fail_msg("%s: status %d, \"%s\"", wrong[i].arguments, result.status, result.errors);
        program_free(&result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_the_theorems),
        cmocka_unit_test(shows_what_is_asked),
        cmocka_unit_test(draws_what_it_has),
        cmocka_unit_test(comes_to_the_same_bits),
        cmocka_unit_test(writes_json),
        cmocka_unit_test(survives_being_killed),
        cmocka_unit_test(tells_what_it_has_when_interrupted),
        cmocka_unit_test(keeps_results_at_home),
        cmocka_unit_test(refuses_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
