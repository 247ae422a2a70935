/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/draw.h"
#include "ui/overlay.h"
#include "ui/parameters.h"

#include <stdio.h>

static void draw_lines(const struct lab *lab, struct grid *grid, const struct layout *layout)
{
    int bottom = layout->text.y - 1; /* the line between charts and text */
    draw_across(grid, 0, bottom, layout->width, lab->frame.glyphs);
    if (layout->panel.width > 0 && !overlay_hides_panel(lab))
        draw_down(grid, layout->panel.x + layout->panel.width, 0, bottom + 1, lab->frame.glyphs);
    if (!layout->single && !overlay_is_open(lab)) {
        int left = layout->charts.x - 1;
        int right = layout->charts.x + layout->charts.width + 1; /* with margins the lines stay within them */
        int top = layout->charts.y > 1 ? layout->charts.y : 0;
        draw_down(grid, layout->chart[1].x - 2, top, bottom + 1 - top, lab->frame.glyphs);
        draw_across(grid, left, layout->chart[2].y - 1, right - left, lab->frame.glyphs);
    }
}

/* On the line below the panel: that there is more than is seen. */
static void draw_panel_more(const struct lab *lab, struct grid *grid, struct rect panel)
{
    struct parameters_row row[PARAMETERS_ROWS];
    bool below = lab->panel_top + panel.height < parameters_rows(lab, panel.height, row);
    panel.width--;
    frame_more_draw(&lab->frame, grid, panel, lab->panel_top > 0, below);
}

static void draw_charts(const struct lab *lab, struct grid *grid, const struct view *view, const struct layout *layout)
{
    for (int i = 0; i < CHART_COUNT; i++) {
        struct chart_options options;
        if (layout->chart[i].width <= 0)
            continue;
        lab_chart_options(lab, (enum chart)i, &options);
        chart_draw(grid, layout->chart[i], (enum chart)i, view, &options);
    }
    lab_tabs_draw(lab, grid);
}

void lab_inside_draw(struct lab *lab, struct grid *grid, const struct view *view, const struct lab_status *status)
{
    struct layout layout = lab_layout(lab);
    parameters_scroll(lab, layout.panel);
    lab_overlay_settle(lab);
    draw_lines(lab, grid, &layout);
    if (!overlay_hides_panel(lab)) {
        parameters_draw(lab, grid, layout.panel);
        draw_panel_more(lab, grid, layout.panel);
    }
    if (overlay_is_open(lab))
        overlay_draw(lab, grid);
    else
        draw_charts(lab, grid, view, &layout);
    if (!lab->limits.given)
        lab_text_draw(lab, grid, view, status);
}

void lab_heed(struct lab *lab, const struct view *view, const struct lab_status *status)
{
    lab->state = status->state;
    if (status->settled && (status->state == LIVE_RUNNING || status->state == LIVE_PAUSED))
        lab->running = status->state == LIVE_RUNNING;
    lab_follow(lab, view);
}

void lab_draw(struct lab *lab, struct grid *grid, const struct view *view, const struct lab_status *status)
{
    lab_heed(lab, view, status);
    if (!frame_draw(&lab->frame, grid))
        return;
    if (lab->frame.helping)
        frame_help_draw(&lab->frame, grid);
    else
        lab_inside_draw(lab, grid, view, status);
    lab_title_draw(lab, grid, view, status);
    frame_hints_draw(&lab->frame, grid, lab_context(lab));
}
