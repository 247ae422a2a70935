/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_PALETTE_H
#define RANKSCOPE_PLOT_PALETTE_H

#include <stdbool.h>
#include <stdio.h>

/* The colours of numbers, from dark violet by way of green to yellow: in CIELAB lightness rises by the same amount from each
 * colour to the next, and so does the distance, so that equal steps look equal, in grey too and to colour-blind people. */

enum { PALETTE_COLOURS = 11 };
extern const char *const palette_colours[PALETTE_COLOURS]; /* "#351B4E", …, from least to most */

void palette_write(FILE *stream); /* `set palette …` */

/* Whether black text is easier to read than white on the colour at `place`, from 0 to 1: relative luminance and contrast as in
 * WCAG 2. */
bool palette_is_light(double place);

#endif
