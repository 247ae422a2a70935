/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_CMD_H
#define RANKSCOPE_CMD_CMD_H

#include "base/err.h"
#include "cmd/preferences.h"
#include "run/journal.h"
#include "ui/terminal.h"

#include <stdbool.h>

/* The commands: the only place where the rooms are wired together. Each returns the program's exit status. */

enum cmd_status {
    CMD_SUCCESS = 0,
    CMD_FAILURE = 1, /* it failed at run time */
    CMD_USAGE = 2,   /* wrong usage or a bad scenario */
};

/* One command of the program. `main` hands over the arguments from the command's name on. */
struct cmd {
    const char *name;
    const char *usage;   /* of its arguments: "FILE..." */
    const char *summary; /* one line for --help */
    int (*run)(int argc, char **argv);
};
extern const struct cmd cmd_table[];
extern const int cmd_count;

int cmd_run(int argc, char **argv);
int cmd_sweep(int argc, char **argv);
int cmd_theorems(int argc, char **argv);
int cmd_lessons(int argc, char **argv);
int cmd_reproduce(int argc, char **argv);
int cmd_census(int argc, char **argv);
int cmd_dialogue(int argc, char **argv);
int cmd_landscape(int argc, char **argv);
int cmd_demo(int argc, char **argv);
int cmd_notes(int argc, char **argv);
int cmd_scenarios(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_snapshot(int argc, char **argv);
int cmd_report(int argc, char **argv);

/* rankscope [SCENARIO] [options]: the lab where standard input and output are a terminal, else the summary. */
int cmd_bare(int argc, char **argv);

/* How the lab is shown. */
struct cmd_lab_options {
    struct terminal_options terminal; /* NO_COLOR in the environment has been looked at already */
    struct preferences *preferences;  /* with what the command line says */
    const char *record;               /* file for an asciicast, or NULL */
    const char *message;              /* to begin with, or "" */
    const char *lesson;               /* to be opened at once, or NULL; */
    bool demo;                        /* as a demo */
};

/* How the terminal is to be used by these options, and NO_COLOR in the environment. */
struct terminal_options cmd_terminal_options(const struct settings *settings);

/* Opens a lesson in the lab; as text on standard output where that or standard input is no terminal, and line by line if it shall be
 * `plain`. */
int cmd_open_lesson(const char *name, bool demo, bool plain);

/* The lab, at the place where the way leads, until the person leaves it. Messages go to standard error once the screen is restored. */
int cmd_lab(const struct journal *way, const struct cmd_lab_options *options);

/* The same in lines of text, until the person leaves it. */
int cmd_plain(const struct journal *way, const char *message);

/* "rankscope: MESSAGE" on standard error. */
void cmd_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same with the error's message; returns the exit status that belongs to its code. */
int cmd_fail(const struct err *err);

#endif
