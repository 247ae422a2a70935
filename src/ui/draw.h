/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_DRAW_H
#define RANKSCOPE_UI_DRAW_H

#include "ui/grid.h"

/* What the screens draw with beyond grid.h. */

/* Text in at most `columns`: what does not fit is cut and ends in "…". Returns the columns used. */
int draw_clipped(struct grid *grid, int x, int y, int columns, enum style style, enum glyphs glyphs, const char *text);

/* A line of the frame between two cells, both included. Where it meets lines that are there already they join: ├ ┼ ┴. */
void draw_across(struct grid *grid, int x, int y, int width, enum glyphs glyphs);
void draw_down(struct grid *grid, int x, int y, int height, enum glyphs glyphs);

bool rect_holds(struct rect area, int x, int y);

/* Scrolls a list of `count` rows, of which so many are seen (none counts as one) and the first of them is `top`: by as
 * little as shows row `at`, and so that no place stays empty. The new first one. */
size_t draw_scroll(size_t top, size_t at, int seen, size_t count);

#endif
