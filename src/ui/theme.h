/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_THEME_H
#define RANKSCOPE_UI_THEME_H

#include "ui/grid.h"

/* How styles look: one table of themes, for terminals with 256 colours, 16 and 8. Series are told apart by their markers too. */

enum { THEME_OWN = -1 }; /* the terminal's own colour */

/* An index of each palette. */
struct theme_color {
    short of_256, of_16, of_8;
};

enum { THEME_BOLD = 1, THEME_UNDERLINE = 2, THEME_REVERSE = 4 };

struct theme_look {
    struct theme_color color; /* THEME_OWN: as text */
    unsigned attributes;
};

struct theme {
    const char *name; /* as --theme takes it */
    const char *help; /* a few words */
    struct theme_color background, text;
    struct theme_look look[STYLE_HEAT];
};

enum { THEME_COUNT = 4 };
extern const struct theme theme_table[THEME_COUNT]; /* the first is the one that nobody has to ask for */

int theme_find(const char *name); /* row, or −1 */

/* Backgrounds of heat maps, the same in every theme: level and whether text on it is white rather than black. */
struct theme_heat {
    struct theme_color color;
    bool white_256, white_16, white_8;
};
extern const struct theme_heat theme_heat_table[STYLE_LEVELS];

#endif
