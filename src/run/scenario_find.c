/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "run/builtin.h"
#include "run/scenario.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(BUILTIN_NAME_SIZE == sizeof((struct scenario_entry *)0)->name, "a name fits");

static const struct builtin scenarios = {"scenarios", "scenario", "rankscope scenarios"};

static enum err_code load_file(const char *path, struct config *config, struct err *err)
{
    char *text = NULL;
    size_t size = 0;
    enum err_code code = file_read(path, SCENARIO_SIZE_MAX, &text, &size, err);
    if (!code)
        code = scenario_parse(path, text, size, config, err);
    free(text);
    return code;
}

enum err_code scenario_load(const char *name_or_path, struct config *config, struct err *err)
{
    char path[PATH_MAX];
    if (builtin_is_path(name_or_path))
        return load_file(name_or_path, config, err);
    enum err_code code = builtin_find(&scenarios, name_or_path, path, err);
    return code ? code : load_file(path, config, err);
}

static enum err_code fill_list(const struct builtin_list *found, struct scenario_list *list, struct err *err)
{
    list->entry = calloc(found->count + 1, sizeof *list->entry);
    if (!list->entry)
        return err_set(err, ERR_MEMORY, "no memory for %zu scenarios", found->count);
    for (size_t i = 0; i < found->count; i++) {
        struct scenario_entry *entry = &list->entry[i];
        char *path = builtin_path(found, i, err);
        enum err_code code = path ? load_file(path, &entry->config, err) : ERR_MEMORY;
        free(path);
        if (code)
            return code;
        memcpy(entry->name, found->name[i], sizeof entry->name);
        list->count++;
    }
    return ERR_NONE;
}

enum err_code scenario_list_load(struct scenario_list *list, struct err *err)
{
    *list = (struct scenario_list){0};
    struct builtin_list found;
    enum err_code code = builtin_list_load(&scenarios, &found, err);
    if (code)
        return code;
    code = fill_list(&found, list, err);
    builtin_list_free(&found);
    if (code)
        scenario_list_free(list);
    return code;
}

void scenario_list_free(struct scenario_list *list)
{
    free(list->entry);
    *list = (struct scenario_list){0};
}
