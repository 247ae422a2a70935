/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tradeoffs_state.h"

static void draw_lines(const struct tradeoffs *tradeoffs, struct grid *grid, const struct tradeoffs_layout *layout)
{
    enum glyphs glyphs = tradeoffs->frame.glyphs;
    int bottom = layout->text.y - 1; /* the line between the maps and the text */
    int left = layout->panel.x + layout->panel.width;
    draw_across(grid, 0, bottom, tradeoffs->frame.width, glyphs);
    draw_down(grid, left, 0, bottom + 1, glyphs);
    if (layout->slice.width > 0 && layout->slice.y > layout->main.y)
        draw_across(grid, left, layout->slice.y - 1, tradeoffs->frame.width - left, glyphs);
}

static void draw_maps(struct tradeoffs *tradeoffs, struct grid *grid, const struct tradeoffs_view *view,
                      const struct tradeoffs_layout *layout)
{
    struct extent extent = {0};
    struct heatmap map = {
        .digest = &tradeoffs->digest,
        .glyphs = tradeoffs->frame.glyphs,
        .cursor = {tradeoffs->cursor[HEATMAP_X], tradeoffs->cursor[HEATMAP_Y]},
        .focused = tradeoffs->focus == FOCUS_MAP,
    };
    digest_extend(&tradeoffs->digest, &extent);
    struct scale scale = heatmap_scale(&extent, metric_table[tradeoffs->metric].logarithmic);
    map.scale = &scale;
    unsigned methods = 0;
    unsigned marks = 0;
    for (int method = 0; method < METHOD_COUNT; method++)
        methods |= layout->map[method].width > 0 ? 1u << method : 0u;
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!(methods & 1u << method))
            continue;
        struct heatmap_place place =
            heatmap_place(layout->map[method], &view->table->plan, map.glyphs, tradeoffs->first, tradeoffs->cursor);
        tradeoffs->first[HEATMAP_X] = place.first[HEATMAP_X];
        tradeoffs->first[HEATMAP_Y] = place.first[HEATMAP_Y];
        map.text = heatmap_text(&tradeoffs->digest, &place, methods, map.glyphs);
        marks |= heatmap_marks(&tradeoffs->digest, &place, methods);
        heatmap_draw(&map, grid, &place, method);
    }
    if (methods != 0)
        heatmap_legend_draw(&map, grid, layout->legend, marks);
}

static void draw_inside(struct tradeoffs *tradeoffs, struct grid *grid, const struct tradeoffs_view *view)
{
    struct tradeoffs_layout layout = tradeoffs_layout(tradeoffs, view);
    draw_lines(tradeoffs, grid, &layout);
    tradeoffs_panel_draw(tradeoffs, grid, view, layout.panel);
    bool digested = tradeoffs_digest(tradeoffs, view);
    tradeoffs_text_draw(tradeoffs, grid, view, layout.text);
    if (!digested)
        return;
    draw_maps(tradeoffs, grid, view, &layout);
    struct slice slice = tradeoffs_slice(tradeoffs, view);
    slice_draw(&slice, grid, layout.slice);
}

void tradeoffs_draw(struct tradeoffs *tradeoffs, struct grid *grid, const struct tradeoffs_view *view)
{
    if (!frame_draw(&tradeoffs->frame, grid))
        return;
    tradeoffs_settle(tradeoffs, view);
    if (tradeoffs->frame.helping)
        frame_help_draw(&tradeoffs->frame, grid);
    else
        draw_inside(tradeoffs, grid, view);
    tradeoffs_title_draw(tradeoffs, grid, view);
    frame_hints_draw(&tradeoffs->frame, grid, tradeoffs_context(tradeoffs));
}
