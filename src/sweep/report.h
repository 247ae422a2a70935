/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_REPORT_H
#define RANKSCOPE_SWEEP_REPORT_H

#include "run/result.h"
#include "sweep/table.h"

#include <stdio.h>

/* A sweep for people and for scripts. Text shows one metric by one statistic: a table for each method, theory beside what
 * differs from it, and in words where and why. CSV and JSON have every metric of every cell and method with all its
 * statistics; the man page has their columns. Numbers are written so that reading them back gives the same bits. ERR_IO or
 * ERR_MEMORY. */
enum err_code report_write(FILE *stream, enum result_format format, const struct table *table, enum metric metric,
                           enum statistic statistic, struct err *err);

/* How a table's cells stand to the theory, by one method's metric. */
struct report_agreement {
    size_t cells; /* in which theory and measurement both have something to say */
    size_t agree; /* of those: the median is the theory's number */
    size_t draws; /* trials in which the theory says something of the draw */
    size_t draws_agree;
};
struct report_agreement report_agreement(const struct table *table, int method, enum metric metric);

#endif
