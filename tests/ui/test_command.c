/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "support/golden.h"
#include "ui/command_line.h"
#include "ui/rune.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The commands that are typed: what a line means, what a word can become, and the line itself. */

static struct scenario_entry entries[] = {{.name = "three-tasks"}, {.name = "two-tasks"}, {.name = "tiny-café"}};
static const struct scenario_list scenarios = {3, entries};

static struct command parsed(const char *line)
{
    struct command command;
    struct err err = {.message = ""};
    bool there = false;
    if (command_parse(line, COMMAND_IN_LAB, &command, &there, &err))
        fail_msg("\"%s\": %s", line, err.message);
    assert_true(there);
    return command;
}

static void expect_refused(const char *line, unsigned where, const char *says)
{
    struct command command;
    struct err err = {.message = ""};
    bool there;
    assert_int_equal(command_parse(line, where, &command, &there, &err), ERR_INPUT);
    assert_false(there);
    if (strstr(err.message, says) == NULL)
        fail_msg("\"%s\": \"%s\" does not say \"%s\"", line, err.message, says);
}

static void lines_are_taken_apart(void **state)
{
    (void)state;
    struct command command = parsed(":set  tasks   5 ");
    assert_int_equal(command.id, COMMAND_SET);
    assert_string_equal(command.word, "tasks");
    assert_string_equal(command.rest, "5");
    command = parsed("set title=Two words and = more");
    assert_string_equal(command.word, "title");
    assert_string_equal(command.rest, "Two words and = more");
    command = parsed("q");
    assert_int_equal(command.id, COMMAND_QUIT);
    command = parsed("\t : sweep tasks=1:4 rank=1:3");
    assert_int_equal(command.id, COMMAND_SWEEP);
    assert_string_equal(command.word, "tasks=1:4");
    assert_string_equal(command.rest, "rank=1:3");
    command = parsed("run"); /* though "r" could be reset too */
    assert_int_equal(command.id, COMMAND_RUN);
    command = parsed("scenario my files/a b.yaml");
    assert_string_equal(command.word, "my files/a b.yaml");
    struct err err;
    bool there = true;
    assert_int_equal(command_parse(" : ", COMMAND_IN_LAB, &command, &there, &err), ERR_NONE);
    assert_false(there);
}

static void what_is_wrong_is_said_with_what_is_allowed(void **state)
{
    (void)state;
    char long_line[COMMAND_SIZE + 8];
    expect_refused("runn", COMMAND_IN_LAB, "no command \"runn\", did you mean run; help lists them");
    expect_refused("r", COMMAND_IN_LAB, "\"r\" could be run, reset");
    expect_refused("set tasks", COMMAND_IN_LAB, "something is missing: write it as \"set KEY VALUE\"");
    expect_refused("sweep tasks=1:6 rank=1:3 seed=1:2", COMMAND_IN_LAB,
                   "there are too many words: write it as \"sweep AXIS...\"");
    expect_refused("pause now", COMMAND_IN_LAB, "there are too many words: write it as \"pause\"");
    expect_refused("goto lab", COMMAND_IN_PLAIN, "is for the lab's screen alone");
    memset(long_line, 'x', sizeof long_line);
    long_line[sizeof long_line - 1] = '\0';
    expect_refused(long_line, COMMAND_IN_LAB, "longer than 255 bytes");

    struct err err;
    long number;
    struct command command = parsed("step 12x");
    assert_int_equal(command_number(&command, 1, 1, 99, &number, &err), ERR_INPUT);
    assert_string_equal(err.message, "step takes a whole number from 1 to 99, not \"12x\"");
    command = parsed("step 99999999999999999999");
    assert_int_equal(command_number(&command, 1, 1, 99, &number, &err), ERR_INPUT);
    command = parsed("step 98");
    assert_int_equal(command_number(&command, 1, 1, 99, &number, &err), ERR_NONE);
    assert_int_equal(number, 98);
    command = parsed("step");
    assert_int_equal(command_number(&command, 1, 1, 99, &number, &err), ERR_NONE);
    assert_int_equal(number, 1);
}

