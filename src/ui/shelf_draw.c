/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shelf_state.h"

#include <stdio.h>

enum { NAME_LEFT = 3, KEPT_WIDTH = 16, GAP = 2, TITLE_LEAST = 12, NAME_LEAST = 36 };

static void draw_heading(const struct shelf *shelf, struct grid *grid, struct rect area, const struct shelf_view *view)
{
    char text[64];
    snprintf(text, sizeof text, view->list->count == 1 ? "%zu run" : "%zu runs", view->list->count);
    grid_text(grid, area.x + 1, area.y, area.width - 2, STYLE_TITLE, shelf->frame.glyphs, text);
}

/* Columns of a row: the name has half of what the time of keeping leaves, and the title the rest where that is enough. */
struct columns {
    int name, title, kept; /* widths; 0: not shown */
};

static struct columns columns_of(int width)
{
    struct columns columns = {.kept = width >= NAME_LEFT + NAME_LEAST + GAP + KEPT_WIDTH ? KEPT_WIDTH : 0};
    int rest = width - NAME_LEFT - 1 - (columns.kept > 0 ? columns.kept + GAP : 0);
    columns.name = rest;
    if (rest >= NAME_LEAST + GAP + TITLE_LEAST) {
        columns.name = rest - GAP > 2 * NAME_LEAST ? (rest - GAP) / 2 : NAME_LEAST;
        columns.title = rest - GAP - columns.name;
    }
    return columns;
}

static void draw_row(const struct shelf *shelf, struct grid *grid, struct rect area, const struct shelf_view *view,
                     size_t index)
{
    const struct store_run *run = &view->list->run[index];
    enum glyphs glyphs = shelf->frame.glyphs;
    struct columns columns = columns_of(area.width);
    bool chosen = index == shelf->cursor;
    int mark = shelf_mark_of(shelf, run->id);
    enum style style = chosen ? STYLE_FOCUS : STYLE_VALUE;
    for (int i = 0; chosen && i < area.width; i++)
        grid_put(grid, area.x + i, area.y, ' ', STYLE_FOCUS);
    if (mark >= 0)
        grid_put(grid, area.x + 1, area.y, shelf_letter(mark), (enum style)(STYLE_METHOD + mark));
    int x = area.x + NAME_LEFT;
    if (chosen && shelf->naming)
        field_draw(&shelf->field, grid, x, area.y, columns.name, glyphs);
    else
        draw_clipped(grid, x, area.y, columns.name, style, glyphs, run->name);
    x += columns.name + GAP;
    if (columns.title > 0)
        draw_clipped(grid, x, area.y, columns.title, chosen ? STYLE_FOCUS : STYLE_TEXT, glyphs, run->title);
    if (columns.kept > 0)
        draw_clipped(grid, area.x + area.width - 1 - columns.kept, area.y, columns.kept,
                     chosen ? STYLE_FOCUS : STYLE_DIM, glyphs, run->kept);
}

static void draw_list(const struct shelf *shelf, struct grid *grid, struct rect area, const struct shelf_view *view)
{
    draw_heading(shelf, grid, area, view);
    int rows = area.height - 1;
    for (int i = 0; i < rows && shelf->top + (size_t)i < view->list->count; i++)
        draw_row(shelf, grid, (struct rect){area.x, area.y + 1 + i, area.width, 1}, view, shelf->top + (size_t)i);
    if (view->list->count == 0)
        grid_paragraph(grid, (struct rect){area.x + 1, area.y + 2, area.width - 2, rows - 1}, STYLE_TEXT,
                       shelf->frame.glyphs, "No run was kept yet: k keeps the lab's run under a name.");
    frame_more_draw(&shelf->frame, grid, area, shelf->top > 0,
                    shelf->top + (size_t)(rows > 0 ? rows : 0) < view->list->count);
}

static void draw_text(struct shelf *shelf, struct grid *grid, struct rect area, const struct shelf_view *view)
{
    const struct store_run *run = view->list->count > 0 ? &view->list->run[shelf->cursor] : NULL;
    char note[320] = "";
    if (run != NULL)
        snprintf(note, sizeof note, "%s: %.79s, kept %s by version %s.%s", run->name, run->title, run->kept,
                 run->version, run->way[0] == '\0' ? " It has no line, so it cannot be opened." : "");
    struct frame_text text = {.sentence = run != NULL ? run->summary : "",
                              .style = STYLE_TEXT,
                              .note = view->message[0] != '\0' ? view->message : note,
                              .note_style = view->message[0] != '\0' ? STYLE_VALUE : STYLE_DIM,
                              .needed = view->message[0] != '\0'};
    frame_text_draw(&shelf->frame, grid, area, &text);
}

static void draw_inside(struct shelf *shelf, struct grid *grid, const struct shelf_view *view)
{
    struct shelf_layout layout = shelf_layout(shelf);
    int bottom = layout.text.y - 1;
    draw_across(grid, 0, bottom, shelf->frame.width, shelf->frame.glyphs);
    if (layout.chart.width > 0)
        draw_down(grid, layout.list.x + layout.list.width, 0, bottom + 1, shelf->frame.glyphs);
    draw_list(shelf, grid, layout.list, view);
    shelf_chart_draw(shelf, grid, layout.chart, view);
    draw_text(shelf, grid, layout.text, view);
}

void shelf_draw(struct shelf *shelf, struct grid *grid, const struct shelf_view *view)
{
    if (!frame_draw(&shelf->frame, grid))
        return;
    shelf_settle(shelf, view);
    if (shelf->frame.helping)
        frame_help_draw(&shelf->frame, grid);
    else
        draw_inside(shelf, grid, view);
    frame_title_draw(&shelf->frame, grid, "Runs that were kept", NULL, 0);
    frame_hints_draw(&shelf->frame, grid, shelf_context(shelf));
}
