/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_GRID_H
#define RANKSCOPE_UI_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A picture of the screen in memory: everything is drawn onto a grid by pure functions, and the terminal shows what
 * changed. Drawing outside is clipped. */

/* What a cell means; the terminal turns it into colours and attributes that it can show (256, 16 or none). */
enum style {
    STYLE_TEXT,
    STYLE_DIM, /* frames, axes, what is not available */
    STYLE_TITLE,
    STYLE_KEY, /* a key in the hints */
    STYLE_VALUE,
    STYLE_FOCUS, /* the parameter or chart that has the focus */
    STYLE_EDIT,  /* a value being typed */
    STYLE_WARNING,
    STYLE_THEORY,
    STYLE_CROSSHAIR,
    STYLE_METHOD, /* + row of method_table */
    STYLE_METHODS = 8,
    STYLE_HEAT = STYLE_METHOD + STYLE_METHODS, /* + level: a background, the darkest first */
    STYLE_LEVELS = 12,
    STYLE_HEAT_LINE = STYLE_HEAT + STYLE_LEVELS, /* the same, with a line along its lower edge */
    STYLE_COUNT = STYLE_HEAT_LINE + STYLE_LEVELS,
};

/* Which characters may be used, by locale and by option. */
enum glyphs { GLYPHS_BRAILLE, GLYPHS_BLOCK, GLYPHS_ASCII };

struct cell {
    uint32_t rune; /* Unicode code point, one column wide */
    uint8_t style; /* enum style */
};

struct grid {
    int width, height;
    struct cell *cell; /* height × width, row-major */
};

struct rect {
    int x, y, width, height; /* empty where width or height ≤ 0 */
};

bool grid_resize(struct grid *grid, int width, int height); /* cleared; false: out of memory, grid unchanged */
void grid_free(struct grid *grid);                          /* the cells, not the struct */
void grid_clear(struct grid *grid);

void grid_put(struct grid *grid, int x, int y, uint32_t rune, enum style style);

/* UTF-8 text from (x, y), at most `columns` wide (−1: to the edge); returns the columns used. Bytes that are no UTF-8
 * and characters that are not one column wide become '?'. With ASCII glyphs, well-known characters are spelt in
 * ASCII ("Â" as "A^", "σ" as "s", …). */
int grid_text(struct grid *grid, int x, int y, int columns, enum style style, enum glyphs glyphs, const char *text);

/* Text broken at spaces into `area`; returns the rows used. */
int grid_paragraph(struct grid *grid, struct rect area, enum style style, enum glyphs glyphs, const char *text);

/* What of the text begins in this row, of as many columns; "": it has no such row. */
const char *grid_paragraph_from(enum glyphs glyphs, int columns, const char *text, int row);

/* Columns that grid_text would use. */
int grid_text_width(enum glyphs glyphs, const char *text);

#endif
