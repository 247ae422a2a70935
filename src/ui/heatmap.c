/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/heatmap.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNKNOWN = 0xB7, IMPOSSIBLE = 0x2591, ACROSS = 0x2500, DOWN = 0x2502 };

/* ---- values as colours and as text ---- */

struct scale heatmap_scale(const struct extent *extent, bool logarithmic)
{
    if (logarithmic)
        return scale_fit(extent, false, STYLE_LEVELS);
    double least = extent->any ? fmin(extent->least, 0) : 0;
    double most = extent->any && extent->most > least ? extent->most : least + 1;
    return scale_of(SCALE_LINEAR, least, most);
}

int heatmap_level(const struct scale *scale, double value)
{
    double position = scale_position(scale, value);
    int level = (int)lround(position * (STYLE_LEVELS - 1)); /* NAN is asked for by nobody */
    return level < 0 ? 0 : level >= STYLE_LEVELS ? STYLE_LEVELS - 1 : level;
}

char heatmap_ramp(int level)
{
    return ".,:;-=+*#%&@"[level];
}

/* With as many digits as fit `room`, three at most; false: none do. */
static bool write_value(double value, int room, enum glyphs glyphs, char text[LABEL_SIZE])
{
    for (int digits = 3; digits > 0; digits--) {
        label_number(text, value, digits);
        if (grid_text_width(glyphs, text) <= room)
            return true;
    }
    return false;
}

static void write_power(double value, char text[LABEL_SIZE])
{
    if (value > 0)
        snprintf(text, LABEL_SIZE, "%d", (int)floor(log10(value)));
    else
        snprintf(text, LABEL_SIZE, "≈0");
}

/* Of a block: what the line at its left and a mark at its right leave. */
static int text_room(const struct heatmap_place *place)
{
    return place->width < 3 ? place->width : place->width - (place->width < 5 ? 1 : 2);
}

static bool seen_cell(const struct heatmap_place *place, const struct plan *plan, size_t index, size_t *cell)
{
    size_t across = place->seen[HEATMAP_X];
    if (across == 0 || index >= across * place->seen[HEATMAP_Y])
        return false;
    const size_t at[HEATMAP_AXES] = {place->first[HEATMAP_X] + index % across,
                                     place->first[HEATMAP_Y] + index / across};
    *cell = heatmap_cell(plan, at);
    return true;
}

static bool all_fit(struct digest *digest, const struct heatmap_place *place, unsigned methods, enum glyphs glyphs,
                    bool powers)
{
    size_t cell;
    for (size_t i = 0; seen_cell(place, &digest->table->plan, i, &cell); i++) {
        for (int method = 0; method < METHOD_COUNT; method++) {
            double value = digest_number(digest, cell, method)->value;
            char text[LABEL_SIZE];
            if (!(methods & 1u << method) || isnan(value))
                continue;
            if (powers)
                write_power(value, text);
            if (powers ? grid_text_width(glyphs, text) > text_room(place)
                       : !write_value(value, text_room(place), glyphs, text))
                return false;
        }
    }
    return true;
}

enum heatmap_text heatmap_text(struct digest *digest, const struct heatmap_place *place, unsigned methods,
                               enum glyphs glyphs)
{
    if (all_fit(digest, place, methods, glyphs, false))
        return HEATMAP_VALUES;
    if (metric_table[digest->metric].logarithmic && all_fit(digest, place, methods, glyphs, true))
        return HEATMAP_POWERS;
    return HEATMAP_RAMP;
}

/* Whether the theory says something else of two neighbours: another formula, or which method needs less. */
static bool differ(const struct digest_number *a, const struct digest_number *b)
{
    if (a->formula == NULL || b->formula == NULL)
        return a->formula != b->formula;
    return a->beyond != b->beyond || strcmp(a->formula, b->formula) != 0;
}

