/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_LOOK_H
#define RANKSCOPE_UI_LOOK_H

#include "ui/grid.h"

/* How styles look, in a terminal and in a picture of one. */

enum { LOOK_OWN = -1 }; /* the terminal's own colour */
enum { LOOK_PLAIN = 0, LOOK_BOLD = 1, LOOK_REVERSE = 2, LOOK_UNDERLINE = 4 };

/* Colours by their number in palettes of 256, 16 and 8. They are those of Okabe and Ito (colour-blind safe), as near as the palette
 * has them, and of a lightness that can be read on black and on white alike. */
struct look {
    short of_256, of_16, of_8;
    unsigned marks;
};
extern const struct look look_table[STYLE_HEAT];

/* Backgrounds of a heat map, after viridis (van der Walt and Smith 2015) as near as the palette has it: lightness only ever rises,
 * so the order is seen by colour-blind eyes and on a grey projector too. Text on the first ones is white, then black. */
struct look_heat {
    short of_256, of_16, of_8;
};
extern const struct look_heat look_heat_table[STYLE_LEVELS];
enum { LOOK_WHITE_256 = 6, LOOK_WHITE_16 = 6, LOOK_WHITE_8 = 3 }; /* levels with white text */

#endif
