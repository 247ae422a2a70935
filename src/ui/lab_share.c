/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/share.h"
#include "ui/draw.h"
#include "ui/overlay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The run as one line of text, for somebody else's lab. */

screen_wish lab_share_open(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    struct err err;
    if (view->snapshot == NULL) {
        frame_say(&lab->frame, "The run has not begun.");
        return WISH_REDRAW;
    }
    char *text = share_write(&view->snapshot->journal, &err);
    if (text == NULL)
        return frame_refuse(&lab->frame, &err);
    free(lab->share);
    lab->share = text;
    lab->share_step = view->snapshot->journal.position;
    lab->mode = LAB_SHARING;
    return WISH_REDRAW | LAB_COPY;
}

const char *lab_share_text(const struct lab *lab)
{
    return lab->share;
}

/* All of the text in lines of the area's width; returns the rows used. */
static int draw_text(struct grid *grid, struct rect area, enum glyphs glyphs, const char *text)
{
    int row = 0;
    size_t length = strlen(text);
    size_t width = (size_t)(area.width > 0 ? area.width : 1);
    for (size_t at = 0; at < length && row < area.height; at += width, row++)
        grid_text(grid, area.x, area.y + row, area.width, STYLE_VALUE, glyphs, text + at);
    if ((size_t)row * width < length)
        grid_text(grid, area.x, area.y + area.height - 1, area.width, STYLE_WARNING, glyphs,
                  "… and more: a larger screen has all of it");
    return row;
}

void lab_share_draw(const struct lab *lab, struct grid *grid, struct rect area)
{
    enum glyphs glyphs = lab->frame.glyphs;
    char line[160];
    int row = 2;
    snprintf(line, sizeof line, "%s %ld", lab->share_step.stage == STAGE_ADAPT ? "fine-tuning step" : "step",
             lab->share_step.step);
    int used = grid_text(grid, area.x, area.y, area.width, STYLE_TITLE, glyphs, "Share this run: ");
    grid_text(grid, area.x + used, area.y, area.width - used, STYLE_TITLE, glyphs, line);
    struct rect rest = {area.x, area.y + row, area.width, area.height - row};
    row += grid_paragraph(grid, rest, STYLE_TEXT, glyphs,
                          "With this line in quotes after rankscope, anybody's lab opens at this very place, with the "
                          "same numbers to the last bit:") +
           1;
    draw_text(grid, (struct rect){area.x, area.y + row, area.width, area.height - row}, glyphs, lab->share);
}
