/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/cmd.h"

#include <stdarg.h>
#include <stdio.h>

const struct cmd cmd_table[] = {
    {"run", "[SCENARIO]", "Run a scenario to its end and print its measures.", cmd_run},
    {"sweep", "SCENARIO", "Run a scenario for all values of some keys and print a table.", cmd_sweep},
    {"theorems", "", "Check the paper's claims on many draws and print what came of each.", cmd_theorems},
    {"lessons", "[LESSON]", "List the lessons, or open one.", cmd_lessons},
    {"reproduce", "FIGURE", "Compute one of the paper's figures.", cmd_reproduce},
    {"snapshot", "SCENARIO", "Print the lab's screen at one moment of a run.", cmd_snapshot},
    {"report", "RUN FOLDER", "Write a run into a folder: report, data and figures.", cmd_report},
    {"census", "", "Count where retraining ends from many starts.", cmd_census},
    {"dialogue", "ACTION", "Retrain an encoder on persona dialogues and adapt it to new ones.", cmd_dialogue},
    {"landscape", "SCENARIO", "Retrain for some steps and look at the loss around there.", cmd_landscape},
    {"demo", "[LESSON]", "Show a demo, or a lesson, that goes on by itself.", cmd_demo},
    {"notes", "", "Show the speaker's notes of the demo in another terminal.", cmd_notes},
    {"scenarios", "", "List the built-in scenarios.", cmd_scenarios},
    {"check", "FILE...", "Say what is wrong with scenario files, and what is allowed.", cmd_check},
};
const int cmd_count = sizeof cmd_table / sizeof *cmd_table;

void cmd_complain(const char *format, ...)
{
    /* err_set makes the text fit for a terminal, whatever file name is in it */
    char message[sizeof((struct err *)0)->message];
    struct err clean;
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    err_set(&clean, ERR_NONE, "%s", message);
    fprintf(stderr, "rankscope: %s\n", clean.message);
}

int cmd_fail(const struct err *err)
{
    cmd_complain("%s", err->message);
    return err->code == ERR_INPUT ? CMD_USAGE : CMD_FAILURE;
}
