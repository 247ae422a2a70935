/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_PROSE_H
#define RANKSCOPE_RUN_PROSE_H

#include <stdbool.h>
#include <stddef.h>

/* Sentences put together piece by piece in a caller's buffer, which always holds a text: UTF-8, ended by NUL, cut at
 * a whole character with "…" where the buffer was too small. */
struct prose {
    char *text;
    size_t size, used;
    bool cut;
};

void prose_begin(struct prose *prose, char *text, size_t size); /* size at least 1 */
void prose_add(struct prose *prose, const char *format, ...) __attribute__((format(printf, 2, 3)));
void prose_end(struct prose *prose); /* takes blanks off the end */

/* A number as prose has it: three digits, "0" for zero, two digits with an exponent where it is very large or
 * small. Locale-independent as far as printf is. */
struct prose_number {
    char text[24];
};
struct prose_number prose_number(double value);
#define PROSE_NUMBER(value) (prose_number(value).text)

#endif
