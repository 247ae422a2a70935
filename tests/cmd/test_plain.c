/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/topic.h"
#include "support/dialog.h"
#include "support/program.h"
#include "ui/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* The plain mode as a script has it, which only reads and writes lines. */

static void expect(const char *answer, const char *text)
{
    if (strstr(answer, text) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", answer, text);
}

static void a_whole_session_is_done_by_lines(void **state)
{
    (void)state;
    struct dialog *dialog = dialog_start((const char *const[]){"exact", NULL});
    expect(dialog_ask(dialog, "set tasks 2"), "problem.tasks is 2.");
    expect(dialog_ask(dialog, "step 1"), "retraining step 1 of");
    const char *answer = dialog_ask(dialog, "run");
    expect(answer, "The run is done.");
    expect(answer, "Theorem 2 says");
    expect(dialog_ask(dialog, "run"), "The run is done: reset takes it back");
    expect(dialog_ask(dialog, "explain"), "Standard retraining sits at A* + mean(R)");
    answer = dialog_ask(dialog, "theory");
    expect(answer, "has rank 4 = kT, and so it is measured");
    expect(answer, "needs an adapter of rank 6 = 3k, and so it is measured");
    expect(dialog_ask(dialog, "show error_rank"), "error_rank: standard 4, meta 4.");
    expect(dialog_ask(dialog, "show loss"), "Meta-LoRA retraining, loss: ");
    expect(dialog_ask(dialog, "show spectrum"), "The error has rank 4.");
    expect(dialog_ask(dialog, "show adaptation"), "It needs rank 6.");
    expect(dialog_ask(dialog, "show parameters"), "problem.tasks is 2.");
    expect(dialog_ask(dialog, "set retrain.methods standard,oracle"), "retrain.methods is standard,oracle.");
    expect(dialog_ask(dialog, "show spectrum"), "The oracle: all 6 are at most 0.");
    expect(dialog_ask(dialog, "set retrain.methods standard,meta"), "retrain.methods is standard,meta.");
    expect(dialog_ask(dialog, ":scenario two-tasks"), "Scenario: Two tasks leave");
    expect(dialog_ask(dialog, "seed 5"), "problem.seed is 5.");
    expect(dialog_ask(dialog, "seed"), "problem.seed is 6.");
    expect(dialog_ask(dialog, "phase"), "step 0 of"); /* the first of two */
    expect(dialog_ask(dialog, "finetune"), "Retraining ends here");
    expect(dialog_ask(dialog, "finetune"), "Error: fine-tuning has begun already.");
    expect(dialog_ask(dialog, "reset"), "The run is at its start again.");
    expect(dialog_ask(dialog, "set outer_rate 0.02"), "retrain.outer_rate is 0.02.");
    dialog_send(dialog, "quit");
    assert_int_equal(dialog_end(dialog), 0);
}

static void the_sheet_is_drawn_into_a_file(void **state)
{
    (void)state;
    char line[600];
    char path[512];
    struct dialog *dialog = dialog_start((const char *const[]){"exact", NULL});
    snprintf(path, sizeof path, "%s/plain.gp", getenv("TMPDIR"));
    snprintf(line, sizeof line, "plot %s", path);
    expect(dialog_ask(dialog, "step 1"), "retraining step 1 of");
    expect(dialog_ask(dialog, line), "is written.");
    assert_int_equal(access(path, R_OK), 0);
    unlink(path);
    expect(dialog_ask(dialog, "plot"), "Error: ");
    expect(dialog_ask(dialog, "plot x.jpg"), "Error: x.jpg: a picture's name ends in .png, .svg, .pdf or .gp");
    expect(dialog_ask(dialog, "plot /nowhere/x.gp"), "Error: /nowhere/x.gp: cannot write it");
    dialog_send(dialog, "quit");
    assert_int_equal(dialog_end(dialog), 0);
}

static void everything_can_be_shown_and_helped_with(void **state)
{
    (void)state;
    char line[64];
    struct dialog *dialog = dialog_start((const char *const[]){"two-tasks", "--set", "retrain.steps=3", NULL});
    for (int topic = 0; topic_name(topic) != NULL; topic++) {
        snprintf(line, sizeof line, "show %s", topic_name(topic));
        const char *answer = dialog_ask(dialog, line);
        assert_true(strlen(answer) > 5);
        assert_null(strstr(answer, "Error"));
    }
    for (int id = 0; id < COMMAND_COUNT; id++) {
        if (!(command_table[id].where & COMMAND_IN_PLAIN))
            continue;
        snprintf(line, sizeof line, "help %s", command_table[id].name);
        expect(dialog_ask(dialog, line), command_table[id].help);
        expect(dialog_ask(dialog, "help"), command_table[id].help);
    }
    expect(dialog_ask(dialog, "scenarios"), "three-tasks: Three tasks are enough.");
    assert_int_equal(dialog_end(dialog), 0); /* the end of its input leaves */
}

static void what_is_wrong_is_said_and_changes_nothing(void **state)
{
    (void)state;
    static char line[20000]; /* more than is read at once */
    struct dialog *dialog = dialog_start(NULL);
    expect(dialog_ask(dialog, "rnu"), "Error: no command \"rnu\", did you mean run; help lists them.");
    expect(dialog_ask(dialog, "set tasks none"), "Error: problem.tasks must be a whole number from 1 to 1024");
    expect(dialog_ask(dialog, "set problem.rank 17"), "Error: ");
    expect(dialog_ask(dialog, "set solver gd"), "Error: several keys end in \"solver\"");
    expect(dialog_ask(dialog, "set retrain.solver lm"), "retrain.solver is lm.");
    expect(dialog_ask(dialog, "set dimension 512"), "Error: retrain.solver lm is for at most 2048 unknowns");
    expect(dialog_ask(dialog, "show nothing"), "Error: there is no \"nothing\" to show");
    expect(dialog_ask(dialog, "scenario three-taks"), "Error: no scenario \"three-taks\"; did you mean three-tasks?");
    expect(dialog_ask(dialog, "scenario /no/such.yaml"), "Error: /no/such.yaml: there is no such file.");
    expect(dialog_ask(dialog, "goto lab"), "Error: the command goto is for the lab's screen alone.");
    expect(dialog_ask(dialog, "sweep tasks=1:300"), "Error: these axes have 300 cells");
    expect(dialog_ask(dialog, "sweep colour=1:3"), "Error: no key \"colour\"");
    expect(dialog_ask(dialog, "set title \x1b[31m\xff red"), "title is ?[31m? red.");
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\0';
    expect(dialog_ask(dialog, line), "Error: the line is longer than 255 bytes.");
    assert_string_equal(dialog_ask(dialog, ""), "");
    assert_string_equal(dialog_ask(dialog, "  :"), "");
    expect(dialog_ask(dialog, "pause"), "Nothing runs.");
    expect(dialog_ask(dialog, "show parameters"), "problem.tasks is 3.");
    assert_int_equal(dialog_end(dialog), 0);
}

static void pause_alone_is_heard_while_it_runs(void **state)
{
    (void)state;
    struct dialog *dialog = dialog_start((const char *const[]){"--set", "retrain.steps=1000000000", NULL});
    dialog_send(dialog, "run");
    dialog_send(dialog, "pause");
    const char *answer = dialog_answer(dialog);
    expect(answer, "Paused.");
    expect(answer, "The run is not done.");
    assert_int_equal(dialog_end(dialog), 0);
}

static void sweeps_are_told(void **state)
{
    (void)state;
    struct dialog *dialog = dialog_start((const char *const[]){"exact", "--set", "problem.dimension=8", NULL});
    const char *answer = dialog_ask(dialog, "sweep tasks=2:3 rank=1");
    expect(answer,
           "tasks 2, rank 1: standard needs rank 3, as the theory says; meta needs rank 3, as the theory says.");
    expect(answer,
           "tasks 3, rank 1: standard needs rank 4, as the theory says; meta needs rank 1, as the theory says.");
    assert_int_equal(dialog_end(dialog), 0);
}

/* Here no file can be named: it says what can be done about the usual one, and goes on without. */
static void sweeps_without_a_file_are_told(void **state)
{
    (void)state;
    struct program_result result = program_shell(
        "mkdir -p \"$TMPDIR/diary/rankscope\" && echo 'A diary.' >\"$TMPDIR/diary/rankscope/results.db\" && "
        "echo 'sweep tasks=2 rank=1' | XDG_DATA_HOME=\"$TMPDIR/diary\" \"$RANKSCOPE\" --plain exact | "
        "tr '\\n' ' '");
    expect(result.output, "this is no file of results, nor any SQLite database; move it away.");
    expect(result.output, "tasks 2, rank 1: standard needs rank 3");
    program_free(&result);
}

/* Of networks a sweep asks for the risk, as everywhere else. */
static void sweeps_of_networks_are_told(void **state)
{
    (void)state;
    struct dialog *dialog =
        dialog_start((const char *const[]){"network", "--set", "problem.dimension=4", "--set", "problem.samples=20",
                                           "--set", "retrain.steps=10", "--set", "adapt.steps=10", NULL});
    const char *answer = dialog_ask(dialog, "sweep tasks=2:3");
    expect(answer, "The risk on the unseen task once it is fine-tuned, median of at most 5 draws.");
    expect(answer, "tasks 3: standard has a risk of ");
    assert_null(strstr(answer, "not known"));
    expect(dialog_ask(dialog, "show adaptation"), "This needs a linear problem.");
    assert_int_equal(dialog_end(dialog), 0);
}

static void a_pipe_is_enough(void **state)
{
    (void)state;
    struct program_result result = program_shell(
        "printf 'set steps 5\\nset retrain.steps=5\\r\\nrun\\ntheory' | ACCESSIBLE=1 LC_ALL=C \"$RANKSCOPE\"");
    assert_int_equal(result.status, 0);
    assert_string_equal(result.errors, "");
    expect(result.output, "retraining step 5 of 5");
    expect(result.output, "by Theorem 3:");
    for (const char *at = result.output; *at != '\0'; at++)
        assert_true((*at >= ' ' && *at < 0x7f) || *at == '\n');
    program_free(&result);
    result = program_shell("ACCESSIBLE=0 \"$RANKSCOPE\" --set retrain.steps=2"); /* as if it were not there */
    assert_int_equal(result.status, 0);
    expect(result.output, "standard");
    assert_null(strstr(result.output, "Ready."));
    program_free(&result);
    result = program_shell("printf 'help\\nhelp\\n' | \"$RANKSCOPE\" --plain >/dev/full");
    assert_int_equal(result.status, 1);
    expect(result.errors, "rankscope: cannot write to standard output");
    program_free(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_session_is_done_by_lines),
        cmocka_unit_test(the_sheet_is_drawn_into_a_file),
        cmocka_unit_test(everything_can_be_shown_and_helped_with),
        cmocka_unit_test(what_is_wrong_is_said_and_changes_nothing),
        cmocka_unit_test(pause_alone_is_heard_while_it_runs),
        cmocka_unit_test(sweeps_are_told),
        cmocka_unit_test(sweeps_without_a_file_are_told),
        cmocka_unit_test(sweeps_of_networks_are_told),
        cmocka_unit_test(a_pipe_is_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
