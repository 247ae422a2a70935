/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "sweep/store_runs.h"
#include "ui/draw.h"
#include "ui/overlay.h"

#include <stdio.h>

/* A run kept under a name, and one that is fetched again. */

screen_wish lab_keep_open(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    if (view->snapshot == NULL) {
        frame_say(&lab->frame, "The run has not begun.");
        return WISH_REDRAW;
    }
    field_begin(&lab->field, view->snapshot->config.title, STORE_NAME_SIZE - 1);
    lab->mode = LAB_NAMING;
    return WISH_REDRAW;
}

screen_wish lab_keep_accept(struct lab *lab, int argument, const struct view *view)
{
    (void)lab;
    (void)argument;
    (void)view;
    return WISH_REDRAW | LAB_KEEP;
}

const char *lab_keep_name(const struct lab *lab)
{
    return lab->field.text;
}

void lab_kept(struct lab *lab, const char *text)
{
    lab->mode = LAB_WATCHING;
    frame_say(&lab->frame, text);
}

void lab_refuse(struct lab *lab, const struct err *err)
{
    frame_refuse(&lab->frame, err);
}

void lab_go(struct lab *lab, const struct config *start, bool follows)
{
    lab->config = *start;
    lab->running = false;
    lab->mode = LAB_WATCHING;
    lab->following = follows;
}

void lab_keep_draw(const struct lab *lab, struct grid *grid, struct rect area)
{
    enum glyphs glyphs = lab->frame.glyphs;
    grid_text(grid, area.x, area.y, area.width, STYLE_TITLE, glyphs, "Keep this run");
    int used = grid_text(grid, area.x, area.y + 2, area.width, STYLE_TEXT, glyphs, "Name: ");
    field_draw(&lab->field, grid, area.x + used, area.y + 2, area.width - used, glyphs);
    grid_paragraph(grid, (struct rect){area.x, area.y + 4, area.width, area.height - 4}, STYLE_DIM, glyphs,
                   "The Runs screen (v) has what was kept: to open it again, to compare, to export.");
}
