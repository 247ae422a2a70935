/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_LESSON_COURSE_H
#define RANKSCOPE_LESSON_COURSE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* How far somebody is in which lessons: a small file of text, rankscope/lessons in the folder for state, that is
 * replaced as a whole. */

enum { COURSE_LESSONS = 128, COURSE_NAME_SIZE = 64, COURSE_STEP_MAX = 999, COURSE_FILE_MAX = 32768 };

struct course_entry {
    char name[COURSE_NAME_SIZE];
    int step;  /* reached, from 0 */
    bool done; /* played to its end, once at least */
};

struct course {
    int count;
    struct course_entry entry[COURSE_LESSONS];
    bool foreign; /* the file is something else: it is left alone */
};

/* The file's text. ERR_INPUT, with a line and nothing read: it is none, or of a later version. */
enum err_code course_parse(const char *name, const char *text, size_t size, struct course *course, struct err *err);

/* The text of a file, which the caller frees. NULL: out of memory. */
char *course_write(const struct course *course);

/* NULL: nothing is known of it. */
const struct course_entry *course_of(const struct course *course, const char *name);

/* Notes a step reached, or the end. False: nothing is new. What is known of too many lessons is not noted. */
bool course_note(struct course *course, const char *name, int step, bool done);

/* $XDG_STATE_HOME/rankscope/NAME, or below ~/.local/state; folders are made for `writing`. The caller frees it.
 * NULL: *err says why. */
char *course_path(const char *name, bool writing, struct err *err);

/* From its place and to it. A file that is not there is empty progress. After an error in loading progress is
 * empty, and saving does nothing where it would write over what is something else. */
enum err_code course_load(struct course *course, struct err *err);
enum err_code course_save(const struct course *course, struct err *err);

#endif
