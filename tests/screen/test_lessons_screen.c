/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/program.h"
#include "support/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Lessons and demos as a person uses them, by keys and mouse. */

static struct screen *start(const char *command, const char *name, const char *const *environment)
{
    const char *const arguments[] = {command, name, NULL};
    return screen_start(&(struct screen_options){
        .width = 80, .height = 24, .arguments = command ? arguments : NULL, .environment = environment});
}

static void quit(struct screen *screen)
{
    screen_send(screen, "q");
    assert_int_equal(screen_wait_end(screen), 0);
    screen_free(screen);
}

static void click_on(struct screen *screen, const char *text)
{
    int x = 0;
    int y = 0;
    screen_wait(screen, text);
    assert_true(screen_find(screen, text, &x, &y));
    screen_click(screen, x + 1, y);
}

/* Every step by the keys of the lab, with a wrong turn here and there. */
static void a_lesson_is_done_by_hand(void **state)
{
    (void)state;
    struct screen *screen = start(NULL, NULL, NULL);
    screen_wait(screen, "paused");
    screen_send(screen, "L");
    screen_wait(screen, "The course");
    screen_send(screen, "\033[B");
    screen_wait(screen, "carries a piece of every one");
    screen_send(screen, "\r");
    screen_wait(screen, "Step 1 of 3");
    screen_send(screen, " ");
    screen_wait(screen, "Answer first, then it runs");
    screen_send(screen, "9");
    screen_wait(screen, "There is no such answer");
    screen_send(screen, "h");
    screen_wait(screen, "Space runs. The tasks");
    screen_send(screen, "\033[B\r"); /* the second choice */
    screen_wait(screen, "You say \"4 = 2k\".");
    screen_send(screen, "\r");
    screen_wait(screen, "This step is not complete yet");
    screen_send(screen, "\033[C"); /* locked */
    screen_wait(screen, "leaves this value as it is");
    screen_send(screen, "n");
    screen_wait(screen, "does without that");
    screen_send(screen, " ");
    screen_wait(screen, "Not so: the answer is \"6 = kT\".");
    screen_send(screen, "r");
    screen_wait(screen, "With T = 3 tasks, what will");
    screen_send(screen, "3 ");
    screen_wait(screen, "Right: \"6 = kT\".");
    screen_send(screen, "\r");
    screen_wait(screen, "leaves a risk of 47.5");
    screen_send(screen, "\177");
    screen_wait(screen, "Step 1 of 3");
    screen_send(screen, "a");
    screen_wait(screen, "Not answered");
    screen_send(screen, " ");
    screen_wait(screen, "The answer is \"6 = kT\".");
    screen_send(screen, "\r\r");
    screen_wait(screen, "Step 3 of 3");
    screen_send(screen, "3\033[B\033[B5\r"); /* more than 8; then the tasks: 5 */
    screen_wait(screen, "◂ 5 ▸");
    screen_send(screen, " ");
    screen_wait(screen, "It needs 12 = k(T + 1)");
    screen_send(screen, "\r");
    screen_wait(screen, "This lesson is done.");
    screen_send(screen, "\r");
    screen_wait(screen, "Two tasks are not enough");
    quit(screen);
}

static void it_goes_on_where_it_was_left(void **state)
{
    (void)state;
    struct screen *screen = start("lessons", "adapter", NULL);
    screen_wait(screen, "Step 1 of 3");
    screen_send(screen, "\r");
    screen_wait(screen, "Step 2 of 3");
    quit(screen);
    struct program_result result = program_shell("\"$RANKSCOPE\" lessons");
    assert_non_null(strstr(result.output, "adapter            step 2/3"));
    program_free(&result);
    screen = start("lessons", "adapter", NULL);
    screen_wait(screen, "Step 2 of 3");
    screen_send(screen, "\033");
    screen_wait(screen, "1/3");
    screen_send(screen, "\033");
    screen_wait(screen, "◂ 16 ▸"); /* the lab */
    quit(screen);
}

/* A step that goes on with an earlier run, gone to from elsewhere, has that run again and waits for its end. */
static void a_step_waits_for_the_run_before_it(void **state)
{
    (void)state;
    struct screen *screen = start("lessons", "standard", NULL);
    screen_wait(screen, "Step 1 of 3");
    screen_send(screen, "3a");
    screen_wait(screen, "Enter: next");
    screen_send(screen, "\r");
    screen_wait(screen, "Step 2 of 3");
    for (int i = program_slowness() > 1 ? 4 : 0; i < 5; i++) {
        screen_send(screen, "r\f"); /* and paint it anew, so that what comes is seen */
        screen_wait(screen, "Enter: next");
        screen_wait(screen, "step 3000");
        assert_null(strstr(screen_text(screen), "otherwise"));
    }
    quit(screen);
    screen = start("lessons", "standard", NULL);
    screen_wait(screen, "Enter: next");
    assert_null(strstr(screen_text(screen), "otherwise"));
    quit(screen);
}

