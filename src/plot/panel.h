/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_PANEL_H
#define RANKSCOPE_PLOT_PANEL_H

#include "plot/decades.h"
#include "run/view.h"

#include <stdbool.h>
#include <stdio.h>

/* The pieces that all figures are made of. Colours are those of Okabe and Ito (2008), which colour-blind people can
 * tell apart; each method has its own marker as well. Solid is measured, dashed is theory. */

struct panel_style {
    const char *colour;       /* "#D55E00" */
    const char *theory;       /* a darker shade, for dashes over the solid line */
    int filled, hollow;       /* gnuplot's point types */
    const char *width, *size; /* of lines and points */
};
const struct panel_style *panel_style(int method);

/* One figure in the making. Its plot command is put together in parts: panel_plot begins each. */
struct panel {
    FILE *stream;
    const struct view *view;
    const char *name; /* of the figure: its data blocks are $name_method_what */
    int parts;        /* of the plot command so far */
};

bool panel_active(const struct panel *panel, int method);

/* So many methods are shown that a legend has no room for the theory of each. */
bool panel_crowded(const struct panel *panel);

/* What every figure starts from: looks and title. */
void panel_begin(const struct panel *panel, const char *title);

/* Where it is on a sheet of two by two, from 0 at the top left, with its key below it. */
void panel_place(const struct panel *panel, int quarter);

/* What stands above the sheet's panels, drawn with one of them: a title from wherever, and our own line about it. */
void panel_head(const struct panel *panel, const char *title, const char *what);

/* Of axis "x", "y", "y2", "cb". The title is enhanced text, and our own. */
void panel_label(const struct panel *panel, const char *axis, const char *title);

/* Sets axis `which` ("y") logarithmic over the finished axis, its lower end labelled as zero where that is meant. */
void panel_set_log(const struct panel *panel, const char *which, const struct decades *axis);

/* "$name_method_what", for the data block and for its plot. */
void panel_block_name(const struct panel *panel, int method, const char *what);
void panel_block_begin(const struct panel *panel, int method, const char *what);
void panel_block_row(const struct panel *panel, double x, double y);
void panel_block_end(const struct panel *panel);

/* A curve of the history as a data block, x moved by `offset`, extremes kept, about 1,000 points. `axis` NULL: values as
 * they are. Returns the number of points. */
int panel_block_curve(const struct panel *panel, int method, const char *what, const struct curve *curve, long offset,
                      const struct decades *axis);

/* What stands where a picture would be, at that height of the panel (0 … 1); "": nothing. Before the plot command. */
void panel_note(const struct panel *panel, const char *text, double height);

/* Begins the plot command or its next part. The first one is a plot of nothing, so that a figure without data is still
 * a figure; the caller has set all ranges. */
void panel_plot(struct panel *panel);
void panel_end(struct panel *panel);

/* " with linespoints …" for a measured curve of `points` points, some ten of them marked. */
void panel_measured(const struct panel *panel, int method, int points);

void panel_title(const struct panel *panel, int method); /* " title …", of what was measured */

/* " with lines …", dashed. */
void panel_theory(const struct panel *panel, int method);

#endif
