/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_AXIS_H
#define RANKSCOPE_UI_AXIS_H

#include "ui/grid.h"
#include "ui/label.h"

#include <stdbool.h>

/* What values a chart must hold. Begin with one that is zeroed but for `zero`. */
struct extent {
    double zero; /* on a logarithmic axis, values below this or AXIS_FLOOR, whichever is more, count as zero */
    bool any;
    bool zeros;         /* there is such a value */
    double least, most; /* of all values */
    double least_above; /* the least of the others; INFINITY: none */
};
void extent_add(struct extent *extent, double value); /* what is not finite is skipped */

/* What counts as zero sits on the floor line of a logarithmic axis, and at least what is below this does. */
#define AXIS_FLOOR 1e-32

enum axis_scale {
    AXIS_LINEAR,
    AXIS_INTEGER, /* linear, with ticks at whole numbers alone */
    AXIS_STEPS,   /* log(1 + step), so that step 0 has a place */
    AXIS_LOG,
    AXIS_DEGREES, /* linear, with ticks at parts of a right angle */
};

/* A scale from values to positions, 0 … 1. */
struct axis {
    enum axis_scale scale;
    double low, high;    /* low < high; above 0 if AXIS_LOG */
    double zero;         /* AXIS_LOG: below, values count as zero */
    double floor;        /* AXIS_LOG: the position of low; if above 0, zeros are at 0 */
    double start, range; /* of low … high, on the scale */
};

/* An axis with these ends, as they are. */
struct axis axis_of(enum axis_scale scale, double low, double high);

/* An axis for these values with round ends, `rows` high: linear ones begin at 0 at the latest. */
struct axis axis_fit(const struct extent *extent, bool linear, int rows);

/* NAN for what is not a number; ends are as far as it goes. */
double axis_position(const struct axis *axis, double value);

/* The value at a position; 0 on the floor. */
double axis_value(const struct axis *axis, double position);

/* Round values on the axis, ascending, about `wanted` and at least one; returns how many. The zero of a floor line is
 * among them. */
enum { AXIS_TICKS_MAX = 32 };
int axis_ticks(const struct axis *axis, int wanted, double value[AXIS_TICKS_MAX]);

/* A tick's text. */
void axis_label(const struct axis *axis, enum glyphs glyphs, double value, char text[LABEL_SIZE]);

/* The least 1, 2 or 5 times a power of ten that is not below `value` (> 0). */
double axis_round_up(double value);

#endif
