/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "run/key.h"
#include "support/chance.h"
#include "support/classroom_driver.h"
#include "support/golden.h"
#include "support/keys.h"
#include "support/program.h"
#include "ui/frame.h"
#include "ui/keymap_change.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The Lessons screen, over runs that nobody computed. */

static void pictures(void **state)
{
    (void)state;
    struct classroom_driver *driver = classroom_driver_new(80, 24);
    course_note(&driver->course, "lesson-1", 1, false);
    classroom_driver_key(driver, EVENT_KEY_DOWN);
    classroom_driver_golden(driver, "classroom/list-80x24.txt");
    classroom_driver_key(driver, EVENT_KEY_UP);
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    classroom_driver_golden(driver, "classroom/question-80x24.txt");
    classroom_driver_type(driver, "2 ");
    classroom_driver_golden(driver, "classroom/told-80x24.txt");
    classroom_driver_event(driver, &(struct event){.type = EVENT_RESIZE, .x = 60, .y = 16});
    classroom_driver_golden(driver, "classroom/told-60x16.txt");
    classroom_driver_event(driver, &(struct event){.type = EVENT_RESIZE, .x = 120, .y = 36});
    classroom_driver_type(driver, "bb");
    classroom_driver_golden(driver, "classroom/ascii-120x36.txt");
    classroom_driver_free(driver);
}

static void a_demo_has_margins(void **state)
{
    (void)state;
    struct classroom_driver *driver = classroom_driver_new(120, 36);
    classroom_driver_key(driver, EVENT_KEY_END);
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    classroom_driver_golden(driver, "classroom/demo-120x36.txt");
    classroom_driver_free(driver);
}

/* A claim that does not hold is not passed over in silence. */
static void what_does_not_hold_is_said(void **state)
{
    (void)state;
    struct classroom_driver *driver = classroom_driver_new(80, 24);
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    classroom_driver_type(driver, "1 ");
    assert_true(classroom_driver_shows(driver, "Right: \"One\"."));
    assert_false(classroom_driver_shows(driver, "otherwise"));
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    assert_true(classroom_driver_shows(driver, "Here it is otherwise: meta.error_rank == 7 does not hold."));
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    assert_true(classroom_driver_shows(driver, "This lesson is done."));
    assert_true(course_of(&driver->course, "lesson-0")->done);
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    assert_true(classroom_driver_shows(driver, "How much?"));
    classroom_driver_free(driver);
}

static void a_number_is_typed(void **state)
{
    (void)state;
    struct classroom_driver *driver = classroom_driver_new(80, 24);
    classroom_driver_key(driver, EVENT_KEY_DOWN);
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    assert_true(classroom_driver_shows(driver, "Type a number"));
    classroom_driver_type(driver, "12");
    classroom_driver_key(driver, EVENT_KEY_BACKSPACE);
    classroom_driver_key(driver, EVENT_KEY_BACKSPACE);
    classroom_driver_type(driver, "3.2");
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    assert_true(classroom_driver_shows(driver, "Right: it is 3."));
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    assert_true(classroom_driver_shows(driver, "This step is not complete yet: a shows how it goes."));
    classroom_driver_type(driver, "h");
    assert_true(classroom_driver_shows(driver, "There is no hint"));
    classroom_driver_type(driver, "a");
    assert_true(classroom_driver_shows(driver, "Changed."));
    assert_int_equal(classroom_config(driver->classroom)->problem.tasks, 4);
    classroom_driver_key(driver, EVENT_KEY_BACKSPACE);
    assert_true(classroom_driver_shows(driver, "How much?"));
    classroom_driver_free(driver);
}

static void hidden_and_locked_parameters(void **state)
{
    (void)state;
    struct classroom_driver *driver = classroom_driver_new(80, 24);
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    assert_true(classroom_driver_shows(driver, "tasks T"));
    assert_true(classroom_driver_shows(driver, "rank k"));
    assert_false(classroom_driver_shows(driver, "dimension"));
    assert_false(classroom_driver_shows(driver, "Fine-tuning"));
    classroom_driver_type(driver, "1");
    classroom_driver_key(driver, EVENT_KEY_RIGHT);
    assert_true(classroom_driver_shows(driver, "leaves this value as it is"));
    classroom_driver_key(driver, EVENT_KEY_DOWN);
    classroom_driver_key(driver, EVENT_KEY_RIGHT);
    assert_int_equal(classroom_config(driver->classroom)->problem.tasks, 4);
    assert_true(driver->wish & LAB_RESTART);
    classroom_driver_type(driver, "mor");
    assert_true(classroom_driver_shows(driver, "Some words"));
    classroom_driver_free(driver);
}

