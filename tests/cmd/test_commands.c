/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/number.h"
#include "support/program.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* One line, and within it this. */
static void assert_says(const char *errors, const char *text)
{
    const char *end = strchr(errors, '\n');
    if (!strstr(errors, text) || !end)
        fail_msg("\"%s\" does not say \"%s\"", errors, text);
}

/* Wrong usage: status 2, nothing on standard output, a message and where help is. */
static void expect_usage(const char *arguments, const char *message)
{
    struct program_result result = program_shell("\"$RANKSCOPE\" %s", arguments);
    assert_says(result.errors, message);
    assert_non_null(strstr(result.errors, "--help' for more.\n"));
    assert_memory_equal(result.errors, "rankscope: ", 11);
    assert_int_equal(result.status, 2);
    assert_int_equal(result.output_size, 0);
    program_free(&result);
}

/* Bad input: status 2, nothing on standard output, one line. */
static void expect_refused(const char *arguments, const char *message)
{
    struct program_result result = program_shell("\"$RANKSCOPE\" %s", arguments);
    assert_says(result.errors, message);
    assert_string_equal(strchr(result.errors, '\n'), "\n");
    assert_int_equal(result.status, 2);
    assert_int_equal(result.output_size, 0);
    program_free(&result);
}

static void expect_output(const char *arguments, const char *text)
{
    struct program_result result = program_shell("\"$RANKSCOPE\" %s", arguments);
    assert_string_equal(result.errors, "");
    if (!strstr(result.output, text))
        fail_msg("\"%s\" does not say \"%s\"", result.output, text);
    assert_int_equal(result.status, 0);
    program_free(&result);
}

static void help_and_version_are_given(void **state)
{
    (void)state;
    expect_output("--help", "Usage: rankscope [SCENARIO] [OPTION]...\n  or:  rankscope run [SCENARIO]");
    expect_output("--help", "--gnuplot-terminal NAME");
    expect_output("three-tasks --help", "Usage: rankscope [SCENARIO]");
    expect_output("--version", "rankscope " RANKSCOPE_VERSION "\n");
    expect_output("run --help", "Usage: rankscope run [SCENARIO] [OPTION]...");
    expect_output("run --help", "--until LOSS");
    expect_output("scenarios --help", "Usage: rankscope scenarios [OPTION]...");
    expect_output("check --help", "Usage: rankscope check FILE... [OPTION]...");
    expect_output("check --he", "Usage: rankscope check");
}

static void wrong_usage_is_refused(void **state)
{
    (void)state;
    expect_usage("run", "run needs a SCENARIO, or --tasks");
    expect_usage("run two-tasks three-tasks", "run takes one SCENARIO");
    expect_usage("two-tasks three-tasks", "\"three-tasks\" is a second");
    expect_usage("scenarios x", "scenarios takes no argument");
    expect_usage("check", "check needs a FILE");
    expect_usage("--no-colour", "unknown option --no-colour; did you mean --no-color?");
    expect_usage("--zebra=3", "unknown option --zebra\n");
    expect_usage("run two-tasks -x", "unknown option -x");
    expect_usage("run two-tasks --steps", "option --steps needs an argument: N");
    expect_usage("run two-tasks --fromat=json", "unknown option --fromat; did you mean --format?");
    expect_usage("--ascii=3", "option --ascii takes no argument");
    expect_usage("--help=3", "option --help takes no argument");
    expect_usage("--ascii --braille", "exclude each other");
    expect_usage("run two-tasks --format xml", "--format must be text, csv or json, not \"xml\"");
    expect_usage("run two-tasks --until nan", "--until must be a number from 0 up, not \"nan\"");
    expect_usage("run two-tasks --until -1", "--until must be a number");
    expect_usage("run two-tasks --until 1e999", "--until must be a number");
    expect_usage("run two-tasks --until ''", "--until must be a number");
    expect_usage("run two-tasks --threads 0", "--threads must be a number from 1 to 64, not \"0\"");
    expect_usage("run two-tasks --threads 65", "--threads must be a number from 1 to 64");
    expect_usage("run two-tasks --threads 2x", "--threads must be a number from 1 to 64");
    expect_usage("run two-tasks --threads -1", "--threads must be a number from 1 to 64");
    expect_usage("run two-tasks --time soon", "--time must be a number of seconds from 0 up, not \"soon\"");
    expect_usage("run two-tasks --stall=3", "option --stall takes no argument");
}

