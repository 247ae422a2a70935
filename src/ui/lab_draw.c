/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/draw.h"
#include "ui/overlay.h"
#include "ui/parameters.h"

#include <stdio.h>

/* ---- a screen that is too small ---- */

/* Draws the lines in the middle. False: they do not fit, and nothing was drawn. */
static bool draw_centred(struct grid *grid, enum glyphs glyphs, int count, char line[][64])
{
    if (grid->height < count)
        return false;
    for (int i = 0; i < count; i++)
        if (grid_text_width(glyphs, line[i]) > grid->width)
            return false;
    for (int i = 0; i < count; i++)
        grid_text(grid, (grid->width - grid_text_width(glyphs, line[i])) / 2, (grid->height - count) / 2 + i, -1,
                  i == 1 ? STYLE_WARNING : STYLE_TEXT, glyphs, line[i]);
    return true;
}

static void draw_too_small(struct grid *grid, enum glyphs glyphs)
{
    char line[3][64];
    snprintf(line[0], sizeof *line, "Rankscope needs %d × %d characters.", LAYOUT_LEAST_WIDTH, LAYOUT_LEAST_HEIGHT);
    snprintf(line[1], sizeof *line, "This terminal has %d × %d.", grid->width, grid->height);
    snprintf(line[2], sizeof *line, "Make it larger, or press q to leave.");
    if (draw_centred(grid, glyphs, 3, line))
        return;
    snprintf(line[0], sizeof *line, "needs %d × %d", LAYOUT_LEAST_WIDTH, LAYOUT_LEAST_HEIGHT);
    snprintf(line[1], sizeof *line, "has %d × %d", grid->width, grid->height);
    snprintf(line[2], sizeof *line, "q: leave");
    if (draw_centred(grid, glyphs, 3, line) || draw_centred(grid, glyphs, 2, line))
        return;
    grid_paragraph(grid, (struct rect){0, 0, grid->width, grid->height}, STYLE_TEXT, glyphs, line[0]);
}

/* ---- the frame ---- */

static void draw_lines(const struct lab *lab, struct grid *grid, const struct layout *layout)
{
    int bottom = layout->text.y - 1; /* the line between charts and text */
    draw_across(grid, 0, 0, layout->width, lab->glyphs);
    draw_across(grid, 0, layout->height - 1, layout->width, lab->glyphs);
    draw_down(grid, 0, 0, layout->height, lab->glyphs);
    draw_down(grid, layout->width - 1, 0, layout->height, lab->glyphs);
    if (lab->mode == LAB_HELPING)
        return;
    draw_across(grid, 0, bottom, layout->width, lab->glyphs);
    if (layout->panel.width > 0 && !overlay_hides_panel(lab))
        draw_down(grid, layout->panel.x + layout->panel.width, 0, bottom + 1, lab->glyphs);
    if (!layout->single && lab->mode != LAB_CHOOSING) {
        int left = layout->charts.x - 1;
        draw_down(grid, layout->chart[1].x - 2, 0, bottom + 1, lab->glyphs);
        draw_across(grid, left, layout->chart[2].y - 1, layout->width - left, lab->glyphs);
    }
}

/* On the line below the panel: that there is more than is seen. */
static void draw_panel_more(const struct lab *lab, struct grid *grid, struct rect panel)
{
    struct parameters_row row[PARAMETERS_ROWS];
    bool above = lab->panel_top > 0;
    bool below = lab->panel_top + panel.height < parameters_rows(panel.height, row);
    const char *text = above && below ? " ↑ ↓ more " : above ? " ↑ more " : below ? " ↓ more " : "";
    int width = grid_text_width(lab->glyphs, text);
    if (panel.width > width + 2)
        grid_text(grid, panel.x + panel.width - 1 - width, panel.y + panel.height, width, STYLE_DIM, lab->glyphs, text);
}

static void draw_hints(const struct lab *lab, struct grid *grid)
{
    struct hint hint[KEYMAP_HINTS];
    int y = lab->height - 1;
    int count = keymap_hints(lab_context(lab), LAB_HINTS_LEFT, lab->width - LAB_HINTS_LEFT, lab->glyphs, hint);
    for (int i = 0; i < count; i++) {
        int end = hint[i].x + hint[i].width;
        for (int x = hint[i].x - 1; x <= end; x++)
            grid_put(grid, x, y, ' ', STYLE_TEXT);
        int used = grid_text(grid, hint[i].x, y, hint[i].width, STYLE_KEY, lab->glyphs, hint[i].binding->shown);
        grid_text(grid, hint[i].x + used + 1, y, hint[i].width - used - 1, STYLE_TEXT, lab->glyphs,
                  hint[i].binding->hint);
    }
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

void lab_draw(struct lab *lab, struct grid *grid, const struct view *view, const struct lab_status *status)
{
    lab->width = grid->width;
    lab->height = grid->height;
    lab->state = status->state;
    if (status->state == LIVE_RUNNING || status->state == LIVE_PAUSED)
        lab->running = status->state == LIVE_RUNNING;
    grid_clear(grid);
    struct layout layout = lab_layout(lab);
    if (!layout.fits) {
        draw_too_small(grid, lab->glyphs);
        return;
    }
    parameters_scroll(lab, layout.panel);
    lab_overlay_settle(lab);
    draw_lines(lab, grid, &layout);
    lab_title_draw(lab, grid, view, status);
    if (!overlay_hides_panel(lab)) {
        parameters_draw(lab, grid, layout.panel);
        draw_panel_more(lab, grid, layout.panel);
    }
    if (lab->mode == LAB_HELPING || lab->mode == LAB_CHOOSING)
        overlay_draw(lab, grid);
    else
        draw_charts(lab, grid, view, &layout);
    if (lab->mode != LAB_HELPING)
        lab_text_draw(lab, grid, view, status);
    draw_hints(lab, grid);
}
