/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_TELLING_DRAW_H
#define RANKSCOPE_UI_TELLING_DRAW_H

#include "ui/grid.h"

/* A lesson's text with its numbers in it (telling_write), broken at spaces into `area`; what is between stars is
 * emphasised. Returns the rows that all of it takes, even where the area has fewer. */
int telling_draw(struct grid *grid, struct rect area, enum style style, enum glyphs glyphs, const char *text);

int telling_rows(enum glyphs glyphs, int columns, const char *text);

#endif
