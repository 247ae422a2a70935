/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/heatmap.h"
#include "ui/terrain_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Cells are twice as high as wide, so as many rows as half the columns are a square. */
struct map {
    const struct survey *survey;
    struct rect area; /* of the slice alone */
    enum glyphs glyphs;
    bool linear;
    double least, most; /* what the colours go over */
};

/* The colours go down to this share of the largest loss. */
static const double deepest = 1e-5;

enum { DOT = 0x2022, TRUTH = 0x271A, HERE = 0x25C6 };

static double loss_at(const struct survey *survey, int column, int row)
{
    return survey->loss[(size_t)row * (size_t)survey->request.side + (size_t)column];
}

/* ---- the scale ---- */

static void find_range(struct map *map)
{
    int side = map->survey->request.side;
    map->most = 0;
    map->least = (double)INFINITY;
    for (int row = 0; row < side; row++)
        for (int column = 0; column < side; column++)
            map->most = fmax(map->most, loss_at(map->survey, column, row));
    for (int row = 0; row < side; row++)
        for (int column = 0; column < side; column++) {
            double loss = loss_at(map->survey, column, row);
            if (loss < map->least)
                map->least = loss;
        }
    map->least =
        fmax(map->least, deepest * map->most); /* else a single point at the bottom would have most of the colours */
    if (!(map->least < map->most))
        map->least = 0.5 * map->most;
}

static double height_of(const struct map *map, double loss)
{
    if (map->linear)
        return loss;
    return log(fmax(loss, map->least));
}

static int level_of(const struct map *map, double height)
{
    double low = height_of(map, map->linear ? 0 : map->least), high = height_of(map, map->most);
    double share = high > low ? (height - low) / (high - low) : 0;
    return share > 0 ? (int)lround(fmin(share, 1) * (STYLE_LEVELS - 1)) : 0; /* NAN too */
}

/* ---- the slice ---- */

/* Between the slice's points, of what the colours show. */
static double height_at(const struct map *map, double across, double up)
{
    int side = map->survey->request.side;
    double x = across * (side - 1), y = up * (side - 1);
    int column = (int)fmin(fmax(floor(x), 0), fmax(side - 2, 0)), row = (int)fmin(fmax(floor(y), 0), fmax(side - 2, 0));
    double right = side > 1 ? x - column : 0, above = side > 1 ? y - row : 0;
    int next = side > 1;
    double lower = (1 - right) * height_of(map, loss_at(map->survey, column, row)) +
                   right * height_of(map, loss_at(map->survey, column + next, row));
    double upper = (1 - right) * height_of(map, loss_at(map->survey, column, row + next)) +
                   right * height_of(map, loss_at(map->survey, column + next, row + next));
    return (1 - above) * lower + above * upper;
}

/* The level of a cell; row 0 is the top one. */
static int cell_level(const struct map *map, int column, int row)
{
    double across = (column + 0.5) / map->area.width, up = 1 - (row + 0.5) / map->area.height;
    return level_of(map, height_at(map, across, up));
}

/* Where the level changes to the right or below there is a contour line, which has its level as a character: readable without colours too. */
static void draw_slice(const struct map *map, struct grid *grid)
{
    for (int row = 0; row < map->area.height; row++)
        for (int column = 0; column < map->area.width; column++) {
            int level = cell_level(map, column, row);
            bool line = (column + 1 < map->area.width && cell_level(map, column + 1, row) != level) ||
                        (row + 1 < map->area.height && cell_level(map, column, row + 1) != level);
            grid_put(grid, map->area.x + column, map->area.y + row, line ? (uint32_t)heatmap_ramp(level) : ' ',
                     (enum style)(STYLE_HEAT + level));
        }
}

/* ---- what lies on it ---- */

/* The cell of a place; false: it is outside. */
static bool find_cell(const struct map *map, const double at[2], int *x, int *y)
{
    double across = 0.5 * (at[0] / map->survey->span + 1), up = 0.5 * (at[1] / map->survey->span + 1);
    if (!(across >= 0 && across <= 1 && up >= 0 && up <= 1))
        return false;
    int column = (int)(across * map->area.width), row = (int)((1 - up) * map->area.height);
    *x = map->area.x + (column < map->area.width ? column : map->area.width - 1);
    *y = map->area.y + (row < map->area.height ? row : map->area.height - 1);
    return true;
}

