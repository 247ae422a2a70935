/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_FIGURE_H
#define RANKSCOPE_PLOT_FIGURE_H

#include "plot/figures.h"
#include "run/view.h"

#include <stdio.h>

/* The figures of a run, as gnuplot commands with their data inside: pure text from a view. */
enum figure { FIGURE_LOSS, FIGURE_RECOVERY, FIGURE_SPECTRUM, FIGURE_ADAPTATION, FIGURE_COUNT };

extern const struct figure_info figure_table[FIGURE_COUNT];

/* Data blocks and one plot command for one figure; the terminal and output are the caller's. */
void figure_write(FILE *stream, enum figure figure, const struct view *view);

/* All four on one sheet (multiplot), with the scenario's title. */
void figure_write_sheet(FILE *stream, const struct view *view);

#endif
