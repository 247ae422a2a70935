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

/* Reports: a run as a folder. */

static struct program_result shell(const char *command)
{
    return program_shell("set -e; cd \"$(mktemp -d)\"; %s", command);
}

static void expect(const struct program_result *result, const char *text)
{
    if (result->status != 0)
        fail_msg("%s", result->errors);
    if (!strstr(result->output, text))
        fail_msg("there is no \"%s\" in\n%s", text, result->output);
}

static void a_folder_has_all_of_a_run(void **state)
{
    (void)state;
    struct program_result result = shell("\"$RANKSCOPE\" report two-tasks out/ --set retrain.steps=200 --set "
                                         "title='Two * tasks'; echo $(ls out); cat out/report.md; ls -A");
    expect(&result, "figures.gp");
    expect(&result, "report.md run.csv run.json run.npz scenario.yaml way.txt");
    expect(&result, "# Two \\* tasks\n");
    expect(&result, "- **Retraining loss.** meta: ");
    expect(&result, "(Theorem 2)");
    expect(&result, "method      train_loss");
    expect(&result, "\nout\n"); /* and nothing beside it */
    program_free(&result);
}

/* What is in it says the same as a run does, and leads back to it. */
static void its_parts_are_the_run(void **state)
{
    (void)state;
    struct program_result result =
        shell("\"$RANKSCOPE\" report two-tasks out --set retrain.steps=150 2>/dev/null\n"
              "\"$RANKSCOPE\" run two-tasks --set retrain.steps=150 --format csv >want.csv\n"
              "cmp want.csv out/run.csv\n"
              "\"$RANKSCOPE\" run out/scenario.yaml --format csv | cmp - out/run.csv\n"
              "\"$RANKSCOPE\" run \"$(cat out/way.txt)\" --format csv --export again.npz | cmp - out/run.csv\n"
              "cmp again.npz out/run.npz\n"
              "\"$RANKSCOPE\" check out/scenario.yaml\n"
              "\"$RANKSCOPE\" report \"$(cat out/way.txt)\" again 2>/dev/null\n"
              "cmp out/run.npz again/run.npz; cmp out/way.txt again/way.txt; echo all the same");
    expect(&result, "all the same");
    program_free(&result);
}

static void pictures_need_gnuplot(void **state)
{
    (void)state;
    struct program_result result =
        shell("PATH=/nowhere \"$RANKSCOPE\" report two-tasks out --set retrain.steps=20; ls -m out; cat out/report.md");
    expect(&result, "figures.gp");
    assert_non_null(
        strstr(result.errors, "the report is without pictures: out/figures.png: gnuplot: there is no such program"));
    assert_null(strstr(result.output, "figures.png"));
    program_free(&result);
}

static void nothing_is_lost(void **state)
{
    (void)state;
    static const struct {
        const char *command, *said;
        int status;
    } table[] = {
        {"\"$RANKSCOPE\" report two-tasks", "report takes a RUN and a FOLDER", 2},
        {"\"$RANKSCOPE\" report nothing-of-that-name out", "nothing-of-that-name", 2},
        {"mkdir out; touch out/mine; \"$RANKSCOPE\" report two-tasks --set retrain.steps=2 out",
         "out: it is there already", 2},
        {"touch out; \"$RANKSCOPE\" report two-tasks --set retrain.steps=2 out", "out: it is there already", 2},
        {"\"$RANKSCOPE\" report two-tasks --set retrain.steps=2 a/b/out", "a/b/out: cannot make it: No such file", 2},
        {"\"$RANKSCOPE\" report two-tasks --set retrain.steps=2 ''", "a report needs the name of a folder", 2},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct program_result result =
            program_shell("cd \"$(mktemp -d)\"; %s; s=$?; ls -A | wc -l; exit $s", table[i].command);
        assert_int_equal(result.status, table[i].status);
        if (!strstr(result.errors, table[i].said))
            fail_msg("%s: %s", table[i].command, result.errors);
        assert_true(strtol(result.output, NULL, 10) <= 1); /* no half a folder */
        program_free(&result);
    }
    /* an empty one is taken */
    struct program_result result =
        shell("mkdir out; \"$RANKSCOPE\" report two-tasks --set retrain.steps=2 out 2>&1; ls out");
    expect(&result, "report.md");
    program_free(&result);
}

/* Where the file of what was kept cannot be read, that is said of a name that is no scenario, and of no other. */
static void a_name_that_cannot_be_looked_up(void **state)
{
    (void)state;
    static const char prepare[] =
        "set -e; cd \"$(mktemp -d)\"; export XDG_DATA_HOME=\"$PWD/data\"; mkdir -p data/rankscope; ";
    static const struct {
        const char *file, *said; /* NULL: nothing */
    } table[] = {
        {"echo 'A diary.' >", "/data/rankscope/results.db: this is no file of"},
        {"mkdir ", "/data/rankscope/results.db: this is a folder"},
        {"echo ", NULL}, /* there is none */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct program_result result =
            program_shell("%s%sdata/rankscope/results.db; \"$RANKSCOPE\" report mine out", prepare, table[i].file);
        assert_int_equal(result.status, 2);
        assert_non_null(strstr(result.errors, "unknown scenario \"mine\""));
        const char *kept = strstr(result.errors, "\nrankscope: nor can the runs that were kept be read: /");
        if (table[i].said ? !kept || !strstr(kept, table[i].said) : kept != NULL)
            fail_msg("%s: %s", table[i].file, result.errors);
        program_free(&result);
        result = program_shell("%s%sdata/rankscope/results.db; \"$RANKSCOPE\" report two-tasks out --set "
                               "retrain.steps=2; ls out",
                               prepare, table[i].file);
        expect(&result, "report.md");
        assert_null(strstr(result.errors, "kept"));
        program_free(&result);
    }
}

/* Where there is no room for all of it there is no folder, and nothing beside it. */
static void a_full_disk_leaves_nothing(void **state)
{
    (void)state;
    struct program_result result = program_shell(
        "cd \"$(mktemp -d)\"; trap '' XFSZ; ulimit -f 40; \"$RANKSCOPE\" report two-tasks --set retrain.steps=300 out; "
        "s=$?; ls -A | wc -l; exit $s");
    assert_int_equal(result.status, 1);
    assert_non_null(strstr(result.errors, "rankscope: out/"));
    assert_non_null(strstr(result.errors, ": cannot write it"));
    assert_int_equal(strtol(result.output, NULL, 10), 0);
    program_free(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_has_all_of_a_run),       cmocka_unit_test(its_parts_are_the_run),
        cmocka_unit_test(pictures_need_gnuplot),           cmocka_unit_test(nothing_is_lost),
        cmocka_unit_test(a_name_that_cannot_be_looked_up), cmocka_unit_test(a_full_disk_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