static void names_are_found_or_guessed(void **state)
{
    (void)state;
    struct err err;
    int found;
    assert_int_equal(command_key("tasks", &found, &err), ERR_NONE);
    assert_int_equal(found, key_find("problem.tasks"));
    assert_int_equal(command_key("adapt.rank", &found, &err), ERR_NONE);
    assert_int_equal(found, key_find("adapt.rank"));
    assert_int_equal(command_key("rank", &found, &err), ERR_INPUT);
    assert_string_equal(err.message, "several keys end in \"rank\": problem.rank, retrain.rank, adapt.rank");
    assert_int_equal(command_key("taks", &found, &err), ERR_INPUT);
    assert_non_null(strstr(err.message, "did you mean tasks?"));
    assert_int_equal(command_screen("trade", &found, &err), ERR_NONE);
    assert_int_equal(found, SCREEN_TRADEOFFS);
    assert_int_equal(command_screen("nowhere", &found, &err), ERR_INPUT);
    assert_non_null(strstr(err.message, "there are Lab, Trade-offs"));
    assert_int_equal(command_topic("base_eror", &found, &err), ERR_INPUT);
    assert_non_null(strstr(err.message, "did you mean base_error?"));
    assert_ptr_equal(command_scenario(&scenarios, "two-tasks", &err), &entries[1]);
    assert_null(command_scenario(&scenarios, "two-task", &err));
    assert_non_null(strstr(err.message, "did you mean two-tasks?"));
}

static struct completion completed(const char *line)
{
    struct completion completion;
    command_complete(line, COMMAND_IN_LAB, &scenarios, &completion);
    return completion;
}

static void words_are_completed(void **state)
{
    (void)state;
    struct completion completion = completed("sce");
    assert_string_equal(completion.common, "scenario");
    assert_string_equal(completion.list, "scenario  scenarios");
    completion = completed(":set ta");
    assert_int_equal(completion.start, 5);
    assert_string_equal(completion.list, "tasks");
    completion = completed("set problem.");
    assert_int_equal(completion.count, 8);
    completion = completed("set retrain.solver ");
    assert_non_null(strstr(completion.list, "altmin"));
    completion = completed("set retrain.solver=new");
    assert_string_equal(completion.common, "newton");
    assert_int_equal(completion.start, strlen("set retrain.solver="));
    completion = completed("set problem.samples p");
    assert_string_equal(completion.common, "population");
    completion = completed("goto tr");
    assert_string_equal(completion.common, "Trade-offs");
    completion = completed("scenario t");
    assert_int_equal(completion.count, 3);
    assert_string_equal(completion.common, "t");
    assert_int_equal(completed("pause x").count, 0);
    assert_int_equal(completed("nothing x").count, 0);
    assert_string_equal(completed("option the").common, "theme");
    assert_string_equal(completed("option theme d").common, "dark");
    assert_string_equal(completed("show bas").common, "base_error");
    completion = completed("set ");
    assert_true(completion.count > (size_t)key_count);
    assert_in_range(strlen(completion.list), 100, sizeof completion.list - 1);
}

static void expect_hint(const char *line, const char *hint)
{
    char text[COMMAND_HINT_SIZE];
    command_hint(line, COMMAND_IN_LAB, text);
    if (strncmp(text, hint, strlen(hint)) != 0 || (*hint == '\0' && *text != '\0'))
        fail_msg("\"%s\": \"%s\" does not begin with \"%s\"", line, text, hint);
}

static void what_comes_next_is_said(void **state)
{
    (void)state;
    expect_hint("se", "");
    expect_hint("set ", "set KEY VALUE: change a key");
    expect_hint("set tasks", "set KEY VALUE: change a key");
    expect_hint("set tasks ", "problem.tasks: a whole number from 1 to 1024. Number of retraining tasks");
    expect_hint(":set problem.tasks=4", "problem.tasks: a whole number");
    expect_hint("set rank ", "set KEY VALUE");
    expect_hint("option theme d", "theme: terminal, dark, light or high-contrast.");
    expect_hint("step ", "step [N]: N steps");
    expect_hint("nothing ", "");
}

/* ---- the line ---- */

static struct command_line *line_new(void)
{
    struct command_line *line = calloc(1, sizeof *line);
    assert_non_null(line);
    line->scenarios = &scenarios;
    command_line_open(line);
    return line;
}

static void press(struct command_line *line, uint32_t key)
{
    screen_wish wish = 0;
    assert_true(command_line_handle(line, &(struct event){.type = EVENT_KEY, .key = key}, &wish));
}

static void type(struct command_line *line, const char *text)
{
    while (*text != '\0')
        press(line, rune_decode(&text));
}

static void enter(struct command_line *line, const char *text)
{
    command_line_open(line);
    type(line, text);
    press(line, EVENT_KEY_ENTER);
    assert_true(line->entered);
    assert_false(line->open);
}

static void history_is_kept(void **state)
{
    (void)state;
    struct command_line *line = line_new();
    char text[32];
    enter(line, "set tasks 5");
    enter(line, "run");
    enter(line, "run"); /* once */
    command_line_open(line);
    type(line, "pau");
    press(line, EVENT_KEY_UP);
    assert_string_equal(line->field.text, "run");
    press(line, EVENT_KEY_UP);
    press(line, EVENT_KEY_UP); /* there is no more */
    assert_string_equal(line->field.text, "set tasks 5");
    press(line, EVENT_KEY_DOWN);
    press(line, EVENT_KEY_DOWN);
    assert_string_equal(line->field.text, "pau");
    for (int i = 0; i < 2 * COMMAND_LINE_HISTORY; i++) {
        snprintf(text, sizeof text, "step %d", i + 1);
        enter(line, text);
    }
    assert_int_equal(line->count, COMMAND_LINE_HISTORY);
    assert_string_equal(line->history[0], "step 51");
    command_line_open(line);
    press(line, EVENT_KEY_ENTER); /* nothing typed, nothing to do */
    assert_false(line->entered);
    free(line);
}

