/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_LESSON_EXPRESSION_H
#define RANKSCOPE_LESSON_EXPRESSION_H

#include "base/err.h"
#include "run/snapshot.h"

#include <stdbool.h>

/* What lessons say of a run in formulas: conditions, claims, right answers and numbers in their texts, such as
 *
 *     meta.base_error < 1e-6 and standard.error_rank == problem.rank * problem.tasks
 *
 * Numbers are `METHOD.MEASURE` with the names of the results' columns; `METHOD.curve[r]`,
 * `METHOD.singular_value[i]` and `METHOD.angle[t]`, i and t counted from 1; `METHOD.converged` and the other
 * states; keys by their paths, of choices compared with a choice's name; what the lesson kept before, by its name;
 * and `run` (it runs or has moved), `step` (it has moved), `done`, `changed KEY`, since the lesson's step began.
 * Then or, and, not, == != < <= > >=, + - * /, abs, min, max, sqrt, log10. True is 1 and false is 0; what cannot be
 * had is NAN, and nothing is true of it but !=. */

/* What a formula is about. */
struct facts {
    const struct snapshot *snapshot; /* NULL: nothing has been measured */
    const struct config *config;     /* as it is now */
    const struct config *begin;      /* as it was when the step began */
    bool ran, moved, done;           /* it runs now; steps were taken; nothing is left to do */
    const double *kept;              /* by the order of the names */
};

/* What a lesson keeps from one step to a later one. */
enum { EXPRESSION_NAMES = 16, EXPRESSION_NAME_SIZE = 32 };
struct expression_names {
    int count;
    char name[EXPRESSION_NAMES][EXPRESSION_NAME_SIZE];
};

enum expression_code {
    EXPRESSION_NUMBER, /* pushes `number` */
    EXPRESSION_MEASURE,
    EXPRESSION_STATUS,
    EXPRESSION_RATE,
    EXPRESSION_ELEMENT, /* takes an index */
    EXPRESSION_NORM,
    EXPRESSION_KEY,
    EXPRESSION_KEPT,
    EXPRESSION_FLAG,
    EXPRESSION_CHANGED,
    EXPRESSION_UNARY,
    EXPRESSION_BINARY,
};

enum { EXPRESSION_OPS = 64, EXPRESSION_SIZE = 400 };
struct expression {
    int count;
    struct expression_op {
        enum expression_code code;
        int what, method;
        double number;
    } op[EXPRESSION_OPS]; /* in the order in which they are done, on a stack */
};

/* Reads a formula of at most EXPRESSION_SIZE bytes. names may be NULL: nothing is kept. ERR_INPUT: *at (may be
 * NULL) is the byte that is wrong, and the message says what is allowed, or what may have been meant. */
enum err_code expression_read(struct expression *expression, const char *text, const struct expression_names *names,
                              int *at, struct err *err);

double expression_value(const struct expression *expression, const struct facts *facts);

/* The same from the text; NAN where that is no formula. */
double expression_of(const char *text, const struct expression_names *names, const struct facts *facts);
bool expression_true(const char *text, const struct expression_names *names, const struct facts *facts);

/* Whether it asks for any of these, which something must be done for. `key` of what changed, or −1. */
bool expression_asks_done(const struct expression *expression);
int expression_asks_changed(const struct expression *expression);

#endif