/* What lies over the charts has the keys, and its own hints; a zoomed chart leaves the lesson's where they are. */
static void the_lab_within_takes_keys_only_while_it_shows_hints(void **state)
{
    (void)state;
    struct classroom_driver *driver = classroom_driver_new(80, 24);
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    classroom_driver_type(driver, "1y");
    assert_true(classroom_driver_shows(driver, "Share this run"));
    assert_true(classroom_driver_shows(driver, "Esc Enter q y back"));
    assert_false(classroom_driver_shows(driver, "Enter next"));
    classroom_driver_type(driver, "yk");
    assert_true(classroom_driver_shows(driver, "Enter keep it"));
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    assert_true(driver->wish & LAB_KEEP);
    assert_string_not_equal(classroom_keep_name(driver->classroom), "");
    classroom_refuse(driver->classroom, &(struct err){.code = ERR_INPUT, .message = "there is one already"});
    classroom_driver_key(driver, EVENT_KEY_HOME);
    assert_true(classroom_driver_shows(driver, "Keep this run"));
    classroom_kept(driver->classroom, "Kept.");
    classroom_driver_event(driver, &(struct event){.type = EVENT_RESIZE, .x = 80, .y = 24});
    assert_true(classroom_driver_shows(driver, "Kept."));
    assert_true(classroom_driver_shows(driver, "Enter next"));

    classroom_driver_type(driver, "z?");
    assert_true(classroom_driver_shows(driver, "The list of lessons")); /* the help */
    classroom_driver_key(driver, EVENT_KEY_ESCAPE);
    classroom_driver_type(driver, "mo");
    assert_true(classroom_driver_shows(driver, "Step 1 of"));
    assert_false(classroom_driver_shows(driver, "tasks T"));
    classroom_driver_key(driver, EVENT_KEY_ESCAPE);
    assert_true(classroom_driver_shows(driver, "tasks T")); /* beside the charts again */
    classroom_driver_key(driver, EVENT_KEY_ESCAPE);
    assert_true(classroom_driver_shows(driver, "The course"));
    classroom_driver_free(driver);
}

/* The lab's keys may have been changed; those of the lesson do what its hints and its help say all the same. */
static void keys_do_what_the_lesson_says(void **state)
{
    (void)state;
    struct err err;
    int bad;
    const struct keymap_change changes[] = {
        {"lab.run", "x"}, {"lab.log-x", "X"}, {"lab.step", "j"}, {"lab.scenarios", "M"}, {"lab.reset", "R"}};
    struct keymaps *keymaps = keymaps_new(changes, 5, &bad, &err);
    assert_non_null(keymaps);
    struct classroom_driver *driver = classroom_driver_new(80, 24);
    classroom_lab_frame(driver->classroom)->keymap = keymaps_of(keymaps, SCREEN_LAB);
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    classroom_driver_type(driver, "1s");
    assert_true(driver->wish & LAB_STEP);
    classroom_driver_type(driver, "MR"); /* away from the lesson */
    assert_false(driver->wish & LAB_RESTART);
    assert_true(classroom_driver_shows(driver, "Step 1 of"));
    assert_true(classroom_driver_shows(driver, "tasks T"));
    classroom_driver_type(driver, " ");
    assert_true(driver->wish & LAB_RUN);
    classroom_driver_free(driver);
    keymaps_free(keymaps);
}

/* Below the answers, not on them. */
static void a_hint_leaves_the_answers_seen(void **state)
{
    (void)state;
    struct classroom_driver *driver = classroom_driver_new(80, 24);
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    assert_true(classroom_driver_shows(driver, "1  One"));
    classroom_driver_type(driver, "h");
    assert_true(classroom_driver_shows(driver, "1  One"));
    assert_true(classroom_driver_shows(driver, "Space runs."));
    classroom_driver_free(driver);
}

static void a_long_message_takes_the_rows_that_are_free(void **state)
{
    (void)state;
    struct classroom_driver *driver = classroom_driver_new(80, 24);
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    classroom_say(driver->classroom, "/a/program/of/a/long/name: there is no such program; install gnuplot, or name "
                                     "it in RANKSCOPE_GNUPLOT");
    classroom_driver_event(driver, &(struct event){.type = EVENT_RESIZE, .x = 80, .y = 24});
    assert_true(classroom_driver_shows(driver, "RANKSCOPE_GNUPLOT"));
    classroom_driver_free(driver);
}

