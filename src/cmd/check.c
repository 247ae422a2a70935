/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/cmd.h"
#include "cmd/option.h"
#include "cmd/output.h"
#include "run/scenario.h"

#include <stdio.h>

static const struct option_usage usage = {
    .command = "rankscope check",
    .operands = "FILE...",
    .text = "Say of every scenario file that it is ok, or on standard error what is wrong with it\n"
            "first, where (FILE:LINE:COLUMN:), and what is allowed. A built-in's name will do, too.\n",
};

static int check_files(const struct option_values *values)
{
    struct output output;
    if (!output_begin(&output))
        return CMD_FAILURE;
    int worst = CMD_SUCCESS;
    for (int i = 0; i < values->operand_count; i++) {
        struct config config;
        struct err err;
        if (scenario_load(values->operand[i], &config, &err)) {
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
