/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_LESSON_LESSON_STATE_H
#define RANKSCOPE_LESSON_LESSON_STATE_H

#include "lesson/lesson.h"

/* What the files that read lessons share. */

struct lesson_reader {
    struct reader yaml;
    struct lesson *lesson;
    struct config config;            /* as the steps so far have left it */
    struct lesson_controls controls; /* of steps that have none of their own */
    struct place config_place;       /* to blame where keys do not agree */
    struct lesson_step *step;        /* the one being read */
};

/* A key of a mapping and what reads its value, which is the present event. */
struct lesson_word {
    const char *name;
    enum err_code (*read)(struct lesson_reader *reader);
};

/* The mapping that the present event begins. `what` names it in messages: "a step". */
enum err_code lesson_read_map(struct lesson_reader *reader, const char *what, const struct lesson_word *word,
                              int count);

/* A list of at most `limit`, or one alone: calls `read` for each. */
enum err_code lesson_read_each(struct lesson_reader *reader, const char *what, int limit,
                               enum err_code (*read)(struct lesson_reader *reader));

/* The present event's text, copied, not longer than LESSON_TEXT_MAX. */
enum err_code lesson_read_text(struct lesson_reader *reader, const char *what, struct lesson_text *text);

/* The key that the present event names, or −1 after refusing it. */
int lesson_read_key(struct lesson_reader *reader);

/* ---- lesson_parts.c ---- */

enum err_code lesson_read_set(struct lesson_reader *reader);      /* onto reader->config */
enum err_code lesson_read_controls(struct lesson_reader *reader); /* into reader->step's, or the lesson's */
enum err_code lesson_read_action(struct lesson_reader *reader);
enum err_code lesson_read_question(struct lesson_reader *reader);

/* ---- lesson_check.c: formulas, once every name is known ---- */

enum err_code lesson_check(struct lesson_reader *reader);

#endif
