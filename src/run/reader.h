/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_READER_H
#define RANKSCOPE_RUN_READER_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#include <yaml.h>

/* YAML from outside as a stream of events, for the formats that are written in it: that way anchors, tags and depth
 * are seen before anything is built from them. All refusals are ERR_INPUT and begin with NAME:LINE:COLUMN:. */

struct place {
    size_t line, column; /* counted from 1; line 0: not in the file */
};

struct reader {
    const char *name; /* of the file, for messages */
    const char *noun; /* what it is meant to be: "a scenario" */
    const char *text;
    yaml_parser_t parser;
    yaml_event_t event; /* the present one, or zero */
    struct err *err;
};

/* Nothing but blanks and comments. */
bool reader_is_empty(const char *text, size_t size);

/* Borrows all of it until reader_end, which is the caller's to call once this has returned ERR_NONE. err is never
 * NULL. */
enum err_code reader_begin(struct reader *reader, const char *name, const char *noun, const char *text, size_t size,
                           struct err *err);
void reader_end(struct reader *reader);

/* One document that is keys with values: up to its first key, and from its last one to the end of the text. */
enum err_code reader_enter(struct reader *reader);
enum err_code reader_leave(struct reader *reader);

/* Moves on to the next event. Anchors, aliases and tags are refused: all of them can make a short text mean
 * something large. */
enum err_code reader_next(struct reader *reader);

/* Passes over the value that the present event begins; the event is then the one that ends it. */
enum err_code reader_skip(struct reader *reader);

enum err_code reader_refuse(struct reader *reader, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
enum err_code reader_no_memory(struct err *err, const char *name);

/* Of the present event. */
struct place reader_place(const struct reader *reader);
const char *reader_kind(const struct reader *reader); /* "a list", "keys with values", "a value" */
bool reader_is_plain(const struct reader *reader);    /* text without quotes */

/* Its text; NULL after refusing it: another kind of event, or a NUL inside. `what` begins the message. */
const char *reader_scalar(struct reader *reader, const char *what);

#endif
