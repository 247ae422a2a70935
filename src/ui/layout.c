/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/layout.h"

#include "ui/frame.h"

/* Two by two charts are legible from here on. */
enum { GRID_LEAST_WIDTH = 76, GRID_LEAST_HEIGHT = 20 };

/* Room for the usual sentence and one line for help or a message, as far as the height allows. */
static int text_rows(int width, int height)
{
    enum { USUAL_LENGTH = 560 };
    int rows = 1 + (USUAL_LENGTH + width - 5) / (width - 4);
    int most = height >= 30 ? 8 : height >= 22 ? 6 : height >= 18 ? 4 : 3;
    return rows < most ? rows : most;
}

static int panel_width(int width)
{
    return width >= 160 ? 34 : width >= 100 ? 28 : 27;
}
static void place_grid(struct layout *layout)
{
    struct rect all = layout->charts; /* a blank column stands on both sides of a chart */
    int left = (all.width - 1) / 2;
    int top = (all.height - 1) / 2;
    for (int i = 0; i < CHART_COUNT; i++) {
        bool right = i % 2 == 1;
        bool below = i / 2 == 1;
        layout->chart[i] = (struct rect){
            (right ? all.x + left + 1 : all.x) + 1,
            below ? all.y + top + 1 : all.y,
            (right ? all.width - left - 1 : left) - 2,
            below ? all.height - top - 1 : top,
        };
    }
}

struct layout layout_make(int width, int height, enum chart shown, bool zoomed, const struct layout_limits *limits)
{
    struct layout layout = {.width = width, .height = height};
    if (width < FRAME_LEAST_WIDTH || height < FRAME_LEAST_HEIGHT)
        return layout; /* there is nothing but a message */
    int rows = limits->text_rows > 0 ? limits->text_rows : text_rows(width, height);
    int inset = limits->margin;
    int body = height - 3 - rows;
    layout.text = (struct rect){2 + inset, height - 1 - rows, width - 4 - 2 * inset, rows};
    layout.charts = (struct rect){1 + inset, 1 + inset / 4, width - 2 - 2 * inset, body - inset / 4};
    if (!zoomed && !limits->bare) {
        layout.panel = (struct rect){1, 1, panel_width(width), body};
        layout.charts.x = 2 + layout.panel.width;
        layout.charts.width = width - 1 - layout.charts.x;
    }
    struct rect all = layout.charts;
    layout.single = zoomed || all.width < GRID_LEAST_WIDTH || all.height < GRID_LEAST_HEIGHT;
    if (layout.single) {
        layout.tabs = (struct rect){all.x + 1, all.y, all.width - 2, 1};
        layout.chart[shown] = (struct rect){all.x + 1, all.y + 1, all.width - 2, all.height - 1};
    } else {
        place_grid(&layout);
    }
    return layout;
}
