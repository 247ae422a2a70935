/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_TREE_H
#define RANKSCOPE_RUN_TREE_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* JSON, by Jansson. */

/* Reads a file of at most `limit` bytes in which no name stands twice; *root is the caller's. Errors as file_read, and
 * ERR_INPUT with path, line and column. */
enum err_code tree_read(const char *path, size_t limit, json_t **root, struct err *err);

/* Results as JSON, built as a tree of Jansson's. An allocation that fails sets *failed, which begins false and is asked
 * once, at the end; until then a NULL goes through everything here. Values belong to where they are put. */

void tree_put(json_t *object, const char *name, json_t *value, bool *failed);
void tree_append(json_t *array, json_t *value, bool *failed);

json_t *tree_number(double value); /* null where it is not finite */
json_t *tree_whole(double value);  /* the same, without a fraction */
json_t *tree_numbers(const double *value, int count, bool *failed);

/* Writes the tree and a newline, each number with all of its bits, and frees it. `failed` is what became of building
 * it. ERR_MEMORY: "no memory for the census as JSON", from `what`. That a stream took no more, result_flush tells. */
enum err_code tree_write(FILE *stream, json_t *root, bool failed, const char *what, struct err *err);

#endif
