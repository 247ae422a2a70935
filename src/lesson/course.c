/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lesson/course.h"

#include "base/file.h"
#include "base/home.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char heading[] = "rankscope lessons 1";

/* ---- text ---- */

static bool is_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
    return length > 0 && name[length] == '\0' && length < COURSE_NAME_SIZE;
}

/* "NAME STEP" or "NAME STEP done". */
static bool read_entry(char *line, struct course_entry *entry)
{
    char *rest = NULL;
    const char *name = strtok_r(line, " ", &rest);
    const char *step = strtok_r(NULL, " ", &rest);
    const char *done = strtok_r(NULL, " ", &rest);
    if (!name || !step || strtok_r(NULL, " ", &rest) || !is_name(name) || strspn(step, "0123456789") != strlen(step) ||
        strlen(step) > 3 || (done && strcmp(done, "done") != 0))
        return false;
    snprintf(entry->name, sizeof entry->name, "%s", name);
    entry->step = (int)strtol(step, NULL, 10);
    entry->done = done != NULL;
    return true;
}

static enum err_code read_lines(const char *name, char *text, struct course *course, struct err *err)
{
    size_t number = 0;
    for (char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        char *next = line + length + (line[length] == '\n');
        line[length] = '\0';
        number++;
        if (number == 1 && strcmp(line, heading) != 0)
            return err_set(err, ERR_INPUT, "%s:1:1: this is no file of progress that begins with \"%s\"", name,
                           heading);
        if (number > 1) {
            if (course->count == COURSE_LESSONS)
                return err_set(err, ERR_INPUT, "%s:%zu:1: more than %d lessons", name, number, COURSE_LESSONS);
            if (!read_entry(line, &course->entry[course->count++]))
                return err_set(err, ERR_INPUT,
                               "%s:%zu:1: here must be a lesson's name, a step up to %d, and done or nothing", name,
                               number, COURSE_STEP_MAX);
        }
        line = next;
    }
    return number ? ERR_NONE : err_set(err, ERR_INPUT, "%s:1:1: it is empty", name);
}

enum err_code course_parse(const char *name, const char *text, size_t size, struct course *course, struct err *err)
{
    *course = (struct course){.count = 0};
    if (size > COURSE_FILE_MAX || memchr(text, '\0', size))
        return err_set(err, ERR_INPUT, "%s:1:1: this is no file of progress", name);
    char *copy = strndup(text, size);
    if (!copy)
        return err_set(err, ERR_MEMORY, "%s: no memory to read it", name);
    enum err_code code = read_lines(name, copy, course, err);
    free(copy);
    if (code)
        *course = (struct course){.count = 0};
    return code;
}

char *course_write(const struct course *course)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        return NULL;
    fprintf(stream, "%s\n", heading);
    for (int i = 0; i < course->count; i++)
        fprintf(stream, "%s %d%s\n", course->entry[i].name, course->entry[i].step,
                course->entry[i].done ? " done" : "");
    bool whole = !ferror(stream);
    if (fclose(stream) != 0 || !whole) {
        free(text);
        return NULL;
    }
    return text;
}

/* ---- what is known ---- */

const struct course_entry *course_of(const struct course *course, const char *name)
{
    for (int i = 0; i < course->count; i++)
        if (strcmp(course->entry[i].name, name) == 0)
            return &course->entry[i];
    return NULL;
}

bool course_note(struct course *course, const char *name, int step, bool done)
{
    int row = 0;
    while (row < course->count && strcmp(course->entry[row].name, name) != 0)
        row++;
    if (row == COURSE_LESSONS || !is_name(name) || step < 0 || step > COURSE_STEP_MAX)
        return false;
    struct course_entry *entry = &course->entry[row];
    if (row == course->count) {
        *entry = (struct course_entry){.step = -1};
        snprintf(entry->name, sizeof entry->name, "%s", name);
        course->count++;
    } else if (entry->step == step && (entry->done || !done)) {
        return false;
    }
    entry->step = step;
    entry->done = entry->done || done;
    return true;
}

/* ---- the file ---- */

char *course_path(const char *name, bool writing, struct err *err)
{
    struct err unheard;
    return home_path(HOME_STATE, name, writing, "what is kept of lessons", err ? err : &unheard);
}

enum err_code course_load(struct course *course, struct err *err)
{
    *course = (struct course){.count = 0};
    char *path = course_path("lessons", false, err);
    if (!path)
        return err->code;
    char *text = NULL;
    size_t size = 0;
    enum err_code code = ERR_NONE;
    if (access(path, F_OK) == 0) {
        code = file_read(path, COURSE_FILE_MAX, &text, &size, err);
        if (!code)
            code = course_parse(path, text, size, course, err);
        course->foreign = code != ERR_NONE;
    }
    free(text);
    free(path);
    return code;
}

enum err_code course_save(const struct course *course, struct err *err)
{
    if (course->foreign)
        return ERR_NONE; /* that was said when it was loaded */
    char *path = course_path("lessons", true, err);
    if (!path)
        return err->code;
    char *text = course_write(course);
    enum err_code code =
        text ? file_write(path, text, strlen(text), err) : err_set(err, ERR_MEMORY, "%s: no memory to write it", path);
    free(text);
    free(path);
    return code;
}
