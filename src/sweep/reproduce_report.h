/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_REPRODUCE_REPORT_H
#define RANKSCOPE_SWEEP_REPRODUCE_REPORT_H

#include "run/result.h"
#include "sweep/reproduce.h"

#include <stdio.h>

/* A figure for people and for scripts. Text has where its curves end, beside what exact solvers reach on the same
 * draws, and says whose a gap between the methods is; CSV and JSON have every point. ERR_IO or ERR_MEMORY. */
enum err_code reproduce_write(FILE *stream, enum result_format format, const struct reproduction *reproduction,
                              struct err *err);

/* Whose a gap is: "T = 3: …" in a sentence. */
enum { REPRODUCE_SENTENCE_SIZE = 400 };
void reproduce_explain(const struct reproduction *reproduction, int value, int rank,
                       char text[REPRODUCE_SENTENCE_SIZE]);

#endif
