/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_KEY_H
#define RANKSCOPE_RUN_KEY_H

#include "base/err.h"
#include "model/config.h"

#include <stdbool.h>
#include <stddef.h>

/* Every parameter of an experiment, once: scenarios, --set, the lab's editor, the docs and the exports read this
 * table. A new parameter is one row. */

enum key_type {
    KEY_INTEGER,
    KEY_SAMPLES, /* a count, or "population" */
    KEY_REAL,
    KEY_SEED,   /* 0 … 2^64 − 1 */
    KEY_CHOICE, /* one of `choices` */
    KEY_SET,    /* some of the method table's names */
    KEY_TEXT,
};

struct key {
    const char *path;   /* "problem.dimension": section, dot, name */
    const char *label;  /* as the lab shows it: "dimension" */
    const char *symbol; /* "d", or "" */
    const char *help;   /* one sentence */
    enum key_type type;
    size_t offset;  /* of the member in struct config */
    double minimum; /* of a number, whatever the other keys are */
    double maximum;
    double finest;                    /* of a real: the least value above 0 that key_nudge goes to */
    const char *(*choice)(int index); /* of KEY_CHOICE and KEY_SET: names by index, NULL after the last */
    bool live;                        /* may change in mid-run; any other change starts the run again */
};

extern const struct key key_table[];
extern const int key_count;
enum { KEY_VALUE_SIZE = 96 }; /* enough for any formatted value */

int key_find(const char *path); /* row, or −1 */

/* Reads `text` into the config's member, blanks around it left away. Only what concerns this key alone is checked;
 * see config_check. A set is written "standard,meta". ERR_INPUT names the key, the value and what is allowed. The
 * config is unchanged on error. */
enum err_code key_set(struct config *config, int key, const char *text, struct err *err);

/* "KEY=VALUE" as --set takes it; an unknown key is answered with the nearest. */
enum err_code key_assign(struct config *config, const char *assignment, struct err *err);

/* The value as key_set reads it: set(format(x)) is x to the last bit. */
void key_format(const struct config *config, int key, char text[KEY_VALUE_SIZE]);

/* False: tasks that a file gives have no such value (problem.truth, problem.noise, problem.rank), or a network has
 * none (adapters are general there, AdamW trains all of it, its rate is outer_rate, or adapt.rate, and no rank is
 * enough), so it is not shown. */
bool key_applies(const struct config *config, int key);

/* What is allowed, as messages say it: "a whole number from 1 to 4096", "psd, symmetric or general". */
enum { KEY_ALLOWED_SIZE = 128 };
void key_allowed(int key, char text[KEY_ALLOWED_SIZE]);

/* The next value up (direction 1) or down (−1), as the lab's arrows do: integers by one, rates, counts of steps and
 * samples along 1, 2, 5, 10, … (from ten samples down, and from population up, they meet), choices and sets in turn.
 * ERR_INPUT says why there is none, and then the config is unchanged. */
enum err_code key_nudge(struct config *config, int key, int direction, struct err *err);

/* Largest value that the other keys allow now ("rank ≤ dimension"), at most key_table[key].maximum. */
double key_limit(const struct config *config, int key);

/* Whether the keys agree with each other, and this machine has the memory. ERR_INPUT: *key (may be NULL) is the row
 * to blame. */
enum err_code config_check(const struct config *config, int *key, struct err *err);

/* Bytes that an experiment of this configuration takes, roughly; never too few by more than a tenth. */

double config_memory(const struct config *config);

/* The values of keys that a scenario leaves out. */
void config_default(struct config *config);

#endif
