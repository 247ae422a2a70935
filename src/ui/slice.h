/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_SLICE_H
#define RANKSCOPE_UI_SLICE_H

#include "ui/digest.h"
#include "ui/heatmap.h"

/* A sweep along one of its axes, as a chart: each method's numbers at the cursor's row or column as a line with the band of its
 * draws, the theory dashed, and the sweep before in faint lines. */
struct slice {
    struct digest *digest;
    struct digest *former; /* of the sweep before, of the same metric and statistic; NULL: none, or it is not wanted */
    unsigned methods;      /* bits: those that are shown */
    enum glyphs glyphs;
    int direction; /* HEATMAP_X: against the axis that runs to the right; HEATMAP_Y */
    size_t cursor[HEATMAP_AXES];
    bool focused;
};

/* Title, axes, lines, legend. Anything from 1 × 1 upwards is drawn as well as it can be. */
void slice_draw(const struct slice *slice, struct grid *grid, struct rect area);

/* The value of the axis nearest to a column of the screen; false: it is beside the chart's data. */
bool slice_at(const struct slice *slice, struct rect area, int x, int y, size_t *at);

#endif
