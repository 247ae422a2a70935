/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/heatmap.h"

enum {
    WIDEST = 12,   /* columns of a block */
    HIGHEST = 5,   /* rows of a block */
    MOST_LEFT = 9, /* columns of labels */
    ROWS_FOR_TITLE = 3,
    ROWS_FOR_LABELS = 4,
    COLUMNS_FOR_LEFT = 24,
};

const struct axis *heatmap_axis(const struct plan *plan, int direction)
{
    int axis = plan->axes - 1 - direction;
    return axis >= 0 ? &plan->axis[axis] : NULL;
}

size_t heatmap_count(const struct plan *plan, int direction)
{
    const struct axis *axis = heatmap_axis(plan, direction);
    return axis != NULL ? axis->count : 1;
}

size_t heatmap_cell(const struct plan *plan, const size_t at[HEATMAP_AXES])
{
    size_t coordinate[PLAN_AXES] = {0};
    for (int direction = 0; direction < HEATMAP_AXES && direction < plan->axes; direction++)
        coordinate[plan->axes - 1 - direction] = at[direction];
    return plan_cell(plan, coordinate);
}

/* Columns for the upward axis's values and the names of both. */
static int left_of(const struct plan *plan, enum glyphs glyphs)
{
    int left = 0;
    for (int direction = 0; direction < HEATMAP_AXES; direction++) {
        const struct axis *axis = heatmap_axis(plan, direction);
        char title[AXIS_TITLE_SIZE];
        if (axis == NULL)
            continue;
        axis_title(axis, title);
        int width = grid_text_width(glyphs, title);
        for (size_t i = 0; direction == HEATMAP_Y && i < axis->count && width < MOST_LEFT; i++) {
            int label = grid_text_width(glyphs, axis->value[i]);
            width = label > width ? label : width;
        }
        left = width > left ? width : left;
    }
    return left < MOST_LEFT ? left : MOST_LEFT;
}

static void place_window(struct heatmap_place *place, int direction, size_t count, int room, int most, size_t first,
                         size_t cursor)
{
    int size = count > 0 && (size_t)room / count < (size_t)most ? room / (int)count : most;
    size = size > 1 ? size : 1;
    size_t seen = room > 0 ? (size_t)(room / size) : 0;
    seen = seen < count ? seen : count;
    if (first > cursor)
        first = cursor;
    if (seen > 0 && cursor >= first + seen)
        first = cursor - seen + 1;
    if (first + seen > count)
        first = count - seen;
    *(direction == HEATMAP_X ? &place->width : &place->height) = size;
    place->seen[direction] = seen;
    place->first[direction] = first;
}

struct heatmap_place heatmap_place(struct rect area, const struct plan *plan, enum glyphs glyphs,
                                   const size_t first[HEATMAP_AXES], const size_t cursor[HEATMAP_AXES])
{
    struct heatmap_place place = {.blocks = area};
    struct rect *blocks = &place.blocks;
    if (area.height >= ROWS_FOR_TITLE) {
        place.title = (struct rect){area.x, blocks->y++, area.width, 1};
        blocks->height--;
    }
    if (area.width >= COLUMNS_FOR_LEFT) {
        place.left = left_of(plan, glyphs) + 1;
        blocks->x += place.left;
        blocks->width -= place.left;
    }
    if (area.height >= ROWS_FOR_LABELS)
        blocks->height--;
    place_window(&place, HEATMAP_X, heatmap_count(plan, HEATMAP_X), blocks->width, WIDEST, first[HEATMAP_X],
                 cursor[HEATMAP_X]);
    place_window(&place, HEATMAP_Y, heatmap_count(plan, HEATMAP_Y), blocks->height, HIGHEST, first[HEATMAP_Y],
                 cursor[HEATMAP_Y]);
    blocks->width = (int)place.seen[HEATMAP_X] * place.width;
    blocks->height = (int)place.seen[HEATMAP_Y] * place.height;
    if (area.height >= ROWS_FOR_LABELS)
        place.labels = (struct rect){blocks->x, blocks->y + blocks->height, area.x + area.width - blocks->x, 1};
    return place;
}

bool heatmap_at(const struct heatmap_place *place, int x, int y, size_t at[HEATMAP_AXES])
{
    if (!rect_holds(place->blocks, x, y))
        return false;
    at[HEATMAP_X] = place->first[HEATMAP_X] + (size_t)((x - place->blocks.x) / place->width);
    at[HEATMAP_Y] =
        place->first[HEATMAP_Y] + (size_t)((place->blocks.y + place->blocks.height - 1 - y) / place->height);
    return true;
}