unsigned heatmap_marks(struct digest *digest, const struct heatmap_place *place, unsigned methods)
{
    const struct table *table = digest->table;
    const struct digest_number *before[METHOD_COUNT] = {NULL};
    unsigned marks = 0;
    size_t cell;
    for (size_t i = 0; seen_cell(place, &table->plan, i, &cell); i++) {
        if (!table->cell[cell].possible) {
            marks |= HEATMAP_IMPOSSIBLE;
            continue;
        }
        for (int method = 0; method < METHOD_COUNT; method++) {
            const struct digest_number *number = digest_number(digest, cell, method);
            if (!(methods & 1u << method))
                continue;
            marks |= isnan(number->value) ? HEATMAP_UNKNOWN : 0u;
            marks |= number->disagrees ? HEATMAP_DISAGREES : 0u;
            if (place->width > 1 && before[method] != NULL && differ(before[method], number))
                marks |= HEATMAP_CHANGES;
            before[method] = number;
        }
    }
    return marks;
}

/* ---- one block ---- */

/* A cell of the plan on its way to the screen. */
struct block {
    struct rect area;
    const struct digest_number *number; /* NULL: there is no such cell */
    bool known;
    enum style style; /* of its ground */
    bool cursor;
    bool line_left, line_below; /* the theory changes there */
};

static void write_block(const struct heatmap *map, const struct heatmap_place *place, const struct block *block,
                        char text[LABEL_SIZE])
{
    double value = block->number->value;
    if (map->text == HEATMAP_RAMP)
        snprintf(text, LABEL_SIZE, "%c", heatmap_ramp(heatmap_level(map->scale, value)));
    else if (map->text == HEATMAP_POWERS)
        write_power(value, text);
    else
        write_value(value, text_room(place), map->glyphs, text);
}

static void draw_lines(const struct heatmap *map, struct grid *grid, const struct block *block)
{
    struct rect area = block->area;
    bool ascii = map->glyphs == GLYPHS_ASCII;
    for (int row = 0; block->line_left && area.width > 1 && row < area.height; row++)
        grid_put(grid, area.x, area.y + row, ascii ? '|' : DOWN, block->style);
    for (int column = block->line_left; block->line_below && area.height > 1 && column < area.width; column++)
        grid_put(grid, area.x + column, area.y + area.height - 1, ascii ? '-' : ACROSS, block->style);
}

/* After the text, or before it; where there is no room for both, it stands for the text. */
static void draw_mark(struct grid *grid, const struct block *block, int row, int x, int width)
{
    struct rect area = block->area;
    bool after = x + width < area.x + area.width;
    for (int i = 0; !after && x == area.x && i < width; i++)
        grid_put(grid, x + i, row, ' ', block->style);
    grid_put(grid, after ? x + width : area.x, row, '!', block->style);
}

static void draw_block(const struct heatmap *map, struct grid *grid, const struct heatmap_place *place,
                       const struct block *block)
{
    struct rect area = block->area;
    bool ascii = map->glyphs == GLYPHS_ASCII;
    uint32_t ground = block->number != NULL ? ' ' : ascii ? '/' : IMPOSSIBLE;
    for (int row = 0; row < area.height; row++)
        for (int column = 0; column < area.width; column++)
            grid_put(grid, area.x + column, area.y + row, ground, block->style);
    if (block->number == NULL)
        return;
    draw_lines(map, grid, block);
    int row = area.y + (area.height - 1) / 2;
    if (!block->known) {
        grid_put(grid, area.x + area.width / 2, row, ascii ? '.' : UNKNOWN, block->style);
        return;
    }
    char text[LABEL_SIZE];
    write_block(map, place, block, text);
    int width = grid_text_width(map->glyphs, text);
    int room = text_room(place);
    int x = area.x + (area.width > 2) + (room > width ? (room - width + 1) / 2 : 0);
    grid_text(grid, x, row, room, block->style, map->glyphs, text);
    if (block->number->disagrees)
        draw_mark(grid, block, row, x, width);
}

