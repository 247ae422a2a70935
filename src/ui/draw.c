/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/draw.h"

int draw_clipped(struct grid *grid, int x, int y, int columns, enum style style, enum glyphs glyphs, const char *text)
{
    if (columns <= 0)
        return 0;
    if (grid_text_width(glyphs, text) <= columns)
        return grid_text(grid, x, y, columns, style, glyphs, text);
    int more = grid_text_width(glyphs, "…");
    if (more > columns) {
        for (int i = 0; i < columns; i++)
            grid_put(grid, x + i, y, '.', style);
        return columns;
    }
    int used = grid_text(grid, x, y, columns - more, style, glyphs, text);
    return used + grid_text(grid, x + used, y, more, style, glyphs, "…");
}

enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8 };

/* By the directions that a character's lines go in; halves so that ends are told from lines that go through. */
static const uint32_t joint_table[16] = {
    [0] = ' ',
    [UP] = 0x2575,
    [DOWN] = 0x2577,
    [UP | DOWN] = 0x2502,
    [LEFT] = 0x2574,
    [RIGHT] = 0x2576,
    [LEFT | RIGHT] = 0x2500,
    [DOWN | RIGHT] = 0x250C,
    [DOWN | LEFT] = 0x2510,
    [UP | RIGHT] = 0x2514,
    [UP | LEFT] = 0x2518,
    [UP | DOWN | RIGHT] = 0x251C,
    [UP | DOWN | LEFT] = 0x2524,
    [DOWN | LEFT | RIGHT] = 0x252C,
    [UP | LEFT | RIGHT] = 0x2534,
    [UP | DOWN | LEFT | RIGHT] = 0x253C,
};

static unsigned directions_of(uint32_t rune)
{
    switch (rune) {
    case '-':
    case 0x2500:
        return LEFT | RIGHT;
    case '|':
    case 0x2502:
        return UP | DOWN;
    case '+':
        return UP | DOWN | LEFT | RIGHT;
    default:
        break;
    }
    for (unsigned i = 0; i < 16; i++)
        if (joint_table[i] == rune && rune != ' ')
            return i;
    return 0;
}

static uint32_t ascii_joint(unsigned directions)
{
    if ((directions & (UP | DOWN)) == 0)
        return '-';
    return (directions & (LEFT | RIGHT)) == 0 ? '|' : '+';
}

static void join(struct grid *grid, int x, int y, unsigned directions, enum glyphs glyphs)
{
    if (x < 0 || y < 0 || x >= grid->width || y >= grid->height)
        return;
    directions |= directions_of(grid->cell[(size_t)y * (size_t)grid->width + (size_t)x].rune);
    grid_put(grid, x, y, glyphs == GLYPHS_ASCII ? ascii_joint(directions) : joint_table[directions], STYLE_DIM);
}

void draw_across(struct grid *grid, int x, int y, int width, enum glyphs glyphs)
{
    for (int i = 0; i < width; i++)
        join(grid, x + i, y, (i > 0 ? LEFT : 0u) | (i < width - 1 ? RIGHT : 0u), glyphs);
}

void draw_down(struct grid *grid, int x, int y, int height, enum glyphs glyphs)
{
    for (int i = 0; i < height; i++)
        join(grid, x, y + i, (i > 0 ? UP : 0u) | (i < height - 1 ? DOWN : 0u), glyphs);
}

bool rect_holds(struct rect area, int x, int y)
{
    return x >= area.x && y >= area.y && x < area.x + area.width && y < area.y + area.height;
}

size_t draw_scroll(size_t top, size_t at, int seen, size_t count)
{
    size_t rows = seen > 0 ? (size_t)seen : 1;
    if (top > at)
        top = at;
    if (at - top >= rows)
        top = at - rows + 1;
    if (top + rows > count)
        top = count > rows ? count - rows : 0;
    return top;
}
