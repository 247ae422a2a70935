/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/lesson_text.h"
#include "cmd/option.h"
#include "cmd/output.h"
#include "lesson/course.h"
#include "run/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPTION_PLAIN, OPTION_COUNT };

static const struct option_row rows[OPTION_COUNT] = {
    [OPTION_PLAIN] = {"plain", NULL, "text line by line instead of the screen, as with ACCESSIBLE=1"},
};

static const struct option_usage usage = {
    .command = "rankscope lessons",
    .operands = "[LESSON]",
    .text = "List the built-in lessons and how far you are in each. With a LESSON, a built-in's name\n"
            "or a file: open it in the lab; where standard output is no terminal, play it in text,\n"
            "its questions answered by the lines of standard input. With --plain its steps are done\n"
            "by lines, too: run, step, seed, KEY=VALUE, hint, back, again, show and quit.\n",
    .rows = rows,
    .count = OPTION_COUNT,
};

static void describe(const struct course_entry *entry, const struct lesson *lesson, char text[32])
{
    if (lesson->demo)
        snprintf(text, 32, "demo");
    else if (entry && entry->done)
        snprintf(text, 32, "done");
    else if (entry && entry->step > 0)
        snprintf(text, 32, "step %d/%d", entry->step + 1, lesson->steps);
    else
        snprintf(text, 32, "%d steps", lesson->steps);
}

static int print_list(const struct lesson_list *list, const struct course *course)
{
    struct output output;
    if (!output_begin(&output))
        return CMD_FAILURE;
    size_t width = 0;
    for (size_t i = 0; i < list->count; i++) {
        size_t length = strlen(list->lesson[i].name);
        width = length > width ? length : width;
    }
    for (size_t i = 0; i < list->count; i++) {
        char progress[32];
        const struct lesson *lesson = &list->lesson[i];
        describe(course_of(course, lesson->name), lesson, progress);
        fprintf(output.stream, "%-*s  %-10s  %s\n", (int)width, lesson->name, progress, lesson->title);
    }
    return output_end(&output);
}

static int list_all(void)
{
    struct lesson_list list;
    struct course course;
    struct err err;
    if (course_load(&course, &err))
        cmd_complain("%s", err.message); /* the list is worth more than what is ticked in it */
    if (lesson_list_load(&list, &err))
        return cmd_fail(&err);
    if (list.trouble.code)
        cmd_complain("%s", list.trouble.message);
    int status = print_list(&list, &course);
    lesson_list_free(&list);
    return status;
}

int cmd_open_lesson(const char *name, bool demo, bool plain)
{
    struct lesson lesson;
    struct config config;
    struct err err;
    if (lesson_load(name, &lesson, &err))
        return cmd_fail(&err);
    const char *accessible = getenv("ACCESSIBLE"); /* set, and neither empty nor 0 */
    bool lines = plain || (accessible && *accessible && strcmp(accessible, "0") != 0);
    bool screen = !lines && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    int status = screen ? CMD_SUCCESS : lesson_text_play(&lesson, lines && !demo);
    lesson_free(&lesson);
    if (!screen)
        return status;
    if (scenario_load(SCENARIO_DEFAULT, &config, &err)) /* of the lab beside it */
        return cmd_fail(&err);
    struct journal way;
    struct preferences preferences;
    journal_begin(&way, &config);
    preferences_load(&preferences);
    struct cmd_lab_options options = {.terminal = cmd_terminal_options(&preferences.now),
                                      .preferences = &preferences,
                                      .message = preferences.err.code != ERR_NONE ? preferences.err.message : "",
                                      .lesson = name,
                                      .demo = demo};
    status = cmd_lab(&way, &options);
    preferences_free(&preferences);
    return status;
}

int cmd_lessons(int argc, char **argv)
{
    struct option_values values;
    int status = option_read(&usage, argc, argv, &values);
    if (status >= 0)
        return status;
    if (values.operand_count > 1)
        status = option_refuse(&usage, "one LESSON at a time, and \"%s\" is a second", values.operand[1]);
    else
        status = values.operand_count ? cmd_open_lesson(values.operand[0], false, values.value[OPTION_PLAIN] != NULL)
                                      : list_all();
    option_free(&values);
    return status;
}
