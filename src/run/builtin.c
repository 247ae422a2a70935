/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/builtin.h"

#include "base/text.h"

#include <dirent.h>
#include <errno.h>
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

/* A built-in's file name: "NAME.yaml", not hidden, and short enough. */
static int is_builtin(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && ends_with(entry->d_name, ending) && length - strlen(ending) < BUILTIN_NAME_SIZE;
}

static bool has_some(const char *folder)
{
    DIR *stream = opendir(folder);
    bool found = false;
    for (struct dirent *entry; stream && !found && (entry = readdir(stream));)
        found = is_builtin(entry);
    if (stream)
        closedir(stream);
    return found;
}

static bool try_folder(char folder[PATH_MAX], const char *base, int base_length, const char *between,
                       const struct builtin *kind)
{
    int length = snprintf(folder, PATH_MAX, "%.*s%s/%s", base_length, base, between, kind->folder);
    return length > 0 && length < PATH_MAX && has_some(folder);
}

/* $RANKSCOPE_DATA alone where it is set; else what belongs to the program: as installed, wherever the whole prefix was
 * moved to, then as built in a source tree (build/VARIANT/rankscope); else where it was meant to be installed. */
static enum err_code find_folder(const struct builtin *kind, char folder[PATH_MAX], struct err *err)
{
    const char *data = getenv("RANKSCOPE_DATA");
    if (data && *data) {
        if (try_folder(folder, data, (int)strlen(data), "", kind))
            return ERR_NONE;
        return err_set(err, ERR_INPUT, "there are no %s in %s/%s, where RANKSCOPE_DATA points", kind->folder, data,
                       kind->folder);
    }
    static const char *const places[] = {"/../share/rankscope", "", "/..", "/../..", NULL};
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    while (length > 0 && program[length - 1] != '/')
        length--;
    for (int i = 0; length > 1 && places[i]; i++)
        if (try_folder(folder, program, (int)length - 1, places[i], kind))
            return ERR_NONE;
    if (try_folder(folder, RANKSCOPE_DATADIR, INT_MAX, "", kind))
        return ERR_NONE;
    return err_set(err, ERR_INPUT, "there are no %s beside the program or in %s/%s; set RANKSCOPE_DATA", kind->folder,
                   RANKSCOPE_DATADIR, kind->folder);
}

static void free_names(struct dirent **names, int count)
{
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

static enum err_code copy_names(struct dirent **names, int count, struct builtin_list *list, struct err *err)
{
    list->name = calloc((size_t)count + 1, sizeof *list->name);
    if (!list->name)
        return err_set(err, ERR_MEMORY, "no memory for %d names", count);
    for (int i = 0; i < count; i++) {
        size_t length = strlen(names[i]->d_name) - strlen(ending); /* it fits: see is_builtin */
        memcpy(list->name[list->count++], names[i]->d_name, length);
    }
    return ERR_NONE;
}

enum err_code builtin_list_load(const struct builtin *kind, struct builtin_list *list, struct err *err)
{
    *list = (struct builtin_list){.count = 0};
    enum err_code code = find_folder(kind, list->folder, err);
    if (code)
        return code;
    struct dirent **names;
    int count = scandir(list->folder, &names, is_builtin, alphasort);
    if (count < 0)
        return err_set(err, errno == ENOMEM ? ERR_MEMORY : ERR_IO, "%s: %s", list->folder, strerror(errno));
    code = copy_names(names, count, list, err);
    free_names(names, count);
    return code;
}

enum err_code builtin_list_folder(const char *folder, struct builtin_list *list, struct err *err)
{
    struct dirent **names;
    *list = (struct builtin_list){.count = 0};
    if (snprintf(list->folder, sizeof list->folder, "%s", folder) >= (int)sizeof list->folder)
        return ERR_NONE; /* no folder can be there */
    int count = scandir(folder, &names, is_builtin, alphasort);
    if (count < 0)
        return errno == ENOMEM ? err_set(err, ERR_MEMORY, "%s: %s", folder, strerror(errno)) : ERR_NONE;
    enum err_code code = copy_names(names, count, list, err);
    free_names(names, count);
    return code;
}

void builtin_list_free(struct builtin_list *list)
{
    free(list->name);
    *list = (struct builtin_list){.count = 0};
}

char *builtin_path(const struct builtin_list *list, size_t index, struct err *err)
{
    char *path;
    if (asprintf(&path, "%s/%s%s", list->folder, list->name[index], ending) >= 0)
        return path;
    err_set(err, ERR_MEMORY, "no memory for the path of %s", list->name[index]);
    return NULL;
}

static enum err_code refuse_name(const struct builtin *kind, const char *name, struct err *err)
{
    struct builtin_list list;
    enum err_code code = builtin_list_load(kind, &list, err);
    if (code)
        return code;
    struct text_guess guess = {.word = name};
    for (size_t i = 0; i < list.count; i++)
        text_guess_offer(&guess, list.name[i]);
    char clip[TEXT_CLIP_SIZE];
    text_clip(clip, name);
    if (guess.best)
        err_set(err, ERR_INPUT, "unknown %s \"%s\"; did you mean %s?", kind->noun, clip, guess.best);
    else
        err_set(err, ERR_INPUT, "unknown %s \"%s\"; %s lists them, a file's name ends in %s", kind->noun, clip,
                kind->lister, ending);
    builtin_list_free(&list);
    return ERR_INPUT;
}

bool builtin_is_path(const char *name_or_path)
{
    return strchr(name_or_path, '/') || ends_with(name_or_path, ending) || ends_with(name_or_path, ".yml");
}

enum err_code builtin_find(const struct builtin *kind, const char *name_or_path, char path[PATH_MAX], struct err *err)
{
    if (builtin_is_path(name_or_path)) {
        int length = snprintf(path, PATH_MAX, "%s", name_or_path);
        return length < PATH_MAX ? ERR_NONE : err_set(err, ERR_INPUT, "%s: this path is too long", name_or_path);
    }
    char folder[PATH_MAX];
    enum err_code code = find_folder(kind, folder, err);
    if (code)
        return code;
    struct dirent entry;
    int length = snprintf(entry.d_name, sizeof entry.d_name, "%s%s", name_or_path, ending);
    if (length < 0 || (size_t)length >= sizeof entry.d_name || !is_builtin(&entry))
        return refuse_name(kind, name_or_path, err);
    if (snprintf(path, PATH_MAX, "%s/%s", folder, entry.d_name) >= PATH_MAX || access(path, F_OK) != 0)
        return refuse_name(kind, name_or_path, err);
    return ERR_NONE;
}
