/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_RESULT_STATE_H
#define RANKSCOPE_RUN_RESULT_STATE_H

#include "run/result.h"

#include <stdbool.h>

/* What the formats share. */

/* A number of a method that every format for scripts has, under this name. */
struct result_measure {
    const char *name;
    size_t offset; /* of the member in struct method_snapshot */
    enum { RESULT_REAL, RESULT_LONG, RESULT_INT } type;
};
extern const struct result_measure result_measures[];
extern const int result_measure_count;

/* NAN: not to be had, or the theory is silent. */
double result_measure_value(const struct result_measure *measure, const struct method_snapshot *method);

const char *result_status(enum solver_status status); /* "ok" while it runs, "converged" … */

const char *result_end(enum run_end end); /* "steps" …; NULL: it has not ended */

void result_write_text(FILE *stream, const struct view *view);
void result_write_csv(FILE *stream, const struct view *view);
enum err_code result_write_json(FILE *stream, const struct view *view, struct err *err);

#endif
