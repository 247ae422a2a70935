/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_CANVAS_H
#define RANKSCOPE_UI_CANVAS_H

#include "ui/grid.h"

/* Lines of dots finer than a cell: 2 × 4 a cell in braille, 2 × 2 in blocks, 1 × 3 in ASCII. The dots live in the
 * grid's own cells, so that lines which cross share a cell; the last one gives it its style. Positions are fractions
 * of the area: x from its left edge, y from its bottom, both 0 … 1; nothing is drawn for a NAN. */
struct canvas {
    struct grid *grid;
    struct rect area;
    enum glyphs glyphs;
};

enum canvas_line { CANVAS_SOLID, CANVAS_DASHED };

void canvas_segment(const struct canvas *canvas, double x0, double y0, double x1, double y1, enum canvas_line line,
                    enum style style);

/* A character in the cell that holds this position. */
void canvas_put(const struct canvas *canvas, double x, double y, uint32_t rune, enum style style);

/* The column of dots of a position, counted from the area's left edge; and its cell, in the grid. */
int canvas_dot_column(const struct canvas *canvas, double x);
int canvas_column(const struct canvas *canvas, double x);
int canvas_row(const struct canvas *canvas, double y);

/* A bar from the bottom of `columns` cells from `column` on, to eighths of a cell (ASCII: halves); returns the rows
 * that it stands in. */
int canvas_bar(const struct canvas *canvas, int column, int columns, double y, enum style style);

/* A dashed line through all rows of a column, behind what is drawn later. */
void canvas_rule(const struct canvas *canvas, int column, enum style style);

#endif
