/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/cmd.h"
#include "cmd/option.h"
#include "cmd/output.h"
#include "lesson/lesson.h"

#include <stdio.h>

static const struct option_usage usage = {
    .command = "rankscope demo",
    .operands = "[LESSON]",
    .text = "Show a demo (or any lesson, a built-in's name or a file) that goes on by itself: Space\n"
            "pauses it, the arrows go on and back. Its notes are shown by rankscope notes in another\n"
            "terminal. Without a LESSON: list the demos. Where standard output is no terminal, it is\n"
            "played in text.\n",
};

static int print_list(const struct lesson_list *list)
{
    struct output output;
    if (!output_begin(&output))
        return CMD_FAILURE;
    for (size_t i = 0; i < list->count; i++)
        if (list->lesson[i].demo)
            fprintf(output.stream, "%-18s  %s\n", list->lesson[i].name, list->lesson[i].title);
    return output_end(&output);
}

static int list_demos(void)
{
    struct lesson_list list;
    struct err err;
    if (lesson_list_load(&list, &err))
        return cmd_fail(&err);
    int status = print_list(&list);
    lesson_list_free(&list);
    return status;
}

int cmd_demo(int argc, char **argv)
{
    struct option_values values;
    int status = option_read(&usage, argc, argv, &values);
    if (status >= 0)
        return status;
    if (values.operand_count > 1)
        status = option_refuse(&usage, "one LESSON at a time, and \"%s\" is a second", values.operand[1]);
    else
        status = values.operand_count ? cmd_open_lesson(values.operand[0], true, false) : list_demos();
    option_free(&values);
    return status;
}
