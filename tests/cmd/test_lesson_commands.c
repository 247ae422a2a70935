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

/* Lessons at the command line. */

static void expect(struct program_result result, int status, const char *output, const char *errors)
{
    if (result.status != status || strstr(result.output, output) == NULL || strstr(result.errors, errors) == NULL)
        fail_msg("%d\n%s\n%s", result.status, result.output, result.errors);
    program_free(&result);
}

static void lists(void **state)
{
    (void)state;
    expect(program_shell("\"$RANKSCOPE\" lessons"), 0, "standard           3 steps     Why standard retraining fails\n",
           "");
    expect(program_shell("\"$RANKSCOPE\" demo"), 0, "demo-tour           The theory in two minutes\n", "");
    expect(program_shell("\"$RANKSCOPE\" notes"), 0, "No demo has run yet", "");
    expect(program_shell("mkdir -p \"$TMPDIR/s/rankscope\"; echo mine >\"$TMPDIR/s/rankscope/lessons\"; "
                         "XDG_STATE_HOME=\"$TMPDIR/s\" \"$RANKSCOPE\" lessons"),
           0, "standard           3 steps", "s/rankscope/lessons:1:1: this is no file of progress");
}

static void ones_own_are_listed_and_played(void **state)
{
    (void)state;
    expect(program_shell(
               "mkdir -p \"$TMPDIR/d/rankscope/lessons\" && cd \"$TMPDIR/d/rankscope/lessons\" && "
               "printf 'title: Mine\\nsteps:\\n  - text: Hello.\\n' >mine.yaml && "
               "printf 'title: Other\\nsteps:\\n  - text: b\\n' >standard.yaml && echo 'title: [' >broken.yaml && "
               "XDG_DATA_HOME=\"$TMPDIR/d\" \"$RANKSCOPE\" lessons"),
           0, "mine               1 steps     Mine\n", "broken.yaml:1:8: title must be one line of text");
    expect(program_shell("XDG_DATA_HOME=\"$TMPDIR/d\" \"$RANKSCOPE\" lessons mine"), 0, "Hello.", "");
    expect(program_shell("XDG_DATA_HOME=\"$TMPDIR/d\" \"$RANKSCOPE\" lessons standard"), 0, "Why standard", "");
}

static void usage(void **state)
{
    (void)state;
    expect(program_shell("\"$RANKSCOPE\" lessons a b"), 2, "", "one LESSON at a time");
    expect(program_shell("\"$RANKSCOPE\" demo a b"), 2, "", "one LESSON at a time");
    expect(program_shell("\"$RANKSCOPE\" notes a"), 2, "", "notes takes no argument");
    expect(program_shell("\"$RANKSCOPE\" lessons stanard"), 2, "", "did you mean standard?");
    expect(program_shell("RANKSCOPE_DATA=/nowhere \"$RANKSCOPE\" lessons"), 2, "",
           "there are no lessons in /nowhere/lessons");
}

static void check(const char *lesson, int status, const char *output, const char *errors)
{
    expect(program_shell("cd \"$TMPDIR\" && printf '%s' >a.yaml && \"$RANKSCOPE\" check a.yaml", lesson), status,
           output, errors);
}

static void the_linter(void **state)
{
    (void)state;
    expect(program_shell("\"$RANKSCOPE\" check standard three-tasks"), 0, "standard: ok\nthree-tasks: ok\n", "");
    check("title: A\\nsteps:\\n  - text: b\\n", 0, "a.yaml: ok", "");
    check("title: A\\nsteps:\\n  - txt: b\\n", 2, "", "a.yaml:3:5: txt: unknown key; did you mean text?");
    check("title: A\\nset: {retrain.steps: 3}\\nsteps:\\n  - text: b\\n    until: meta.risk > 1e9\\n", 2, "",
          "a.yaml:5:12: done as the step says, this never comes true: meta.risk > 1e9");
    check("title: A\\nsteps:\\n  - text: a\\n    hint: "
          "\"b\\\\n\\\\nb\\\\n\\\\nb\\\\n\\\\nb\\\\n\\\\nb\\\\n\\\\nb\\\\n\\\\nb\\\\n\\\\nb\"\\n",
          2, "", "a.yaml:4:11: this hint below its text takes 9 lines");
}

static void the_example_in_the_docs_is_a_lesson(void **state)
{
    (void)state;
    expect(program_shell(
               "awk '/^## A first lesson/ {f = 1; next} /^## / {f = 0} f' \"$RANKSCOPE_SOURCE/docs/lessons.md\" | "
               "sed -n 's/^    //p' >\"$TMPDIR/first.yaml\" && cd \"$TMPDIR\" && \"$RANKSCOPE\" check first.yaml"),
           0, "first.yaml: ok", "");
}

/* The words that a message names where one is unknown: the docs have a row of a table for each. */
static void the_docs_have_every_word(void **state)
{
    (void)state;
    static const char *const lessons[] = {"zzzzzzzz: 1\\n", "title: A\\nsteps:\\n  - zzzzzzzz: b\\n"};
    for (size_t i = 0; i < sizeof lessons / sizeof lessons[0]; i++) {
        struct program_result result = program_shell("cd \"$TMPDIR\" && printf '%s' >a.yaml && \"$RANKSCOPE\" lessons "
                                                     "./a.yaml 2>&1 | sed 's/.* has //; s/,//g' | tr ' ' '\\n' "
                                                     ">words; wc -l <words; for word in $(cat words); do grep -q \"^| "
                                                     ".$word. |\" \"$RANKSCOPE_SOURCE/docs/lessons.md\" || "
                                                     "echo \"no $word\"; done",
                                                     lessons[i]);
        assert_null(strstr(result.output, "no "));
        assert_in_range(strtol(result.output, NULL, 10), 8, 20);
        program_free(&result);
    }
}

static void lessons_are_played_in_text(void **state)
{
    (void)state;
    expect(program_shell("\"$RANKSCOPE\" lessons two"), 0, "The answer is \"No\".", "");
    expect(program_shell("\"$RANKSCOPE\" demo demo-two-or-three"), 0, "With three tasks the base is determined", "");
    expect(program_shell("\"$RANKSCOPE\" lessons two >/dev/full"), 1, "", "cannot write to standard output");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists),
        cmocka_unit_test(ones_own_are_listed_and_played),
        cmocka_unit_test(usage),
        cmocka_unit_test(the_linter),
        cmocka_unit_test(the_example_in_the_docs_is_a_lesson),
        cmocka_unit_test(the_docs_have_every_word),
        cmocka_unit_test(lessons_are_played_in_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
