/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/heatmap.h"

#include <math.h>

enum { STRIP_LEAST = 12, STRIP_MOST = 36, TICK_COLUMNS = 7, GAP = 2 };

/* The levels side by side, with the numbers that they stand for on them. */
static void draw_strip(const struct heatmap *map, struct grid *grid, int x, int y, int width)
{
    for (int column = 0; column < width; column++) {
        int level = column * STYLE_LEVELS / width;
        uint32_t rune = map->text == HEATMAP_RAMP ? (uint32_t)heatmap_ramp(level) : ' ';
        grid_put(grid, x + column, y, rune, (enum style)(STYLE_HEAT + level));
    }
    double value[SCALE_TICKS_MAX];
    int count = scale_ticks(map->scale, width < 2 * TICK_COLUMNS ? 2 : width / TICK_COLUMNS, value);
    int free_from = x;
    for (int i = 0; i < count; i++) {
        char text[LABEL_SIZE];
        scale_label(map->scale, map->glyphs, value[i], text);
        int room = grid_text_width(map->glyphs, text);
        int at = x + (int)lround(scale_position(map->scale, value[i]) * (width - 1)) - room / 2;
        at = at + room > x + width ? x + width - room : at;
        at = at < x ? x : at;
        if (at < free_from || room > width)
            continue;
        enum style style = (enum style)(STYLE_HEAT + (at - x + room / 2) * STYLE_LEVELS / width);
        free_from = at + 1 + grid_text(grid, at, y, room, style, map->glyphs, text);
    }
}

void heatmap_legend_draw(const struct heatmap *map, struct grid *grid, struct rect row, unsigned marks)
{
    static const struct {
        unsigned bit;
        const char *mark, *ascii, *meaning;
    } key[] = {
        {HEATMAP_DISAGREES, "!", "!", "against theory"},
        {HEATMAP_CHANGES, "│", "|", "theory changes"},
        {HEATMAP_IMPOSSIBLE, "░", "/", "no such cell"},
        {HEATMAP_UNKNOWN, "·", ".", "not yet"},
    };
    const char *title = map->text == HEATMAP_POWERS ? "powers of ten" : metric_table[map->digest->metric].title;
    int end = row.x + row.width;
    if (row.width <= 0 || row.height <= 0)
        return;
    int x = row.x + draw_clipped(grid, row.x, row.y, row.width, STYLE_DIM, map->glyphs, title) + GAP;
    int width = (end - x) * 2 / 5;
    width = width > STRIP_MOST ? STRIP_MOST : width < STRIP_LEAST ? STRIP_LEAST : width;
    if (width > end - x)
        return;
    draw_strip(map, grid, x, row.y, width);
    x += width + GAP;
    for (size_t i = 0; i < sizeof key / sizeof *key; i++) {
        const char *mark = map->glyphs == GLYPHS_ASCII ? key[i].ascii : key[i].mark;
        int room = 2 + grid_text_width(map->glyphs, key[i].meaning);
        if (!(marks & key[i].bit) || x + room > end)
            continue;
        grid_text(grid, x, row.y, 1, STYLE_VALUE, map->glyphs, mark);
        grid_text(grid, x + 2, row.y, room - 2, STYLE_DIM, map->glyphs, key[i].meaning);
        x += room + GAP;
    }
}
