/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_SHARE_H
#define RANKSCOPE_RUN_SHARE_H

#include "base/err.h"
#include "run/journal.h"

#include <stdbool.h>

/* A run as one line of text: "rs1:" and letters, digits, '-' and '_' that hold the way to where it is, compressed, with a check
 * sum. Reading it back gives the same way, so the same run to the last bit. */

enum { SHARE_SIZE_MAX = 16384 }; /* bytes of a string */

/* The caller frees it. NULL: ERR_MEMORY, or ERR_INPUT where the journal is full. */
char *share_write(const struct journal *journal, struct err *err);

/* Whether text is meant to be one: "rs", a number and ':'. */
bool share_looks_like(const char *text);

/* ERR_INPUT says whether it was cut, altered, or is of another version; hostile strings are refused within bounded memory.
 * ERR_MEMORY. */
enum err_code share_read(const char *text, struct journal *journal, struct err *err);

#endif