static void bad_values_are_refused(void **state)
{
    (void)state;
    expect_refused("run zebra", "unknown scenario \"zebra\"");
    expect_refused("two-taks", "unknown scenario \"two-taks\"; did you mean two-tasks?");
    expect_refused("run two-tasks --steps 0", "--steps: retrain.steps must be a whole number");
    expect_refused("run two-tasks --steps 1e3", "--steps: retrain.steps must be a whole number");
    expect_refused("run two-tasks --set problem.rnak=3",
                   "--set: unknown key \"problem.rnak\"; did you mean problem.rank?");
    expect_refused("run two-tasks --set problem.rank", "--set: \"problem.rank\" must be KEY=VALUE");
    expect_refused("run two-tasks --set problem.rank=17", "--set: problem.rank 17 is above problem.dimension 10");
    expect_refused("run three-tasks --set retrain.solver=lm --set problem.dimension=512",
                   "retrain.solver lm is for at most 2048 unknowns");
    expect_refused("--set problem.noise=nan", "--set: problem.noise must be a number");
    expect_refused("--set \"problem.noise=$(printf '\\033[31m\\nx')\"", "not \"?[31m?x\"");
    expect_refused("run two-tasks --plot a.jpg", "--plot: ");
}

/* Every kind of bad file, in a folder of its own. */
static void bad_files_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *make; /* writes $FILE */
        const char *message;
    } table[] = {
        {"echo 'problem: {rnak: 3}' >$FILE", ":1:11: problem.rnak: unknown key; did you mean rank?"},
        {"echo 'problem: {rank: two}' >$FILE", ":1:17: problem.rank must be a whole number"},
        {"echo 'problem: {rank: -2}' >$FILE", ":1:17: problem.rank must be a whole number"},
        {"echo 'problem: {rank: 17}' >$FILE", ":1:17: problem.rank 17 is above problem.dimension 16"},
        {"echo 'problem: {tasks: 0}' >$FILE", ":1:18: problem.tasks must be a whole number"},
        {"echo 'problem: {noise: .nan}' >$FILE", ":1:18: problem.noise must be a number"},
        {"{ printf 'title: '; head -c 10000000 /dev/zero | tr '\\0' x; } >$FILE", ": 10000007 bytes are too many"},
        {"head -c 50000 /dev/zero | tr '\\0' '[' >$FILE", ":1:1: a scenario has keys with values, not a list"},
        {"echo '{{{' >$FILE", ":1:2: a key must be a name"},
        {"echo 'title: b: c' >$FILE", ":1:9: this is no YAML: "},
        {"head -c 300 \"$RANKSCOPE\" >$FILE", ": this is no YAML text: control characters are not allowed"},
        {"mkdir $FILE", ": this is a folder, not a file"},
        {"ln -s /dev/zero $FILE", ": this is not a regular file"},
        {"mkfifo $FILE", ": this is not a regular file"},
        {"true", ": there is no such file"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        for (int command = 0; command < 3; command++) {
            static const char *const commands[] = {"check", "run", ""};
            struct program_result result = program_shell(
                "cd \"${TMPDIR:-/tmp}\" && FILE=bad$$.yaml && { %s; } && \"$RANKSCOPE\" %s $FILE; status=$?; "
                "rm -rf $FILE; exit $status",
                table[i].make, commands[command]);
            assert_says(result.errors, table[i].message);
            assert_string_equal(strchr(result.errors, '\n'), "\n");
            assert_int_equal(result.status, 2);
            assert_int_equal(result.output_size, 0);
            program_free(&result);
        }
    }
}

