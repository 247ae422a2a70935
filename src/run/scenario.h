/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_SCENARIO_H
#define RANKSCOPE_RUN_SCENARIO_H

#include "base/err.h"
#include "model/config.h"

#include <stddef.h>

/* Scenarios: YAML files with the keys of key.h in their sections. */

enum { SCENARIO_SIZE_MAX = 65536 }; /* bytes of text */

/* Reads YAML text into a whole, checked config; keys left out have their defaults. ERR_INPUT: the message starts
 * with NAME:LINE:COLUMN: and says the key and what is allowed. Hostile input is refused within bounded memory. */
enum err_code scenario_parse(const char *name, const char *text, size_t size, struct config *config, struct err *err);

/* A built-in's name, or the path of a file (anything with a slash or ending in .yaml or .yml is a path). */
enum err_code scenario_load(const char *name_or_path, struct config *config, struct err *err);

/* The config as scenario text that scenario_parse reads back to the same values; the caller frees it. NULL: out of
 * memory. */
char *scenario_write(const struct config *config);

/* The built-ins, sorted by name; found beside the program, wherever it is called from. */
struct scenario_entry {
    char name[64]; /* BUILTIN_NAME_SIZE */
    struct config config;
};
struct scenario_list {
    size_t count;
    struct scenario_entry *entry;
};
enum err_code scenario_list_load(struct scenario_list *list, struct err *err);
void scenario_list_free(struct scenario_list *list);

/* The one that the bare command runs. */
#define SCENARIO_DEFAULT "three-tasks"

#endif