/* Dots from one place to the next, at least one in every cell between. */
static void draw_leg(const struct map *map, struct grid *grid, const double from[2], const double to[2],
                     enum style style)
{
    int x = 0, y = 0;
    double reach = fmax(fabs(to[0] - from[0]), fabs(to[1] - from[1])) / map->survey->span;
    int dots =
        (int)fmin(reach * fmax(map->area.width, map->area.height), 4.0 * (map->area.width + map->area.height)) + 1;
    for (int i = 0; i <= dots; i++) {
        double share = (double)i / dots;
        const double at[2] = {from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])};
        if (find_cell(map, at, &x, &y))
            grid_put(grid, x, y, map->glyphs == GLYPHS_ASCII ? 'o' : DOT, style);
    }
}

static void draw_way(const struct map *map, struct grid *grid)
{
    static const double here[2] = {0, 0};
    const struct survey *survey = map->survey;
    enum style style = (enum style)(STYLE_METHOD + survey->request.method % STYLE_METHODS);
    int x = 0, y = 0;
    for (int i = 0; i < survey->steps; i++)
        draw_leg(map, grid, survey->path[i].at, i + 1 < survey->steps ? survey->path[i + 1].at : here, style);
    if (isfinite(survey->truth[0]) && find_cell(map, survey->truth, &x, &y))
        grid_put(grid, x, y, map->glyphs == GLYPHS_ASCII ? 'T' : TRUTH, STYLE_THEORY);
    if (find_cell(map, here, &x, &y))
        grid_put(grid, x, y, map->glyphs == GLYPHS_ASCII ? 'X' : HERE, STYLE_FOCUS);
}

/* ---- around it ---- */

static const char *axis_name(enum landscape_direction direction)
{
    static const char *const names[LANDSCAPE_DIRECTIONS] = {[LANDSCAPE_GRADIENT] = "down the gradient",
                                                            [LANDSCAPE_LOWEST] = "lowest eigenvector",
                                                            [LANDSCAPE_SECOND] = "second lowest eigenvector",
                                                            [LANDSCAPE_TRUTH] = "towards the truth",
                                                            [LANDSCAPE_START] = "towards the start"};
    return names[direction];
}

static void draw_names(const struct map *map, struct grid *grid, struct rect row)
{
    char text[96];
    snprintf(text, sizeof text, "↑ %s  → %s", axis_name(map->survey->request.direction[1]),
             axis_name(map->survey->request.direction[0]));
    draw_clipped(grid, row.x, row.y, row.width, STYLE_DIM, map->glyphs, text);
}

/* "◆ here ✚ truth • the way", then the levels between their ends. */
static void draw_legend(const struct map *map, struct grid *grid, struct rect row)
{
    bool ascii = map->glyphs == GLYPHS_ASCII;
    char low[LABEL_SIZE], high[LABEL_SIZE];
    int x = row.x, end = row.x + row.width;
    label_number(low, map->linear ? 0 : map->least, 2);
    label_number(high, map->most, 2);
    int scale = grid_text_width(map->glyphs, low) + grid_text_width(map->glyphs, high) + STYLE_LEVELS + 2;
    if (row.width < scale)
        return;
    int from = end - scale;
    from += 1 + grid_text(grid, from, row.y, -1, STYLE_DIM, map->glyphs, low);
    for (int level = 0; level < STYLE_LEVELS; level++)
        grid_put(grid, from + level, row.y, (uint32_t)heatmap_ramp(level), (enum style)(STYLE_HEAT + level));
    grid_text(grid, from + STYLE_LEVELS + 1, row.y, -1, STYLE_DIM, map->glyphs, high);
    const char *text = ascii ? "X here  T truth  o way" : "◆ here  ✚ truth  • way";
    draw_clipped(grid, x, row.y, end - scale - 2 - x, STYLE_DIM, map->glyphs, text);
}

void terrain_map_draw(const struct survey *survey, struct grid *grid, struct rect area, enum glyphs glyphs, bool linear)
{
    struct map map = {.survey = survey, .glyphs = glyphs, .linear = linear};
    if (area.width < 1 || area.height < 1)
        return;
    if (!survey->sliced || survey->request.side < 2) {
        grid_paragraph(grid, area, STYLE_DIM, glyphs, "There are no two directions to look along.");
        return;
    }
    int around = area.height >= 5 ? 2 : 0; /* a row above and one below */
    int height = area.height - around, width = area.width;
    if (width > 2 * height)
        width = 2 * height;
    if (height > (width + 1) / 2)
        height = (width + 1) / 2;
    map.area = (struct rect){area.x + (area.width - width) / 2, area.y + around / 2, width, height};
    find_range(&map);
    draw_slice(&map, grid);
    draw_way(&map, grid);
    if (around == 0)
        return;
    draw_names(&map, grid, (struct rect){area.x, area.y, area.width, 1});
    draw_legend(&map, grid, (struct rect){area.x, map.area.y + height, area.width, 1});
}
