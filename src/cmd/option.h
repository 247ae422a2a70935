/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_OPTION_H
#define RANKSCOPE_CMD_OPTION_H

#include "model/config.h"
#include "run/journal.h"
#include "run/result.h"

#include <stdbool.h>

/* A command's arguments by one table, from which the help is made too. */
struct option_row {
    const char *name;     /* "format", of --format */
    const char *argument; /* "FORMAT", or NULL: takes none */
    const char *help;     /* one line */
};

/* What stood on the line. Arguments are borrowed from argv. */
struct option_values {
    const char **value; /* row → its last argument, or the empty text if it takes none; NULL: not there */
    struct {
        int row;
        const char *argument;
    } * given; /* every option that has one, in order */
    int given_count;
    int set_row;          /* of --set; −1: the command has none */
    const char **operand; /* what is no option */
    int operand_count;
};

/* A command as its help shows it. */
struct option_usage {
    const char *command; /* "rankscope run" */
    const char *operands;
    const char *text; /* sentences for --help, lines of at most 80 columns */
    const struct option_row *rows;
    int count;
};

/* Reads argv[1 …]; options may stand anywhere, "--" ends them, and an option's name may be shortened as far as it is
 * clear. Returns −1 to go on, and then option_free is the caller's to call; else the exit status: --help was there
 * and is printed, or the usage was wrong and that was said. */
int option_read(const struct option_usage *usage, int argc, char **argv, struct option_values *values);
void option_free(struct option_values *values);

/* Says what is wrong and where help is. Returns CMD_USAGE. */
int option_refuse(const struct option_usage *usage, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The scenario with every --set of the line. Returns −1, or the exit status after saying what is wrong. */
int option_config(const struct option_values *values, const char *scenario, struct config *config);

/* The same without asking whether the keys agree with each other, since more of them will change. NULL: no scenario, the
 * keys' defaults. */
int option_load(const struct option_values *values, const char *scenario, struct config *config);

/* Reads a run's string, from which it has all of its keys: --set is refused. Returns −1, or the exit status after saying what is
 * wrong. */
int option_way(const struct option_usage *usage, const struct option_values *values, const char *text,
               struct journal *way);

/* Reads an argument of --format; NULL: text. Returns −1, or the exit status after saying what is wrong. */
int option_format(const struct option_usage *usage, const char *text, enum result_format *format);

/* The same for a whole number from `least` to `most` under the option's name; NULL leaves *number as it is. */
int option_whole(const struct option_usage *usage, int row, const char *text, long least, long most, int *number);

/* Whether a file that is written in the end can be, under the option's name; `picture`: it is one that gnuplot draws, or its script. A
 * path of NULL is none. Returns −1, or the exit status after saying what is wrong. */
int option_output(const char *name, const char *path, bool picture);

/* The argument of the next --row at or after *at, which then stands behind it; begin with 0. NULL: there is none. */
const char *option_next(const struct option_values *values, int row, int *at);

/* A --set of the line names this key. */
bool option_sets(const struct option_values *values, const char *path);

#endif
