/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_SURVEY_REPORT_H
#define RANKSCOPE_RUN_SURVEY_REPORT_H

#include "run/result.h"
#include "run/survey.h"

/* A survey for people and for scripts; the man page has the columns. Text: the place, in numbers and sentences. CSV: the slice, a line a
 * point, then the path. JSON: everything. ERR_IO or ERR_MEMORY. */
enum err_code survey_write(FILE *stream, enum result_format format, const struct survey *survey, struct err *err);

#endif
