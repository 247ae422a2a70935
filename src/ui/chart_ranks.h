/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_CHART_RANKS_H
#define RANKSCOPE_UI_CHART_RANKS_H

#include "ui/chart_frame.h"

/* What the charts against a rank or an index share. A quantity is what such a chart shows. */
struct chart_quantity {
    const char *cursor; /* what the crosshair counts: "rank" */
    const double *(*measured)(const struct method_snapshot *method);
    const double *(*predicted)(const struct method_snapshot *method); /* what the theory says, if `predicted` is set */
    int (*theory)(const struct method_snapshot *method);              /* the rank that it falls at, or THEORY_SILENT */
    const char *(*formula)(const struct config *config, int method, int rank); /* how the theory writes that rank */
    double (*tolerance)(const struct snapshot *snapshot);                      /* below, a value counts as zero */
};

/* The last rank worth showing: the dimension, or for large problems twice the largest rank that the theory knows of,
 * since nothing more is to come there. */
int chart_ranks_last(const struct chart_frame *frame, const struct chart_quantity *quantity);

/* How many of a method's first `count` values the theory predicts to be above 0: the others differ from it by rounding
 * alone, and are not worth a line. None where the theory is not to be drawn. */
int chart_ranks_predicted(const struct chart_frame *frame, const struct chart_quantity *quantity,
                          const struct method_snapshot *method, int count);

/* Of the first `count` values of all methods, and of what the theory predicts for them above 0. */
struct extent chart_ranks_extent(const struct chart_frame *frame, const struct chart_quantity *quantity, int count);

/* The legend, or what the crosshair reads: value `index`, which people call `shown`. */
struct chart_legend chart_ranks_legend(const struct chart_frame *frame, const struct chart_quantity *quantity,
                                       int index, int shown);

/* Each method's rank of theory as a dashed line: `column` says where. */
void chart_ranks_theory(const struct chart_frame *frame, const struct chart_quantity *quantity,
                        int (*column)(const struct chart_frame *frame, const void *scale, int rank), const void *scale);

/* How many values lie from one marker to the next on `columns` cells, so that the line between them is seen. */
int chart_ranks_marker_stride(int columns, int count);

#endif