static void no_permission_is_told(void **state)
{
    (void)state;
    if (geteuid() == 0) { /* root may read anything; become nobody where that can be done */
        struct program_result probe = program_shell("setpriv --reuid 65534 --clear-groups test -x \"$RANKSCOPE\"");
        bool can = probe.status == 0;
        program_free(&probe);
        if (!can)
            skip();
    }
    struct program_result result = program_shell("FILE=$(mktemp /tmp/closed.XXXXXX.yaml) && chmod 0 $FILE && "
                                                 "%s \"$RANKSCOPE\" check $FILE; status=$?; rm -f $FILE; exit $status",
                                                 geteuid() == 0 ? "setpriv --reuid 65534 --clear-groups" : "");
    assert_says(result.errors, ": no permission to read it");
    assert_int_equal(result.status, 2);
    program_free(&result);
}

static void check_judges_every_file(void **state)
{
    (void)state;
    struct program_result result =
        program_shell("cd \"${TMPDIR:-/tmp}\" && echo 'titel: x' >wrong$$.yaml && echo '{}' >right$$.yaml && "
                      "\"$RANKSCOPE\" check wrong$$.yaml right$$.yaml two-tasks; status=$?; "
                      "rm -f wrong$$.yaml right$$.yaml; exit $status");
    assert_int_equal(result.status, 2);
    assert_memory_equal(result.errors, "wrong", 5); /* the place comes first, for editors */
    assert_says(result.errors, ".yaml:1:1: titel: unknown key; did you mean title?\n");
    assert_non_null(strstr(result.output, ".yaml: ok\ntwo-tasks: ok\n"));
    program_free(&result);
}

static void scenarios_are_listed(void **state)
{
    (void)state;
    expect_output("scenarios", "\nthree-tasks");
    struct program_result result = program_shell("RANKSCOPE_DATA=/nowhere \"$RANKSCOPE\" scenarios");
    assert_says(result.errors, "there are no scenarios in /nowhere/scenarios, where RANKSCOPE_DATA points");
    assert_int_equal(result.status, 2);
    program_free(&result);
    result = program_shell("cd / && \"$RANKSCOPE\" scenarios | wc -l");
    assert_true(strtol(result.output, NULL, 10) >= 11);
    program_free(&result);
}

static void the_bare_command_runs_headless(void **state)
{
    (void)state;
    expect_output("--set retrain.steps=3", "Three tasks are enough\n");
    expect_output("two-tasks --set retrain.steps=3 --set title='A b'", "A b\n\nproblem  dimension 10, rank 2, tasks 2");
    expect_output("-- two-tasks", "\nstandard");
}

static void options_change_the_run(void **state)
{
    (void)state;
    expect_output("run two-tasks --steps 7 --format csv", "\nmeta,ok,,7,");
    expect_output("run --form=csv two-tasks --set retrain.methods=standard --steps 7", "\nstandard,ok,,7,");
    expect_output("run two-tasks --set adapt.solver=paper --set adapt.steps=23 --steps 2 --format csv",
                  "\nmeta,ok,ok,2,");
}

static void figures_are_saved(void **state)
{
    (void)state;
    struct program_result result = program_shell(
        "cd \"${TMPDIR:-/tmp}\" && f=plot$$ && \"$RANKSCOPE\" run two-tasks --steps 30 --plot $f.svg >/dev/null && "
        "\"$RANKSCOPE\" run two-tasks --steps 30 --plot $f.gp | head -n 1 && head -c 5 $f.svg && "
        "grep -c EOD $f.gp; rm -f $f.*");
    assert_string_equal(result.errors, "");
    assert_memory_equal(result.output, "Two tasks leave an error of rank 2k\n<?xml", 41);
    assert_true(strtol(result.output + 41, NULL, 10) > 1);
    program_free(&result);

    /* what cannot be written is told before the run; else the results are there whatever becomes of the figures */
    result = program_shell("\"$RANKSCOPE\" run two-tasks --steps 3 --plot /nowhere/a.gp");
    assert_string_equal(result.errors,
                        "rankscope: --plot: /nowhere/a.gp: cannot write it: No such file or directory\n");
    assert_string_equal(result.output, "");
    assert_int_equal(result.status, 1);
    program_free(&result);
    result = program_shell(
        "cd \"${TMPDIR:-/tmp}\" && RANKSCOPE_GNUPLOT=/nowhere/gnuplot \"$RANKSCOPE\" run two-tasks --steps 3 "
        "--plot none$$.png; status=$?; test -e none$$.png && exit 9; exit $status");
    assert_says(result.errors, "gnuplot");
    assert_non_null(strstr(result.output, "\nmeta "));
    assert_int_equal(result.status, 1);
    program_free(&result);
}

