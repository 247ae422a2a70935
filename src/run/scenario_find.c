/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "base/text.h"
#include "run/scenario.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char ending[] = ".yaml";

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);
    return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

/* A scenario's file name: "NAME.yaml", not hidden, and short enough for a scenario_entry. */
static int is_scenario(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && ends_with(entry->d_name, ending) &&
           length - strlen(ending) < sizeof((struct scenario_entry *)0)->name;
}

static bool has_scenarios(const char *folder)
{
    DIR *stream = opendir(folder);
    bool found = false;
    for (struct dirent *entry; stream && !found && (entry = readdir(stream));)
        found = is_scenario(entry);
    if (stream)
        closedir(stream);
    return found;
}

/* folder = the first of these that has scenarios. */
static bool try_folder(char folder[PATH_MAX], const char *base, int base_length, const char *below)
{
    int length = snprintf(folder, PATH_MAX, "%.*s%s", base_length, base, below);
    return length > 0 && length < PATH_MAX && has_scenarios(folder);
}

/* $RANKSCOPE_DATA alone where it is set; else what belongs to the program: as installed, wherever the whole prefix was
 * moved to, then as built in a source tree (build/VARIANT/rankscope); else where it was meant to be installed. */
static enum err_code find_folder(char folder[PATH_MAX], struct err *err)
{
    const char *data = getenv("RANKSCOPE_DATA");
    if (data && *data) {
        if (try_folder(folder, data, (int)strlen(data), "/scenarios"))
            return ERR_NONE;
        return err_set(err, ERR_INPUT, "there are no scenarios in %s/scenarios, where RANKSCOPE_DATA points", data);
    }
    static const char *const places[] = {"/../share/rankscope/scenarios", "/scenarios", "/../scenarios",
                                         "/../../scenarios", NULL};
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    while (length > 0 && program[length - 1] != '/')
        length--;
    for (int i = 0; length > 1 && places[i]; i++)
        if (try_folder(folder, program, (int)length - 1, places[i]))
            return ERR_NONE;
    if (try_folder(folder, RANKSCOPE_DATADIR, INT_MAX, "/scenarios"))
        return ERR_NONE;
    return err_set(err, ERR_INPUT, "there are no scenarios beside the program or in %s/scenarios; set RANKSCOPE_DATA",
                   RANKSCOPE_DATADIR);
}

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

static enum err_code load_from(const char *folder, const char *file_name, struct config *config, struct err *err)
{
    char *path;
    if (asprintf(&path, "%s/%s", folder, file_name) < 0)
        return err_set(err, ERR_MEMORY, "no memory for the path of %s", file_name);
    enum err_code code = load_file(path, config, err);
    free(path);
    return code;
}

static void free_names(struct dirent **names, int count)
{
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

/* The folder's scenarios, sorted; *names is free_names's. A count below 0: *err says why. */
static int list_folder(const char *folder, struct dirent ***names, struct err *err)
{
    int count = scandir(folder, names, is_scenario, alphasort);
    if (count < 0)
        err_set(err, errno == ENOMEM ? ERR_MEMORY : ERR_IO, "%s: %s", folder, strerror(errno));
    return count;
}

static void cut_ending(char *name)
{
    name[strlen(name) - strlen(ending)] = '\0';
}

static enum err_code refuse_name(const char *folder, const char *name, struct err *err)
{
    struct dirent **names;
    int count = list_folder(folder, &names, err);
    if (count < 0)
        return err ? err->code : ERR_IO;
    struct text_guess guess = {.word = name};
    for (int i = 0; i < count; i++) {
        cut_ending(names[i]->d_name);
        text_guess_offer(&guess, names[i]->d_name);
    }
    char clip[TEXT_CLIP_SIZE];
    text_clip(clip, name);
    if (guess.best)
        err_set(err, ERR_INPUT, "unknown scenario \"%s\"; did you mean %s?", clip, guess.best);
    else
        err_set(err, ERR_INPUT, "unknown scenario \"%s\"; rankscope scenarios lists them, a file's name ends in %s",
                clip, ending);
    free_names(names, count);
    return ERR_INPUT;
}

enum err_code scenario_load(const char *name_or_path, struct config *config, struct err *err)
{
    if (strchr(name_or_path, '/') || ends_with(name_or_path, ending) || ends_with(name_or_path, ".yml"))
        return load_file(name_or_path, config, err);
    char folder[PATH_MAX];
    enum err_code code = find_folder(folder, err);
    if (code)
        return code;
    struct dirent entry;
    int length = snprintf(entry.d_name, sizeof entry.d_name, "%s%s", name_or_path, ending);
    if (length < 0 || (size_t)length >= sizeof entry.d_name || !is_scenario(&entry))
        return refuse_name(folder, name_or_path, err);
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", folder, entry.d_name) >= (int)sizeof path || access(path, F_OK) != 0)
        return refuse_name(folder, name_or_path, err);
    return load_from(folder, entry.d_name, config, err);
}

static enum err_code fill_list(const char *folder, struct dirent **names, int count, struct scenario_list *list,
                               struct err *err)
{
    list->entry = calloc((size_t)count + 1, sizeof *list->entry);
    if (!list->entry)
        return err_set(err, ERR_MEMORY, "no memory for %d scenarios", count);
    for (int i = 0; i < count; i++) {
        struct scenario_entry *entry = &list->entry[i];
        enum err_code code = load_from(folder, names[i]->d_name, &entry->config, err);
        if (code)
            return code;
        cut_ending(names[i]->d_name);
        memcpy(entry->name, names[i]->d_name, strlen(names[i]->d_name)); /* it fits: see is_scenario */
        list->count++;
    }
    return ERR_NONE;
}

enum err_code scenario_list_load(struct scenario_list *list, struct err *err)
{
    *list = (struct scenario_list){0};
    char folder[PATH_MAX];
    enum err_code code = find_folder(folder, err);
    if (code)
        return code;
    struct dirent **names;
    int count = list_folder(folder, &names, err);
    if (count < 0)
        return err ? err->code : ERR_IO;
    code = fill_list(folder, names, count, list, err);
    free_names(names, count);
    if (code)
        scenario_list_free(list);
    return code;
}

void scenario_list_free(struct scenario_list *list)
{
    free(list->entry);
    *list = (struct scenario_list){0};
}
