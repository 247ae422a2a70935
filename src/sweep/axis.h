/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_AXIS_H
#define RANKSCOPE_SWEEP_AXIS_H

#include "run/key.h"

/* One axis of a sweep: keys of a scenario that take the same value, and the values they take. */

enum { AXIS_KEYS = 4, AXIS_VALUES = 10000, AXIS_NAME_SIZE = 64 };

struct axis {
    char name[AXIS_NAME_SIZE]; /* as it was asked for: "tasks", "problem.rank+retrain.rank" */
    int keys;
    int key[AXIS_KEYS]; /* rows of key_table */
    size_t count;
    char (*value)[KEY_VALUE_SIZE]; /* count: as key_format writes them; the axis's own */
};

/* Reads "KEYS=VALUES". KEYS is a key's path, several of them with + between, or a short name: a key's without its
 * section (the first of problem, retrain and adapt that has it), and `rank` for the ranks of the tasks, of retraining and of
 * fine-tuning together. VALUES are values and ranges
 * with commas between; a range is FIRST:LAST by ones, FIRST:LAST:STEP, or FIRST:LAST:xFACTOR, ascending or descending. Every
 * value is one that each key takes by itself. axis_free is the caller's. ERR_INPUT (unknown key, empty range, a value twice, more
 * than AXIS_VALUES values, …) or ERR_MEMORY; the axis is empty then. */
enum err_code axis_parse(struct axis *axis, const char *text, struct err *err);
void axis_free(struct axis *axis); /* what it holds; one that is all zero is allowed */

/* The keys of the config take value `index`; nothing else is asked. */
void axis_apply(const struct axis *axis, size_t index, struct config *config);

/* Where it lies on a line; NAN where the values are no numbers ("population", "psd"). */
double axis_number(const struct axis *axis, size_t index);

/* All values are numbers, ascending, and spread by a factor rather than by a difference: a logarithmic line suits them. */
bool axis_is_geometric(const struct axis *axis);

/* "tasks T", "rank k", "inner rate": for a person; of several keys the first. */
enum { AXIS_TITLE_SIZE = 48 };
void axis_title(const struct axis *axis, char title[AXIS_TITLE_SIZE]);

#endif