/* By keys alone while it is paused, and then on by itself from there. */
static void a_paused_demo_is_steered(void **state)
{
    (void)state;
    struct classroom_driver *driver = classroom_driver_new(120, 36);
    classroom_driver_key(driver, EVENT_KEY_END);
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    classroom_driver_type(driver, " ");
    classroom_driver_key(driver, EVENT_KEY_RIGHT);
    assert_int_equal(driver->run.status.state, LIVE_DONE);
    classroom_driver_wait(driver, 100000);
    assert_true(classroom_driver_shows(driver, "Step 1 of 2"));
    classroom_driver_key(driver, EVENT_KEY_RIGHT);
    assert_true(classroom_driver_shows(driver, "Step 2 of 2"));
    classroom_driver_key(driver, EVENT_KEY_LEFT);
    assert_true(classroom_driver_shows(driver, "Step 1 of 2"));
    classroom_driver_wait(driver, 100000);
    assert_int_equal(driver->run.status.state, LIVE_PAUSED);
    classroom_driver_key(driver, EVENT_KEY_RIGHT);
    classroom_driver_key(driver, EVENT_KEY_RIGHT);
    classroom_driver_type(driver, " ");
    classroom_driver_wait(driver, 2100);
    assert_true(classroom_driver_shows(driver, "That was it."));
    classroom_driver_free(driver);
}

static void a_demo_goes_by_itself(void **state)
{
    (void)state;
    struct classroom_driver *driver = classroom_driver_new(120, 36);
    char notes[CLASSROOM_NOTES_SIZE];
    classroom_driver_key(driver, EVENT_KEY_END);
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    assert_true(classroom_driver_shows(driver, "It begins."));
    classroom_notes(driver->classroom, notes);
    assert_string_equal(notes, "A demo\nStep 1 of 2\n\nSay it.\n\nNext: It ends.\n");
    classroom_driver_wait(driver, 100);
    assert_int_equal(driver->run.status.state, LIVE_PAUSED); /* there is something to read first */
    classroom_driver_type(driver, " ");
    assert_true(classroom_due(driver->classroom) == CLOCK_NEVER);
    classroom_driver_wait(driver, 100000);
    assert_int_equal(driver->run.status.state, LIVE_PAUSED);
    classroom_driver_type(driver, " ");
    classroom_driver_wait(driver, 6000);
    assert_int_equal(driver->run.status.state, LIVE_DONE);
    assert_true(classroom_driver_shows(driver, "It begins."));
    classroom_driver_wait(driver, 3100);
    assert_true(classroom_driver_shows(driver, "It ends."));
    classroom_driver_wait(driver, 2100);
    assert_true(classroom_driver_shows(driver, "That was it."));
    assert_true(classroom_due(driver->classroom) == CLOCK_NEVER);
    assert_null(course_of(&driver->course, "lesson-2"));
    classroom_driver_key(driver, EVENT_KEY_ENTER);
    assert_true(classroom_driver_shows(driver, "The course"));
    classroom_driver_free(driver);
}

/* ---- the whole table ---- */

/* A screen where the bindings of `context` count. */
static struct classroom_driver *in_context(enum keymap_context context, int variant)
{
    struct classroom_driver *driver = classroom_driver_new(variant == 0 ? 120 : 80, variant == 0 ? 36 : 24);
    classroom_driver_key(driver, EVENT_KEY_DOWN);
    if (context == KEYMAP_HELP) {
        classroom_driver_type(driver, "?");
        classroom_driver_event(driver, &(struct event){.type = EVENT_RESIZE, .x = 80, .y = 18});
        classroom_driver_key(driver, EVENT_KEY_DOWN);
    } else if (context == KEYMAP_DEMO) {
        classroom_driver_type(driver, "d");
        classroom_driver_key(driver, EVENT_KEY_RIGHT);
    } else if (context == KEYMAP_QUESTION || context == KEYMAP_LESSON) {
        if (variant == 0 || context == KEYMAP_LESSON)
            classroom_driver_key(driver, EVENT_KEY_UP);
        classroom_driver_key(driver, EVENT_KEY_ENTER);
        if (variant == 0) /* the cursor is neither at the top nor at the end */
            classroom_driver_key(driver, EVENT_KEY_DOWN);
        else
            classroom_driver_type(driver, context == KEYMAP_LESSON ? "" : "5");
        if (context == KEYMAP_LESSON) {
            classroom_driver_type(driver, "1<<");
            classroom_driver_key(driver, variant == 0 ? EVENT_KEY_DOWN : EVENT_KEY_TAB);
            driver->run.status.state = LIVE_PAUSED;
            classroom_driver_type(driver, "~");
        }
    }
    return driver;
}

