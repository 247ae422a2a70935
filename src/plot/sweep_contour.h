/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_SWEEP_CONTOUR_H
#define RANKSCOPE_PLOT_SWEEP_CONTOUR_H

#include "plot/sweep_grid.h"

#include <stdio.h>

/* Contour lines of a metric that is spread over decades, over two axes of numbers; gnuplot finds them. */

enum { SWEEP_CONTOURS = 16 };

struct sweep_contours {
    int count; /* of levels; 0: there are no contour lines here */
    double level[SWEEP_CONTOURS];
    const char *title; /* for the legend */
};
struct sweep_contours sweep_contours_of(const struct sweep_grid *grid, const struct sweep_scale *scale);

/* Whether a method has any. */
bool sweep_contours_there(const struct sweep_grid *grid, const struct sweep_scale *scale, int method,
                          const struct sweep_contours *contours);

/* Commands that leave the lines of a method, in coordinates of indices, in the data block $`name`. They
 * reset all settings. False: there are none, and nothing is written. */
bool sweep_contours_write(FILE *stream, const struct sweep_grid *grid, const struct sweep_scale *scale, int method,
                          const struct sweep_contours *contours, const char *name);

#endif
