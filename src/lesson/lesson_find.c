/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "base/home.h"
#include "lesson/lesson.h"
#include "run/builtin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct builtin lessons = {"lessons", "lesson", "rankscope lessons"};

bool lesson_is(const char *text)
{
    return strncmp(text, "steps:", 6) == 0 || strstr(text, "\nsteps:") != NULL;
}

/* "three" of "lessons/three.yaml". */
static void name_after(const char *path, char name[64])
{
    const char *slash = strrchr(path, '/');
    const char *begin = slash ? slash + 1 : path;
    const char *dot = strrchr(begin, '.');
    size_t length = dot ? (size_t)(dot - begin) : strlen(begin);
    snprintf(name, 64, "%.*s", length < 64 ? (int)length : 63, begin);
}

static enum err_code load_file(const char *path, struct lesson *lesson, struct err *err)
{
    char *text = NULL;
    size_t size = 0;
    *lesson = (struct lesson){.steps = 0};
    enum err_code code = file_read(path, LESSON_SIZE_MAX, &text, &size, err);
    if (!code)
        code = lesson_parse(path, text, size, lesson, err);
    if (!code)
        name_after(path, lesson->name);
    free(text);
    return code;
}

/* The folder of one's own lessons; "" where there is no place for one. */
static enum err_code own_folder(char folder[PATH_MAX], struct err *err)
{
    struct err why;
    char *path = home_path(HOME_DATA, "lessons", false, "one's own lessons", &why);
    folder[0] = '\0';
    if (path == NULL && why.code == ERR_MEMORY)
        return err_set(err, ERR_MEMORY, "%s", why.message);
    if (path != NULL && strlen(path) < PATH_MAX)
        memcpy(folder, path, strlen(path) + 1);
    free(path);
    return ERR_NONE;
}

static bool own_path(const char *name, char path[PATH_MAX])
{
    struct err unheard;
    char folder[PATH_MAX];
    return own_folder(folder, &unheard) == ERR_NONE && folder[0] != '\0' &&
           snprintf(path, PATH_MAX, "%s/%s.yaml", folder, name) < PATH_MAX && access(path, F_OK) == 0;
}

enum err_code lesson_load(const char *name_or_path, struct lesson *lesson, struct err *err)
{
    char path[PATH_MAX];
    *lesson = (struct lesson){.steps = 0};
    enum err_code code = builtin_find(&lessons, name_or_path, path, err);
    if (code == ERR_INPUT && !builtin_is_path(name_or_path) && own_path(name_or_path, path))
        code = ERR_NONE;
    return code ? code : load_file(path, lesson, err);
}

static int rank_of(const struct lesson *lesson)
{
    int order = lesson->own ? 2 * LESSON_LAST : lesson->demo ? LESSON_LAST + 1 : 0;
    return order + (lesson->demo ? 0 : lesson->order);
}

static int by_order(const void *a, const void *b)
{
    const struct lesson *one = a;
    const struct lesson *other = b;
    int difference = rank_of(one) - rank_of(other);
    return difference ? difference : strcmp(one->name, other->name);
}

static bool is_listed(const struct lesson_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->lesson[i].name, name) == 0)
            return true;
    return false;
}

/* What is wrong with a built-in is an error, and with one's own only trouble. */
static enum err_code add(struct lesson_list *list, const struct builtin_list *found, size_t index, bool own,
                         struct err *err)
{
    struct lesson *lesson = &list->lesson[list->count];
    if (own && is_listed(list, found->name[index]))
        return ERR_NONE;
    char *path = builtin_path(found, index, err);
    if (!path)
        return ERR_MEMORY;
    struct err why;
    enum err_code code = load_file(path, lesson, &why);
    free(path);
    lesson->own = own;
    list->count += code == ERR_NONE;
    if (code && (!own || code == ERR_MEMORY))
        return err_set(err, code, "%s", why.message);
    if (code && list->trouble.code == ERR_NONE)
        list->trouble = why;
    return ERR_NONE;
}

static enum err_code fill_list(const struct builtin_list *found, const struct builtin_list *own,
                               struct lesson_list *list, struct err *err)
{
    enum err_code code = ERR_NONE;
    list->lesson = calloc(found->count + own->count + 1, sizeof *list->lesson);
    if (!list->lesson)
        return err_set(err, ERR_MEMORY, "no memory for %zu lessons", found->count + own->count);
    for (size_t i = 0; !code && i < found->count; i++)
        code = add(list, found, i, false, err);
    for (size_t i = 0; !code && i < own->count; i++)
        code = add(list, own, i, true, err);
    if (!code)
        qsort(list->lesson, list->count, sizeof *list->lesson, by_order);
    return code;
}

enum err_code lesson_list_load(struct lesson_list *list, struct err *err)
{
    char folder[PATH_MAX];
    struct builtin_list found;
    struct builtin_list own;
    *list = (struct lesson_list){.count = 0};
    if (own_folder(folder, err))
        return ERR_MEMORY;
    enum err_code code = builtin_list_load(&lessons, &found, err);
    if (code)
        return code;
    code = builtin_list_folder(folder, &own, err);
    if (!code)
        code = fill_list(&found, &own, list, err);
    builtin_list_free(&found);
    builtin_list_free(&own);
    if (code)
        lesson_list_free(list);
    return code;
}

void lesson_list_free(struct lesson_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        lesson_free(&list->lesson[i]);
    free(list->lesson);
    *list = (struct lesson_list){.count = 0};
}
