/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "run/key.h"
#include "support/chance.h"
#include "support/classroom_driver.h"
#include "support/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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
    assert_true(classroom_driver_shows(driver, "Right: One."));
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
        cmocka_unit_test(a_demo_goes_by_itself),
        cmocka_unit_test(what_does_not_fit_is_found),
        cmocka_unit_test(no_sequence_of_events_does_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
