/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alloc/failing.h"
#include "lesson/course.h"
#include "lesson/play.h"
#include "model/linalg.h"
#include "ui/classroom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char lesson_text[] =
    "title: A\n"
    "set: {problem.dimension: 4, problem.rank: 1, problem.tasks: 2, retrain.rank: 1, adapt.rank: 1,\n"
    "      retrain.steps: 2}\n"
    "steps:\n"
    "  - text: a\n"
    "    question: {ask: b, choices: {c: problem.tasks == 3, d: problem.tasks != 3}}\n"
    "    until: done\n"
    "    keep: {loss: meta.train_loss}\n"
    "  - text: e {loss}\n"
    "    do: [set problem.tasks=3, run]\n"
    "    until: changed problem.tasks and done\n";

static enum failing_outcome outcome_of(enum err_code code)
{
    return code == ERR_NONE ? FAILING_SUCCESS : code == ERR_MEMORY ? FAILING_REPORTED : FAILING_WRONG;
}

static enum failing_outcome parse(void *context)
{
    (void)context;
    struct lesson lesson;
    struct err err;
    enum err_code code = lesson_parse("a.yaml", lesson_text, strlen(lesson_text), &lesson, &err);
    lesson_free(&lesson);
    return outcome_of(code);
}

static void lessons_are_read(void **state)
{
    (void)state;
    assert_in_range(failing_every(parse, NULL), 10, 100);
}

static enum failing_outcome play_all(void *context)
{
    struct err err = {.code = ERR_NONE};
    return outcome_of(play_check(context, "a.yaml", &err));
}

static void lessons_are_played(void **state)
{
    (void)state;
    struct lesson lesson;
    assert_int_equal(lesson_parse("a.yaml", lesson_text, strlen(lesson_text), &lesson, NULL), ERR_NONE);
    assert_in_range(failing_every(play_all, &lesson), 20, 1000);
    lesson_free(&lesson);
}

static enum failing_outcome list(void *context)
{
    (void)context;
    struct lesson_list found;
    struct err err;
    enum err_code code = lesson_list_load(&found, &err);
    if (!code)
        lesson_list_free(&found);
    return outcome_of(code);
}

/* One built-in and one of one's own are enough here: each takes some hundred allocations, and every one of them is
 * made to fail. */
static void builtins_are_listed(void **state)
{
    (void)state;
    char folder[256];
    char command[1024];
    snprintf(folder, sizeof folder, "%s/lessons-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    assert_non_null(mkdtemp(folder));
    snprintf(command, sizeof command,
             "cd '%s' && mkdir -p lessons rankscope/lessons && printf '%%s' '%s' >lessons/a.yaml && "
             "cp lessons/a.yaml rankscope/lessons/b.yaml",
             folder, lesson_text);
    assert_int_equal(system(command), 0);
    setenv("RANKSCOPE_DATA", folder, 1);
    setenv("XDG_DATA_HOME", folder, 1);
    assert_in_range(failing_every(list, NULL), 30, 400);
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    assert_int_equal(system(command), 0);
}

static enum failing_outcome load(void *context)
{
    (void)context;
    struct course course;
    struct err err;
    return outcome_of(course_load(&course, &err));
}

static enum failing_outcome write_text(void *context)
{
    char *text = course_write(context);
    enum failing_outcome outcome = text ? FAILING_SUCCESS : FAILING_REPORTED;
    free(text);
    return outcome;
}

static void progress_is_kept(void **state)
{
    (void)state;
    struct course course = {.count = 0};
    assert_true(course_note(&course, "a", 1, true));
    assert_int_equal(course_save(&course, NULL), ERR_NONE);
    assert_in_range(failing_every(load, NULL), 3, 10);
    assert_true(failing_every(write_text, &course) > 0);
}

static enum failing_outcome make_screen(void *context)
{
    static const struct classroom_options options = {GLYPHS_BRAILLE};
    struct lesson_list list = {.count = 0};
    struct err err = {.code = ERR_NONE};
    struct classroom *classroom = classroom_new(&list, context, &options, &err);
    enum failing_outcome outcome = classroom != NULL ? FAILING_SUCCESS : outcome_of(err.code);
    classroom_free(classroom);
    return outcome;
}

static void the_screen_is_made(void **state)
{
    (void)state;
    struct course course = {.count = 0};
    assert_in_range(failing_every(make_screen, &course), 2, 10);
}

int main(void)
{
    linalg_set_threads(1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lessons_are_read), cmocka_unit_test(lessons_are_played), cmocka_unit_test(builtins_are_listed),
        cmocka_unit_test(progress_is_kept), cmocka_unit_test(the_screen_is_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
