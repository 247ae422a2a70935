/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_SWEEP_FIGURE_H
#define RANKSCOPE_PLOT_SWEEP_FIGURE_H

#include "plot/figures.h"
#include "plot/sweep_grid.h"

#include <stdio.h>

/* The figures of a sweep, as gnuplot commands with their data inside: pure text from a grid. */
enum sweep_figure { SWEEP_FIGURE_HEATMAP, SWEEP_FIGURE_SLICES, SWEEP_FIGURE_COUNT };

/* One of them, with all its panels (multiplot). */
void sweep_figure_write(FILE *stream, enum sweep_figure figure, const struct sweep_grid *grid);

/* Both on one sheet, with the scenario's title and what was varied, held and drawn. */
void sweep_figure_write_sheet(FILE *stream, const struct sweep_grid *grid);

/* What is shown of a sweep, in windows and on sheets: over a single axis there is nothing but slices. The subject is a struct
 * sweep_grid. */
const struct figures *sweep_figures(const struct sweep_choice *choice);

#endif
