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

/* Side by side or on top of each other; where there is room for neither, the method that is wanted, or the last one. */
static void place_maps(const struct tradeoffs *tradeoffs, const struct tradeoffs_view *view, struct rect area,
                       struct tradeoffs_layout *layout)
{
    enum { AROUND = 2, GAP = 2 }; /* rows of a map beside its blocks; columns between two */
    int count = 0;
    int last = -1;
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (tradeoffs_shows(tradeoffs, view, method)) {
            last = method;
            count++;
        }
    }
    if (count == 0)
        return;
    bool beside = area.width / count >= MAP_LEAST_WIDTH;
    bool below = !beside && heatmap_count(&view->table->plan, HEATMAP_Y) + AROUND <= (size_t)(area.height / count);
    if (!beside && !below) {
        layout->map[last] = area;
        return;
    }
    int width = beside ? area.width / count : area.width;
    int height = below ? area.height / count : area.height;
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!tradeoffs_shows(tradeoffs, view, method))
            continue;
        layout->map[method] = (struct rect){area.x, area.y, width - (beside && count > 1 ? GAP : 0), height};
        area.x += beside ? width : 0;
        area.y += below ? height : 0;
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
