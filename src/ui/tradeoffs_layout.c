/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tradeoffs_state.h"

enum {
    SLICE_LEAST_WIDTH = 44,
    SLICE_LEAST_HEIGHT = 8,
    MAP_LEAST_WIDTH = 42, /* of each, if there are to be several side by side */
    MAP_LEAST_HEIGHT = 9, /* beside a slice below */
};

bool tradeoffs_takes_part(const struct tradeoffs_view *view, int method)
{
    return view->table != NULL && (view->table->plan.base.retrain.methods & 1u << method) != 0;
}

bool tradeoffs_shows(const struct tradeoffs *tradeoffs, const struct tradeoffs_view *view, int method)
{
    bool wanted = tradeoffs->method == METHOD_COUNT || tradeoffs->method == method;
    /* A method that is wanted and takes no part would leave the screen empty: all that take part are shown then. */
    if (tradeoffs->method != METHOD_COUNT && !tradeoffs_takes_part(view, tradeoffs->method))
        wanted = true;
    return wanted && tradeoffs_takes_part(view, method);
}

static int panel_width(int width)
{
    return width >= 160 ? 34 : width >= 100 ? 30 : 27;
}

static int text_rows(int height)
{
    return height >= 22 ? 6 : height >= 18 ? 5 : 4;
}

/* Side by side, on top of each other, or both; where there is room for none of it, the method that is wanted, else
 * meta, else the first one. */
static void place_maps(const struct tradeoffs *tradeoffs, const struct tradeoffs_view *view, struct rect area,
                       struct tradeoffs_layout *layout)
{
    enum { AROUND = 2, GAP = 2 }; /* rows of a map beside its blocks; columns between two */
    int count = 0;
    int single = -1;
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (tradeoffs_shows(tradeoffs, view, method)) {
            single = single < 0 || method == METHOD_META ? method : single;
            count++;
        }
    }
    if (count == 0)
        return;
    int columns = area.width / MAP_LEAST_WIDTH;
    columns = columns < 1 ? 1 : columns < count ? columns : count;
    int rows = (count + columns - 1) / columns;
    columns = (count + rows - 1) / rows; /* as even as can be */
    size_t height = (size_t)(area.height / rows);
    if (rows > 1 && heatmap_count(&view->table->plan, HEATMAP_Y) + AROUND > height) {
        layout->map[single] = area;
        return;
    }
    int place = 0;
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!tradeoffs_shows(tradeoffs, view, method))
            continue;
        int width = area.width / columns;
        layout->map[method] = (struct rect){area.x + place % columns * width, area.y + place / columns * (int)height,
                                            width - (columns > 1 ? GAP : 0), (int)height};
        place++;
    }
}

/* Below the maps where it is high, beside them where it is wide, else instead of them. */
static struct rect place_slice(const struct tradeoffs *tradeoffs, struct rect *area)
{
    struct rect slice = *area;
    if (area->height >= MAP_LEAST_HEIGHT + SLICE_LEAST_HEIGHT + 1) {
        slice.height = area->height * 2 / 5;
        slice.height = slice.height > SLICE_LEAST_HEIGHT ? slice.height : SLICE_LEAST_HEIGHT;
        slice.y += area->height - slice.height;
        area->height -= slice.height + 1;
        return slice;
    }
    if (area->width >= MAP_LEAST_WIDTH * 2 + SLICE_LEAST_WIDTH) {
        slice.width = SLICE_LEAST_WIDTH;
        slice.x += area->width - slice.width;
        area->width -= slice.width + 1;
        return slice;
    }
    if (tradeoffs->slice_seen)
        *area = (struct rect){area->x, area->y, 0, 0};
    else
        slice = (struct rect){area->x, area->y, 0, 0};
    return slice;
}

struct tradeoffs_layout tradeoffs_layout(const struct tradeoffs *tradeoffs, const struct tradeoffs_view *view)
{
    struct tradeoffs_layout layout = {.panel = {1, 1, 0, 0}};
    int width = tradeoffs->frame.width;
    int height = tradeoffs->frame.height;
    if (!frame_fits(&tradeoffs->frame))
        return layout;
    int rows = text_rows(height);
    int body = height - 3 - rows;
    layout.text = (struct rect){2, height - 1 - rows, width - 4, rows};
    layout.panel = (struct rect){1, 1, panel_width(width), body};
    layout.main = (struct rect){3 + layout.panel.width, 1, width - layout.panel.width - 5, body};
    struct rect area = layout.main;
    layout.slice = place_slice(tradeoffs, &area);
    if (area.height > 4) {
        layout.legend = (struct rect){area.x, area.y + area.height - 1, area.width, 1};
        area.height--;
    }
    if (area.width > 0)
        place_maps(tradeoffs, view, area, &layout);
    return layout;
}