static void tab_completes_within_the_line(void **state)
{
    (void)state;
    struct command_line *line = line_new();
    type(line, "scenario thr");
    press(line, EVENT_KEY_TAB);
    assert_string_equal(line->field.text, "scenario three-tasks ");
    press(line, EVENT_KEY_TAB);
    assert_string_equal(line->note, "Nothing fits here that could be completed.");
    command_line_open(line);
    type(line, "se 5");
    press(line, EVENT_KEY_LEFT);
    press(line, EVENT_KEY_LEFT);
    press(line, EVENT_KEY_TAB);
    assert_string_equal(line->field.text, "se 5");
    assert_string_equal(line->note, "set  seed");
    type(line, "e");
    press(line, EVENT_KEY_TAB);
    type(line, "x");
    assert_string_equal(line->field.text, "seedx 5");
    command_line_open(line);
    press(line, EVENT_KEY_BACKSPACE); /* from an empty line */
    assert_false(line->open);
    free(line);
}

static void the_line_is_drawn_and_pressed(void **state)
{
    (void)state;
    int x;
    int y;
    screen_wish wish = 0;
    struct grid grid = {0, 0, NULL};
    struct command_line *line = line_new();
    for (int width = 1; width < 130; width += 7) {
        assert_true(grid_resize(&grid, width, width / 3 + 1));
        command_line_draw(line, &grid, GLYPHS_ASCII);
    }
    assert_true(grid_resize(&grid, 80, 24));
    type(line, "step 3");
    command_line_draw(line, &grid, GLYPHS_BRAILLE);
    assert_true(golden_find(&grid, ":step 3", &x, &y));
    assert_int_equal(y, 22);
    assert_true(golden_find(&grid, "Tab complete", &x, &y));
    assert_int_equal(y, 23);
    assert_true(golden_find(&grid, "Enter do it", &x, &y));
    struct event click = {.type = EVENT_MOUSE, .mouse = EVENT_MOUSE_PRESS, .x = x, .y = y};
    assert_true(command_line_handle(line, &click, &wish));
    assert_true(line->entered);
    command_line_refuse(line, &(struct err){ERR_INPUT, "what is wrong"});
    assert_string_equal(line->field.text, "step 3"); /* to be mended */
    command_line_draw(line, &grid, GLYPHS_BRAILLE);
    assert_true(golden_find(&grid, "what is wrong", &x, &y));
    click.y = 3;
    assert_true(command_line_handle(line, &click, &wish)); /* elsewhere: leaves */
    assert_false(line->open);
    assert_true(grid_resize(&grid, 50, 10)); /* no room: the key is the screen's, for leaving */
    command_line_open(line);
    command_line_draw(line, &grid, GLYPHS_BRAILLE);
    assert_false(command_line_handle(line, &(struct event){.type = EVENT_KEY, .key = 'q'}, &wish));
    assert_false(line->open);
    assert_true(grid_resize(&grid, 80, 24));
    command_line_open(line);
    command_line_draw(line, &grid, GLYPHS_BRAILLE);
    assert_false(command_line_handle(line, &(struct event){.type = EVENT_KEY, .key = EVENT_KEY_F2}, &wish));
    assert_false(line->open);
    grid_free(&grid);
    free(line);
}

static void the_table_can_be_shown(void **state)
{
    (void)state;
    for (int id = 0; id < COMMAND_COUNT; id++) {
        char usage[COMMAND_USAGE_SIZE];
        const struct command_row *row = &command_table[id];
        command_usage((enum command_id)id, usage);
        assert_in_range(strlen(usage), 1, 16);
        assert_in_range(strlen(row->help), 4, 38); /* a column of the help at 120 */
        assert_true(row->where != 0 && row->least <= row->most && row->most <= COMMAND_ARGUMENTS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_taken_apart),         cmocka_unit_test(what_is_wrong_is_said_with_what_is_allowed),
        cmocka_unit_test(names_are_found_or_guessed),    cmocka_unit_test(words_are_completed),
        cmocka_unit_test(what_comes_next_is_said),       cmocka_unit_test(history_is_kept),
        cmocka_unit_test(tab_completes_within_the_line), cmocka_unit_test(the_line_is_drawn_and_pressed),
        cmocka_unit_test(the_table_can_be_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
