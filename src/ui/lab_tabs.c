/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/draw.h"
#include "ui/lab_state.h"

#include <stdio.h>

struct tab {
    int x, width;
    char text[48];
};

enum { TAB_GAP = 2 };

/* "1 loss  2 adaptation …", or numbers alone for those that are not seen. Returns the columns used. */
static int write_tabs(const struct lab *lab, bool names, struct tab tab[CHART_COUNT])
{
    int x = lab_layout(lab).tabs.x;
    int start = x;
    for (int i = 0; i < CHART_COUNT; i++) {
        if (names || i == (int)lab->chart)
            snprintf(tab[i].text, sizeof tab[i].text, "%d %s", i + 1, chart_table[i].name);
        else
            snprintf(tab[i].text, sizeof tab[i].text, "%d", i + 1);
        tab[i].x = x;
        tab[i].width = grid_text_width(lab->frame.glyphs, tab[i].text);
        x += tab[i].width + TAB_GAP;
    }
    return x - TAB_GAP - start;
}

static void place_tabs(const struct lab *lab, struct tab tab[CHART_COUNT])
{
    if (write_tabs(lab, true, tab) > lab_layout(lab).tabs.width)
        write_tabs(lab, false, tab);
}

void lab_tabs_draw(const struct lab *lab, struct grid *grid)
{
    struct rect area = lab_layout(lab).tabs;
    struct tab tab[CHART_COUNT];
    if (area.width <= 0)
        return;
    place_tabs(lab, tab);
    for (int i = 0; i < CHART_COUNT; i++) {
        bool seen = i == (int)lab->chart;
        enum style style = !seen ? STYLE_DIM : lab->chart_focused ? STYLE_FOCUS : STYLE_TITLE;
        draw_clipped(grid, tab[i].x, area.y, area.x + area.width - tab[i].x, style, lab->frame.glyphs, tab[i].text);
    }
}

bool lab_tab_at(const struct lab *lab, int x, int y, enum chart *chart)
{
    struct tab tab[CHART_COUNT];
    if (!rect_holds(lab_layout(lab).tabs, x, y))
        return false;
    place_tabs(lab, tab);
    for (int i = 0; i < CHART_COUNT; i++) {
        if (x >= tab[i].x && x < tab[i].x + tab[i].width) {
            *chart = (enum chart)i;
            return true;
        }
    }
    return false;
}