/* Of the cell and the one that comes before it in that direction. */
static bool changes(const struct heatmap *map, const size_t at[HEATMAP_AXES], int direction, int method)
{
    const struct table *table = map->digest->table;
    size_t before[HEATMAP_AXES] = {at[HEATMAP_X], at[HEATMAP_Y]};
    if (before[direction]-- == 0)
        return false;
    size_t here = heatmap_cell(&table->plan, at);
    size_t there = heatmap_cell(&table->plan, before);
    return table->cell[here].possible && table->cell[there].possible &&
           differ(digest_number(map->digest, here, method), digest_number(map->digest, there, method));
}

static struct block block_at(const struct heatmap *map, const struct heatmap_place *place,
                             const size_t at[HEATMAP_AXES], int method)
{
    const struct table *table = map->digest->table;
    size_t cell = heatmap_cell(&table->plan, at);
    int across = (int)(at[HEATMAP_X] - place->first[HEATMAP_X]);
    int up = (int)(at[HEATMAP_Y] - place->first[HEATMAP_Y]);
    struct block block = {
        .area = {place->blocks.x + across * place->width,
                 place->blocks.y + place->blocks.height - (up + 1) * place->height, place->width, place->height},
        .cursor = at[HEATMAP_X] == map->cursor[HEATMAP_X] && at[HEATMAP_Y] == map->cursor[HEATMAP_Y],
        .style = STYLE_DIM,
    };
    if (table->cell[cell].possible) {
        block.number = digest_number(map->digest, cell, method);
        block.known = !isnan(block.number->value);
        block.line_left = changes(map, at, HEATMAP_X, method);
        block.line_below = changes(map, at, HEATMAP_Y, method);
    }
    if (block.known)
        block.style = (enum style)((block.line_below && place->height == 1 ? STYLE_HEAT_LINE : STYLE_HEAT) +
                                   heatmap_level(map->scale, block.number->value));
    if (block.cursor)
        block.style = STYLE_FOCUS;
    return block;
}

/* ---- around the blocks ---- */

static void draw_title(const struct heatmap *map, struct grid *grid, const struct heatmap_place *place, int method)
{
    const struct axis *up = heatmap_axis(&map->digest->table->plan, HEATMAP_Y);
    struct rect row = place->title;
    char text[AXIS_TITLE_SIZE];
    if (row.width <= 0)
        return;
    if (up != NULL && place->left > 0) {
        axis_title(up, text);
        draw_clipped(grid, row.x, row.y, place->left - 1, STYLE_DIM, map->glyphs, text);
    }
    int x = row.x + place->left;
    int end = row.x + row.width;
    grid_put(grid, x, row.y, label_marker(method, map->glyphs), (enum style)(STYLE_METHOD + method % STYLE_METHODS));
    snprintf(text, sizeof text, "%s", method_table[method].name);
    draw_clipped(grid, x + 2, row.y, end - x - 2, map->focused ? STYLE_FOCUS : STYLE_TITLE, map->glyphs, text);
}

