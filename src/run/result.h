/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_RESULT_H
#define RANKSCOPE_RUN_RESULT_H

#include "base/err.h"
#include "run/view.h"

#include <stdio.h>

/* A finished run for people and for scripts; the formats are documented in the man page. Numbers are written so
 * that reading them back gives the same bits; what could not be measured is null in JSON and empty in CSV. */
enum result_format { RESULT_TEXT, RESULT_CSV, RESULT_JSON };

/* ERR_IO when the stream took no more. */
enum err_code result_write(FILE *stream, enum result_format format, const struct view *view, struct err *err);

/* At the end of whatever was written in a format, with errno 0 at its beginning. ERR_IO: "cannot write the results: …",
 * from `what`. */
enum err_code result_flush(FILE *stream, const char *what, struct err *err);

#endif
