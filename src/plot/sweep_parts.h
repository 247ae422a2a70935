/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_SWEEP_PARTS_H
#define RANKSCOPE_PLOT_SWEEP_PARTS_H

#include "plot/panel.h"
#include "plot/sweep_grid.h"

/* The rows of panels that a sweep's figures and its sheet are made of; sweep_figure.c puts them together. */

/* Where a row of panels is: shares of the canvas's height, from below. It is as wide as the canvas. */
struct sweep_row {
    double key;         /* the legend's middle */
    double bottom, top; /* of the plots: labels and titles are outside */
};

/* One heatmap a method, on one scale of colours. Inside a multiplot. */
void sweep_write_heatmaps(FILE *stream, const struct sweep_grid *grid, const struct sweep_row *row);

/* The metric against the axis across, one panel for each of a few values of the other axis. Inside a multiplot. */
void sweep_write_slices(FILE *stream, const struct sweep_grid *grid, const struct sweep_row *row);

/* ---- what both have ---- */

/* One of the row's panels, which share the labels on their left; all end at the share `right` of the canvas's width. */
struct sweep_place {
    const struct sweep_row *row;
    int index, count;
    int columns; /* beside each other; 0: all */
    double right;
    int letters; /* of the longest label on the left */
};
void sweep_write_place(FILE *stream, const struct sweep_place *place);

/* Begins the legend of all of them: a plot of nothing, as wide as the canvas, since a legend is not wider than its plot. The entries
 * are parts of its plot command. */
void sweep_begin_legend(struct panel *panel, const struct sweep_row *row);

/* "Rank needed, median (degrees)" */
enum { SWEEP_TITLE_SIZE = 96 };
void sweep_metric_title(const struct sweep_grid *grid, char title[SWEEP_TITLE_SIZE]);

/* A value in few letters. */
void sweep_side_short(const struct sweep_side *side, size_t index, char text[KEY_VALUE_SIZE]);
int sweep_side_letters(const struct sweep_side *side); /* of the longest */

/* `set xlabel 'tasks T'`. */
void sweep_write_label(FILE *stream, const char *which, const struct sweep_side *side);

/* The values as tics, at their indices, or where they lie if `numbers`; as many as there is room for in so many letters. */
void sweep_write_tics(FILE *stream, const char *which, const struct sweep_side *side, bool numbers, int letters);

/* "set WHAT NUMBER" and the like, in any locale. */
void sweep_write_number(FILE *stream, const char *before, double value, const char *after);

#endif
