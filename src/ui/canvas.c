/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/canvas.h"

#include <math.h>
#include <stdlib.h>

struct raster {
    int columns, rows; /* dots in a cell */
};

static struct raster raster_of(enum glyphs glyphs)
{
    static const struct raster raster[] = {[GLYPHS_BRAILLE] = {2, 4}, [GLYPHS_BLOCK] = {2, 2}, [GLYPHS_ASCII] = {1, 3}};
    return raster[glyphs];
}

/* Characters by their dots, a bit each: row by row from the top, left before right. */
static const uint32_t block_table[16] = {' ',    0x2598, 0x259D, 0x2580, 0x2596, 0x258C, 0x259E, 0x259B,
                                         0x2597, 0x259A, 0x2590, 0x259C, 0x2584, 0x2599, 0x259F, 0x2588};
static const uint32_t ascii_table[8] = {' ', '\'', '-', '!', '.', '|', ';', '|'};

static uint32_t with_dot(enum glyphs glyphs, uint32_t rune, int column, int row)
{
    if (glyphs == GLYPHS_BRAILLE) {
        static const uint8_t dot[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
        uint32_t dots = rune >= 0x2800 && rune <= 0x28FF ? rune : 0x2800;
        return dots | dot[row][column];
    }
    const uint32_t *table = glyphs == GLYPHS_BLOCK ? block_table : ascii_table;
    unsigned size = glyphs == GLYPHS_BLOCK ? 16 : 8;
    unsigned dots = size;
    while (--dots > 0 && table[dots] != rune)
        ;
    return table[dots | 1u << (row * raster_of(glyphs).columns + column)];
}

static int nearest(double position, int count)
{
    int at = (int)lround(position * (count - 1));
    return at < 0 ? 0 : at >= count ? count - 1 : at;
}

static void put_dot(const struct canvas *canvas, int x, int y, enum style style)
{
    struct raster raster = raster_of(canvas->glyphs);
    int column = canvas->area.x + x / raster.columns;
    int row = canvas->area.y + y / raster.rows;
    const struct grid *grid = canvas->grid;
    if (column < 0 || row < 0 || column >= grid->width || row >= grid->height)
        return;
    uint32_t rune = grid->cell[(size_t)row * (size_t)grid->width + (size_t)column].rune;
    grid_put(canvas->grid, column, row, with_dot(canvas->glyphs, rune, x % raster.columns, y % raster.rows), style);
}

static bool nowhere(const struct canvas *canvas, double x, double y)
{
    return canvas->area.width <= 0 || canvas->area.height <= 0 || isnan(x) || isnan(y);
}

void canvas_segment(const struct canvas *canvas, double x0, double y0, double x1, double y1, enum canvas_line line,
                    enum style style)
{
    if (nowhere(canvas, x0, y0) || nowhere(canvas, x1, y1))
        return;
    struct raster raster = raster_of(canvas->glyphs);
    int width = canvas->area.width * raster.columns;
    int height = canvas->area.height * raster.rows;
    int x = nearest(x0, width);
    int y = nearest(1 - y0, height);
    int across = nearest(x1, width) - x;
    int down = nearest(1 - y1, height) - y;
    int count = abs(across) > abs(down) ? abs(across) : abs(down);
    for (int i = 0; i <= count; i++) {
        int at_x = x + (count > 0 ? (int)lround((double)across * i / count) : 0);
        int at_y = y + (count > 0 ? (int)lround((double)down * i / count) : 0);
        if (line == CANVAS_SOLID || (at_x + at_y) % (2 * raster.columns) < raster.columns)
            put_dot(canvas, at_x, at_y, style);
    }
}

int canvas_dot_column(const struct canvas *canvas, double x)
{
    return nearest(x, canvas->area.width * raster_of(canvas->glyphs).columns);
}

int canvas_column(const struct canvas *canvas, double x)
{
    return canvas->area.x + canvas_dot_column(canvas, x) / raster_of(canvas->glyphs).columns;
}

int canvas_row(const struct canvas *canvas, double y)
{
    struct raster raster = raster_of(canvas->glyphs);
    return canvas->area.y + nearest(1 - y, canvas->area.height * raster.rows) / raster.rows;
}

void canvas_put(const struct canvas *canvas, double x, double y, uint32_t rune, enum style style)
{
    if (!nowhere(canvas, x, y))
        grid_put(canvas->grid, canvas_column(canvas, x), canvas_row(canvas, y), rune, style);
}

int canvas_bar(const struct canvas *canvas, int column, int columns, double y, enum style style)
{
    if (nowhere(canvas, 0, y))
        return 0;
    int parts = canvas->glyphs == GLYPHS_ASCII ? 2 : 8;
    int full = canvas->area.height * parts;
    int filled = (int)lround(fmin(fmax(y, 0), 1) * full);
    for (int row = 0; row < canvas->area.height; row++) {
        int part = filled - row * parts;
        if (part <= 0)
            return row;
        uint32_t rune = 0x2580 + (uint32_t)(part > parts ? parts : part);
        if (canvas->glyphs == GLYPHS_ASCII)
            rune = part > 1 ? '#' : '_';
        for (int i = 0; i < columns; i++)
            grid_put(canvas->grid, column + i, canvas->area.y + canvas->area.height - 1 - row, rune, style);
    }
    return canvas->area.height;
}

void canvas_rule(const struct canvas *canvas, int column, enum style style)
{
    bool ascii = canvas->glyphs == GLYPHS_ASCII; /* which has no dashed character: every other row */
    for (int row = 0; row < canvas->area.height; row += ascii ? 2 : 1)
        grid_put(canvas->grid, column, canvas->area.y + row, ascii ? '|' : 0x254E, style);
}
