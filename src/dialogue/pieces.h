/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_PIECES_H
#define RANKSCOPE_DIALOGUE_PIECES_H

#include "base/err.h"

#include <stddef.h>

/* GPT-2's pre-tokeniser (Radford et al. 2019, `encoder.py`): text falls into contractions, words, numbers, signs and blanks,
 * and byte pairs are never merged across them. The only file that knows PCRE2. */
struct pieces;

struct pieces *pieces_new(void);         /* NULL: out of memory */
void pieces_free(struct pieces *pieces); /* NULL is allowed */

/* Begins with a text of UTF-8, borrowed until the last piece. ERR_INPUT: byte N is no UTF-8. */
enum err_code pieces_begin(struct pieces *pieces, const char *text, size_t size, struct err *err);

/* The next piece, which is *length > 0 bytes at *piece; together they are the text. *length is 0 at the end. */
enum err_code pieces_next(struct pieces *pieces, const char **piece, size_t *length, struct err *err);

#endif
