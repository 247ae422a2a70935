/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_SCALE_H
#define RANKSCOPE_UI_SCALE_H

#include "ui/grid.h"
#include "ui/label.h"

#include <stdbool.h>

/* What values a chart must hold. Begin with one that is zeroed but for `zero`. */
struct extent {
    double zero; /* on a logarithmic axis, values below this or SCALE_FLOOR, whichever is more, count as zero */
    bool any;
    bool zeros;         /* there is such a value */
    double least, most; /* of all values */
    double least_above; /* the least of the others; INFINITY: none */
};
void extent_add(struct extent *extent, double value); /* what is not finite is skipped */

/* What counts as zero sits on the floor line of a logarithmic axis, and at least what is below this does. */
#define SCALE_FLOOR 1e-32

enum scale_kind {
    SCALE_LINEAR,
    SCALE_INTEGER, /* linear, with ticks at whole numbers alone */
    SCALE_STEPS,   /* log(1 + step), so that step 0 has a place */
    SCALE_LOG,
    SCALE_DEGREES, /* linear, with ticks at parts of a right angle */
};

/* A scale from values to positions, 0 … 1. */
struct scale {
    enum scale_kind kind;
    double low, high;    /* low < high; above 0 if SCALE_LOG */
    double zero;         /* SCALE_LOG: below, values count as zero */
    double floor;        /* SCALE_LOG: the position of low; if above 0, zeros are at 0 */
    double start, range; /* of low … high, on the scale */
};

/* An axis with these ends, as they are. */
struct scale scale_of(enum scale_kind kind, double low, double high);

/* An axis for these values with round ends, `rows` high: linear ones begin at 0 at the latest. */
struct scale scale_fit(const struct extent *extent, bool linear, int rows);

/* NAN for what is not a number; ends are as far as it goes. */
double scale_position(const struct scale *scale, double value);

/* The value at a position; 0 on the floor. */
double scale_value(const struct scale *scale, double position);

/* Round values on the axis, ascending, about `wanted` and at least one; returns how many. The zero of a floor line is
 * among them. */
enum { SCALE_TICKS_MAX = 32 };
int scale_ticks(const struct scale *scale, int wanted, double value[SCALE_TICKS_MAX]);

/* A tick's text. */
void scale_label(const struct scale *scale, enum glyphs glyphs, double value, char text[LABEL_SIZE]);

/* The least 1, 2 or 5 times a power of ten that is not below `value` (> 0). */
double scale_round_up(double value);

#endif
