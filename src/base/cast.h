/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_BASE_CAST_H
#define RANKSCOPE_BASE_CAST_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* A recording of what was written to a terminal and when: asciicast, version 2 (docs.asciinema.org). Every event is in the file as soon as
 * it happened, so that nothing is lost with a program that is killed. */
struct cast;

/* Makes the file, which must not exist unless it is no regular file, and begins it. NULL: *err says why (ERR_INPUT, ERR_IO,
 * ERR_MEMORY). */
struct cast *cast_new(const char *path, int width, int height, const char *title, struct err *err);
void cast_free(struct cast *cast); /* NULL is allowed */

/* What was written, at this moment: UTF-8, of which the end of one call may lack the rest of a character. Bytes that are none are
 * recorded as U+FFFD. */
void cast_output(struct cast *cast, const char *bytes, size_t size);
void cast_resize(struct cast *cast, int width, int height); /* nothing where it has that size */

/* Whether it could not be written on, which ends it at its last whole event; told once, with why. */
bool cast_failed(struct cast *cast, struct err *err);

#endif
