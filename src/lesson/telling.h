/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_LESSON_TELLING_H
#define RANKSCOPE_LESSON_TELLING_H

#include "lesson/expression.h"

#include <stdbool.h>
#include <stddef.h>

/* A lesson's texts: lines are joined, an empty line begins a paragraph, *this* is emphasised, and {FORMULA} is the
 * number that was measured. */

enum { TELLING_SIZE = 2400 };

/* The text with its numbers put in (without facts, with something as long as a number can be), lines joined and
 * paragraphs ended by newlines; stars stay. Cut where it does not fit. */
void telling_write(char *to, size_t size, const char *text, const struct expression_names *names,
                   const struct facts *facts);

/* Whether the star at `at` begins or ends an emphasis; that of A* does neither. */
bool telling_star(const char *begin, const char *at, bool emphasised);

/* Takes the stars of emphasis out. */
void telling_strip(char *text);

/* Text from outside, fit for a terminal: tabs become blanks, control characters but line ends and what is no UTF-8
 * become '?'. In place. */
void telling_clean(char *text);

/* Whether every brace has a formula in it. ERR_INPUT says which has none. */
enum err_code telling_check(const char *text, const struct expression_names *names, struct err *err);

#endif