/* What the theory writes for the ranks that are seen, from the left: "theory k(T+1), d". */
static void draw_formulas(const struct heatmap *map, struct grid *grid, const struct heatmap_place *place, int method)
{
    enum { FORMULAS = 4 };
    const char *formula[FORMULAS];
    int count = 0;
    size_t cell;
    for (size_t i = 0; count < FORMULAS && seen_cell(place, &map->digest->table->plan, i, &cell); i++) {
        const char *here = digest_number(map->digest, cell, method)->formula;
        bool known = here == NULL || *here == '\0' || !map->digest->table->cell[cell].possible;
        for (int j = 0; j < count && !known; j++)
            known = strcmp(formula[j], here) == 0;
        if (!known)
            formula[count++] = here;
    }
    char text[LABEL_SIZE] = "theory";
    for (int i = 0; i < count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s %s", i > 0 ? "," : "", formula[i]);
    int width = grid_text_width(map->glyphs, text);
    int x = place->title.x + place->title.width - width;
    int taken = place->title.x + place->left + 2 + grid_text_width(map->glyphs, method_table[method].name) + 2;
    if (count > 0 && x >= taken)
        grid_text(grid, x, place->title.y, width, STYLE_THEORY, map->glyphs, text);
}

static void draw_label_row(const struct heatmap *map, struct grid *grid, const struct heatmap_place *place)
{
    const struct axis *axis = heatmap_axis(&map->digest->table->plan, HEATMAP_X);
    struct rect row = place->labels;
    char title[AXIS_TITLE_SIZE];
    if (row.width <= 0 || axis == NULL)
        return;
    axis_title(axis, title);
    if (place->left > 0)
        draw_clipped(grid, row.x - place->left, row.y, place->left - 1, STYLE_DIM, map->glyphs, title);
    int free_from = row.x;
    for (size_t i = 0; i < place->seen[HEATMAP_X]; i++) {
        size_t at = place->first[HEATMAP_X] + i;
        int width = grid_text_width(map->glyphs, axis->value[at]);
        int x = row.x + (int)i * place->width + (place->width > width ? (place->width - width) / 2 : 0);
        if (x + width > row.x + row.width)
            x = row.x + row.width - width;
        if (x < free_from)
            continue;
        grid_text(grid, x, row.y, width, at == map->cursor[HEATMAP_X] ? STYLE_TITLE : STYLE_DIM, map->glyphs,
                  axis->value[at]);
        free_from = x + width + 1;
    }
}

static void draw_label_column(const struct heatmap *map, struct grid *grid, const struct heatmap_place *place)
{
    const struct axis *axis = heatmap_axis(&map->digest->table->plan, HEATMAP_Y);
    if (axis == NULL || place->left <= 0)
        return;
    for (size_t i = 0; i < place->seen[HEATMAP_Y]; i++) {
        size_t at = place->first[HEATMAP_Y] + i;
        const char *label = axis->value[at];
        int room = place->left - 1;
        int width = grid_text_width(map->glyphs, label);
        int x = place->blocks.x - 1 - (width < room ? width : room);
        int y = place->blocks.y + place->blocks.height - (int)(i + 1) * place->height + (place->height - 1) / 2;
        draw_clipped(grid, x, y, room, at == map->cursor[HEATMAP_Y] ? STYLE_TITLE : STYLE_DIM, map->glyphs, label);
    }
}

/* That there is more than is seen. */
static void draw_more(const struct heatmap *map, struct grid *grid, const struct heatmap_place *place)
{
    const struct plan *plan = &map->digest->table->plan;
    bool ascii = map->glyphs == GLYPHS_ASCII;
    struct rect blocks = place->blocks;
    struct rect labels = place->labels;
    if (place->left <= 0)
        return;
    if (place->first[HEATMAP_Y] + place->seen[HEATMAP_Y] < heatmap_count(plan, HEATMAP_Y))
        grid_put(grid, blocks.x - 1, blocks.y, ascii ? '^' : 0x2191, STYLE_VALUE);
    if (place->first[HEATMAP_Y] > 0)
        grid_put(grid, blocks.x - 1, blocks.y + blocks.height - 1, ascii ? 'v' : 0x2193, STYLE_VALUE);
    if (labels.width <= 0)
        return;
    if (place->first[HEATMAP_X] > 0)
        grid_put(grid, labels.x - 1, labels.y, ascii ? '<' : 0x25C2, STYLE_VALUE);
    if (place->first[HEATMAP_X] + place->seen[HEATMAP_X] < heatmap_count(plan, HEATMAP_X))
        grid_put(grid, labels.x + labels.width - 1, labels.y, ascii ? '>' : 0x25B8, STYLE_VALUE);
}

void heatmap_draw(const struct heatmap *map, struct grid *grid, const struct heatmap_place *place, int method)
{
    draw_title(map, grid, place, method);
    draw_formulas(map, grid, place, method);
    draw_label_row(map, grid, place);
    draw_label_column(map, grid, place);
    draw_more(map, grid, place);
    for (size_t up = 0; up < place->seen[HEATMAP_Y]; up++) {
        for (size_t across = 0; across < place->seen[HEATMAP_X]; across++) {
            const size_t at[HEATMAP_AXES] = {place->first[HEATMAP_X] + across, place->first[HEATMAP_Y] + up};
            struct block block = block_at(map, place, at, method);
            draw_block(map, grid, place, &block);
        }
    }
}
