/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_LESSON_FACT_H
#define RANKSCOPE_LESSON_FACT_H

#include "lesson/expression.h"

/* What the names in formulas stand for; only the files of formulas include it. */

/* The operation that pushes what a dotted name stands for. False: no such name. An ELEMENT's index has to be pushed
 * before it. */
bool fact_find(const char *name, struct expression_op *op);

/* Offers every name to a guess. */
struct text_guess;
void fact_guess(struct text_guess *guess);

/* The value of an operation that takes no operand, and of an element. */
double fact_value(const struct expression_op *op, const struct facts *facts);
double fact_element(const struct expression_op *op, const struct facts *facts, double index);

/* The value that a choice of this key's is compared as; false: it has no such choice. */
bool fact_choice(int key, const char *name, double *value);

/* Flags by these numbers. */
enum fact_flag { FACT_RUN, FACT_STEP, FACT_DONE, FACT_FLAGS };

#endif
