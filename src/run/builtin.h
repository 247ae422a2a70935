/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_BUILTIN_H
#define RANKSCOPE_RUN_BUILTIN_H

#include "base/err.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* YAML files that come with the program, in a folder for each kind, found beside it wherever it is called from. */

enum { BUILTIN_NAME_SIZE = 64 };

struct builtin {
    const char *folder; /* "scenarios" */
    const char *noun;   /* "scenario" */
    const char *lister; /* the command that lists them: "rankscope scenarios" */
};

/* What is no built-in's name but a file's: anything with a slash or ending in .yaml or .yml. */
bool builtin_is_path(const char *name_or_path);

/* The file of a name or path. ERR_INPUT: there is none of that name; the nearest is named. */
enum err_code builtin_find(const struct builtin *kind, const char *name_or_path, char path[PATH_MAX], struct err *err);

/* All of a kind, sorted by name. */
struct builtin_list {
    char folder[PATH_MAX];
    size_t count;
    char (*name)[BUILTIN_NAME_SIZE];
};
enum err_code builtin_list_load(const struct builtin *kind, struct builtin_list *list, struct err *err);
/* The same of any folder; one that cannot be read has none. */
enum err_code builtin_list_folder(const char *folder, struct builtin_list *list, struct err *err);
void builtin_list_free(struct builtin_list *list);

/* Their files, which the caller frees. NULL: out of memory, as *err says. */
char *builtin_path(const struct builtin_list *list, size_t index, struct err *err);

#endif