static long steps_of(const char *arguments)
{
    struct program_result result =
        program_shell("\"$RANKSCOPE\" run three-tasks --format csv %s | grep ^meta", arguments);
    const char *text = result.output;
    long steps = (long)number_next(&text);
    program_free(&result);
    return steps;
}

static void threads_change_no_result(void **state)
{
    (void)state;
    struct program_result result = program_shell(
        "for n in 1 2 3; do \"$RANKSCOPE\" run three-tasks --set problem.dimension=200 --set retrain.inner_rate=1e-4 "
        "--steps 20 --format json --threads $n | cksum; done | uniq | wc -l");
    assert_int_equal(result.status, 0);
    assert_string_equal(result.output, "1\n");
    program_free(&result);
}

static void until_ends_at_the_first_step_that_is_there(void **state)
{
    (void)state;
    long steps = steps_of("--until 1e-3");
    assert_true(steps > 10 && steps < 3000);
    struct program_result result = program_shell(
        "for n in %ld %ld; do \"$RANKSCOPE\" run three-tasks --format csv --steps $n | grep ^meta | cut -d, -f6; done",
        steps - 1, steps);
    const char *text = result.output;
    double before = number_next(&text);
    double after = number_next(&text);
    assert_true(before > 1e-3);
    assert_true(after <= 1e-3);
    program_free(&result);
    assert_int_equal(steps_of("--until 0 --steps 12"), 12);
}

/* JSON and text say why the run ended. */
static void expect_end(const char *arguments, const char *name, const char *text)
{
    char want[64];
    snprintf(want, sizeof want, "\"ended\": \"%s\"", name);
    struct program_result result = program_shell("\"$RANKSCOPE\" run %s --format json", arguments);
    assert_string_equal(result.errors, "");
    assert_int_equal(result.status, 0);
    if (!strstr(result.output, want))
        fail_msg("%s did not end as \"%s\"", arguments, name);
    program_free(&result);
    result = program_shell("\"$RANKSCOPE\" run %s", arguments);
    assert_non_null(strstr(result.output, text));
    program_free(&result);
}

static void why_a_run_ended_is_said(void **state)
{
    (void)state;
    expect_end("three-tasks --steps 7", "steps", "\nThe run took all its steps.\n");
    expect_end("three-tasks --until 1", "until", "the loss that was wanted was reached");
    expect_end("three-tasks --until 1 --set adapt.solver=paper --set adapt.steps=20", "until",
               "the loss that was wanted was reached");
    expect_end("three-tasks --steps 1000000000 --stall", "stall", "its losses no longer fell");
    expect_end("three-tasks --steps 20 --set adapt.solver=paper --set adapt.steps=1000000000 --stall", "stall",
               "its losses no longer fell");
    expect_end("three-tasks --steps 1000000000 --time 0.02", "time", "its time was up");
    expect_end("three-tasks --steps 1000000000 --time 0", "time", "its time was up");
    expect_end("three-tasks --set retrain.solver=altmin", "converged", "no method had a further step to take");
    expect_end("three-tasks --set retrain.solver=lm", "converged", "should recover A* exactly (Theorem 3): it has,");
    expect_end("three-tasks --set retrain.outer_rate=1000", "diverged", "every method had diverged");
}

/* It ends by steps and losses, so at the same step always. */
static void a_stall_ends_where_the_loss_is_at_rounding(void **state)
{
    (void)state;
    long steps = steps_of("--steps 1000000000 --stall");
    assert_in_range(steps, 500, 100000);
    assert_int_equal(steps_of("--steps 1000000000 --stall"), steps);
    struct program_result result =
        program_shell("\"$RANKSCOPE\" run three-tasks --format csv --steps %ld | grep ^meta | cut -d, -f6", steps);
    const char *text = result.output;
    assert_true(number_next(&text) < 1e-24);
    program_free(&result);
}

