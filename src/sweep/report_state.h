/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_REPORT_STATE_H
#define RANKSCOPE_SWEEP_REPORT_STATE_H

#include "sweep/report.h"

/* What the formats share. */

/* A number of a summary that formats for scripts have, under this name. */
struct report_column {
    const char *name;
    bool whole;
    double (*value)(const struct summary *summary); /* NAN: not to be had */
};
extern const struct report_column report_columns[];
extern const int report_column_count;

bool report_has_method(const struct table *table, int method);

void report_write_text(FILE *stream, const struct table *table, enum metric metric, enum statistic statistic);

#endif
