/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_AXIS_H
#define RANKSCOPE_PLOT_AXIS_H

#include <stdbool.h>

/* A logarithmic axis over whole decades that survives zeros: begin with {0}, add the values, then finish. */
struct axis {
    double least, most; /* of the positive values; 0: there were none */
    bool low;           /* a value was zero or below the floor */
    int from, to;       /* decades: the axis shows 10^from … 10^to */
};

void axis_add(struct axis *axis, double value); /* what is not finite is skipped */

/* Chooses the decades, at least one; nothing below `floor_value` is shown. Where something is, the axis gets one decade more,
 * and its lower end means "zero or below". */
void axis_finish(struct axis *axis, double floor_value);

/* Where a value is drawn: itself, or the lower end. */
double axis_place(const struct axis *axis, double value);

#endif
