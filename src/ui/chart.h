/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_CHART_H
#define RANKSCOPE_UI_CHART_H

#include "run/view.h"
#include "ui/grid.h"

/* The lab's charts: pure functions from a view onto a grid. Solid is measured, dashed is theory; every series has a
 * marker as well as a colour. */
enum chart { CHART_LOSS, CHART_ADAPTATION, CHART_RECOVERY, CHART_SPECTRUM, CHART_COUNT };

struct chart_info {
    const char *name;  /* "loss" */
    const char *title; /* "Retraining loss" */
};
extern const struct chart_info chart_table[CHART_COUNT];

/* How all charts are shown. */
struct chart_options {
    enum glyphs glyphs;
    bool linear_y;  /* else logarithmic; zeros and what is below 1e-32 sit on a floor line marked 0 */
    bool log_x;     /* charts against steps only */
    bool measured;  /* nothing of the theory is drawn */
    bool crosshair; /* read values at `cursor` in every chart */
    double cursor;  /* 0 … 1 along the x axis */
    bool focused;   /* this chart has the focus: its frame title says so */
};

/* Draws title, axes, series, legend and crosshair reading into `area` (the whole of it, no frame). Anything from
 * 1 × 1 upwards is drawn as well as it can be. */
void chart_draw(struct grid *grid, struct rect area, enum chart chart, const struct view *view,
                const struct chart_options *options);

/* The part of `area` that data is drawn in, so that a mouse position can be made a cursor. */
struct rect chart_plot_area(struct rect area, enum chart chart, const struct view *view,
                            const struct chart_options *options);

#endif