static void the_same_scenario_gives_the_same_bits(void **state)
{
    (void)state;
    struct program_result first = program_shell("\"$RANKSCOPE\" run finite-samples --steps 50 --format json");
    struct program_result again = program_shell("\"$RANKSCOPE\" run finite-samples --steps 50 --format json");
    assert_int_equal(first.status, 0);
    assert_true(first.output_size > 1000);
    assert_string_equal(first.output, again.output);
    program_free(&first);
    program_free(&again);
}

static void a_closed_pipe_is_quiet(void **state)
{
    (void)state;
    static const char *const commands[] = {"--help", "scenarios", "run three-tasks --steps 300 --format json"};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        /* the reader is gone before the program writes */
        struct program_result result =
            program_shell("cd \"${TMPDIR:-/tmp}\" && mkfifo pipe$$ && { : <pipe$$ & exec 3>pipe$$; wait; rm pipe$$; "
                          "\"$RANKSCOPE\" %s >&3; echo $? >&2; }",
                          commands[i]);
        assert_string_equal(result.errors, "0\n");
        program_free(&result);
    }
    struct program_result result = program_shell("\"$RANKSCOPE\" run three-tasks | head -n 1");
    assert_string_equal(result.output, "Three tasks are enough\n");
    assert_string_equal(result.errors, "");
    program_free(&result);
}

static void what_cannot_be_written_is_told(void **state)
{
    (void)state;
    static const char *const commands[] = {"--help",
                                           "--version",
                                           "scenarios",
                                           "check two-tasks",
                                           "run two-tasks --steps 3",
                                           "run two-tasks --steps 3 --format json",
                                           "--set retrain.steps=3"};
    static const char *const targets[] = {">/dev/full", ">&-"};
    static const char *const messages[] = {"No space left on device", "Bad file descriptor"};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        for (int target = 0; target < 2; target++) {
            struct program_result result = program_shell("\"$RANKSCOPE\" %s %s", commands[i], targets[target]);
            assert_says(result.errors, "rankscope: cannot write to standard output: ");
            assert_says(result.errors, messages[target]);
            assert_int_equal(result.status, 1);
            program_free(&result);
        }
}

static void an_interrupted_run_gives_its_results(void **state)
{
    (void)state;
    static const char *const names[] = {"INT", "TERM"};
    for (int i = 0; i < 2; i++) {
        /* it runs when it has begun to hold these two signals back: SigBlk in its status tells */
        struct program_result result = program_shell(
            "env --default-signal=INT \"$RANKSCOPE\" run three-tasks --steps 1000000000 --format csv & child=$!; "
            "while ! grep -q '^SigBlk:.*00004002$' /proc/$child/status; do "
            "kill -0 $child || exit 9; done; "
            "kill -%s $child; wait $child",
            names[i]);
        assert_says(result.errors, "interrupted; the results are of the step that it was at");
        assert_int_equal(result.status, 0);
        assert_non_null(strstr(result.output, "\nmeta,ok,,"));
        program_free(&result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_and_version_are_given),
        cmocka_unit_test(wrong_usage_is_refused),
        cmocka_unit_test(bad_values_are_refused),
        cmocka_unit_test(bad_files_are_refused),
        cmocka_unit_test(no_permission_is_told),
        cmocka_unit_test(check_judges_every_file),
        cmocka_unit_test(scenarios_are_listed),
        cmocka_unit_test(the_bare_command_runs_headless),
        cmocka_unit_test(options_change_the_run),
        cmocka_unit_test(figures_are_saved),
        cmocka_unit_test(threads_change_no_result),
        cmocka_unit_test(until_ends_at_the_first_step_that_is_there),
        cmocka_unit_test(why_a_run_ended_is_said),
        cmocka_unit_test(a_stall_ends_where_the_loss_is_at_rounding),
        cmocka_unit_test(the_same_scenario_gives_the_same_bits),
        cmocka_unit_test(a_closed_pipe_is_quiet),
        cmocka_unit_test(what_cannot_be_written_is_told),
        cmocka_unit_test(an_interrupted_run_gives_its_results),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
