/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/frame.h"

#include <stdio.h>

/* The line on top: "┌ rankscope ── F1 Lab  F2 Trade-offs ── TITLE ─── PIECE · PIECE ┐". */

static const char program[] = " rankscope ";

enum { LEFT = 1, WIDE = 140, GAP = 2, LEAST_TITLE = 8 };

/* ---- the screens ---- */

struct name {
    int x, width;
    char text[32];
};

/* "F1 Lab  F2 Trade-offs", or the keys alone of those that are not shown. Returns the column after the last. */
static int write_names(const struct frame *frame, int x, bool all, struct name name[SCREEN_COUNT])
{
    int gap = all ? GAP : 1;
    for (int i = 0; i < SCREEN_COUNT; i++) {
        bool shown = all || i == (int)frame->screen;
        snprintf(name[i].text, sizeof name->text, "F%d%s%s", i + 1, shown ? " " : "", shown ? screen_names[i] : "");
        name[i].x = x;
        name[i].width = grid_text_width(frame->glyphs, name[i].text);
        x += name[i].width + gap;
    }
    return x - gap;
}

static int place_names(const struct frame *frame, struct name name[SCREEN_COUNT])
{
    int x = LEFT + 1;
    if (frame->width >= WIDE)
        x += (int)sizeof program + GAP - 1;
    int end = write_names(frame, x, true, name);
    return end - x <= frame->width / 4 ? end : write_names(frame, x, false, name);
}

bool frame_screen_at(const struct frame *frame, int x, int y, enum screen_id *screen)
{
    struct name name[SCREEN_COUNT];
    if (y != 0)
        return false;
    place_names(frame, name);
    for (int i = 0; i < SCREEN_COUNT; i++) {
        if (x >= name[i].x && x < name[i].x + name[i].width) {
            *screen = (enum screen_id)i;
            return true;
        }
    }
    return false;
}

static int draw_names(const struct frame *frame, struct grid *grid)
{
    struct name name[SCREEN_COUNT];
    int end = place_names(frame, name);
    if (frame->width >= WIDE)
        grid_text(grid, LEFT, 0, -1, STYLE_TITLE, frame->glyphs, program);
    for (int x = name[0].x - 1; x <= end; x++)
        grid_put(grid, x, 0, ' ', STYLE_TEXT);
    for (int i = 0; i < SCREEN_COUNT; i++)
        grid_text(grid, name[i].x, 0, name[i].width, i == (int)frame->screen ? STYLE_FOCUS : STYLE_DIM, frame->glyphs,
                  name[i].text);
    return end + 1;
}

/* ---- what is at the right ---- */

static const char separator[] = " · ";

/* Draws those that fit from the right edge; returns the column where they begin. */
static int draw_pieces(const struct frame *frame, struct grid *grid, int room, const struct frame_piece *piece,
                       int count)
{
    int gap = grid_text_width(frame->glyphs, separator);
    int kept = 0;
    for (int width = 2; kept < count; kept++) {
        width += grid_text_width(frame->glyphs, piece[kept].text) + (kept > 0 ? gap : 0);
        if (width > room)
            break;
    }
    int x = frame->width - 2;
    if (kept > 0)
        grid_put(grid, x, 0, ' ', STYLE_TEXT);
    for (int rank = FRAME_PIECES - 1, drawn = 0; rank >= 0; rank--) {
        for (int i = 0; i < kept; i++) {
            if (piece[i].rank != rank)
                continue;
            if (drawn++ > 0)
                grid_text(grid, x -= gap, 0, gap, STYLE_DIM, frame->glyphs, separator);
            int width = grid_text_width(frame->glyphs, piece[i].text);
            grid_text(grid, x -= width, 0, width, piece[i].style, frame->glyphs, piece[i].text);
        }
    }
    if (kept > 0)
        grid_put(grid, --x, 0, ' ', STYLE_TEXT);
    return x;
}

void frame_title_draw(const struct frame *frame, struct grid *grid, const char *title, const struct frame_piece *piece,
                      int count)
{
    int left = draw_names(frame, grid);
    /* The title is worth more than all but the first two pieces. */
    int wanted = left + 4 + grid_text_width(frame->glyphs, title) + 1;
    int room = frame->width - left - 1;
    if (frame->width - wanted - 1 > 40)
        room = frame->width - wanted - 1;
    else if (room > 44)
        room = 44;
    int right = draw_pieces(frame, grid, room, piece, count);
    int columns = right - 1 - (left + 3);
    if (columns < LEAST_TITLE || title[0] == '\0')
        return;
    grid_put(grid, left + 2, 0, ' ', STYLE_TEXT);
    int used = draw_clipped(grid, left + 3, 0, columns, STYLE_TITLE, frame->glyphs, title);
    grid_put(grid, left + 3 + used, 0, ' ', STYLE_TEXT);
}