static void everything_has_a_place_for_the_mouse(void **state)
{
    (void)state;
    struct screen *screen = start(NULL, NULL, NULL);
    screen_wait(screen, "paused");
    click_on(screen, "F7");
    screen_wait(screen, "The course");
    click_on(screen, "Two tasks are not");
    screen_wait(screen, "Meta-LoRA fits both");
    click_on(screen, "Two tasks are not");
    screen_wait(screen, "Step 1 of 3");
    click_on(screen, "2  No");
    screen_wait(screen, "You say \"No\".");
    click_on(screen, "Space run/pause");
    screen_wait(screen, "Right: \"No\".");
    click_on(screen, "Right: \"No\".");
    screen_wait(screen, "Step 2 of 3");
    click_on(screen, "4 spectrum");
    screen_wait(screen, "Singular values");
    screen_send(screen, "\033[<64;3;16M"); /* the wheel, over the text */
    click_on(screen, "F1");
    screen_wait(screen, "◂ 16 ▸");
    screen_send(screen, "L");
    screen_wait(screen, "Step 2 of 3");
    quit(screen);
}

static void sizes_and_characters(void **state)
{
    (void)state;
    struct screen *screen = start("lessons", "samples", NULL);
    screen_wait(screen, "Step 1 of 4");
    static const int sizes[][2] = {{60, 16}, {20, 5}, {200, 60}, {1, 1}, {120, 36}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        screen_resize(screen, sizes[i][0], sizes[i][1]);
    screen_wait(screen, "2  No, but close");
    screen_send(screen, "b");
    screen_wait(screen, "Block charts");
    screen_send(screen, "b");
    screen_wait(screen, "ASCII charts");
    screen_send(screen, "?");
    screen_wait(screen, "show how it goes");
    screen_send(screen, "q");
    screen_wait(screen, "Step 1 of 4");
    quit(screen);
}

/* ---- demos ---- */

static void a_demo_goes_by_keys_and_notes_follow(void **state)
{
    (void)state;
    struct screen *screen = start("demo", "demo-two-or-three", NULL);
    screen_wait(screen, "Step 1 of 3");
    screen_send(screen, " ");
    screen_wait(screen, "The demo is paused");
    struct screen *notes = start("notes", NULL, NULL);
    screen_wait(notes, "Step 1 of 3, paused");
    screen_wait(notes, "0 min");
    screen_wait(notes, "Let them vote before it runs.");
    screen_wait(notes, "Next: What is wrong has");
    screen_send(screen, "\033[C"); /* paused it goes by keys alone */
    screen_wait(screen, "Two tasks leave a whole");
    screen_send(screen, "\033[C");
    screen_wait(screen, "What is wrong has 4 directions");
    screen_wait(notes, "Step 2 of 3, paused");
    screen_send(screen, "\033[D");
    screen_wait(screen, "Step 1 of 3");
    screen_send(screen, "\033[C");
    screen_wait(screen, "Two tasks leave a whole");
    screen_send(screen, "\033[C");
    screen_wait(screen, "Step 2 of 3");
    screen_send(screen, "\033[C");
    screen_wait(screen, "One task more.");
    screen_send(screen, "\033[C");
    screen_wait(screen, "With three tasks the base is");
    screen_send(screen, "\033[C");
    screen_wait(screen, "That was it.");
    screen_wait(notes, "The demo is over.");
    screen_send(screen, " ");
    screen_wait(screen, "The demo goes on");
    quit(notes);
    quit(screen);
}

static void a_demo_becomes_a_lesson(void **state)
{
    (void)state;
    struct screen *screen = start("demo", "stuck", NULL);
    screen_wait(screen, "Step 1 of 3");
    screen_send(screen, "l");
    screen_wait(screen, "Yours now");
    screen_send(screen, " ");
    screen_wait(screen, "Enter: next");
    quit(screen);
}

/* ---- what goes wrong ---- */

static void state_that_cannot_be_kept_is_said_once(void **state)
{
    (void)state;
    static const char *const environment[] = {"XDG_STATE_HOME=/dev/null", NULL};
    struct screen *screen = start("lessons", "adapter", environment);
    screen_wait(screen, "/dev/null");
    screen_send(screen, "\r");
    screen_wait(screen, "Step 2 of 3");
    screen_wait_gone(screen, "/dev/null");
    screen_send(screen, "3");
    screen_wait(screen, "Right: ");
    quit(screen);
}

static void bad_lessons_are_refused_before_the_screen(void **state)
{
    (void)state;
    struct program_result result = program_shell(
        "cd \"$TMPDIR\" && printf 'title: A\\nsteps:\\n  - txt: a\\n' >a.yaml && \"$RANKSCOPE\" lessons ./a.yaml");
    assert_int_equal(result.status, 2);
    assert_non_null(strstr(result.errors, "./a.yaml:3:5: txt: unknown key; did you mean text?"));
    program_free(&result);
    result = program_shell("\"$RANKSCOPE\" demo toor");
    assert_int_equal(result.status, 2);
    assert_non_null(strstr(result.errors, "unknown lesson \"toor\""));
    program_free(&result);
}

static void notes_from_anywhere_do_no_harm(void **state)
{
    (void)state;
    struct program_result result = program_shell(
        "mkdir -p \"$TMPDIR/s/rankscope\" && printf 'a\\033[2Jb\\377\\n' >\"$TMPDIR/s/rankscope/notes\" && "
        "XDG_STATE_HOME=\"$TMPDIR/s\" \"$RANKSCOPE\" notes");
    assert_string_equal(result.output, "a?[2Jb?\n");
    program_free(&result);
    result = program_shell("head -c 100000 /dev/zero >\"$TMPDIR/s/rankscope/notes\" && "
                           "XDG_STATE_HOME=\"$TMPDIR/s\" \"$RANKSCOPE\" notes");
    assert_non_null(strstr(result.output, "are too many"));
    program_free(&result);
}

/* Lines in, lines out: for who cannot see a screen. */
static void a_whole_lesson_in_lines(void **state)
{
    (void)state;
    struct program_result result = program_shell("printf '1\\n7\\n3\\n' | \"$RANKSCOPE\" lessons standard");
    assert_int_equal(result.status, 0);
    assert_non_null(strstr(result.output, "Not so: the answer is \"6 = kT\"."));
    assert_non_null(strstr(result.output, "That is no answer to this"));
    assert_non_null(strstr(result.output, "Right: \"more than 8\"."));
    assert_null(strstr(result.output, "Here it is otherwise"));
    program_free(&result);
}

/* The same with its steps done by lines, and a wrong turn at each. */
static void a_whole_lesson_done_in_lines(void **state)
{
    (void)state;
    struct program_result result = program_shell(
        "printf '2\nproblem.tasks=4\nfly\nhint\nrun\n3\nseed\nproblem.tasks=x\nproblem.tasks=4\nagain\n3\n"
        "problem.tasks=5\nrun\n' | XDG_STATE_HOME=\"$TMPDIR/lines\" \"$RANKSCOPE\" lessons standard --plain");
    static const char *const seen[] = {"Not so: the answer is \"6 = kT\".",
                                       "leaves this value as it is",
                                       "There are: run, step, seed",
                                       "Space runs.",
                                       "problem.tasks must be",
                                       "does without that",
                                       "Right: \"more than 8\".",
                                       "It needs 12 = k(T + 1)"};
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++)
        if (strstr(result.output, seen[i]) == NULL)
            fail_msg("%s is not in:\n%s", seen[i], result.output);
    assert_int_equal(result.status, 0);
    program_free(&result);
    result = program_shell("XDG_STATE_HOME=\"$TMPDIR/lines\" \"$RANKSCOPE\" lessons");
    assert_non_null(strstr(result.output, "standard           done"));
    program_free(&result);
    result = program_shell("printf 'run\nback\nquit\n' | ACCESSIBLE=1 \"$RANKSCOPE\" lessons two");
    assert_int_equal(result.status, 0);
    program_free(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lesson_is_done_by_hand),
        cmocka_unit_test(it_goes_on_where_it_was_left),
        cmocka_unit_test(a_step_waits_for_the_run_before_it),
        cmocka_unit_test(everything_has_a_place_for_the_mouse),
        cmocka_unit_test(sizes_and_characters),
        cmocka_unit_test(a_demo_goes_by_keys_and_notes_follow),
        cmocka_unit_test(a_demo_becomes_a_lesson),
        cmocka_unit_test(state_that_cannot_be_kept_is_said_once),
        cmocka_unit_test(bad_lessons_are_refused_before_the_screen),
        cmocka_unit_test(notes_from_anywhere_do_no_harm),
        cmocka_unit_test(a_whole_lesson_in_lines),
        cmocka_unit_test(a_whole_lesson_done_in_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
