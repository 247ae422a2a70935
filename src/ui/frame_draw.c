/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/frame.h"
#include "ui/keymap_change.h"

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
    snprintf(line[0], sizeof *line, "Rankscope needs %d × %d characters.", FRAME_LEAST_WIDTH, FRAME_LEAST_HEIGHT);
    snprintf(line[1], sizeof *line, "This terminal has %d × %d.", grid->width, grid->height);
    snprintf(line[2], sizeof *line, "Make it larger, or press q to leave.");
    if (draw_centred(grid, glyphs, 3, line))
        return;
    snprintf(line[0], sizeof *line, "needs %d × %d", FRAME_LEAST_WIDTH, FRAME_LEAST_HEIGHT);
    snprintf(line[1], sizeof *line, "has %d × %d", grid->width, grid->height);
    snprintf(line[2], sizeof *line, "q: leave");
    if (draw_centred(grid, glyphs, 3, line) || draw_centred(grid, glyphs, 2, line))
        return;
    grid_paragraph(grid, (struct rect){0, 0, grid->width, grid->height}, STYLE_TEXT, glyphs, line[0]);
}

/* ---- one that is not ---- */

bool frame_draw(struct frame *frame, struct grid *grid)
{
    frame->width = grid->width;
    frame->height = grid->height;
    frame->text_pages = 1;
    frame->turn = (struct rect){0};
    grid_clear(grid);
    if (!frame_fits(frame)) {
        draw_too_small(grid, frame->glyphs);
        return false;
    }
    draw_across(grid, 0, 0, frame->width, frame->glyphs);
    draw_across(grid, 0, frame->height - 1, frame->width, frame->glyphs);
    draw_down(grid, 0, 0, frame->height, frame->glyphs);
    draw_down(grid, frame->width - 1, 0, frame->height, frame->glyphs);
    return true;
}

void frame_hints_draw(const struct frame *frame, struct grid *grid, enum keymap_context context)
{
    struct hint hint[KEYMAP_HINTS];
    int y = frame->height - 1;
    int count = keymap_hints(frame->keymap, context, FRAME_EDGE, frame->width - FRAME_EDGE, frame->glyphs, hint);
    for (int i = 0; i < count; i++) {
        int end = hint[i].x + hint[i].width;
        for (int x = hint[i].x - 1; x <= end; x++)
            grid_put(grid, x, y, ' ', STYLE_TEXT);
        int used = grid_text(grid, hint[i].x, y, hint[i].width, STYLE_KEY, frame->glyphs, hint[i].binding->shown);
        grid_text(grid, hint[i].x + used + 1, y, hint[i].width - used - 1, STYLE_TEXT, frame->glyphs,
                  hint[i].binding->hint);
    }
}

void frame_more_draw(const struct frame *frame, struct grid *grid, struct rect area, bool above, bool below)
{
    const char *text = above && below ? " ↑ ↓ more " : above ? " ↑ more " : below ? " ↓ more " : "";
    int width = grid_text_width(frame->glyphs, text);
    if (width < area.width)
        grid_text(grid, area.x + area.width - width, area.y + area.height, width, STYLE_DIM, frame->glyphs, text);
}

/* Rows that text takes in `columns`, however many. */
static int rows_of(enum glyphs glyphs, int columns, const char *text)
{
    enum { MANY = 1000 };
    struct grid nowhere = {0, 0, NULL};
    return grid_paragraph(&nowhere, (struct rect){0, 0, columns, MANY}, STYLE_TEXT, glyphs, text);
}

/* On the line above the box, at its left end: what lists have there is at their right end. */
static void draw_turn(struct frame *frame, struct grid *grid, struct rect area)
{
    char text[64];
    struct keymap_word key = keymap_word(frame->keymap, "more");
    snprintf(text, sizeof text, "more %d/%d", frame->text_page + 1, frame->text_pages);
    int width = grid_text_width(frame->glyphs, key.text);
    frame->turn = (struct rect){area.x, area.y - 1, width + grid_text_width(frame->glyphs, text) + 3, 1};
    for (int x = 0; x < frame->turn.width; x++)
        grid_put(grid, area.x + x, area.y - 1, ' ', STYLE_TEXT);
    grid_text(grid, area.x + 1, area.y - 1, -1, STYLE_KEY, frame->glyphs, key.text);
    grid_text(grid, area.x + width + 2, area.y - 1, -1, STYLE_TEXT, frame->glyphs, text);
}

/* Pages share a row: the mark of more to come may stand over the end of one. The last page is a full one. */
static void draw_sentence(struct frame *frame, struct grid *grid, struct rect area, const struct frame_text *text)
{
    int beyond = rows_of(frame->glyphs, area.width, text->sentence) - area.height;
    int step = area.height > 1 ? area.height - 1 : 1;
    frame->text_pages = area.height > 0 && beyond > 0 ? 1 + (beyond + step - 1) / step : 1;
    if (frame->text_page >= frame->text_pages)
        frame->text_page = frame->text_pages - 1;
    int row = frame->text_page * step;
    if (frame->text_page > 0 && row > beyond)
        row = beyond;
    grid_paragraph(grid, area, text->style, frame->glyphs,
                   grid_paragraph_from(frame->glyphs, area.width, text->sentence, row));
    if (frame->text_pages > 1)
        draw_turn(frame, grid, area);
}

void frame_text_draw(struct frame *frame, struct grid *grid, struct rect area, const struct frame_text *text)
{
    bool message = frame->message[0] != '\0';
    const char *note = message ? frame->message : text->note;
    enum style style = !message ? text->note_style : frame->message_alarms ? STYLE_WARNING : STYLE_VALUE;
    int rows = rows_of(frame->glyphs, area.width, note), most = area.height;
    if (!message && !text->needed) /* it has what the sentence leaves */
        most -= rows_of(frame->glyphs, area.width, text->sentence);
    if (rows > most)
        rows = most > 0 ? most : 0;
    struct rect foot = {area.x, area.y + area.height - rows, area.width, rows};
    area.height -= rows;
    grid_paragraph(grid, foot, style, frame->glyphs, note);
    draw_sentence(frame, grid, area, text);
}
