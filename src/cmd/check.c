/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/option.h"
#include "cmd/output.h"
#include "lesson/play.h"
#include "run/builtin.h"
#include "run/scenario.h"
#include "ui/classroom.h"

#include <stdio.h>
#include <stdlib.h>

static const struct option_usage usage = {
    .command = "rankscope check",
    .operands = "FILE...",
    .text = "Say of every scenario or lesson that it is ok, or on standard error what is wrong with it\n"
            "first, where (FILE:LINE:COLUMN:), and what is allowed. A lesson is also played, so that\n"
            "every claim in it is measured. A built-in's name will do, too.\n",
};

/* A file with steps is a lesson; a name is one where no scenario has it. */
static bool names_lesson(const char *name_or_path)
{
    char path[PATH_MAX];
    static const struct builtin scenarios = {"scenarios", "scenario", "rankscope scenarios"};
    static const struct builtin lessons = {"lessons", "lesson", "rankscope lessons"};
    if (!builtin_is_path(name_or_path))
        return builtin_find(&scenarios, name_or_path, path, NULL) != ERR_NONE &&
               builtin_find(&lessons, name_or_path, path, NULL) == ERR_NONE;
    char *text = NULL;
    size_t size = 0;
    bool found = file_read(name_or_path, LESSON_SIZE_MAX, &text, &size, NULL) == ERR_NONE && lesson_is(text);
    free(text);
    return found;
}

static enum err_code check_lesson(const char *name, struct err *err)
{
    struct lesson lesson;
    enum err_code code = lesson_load(name, &lesson, err);
    if (!code)
        code = classroom_fits(&lesson, name, err);
    if (!code)
        code = play_check(&lesson, name, err);
    lesson_free(&lesson);
    return code;
}

static enum err_code check_file(const char *name, struct err *err)
{
    struct config config;
    return names_lesson(name) ? check_lesson(name, err) : scenario_load(name, &config, err);
}

static int check_files(const struct option_values *values)
{
    struct output output;
    if (!output_begin(&output))
        return CMD_FAILURE;
    int worst = CMD_SUCCESS;
    for (int i = 0; i < values->operand_count; i++) {
        struct err err;
        if (check_file(values->operand[i], &err)) {
            int status = err.code == ERR_INPUT ? CMD_USAGE : CMD_FAILURE;
            fprintf(stderr, "%s\n", err.message); /* it begins with the place, where editors look for it */
            worst = status > worst ? status : worst;
        } else {
            fprintf(output.stream, "%s: ok\n", values->operand[i]);
        }
    }
    int status = output_end(&output);
    return status > worst ? status : worst;
}

int cmd_check(int argc, char **argv)
{
    struct option_values values;
    int status = option_read(&usage, argc, argv, &values);
    if (status >= 0)
        return status;
    status = values.operand_count > 0 ? check_files(&values) : option_refuse(&usage, "check needs a FILE");
    option_free(&values);
    return status;
}
