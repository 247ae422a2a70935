/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/cmd.h"
#include "cmd/option.h"
#include "cmd/output.h"
#include "run/scenario.h"

#include <stdio.h>
#include <string.h>

static const struct option_usage usage = {
    .command = "rankscope scenarios",
    .operands = "",
    .text = "List the built-in scenarios: name and title, one a line.\n",
};

static int print_list(const struct scenario_list *list)
{
    struct output output;
    if (!output_begin(&output))
        return CMD_FAILURE;
    size_t width = 0;
    for (size_t i = 0; i < list->count; i++) {
        size_t length = strlen(list->entry[i].name);
        width = length > width ? length : width;
    }
    for (size_t i = 0; i < list->count; i++)
        fprintf(output.stream, "%-*s  %s\n", (int)width, list->entry[i].name, list->entry[i].config.title);
    return output_end(&output);
}

int cmd_scenarios(int argc, char **argv)
{
    struct option_values values;
    int status = option_read(&usage, argc, argv, &values);
    if (status >= 0)
        return status;
    if (values.operand_count > 0) {
        status = option_refuse(&usage, "scenarios takes no argument, and \"%s\" is one", values.operand[0]);
        option_free(&values);
        return status;
    }
    option_free(&values);

    struct scenario_list list;
    struct err err;
    if (scenario_list_load(&list, &err))
        return cmd_fail(&err);
    status = print_list(&list);
    scenario_list_free(&list);
    return status;
}
