/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "lesson/lesson.h"
#include "run/builtin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

enum err_code lesson_load(const char *name_or_path, struct lesson *lesson, struct err *err)
{
    char path[PATH_MAX];
    *lesson = (struct lesson){.steps = 0};
    enum err_code code = builtin_find(&lessons, name_or_path, path, err);
    return code ? code : load_file(path, lesson, err);
}

static int rank_of(const struct lesson *lesson)
{
    return lesson->demo ? LESSON_LAST + 1 : lesson->order;
}

static int by_order(const void *a, const void *b)
{
    const struct lesson *one = a;
    const struct lesson *other = b;
    int difference = rank_of(one) - rank_of(other);
    return difference ? difference : strcmp(one->name, other->name);
}

static enum err_code fill_list(const struct builtin_list *found, struct lesson_list *list, struct err *err)
{
    list->lesson = calloc(found->count + 1, sizeof *list->lesson);
    if (!list->lesson)
        return err_set(err, ERR_MEMORY, "no memory for %zu lessons", found->count);
    for (size_t i = 0; i < found->count; i++) {
        char *path = builtin_path(found, i, err);
        enum err_code code = path ? load_file(path, &list->lesson[i], err) : ERR_MEMORY;
        free(path);
        if (code)
            return code;
        list->count++;
    }
    qsort(list->lesson, list->count, sizeof *list->lesson, by_order);
    return ERR_NONE;
}

enum err_code lesson_list_load(struct lesson_list *list, struct err *err)
{
    struct builtin_list found;
    *list = (struct lesson_list){.count = 0};
    enum err_code code = builtin_list_load(&lessons, &found, err);
    if (code)
        return code;
    code = fill_list(&found, list, err);
    builtin_list_free(&found);
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
