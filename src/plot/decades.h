/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_DECADES_H
#define RANKSCOPE_PLOT_DECADES_H

#include <stdbool.h>

/* A logarithmic axis over whole decades that survives zeros: begin with {0}, add the values, then finish. */
struct decades {
    double least, most; /* of the positive values; 0: there were none */
    bool low;           /* a value was zero or below the floor */
    int from, to;       /* decades: the axis shows 10^from … 10^to */
};

void decades_add(struct decades *axis, double value); /* what is not finite is skipped */

/* Chooses the decades, at least one; nothing below `floor_value` is shown. Where something is, the axis gets one decade more,
 * and its lower end means "zero or below". */
void decades_finish(struct decades *axis, double floor_value);

/* Where a value is drawn: itself, or the lower end. */
double decades_place(const struct decades *axis, double value);

#endif