static bool does_something(enum keymap_context context, int variant, uint32_t key)
{
    struct classroom_driver *driver = in_context(context, variant);
    char *before = golden_screen(&driver->grid);
    classroom_driver_key(driver, key);
    char *after = golden_screen(&driver->grid);
    bool done = (driver->wish & ~(screen_wish)WISH_REDRAW) != 0 || strcmp(before, after) != 0;
    free(before);
    free(after);
    classroom_driver_free(driver);
    return done;
}

static void every_key_of_the_table_does_something(void **state)
{
    (void)state;
    const struct binding *binding[KEYMAP_LINES];
    int count = keys_of(&classroom_keymap, binding);
    for (int row = 0; row < count; row++)
        for (int i = 0; i < KEYMAP_KEYS && binding[row]->key[i].key != 0; i++) {
            if (binding[row]->context == KEYMAP_COMMAND) /* the command line is not the screen's */
                continue;
            uint32_t key = binding[row]->key[i].key;
            if (!does_something(binding[row]->context, 0, key) && !does_something(binding[row]->context, 1, key))
                fail_msg("key %d of \"%s\" (%s) does nothing", i, binding[row]->shown, binding[row]->help);
        }
}

static void what_does_not_fit_is_found(void **state)
{
    (void)state;
    struct lesson lesson;
    struct err err;
    char text[2000] = "title: A\nsteps:\n  - text: b\n  - hint: c\n    text: >\n";
    for (int i = 0; i < 9; i++)
        strcat(text, "      some seventy characters that fill a line so that nine of them are too many\n");
    assert_int_equal(lesson_parse("a.yaml", text, strlen(text), &lesson, &err), ERR_NONE);
    assert_int_equal(classroom_fits(&lesson, "a.yaml", &err), ERR_INPUT);
    assert_string_equal(err.message,
                        "a.yaml:5:11: this text takes 9 lines of 76 characters, and 8 fit a screen of 80 × 24");
    lesson_free(&lesson);
}

/* Whatever a person, or a cat, does: no crash, a config that can be run, and a picture. */
static void no_sequence_of_events_does_harm(void **state)
{
    (void)state;
    int events = 9000 / program_slowness();
    uint64_t seed = 2385;
    struct classroom_driver *driver = classroom_driver_new(80, 24);
    for (int i = 0; i < events; i++) {
        struct event event = chance_event(&seed, &driver->grid);
        classroom_driver_event(driver, &event);
        if (chance_below(&seed, 4) == 0)
            classroom_driver_wait(driver, chance_below(&seed, 9000));
        assert_int_equal(config_check(classroom_config(driver->classroom), NULL, NULL), ERR_NONE);
        for (int cell = 0; cell < driver->grid.width * driver->grid.height; cell++)
            assert_true(driver->grid.cell[cell].style < STYLE_COUNT && driver->grid.cell[cell].rune >= ' ');
    }
    classroom_driver_free(driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures),
        cmocka_unit_test(a_demo_has_margins),
        cmocka_unit_test(what_does_not_hold_is_said),
        cmocka_unit_test(a_number_is_typed),
        cmocka_unit_test(hidden_and_locked_parameters),
        cmocka_unit_test(the_lab_within_takes_keys_only_while_it_shows_hints),
        cmocka_unit_test(keys_do_what_the_lesson_says),
        cmocka_unit_test(a_hint_leaves_the_answers_seen),
        cmocka_unit_test(a_long_message_takes_the_rows_that_are_free),
        cmocka_unit_test(a_demo_goes_by_itself),
        cmocka_unit_test(a_paused_demo_is_steered),
        cmocka_unit_test(every_key_of_the_table_does_something),
        cmocka_unit_test(what_does_not_fit_is_found),
        cmocka_unit_test(no_sequence_of_events_does_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
