/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_COMMAND_H
#define RANKSCOPE_UI_COMMAND_H

#include "base/err.h"
#include "run/scenario.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The commands that a person types, once: the lab's command line, the plain mode, completion, the help and the man page read
 * this table. */

enum command_id {
    COMMAND_SET,
    COMMAND_SEED,
    COMMAND_RUN,
    COMMAND_PAUSE,
    COMMAND_STEP,
    COMMAND_PHASE,
    COMMAND_FINETUNE,
    COMMAND_RESET,
    COMMAND_SPEED,
    COMMAND_SCENARIO,
    COMMAND_SCENARIOS,
    COMMAND_SHOW,
    COMMAND_EXPLAIN,
    COMMAND_THEORY,
    COMMAND_SWEEP,
    COMMAND_GOTO,
    COMMAND_GNUPLOT,
    COMMAND_PLOT,
    COMMAND_OPTION,
    COMMAND_HELP,
    COMMAND_QUIT,
    COMMAND_COUNT,
};

/* Where a command is understood; bits. */
enum { COMMAND_IN_LAB = 1, COMMAND_IN_PLAIN = 2, COMMAND_ANYWHERE = COMMAND_IN_LAB | COMMAND_IN_PLAIN };

/* Kinds of words that can be completed. */
enum command_words {
    WORDS_NONE,
    WORDS_COMMAND,
    WORDS_KEY,
    WORDS_VALUE,
    WORDS_SCENARIO,
    WORDS_SCREEN,
    WORDS_TOPIC,
    WORDS_AXIS,
    WORDS_OPTION
};

enum { COMMAND_ARGUMENTS = 2 }; /* that are completed each in its own way */

struct command_row {
    const char *name;
    const char *usage; /* of its arguments, optional ones in brackets: "KEY VALUE" */
    const char *help;  /* one line of at most 38 columns */
    unsigned where;
    int least, most; /* words after the name; the last takes the rest of the line */
    enum command_words words[COMMAND_ARGUMENTS];
};
extern const struct command_row command_table[COMMAND_COUNT];

/* A line taken apart. Arguments that are not there are "". */
enum { COMMAND_SIZE = 256 };
struct command {
    enum command_id id;
    char word[COMMAND_SIZE]; /* its first argument … */
    char rest[COMMAND_SIZE]; /* … and what stands behind it */
};

/* Reads a line; a colon before the name is passed over, the name may be shortened as far as it is clear, and KEY=VALUE counts as
 * KEY VALUE. ERR_INPUT: it is no command `where` we are, or has too few or too many words; says what is allowed. False in *there:
 * the line is blank, which is no error. */
enum err_code command_parse(const char *line, unsigned where, struct command *command, bool *there, struct err *err);

/* The command with this name or the only one that begins so. */
enum err_code command_find(const char *name, unsigned where, enum command_id *id, struct err *err);

/* A whole number from `least` to `most`, or `none` for "". ERR_INPUT names the command. */
enum err_code command_number(const struct command *command, long none, long least, long most, long *number,
                             struct err *err);

/* A row of key_table by its path, or by its last part where no other key has it ("tasks"). ERR_INPUT guesses, or names them all. */
enum err_code command_key(const char *name, int *key, struct err *err);

/* A screen by its name or the beginning of it, in letters of either case. */
enum err_code command_screen(const char *name, int *screen, struct err *err);

/* A topic of run/topic.h. */
enum err_code command_topic(const char *name, int *topic, struct err *err);

/* A scenario of the list by its name. NULL: ERR_INPUT, guesses. */
const struct scenario_entry *command_scenario(const struct scenario_list *list, const char *name, struct err *err);

/* "set KEY VALUE". */
enum { COMMAND_USAGE_SIZE = 48 };
void command_usage(enum command_id id, char text[COMMAND_USAGE_SIZE]);

/* All of them as the man page has them: one line each. */
void command_write(FILE *stream);

/* ---- command_complete.c ---- */

/* What the word at the end of `line` can become: its candidates, which begin with what is typed of it. */
struct completion {
    size_t start;              /* byte of the line where the word begins */
    size_t count;              /* candidates */
    char common[COMMAND_SIZE]; /* the longest beginning of all; what is typed where there is none */
    char list[512];            /* as many as fit, with two blanks between; "…" at the end: there are more */
};
void command_complete(const char *line, unsigned where, const struct scenario_list *scenarios,
                      struct completion *completion);

/* What is to be typed next, while `line` is being typed: how the command is written, or what its key may be; "": nothing to say yet. */
enum { COMMAND_HINT_SIZE = 384 };
void command_hint(const char *line, unsigned where, char text[COMMAND_HINT_SIZE]);

#endif
