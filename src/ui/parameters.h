/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_PARAMETERS_H
#define RANKSCOPE_UI_PARAMETERS_H

#include "ui/lab_state.h"

/* The panel of parameters: rows of the key table under the headings of their sections. */

enum { PARAMETERS_HEADING = -1, PARAMETERS_BLANK = -2 };

/* A row of the key table, or what else stands there. */
struct parameters_row {
    int key;
    const char *heading;
};

/* All rows that are not hidden as they stand below each other, with blank lines between sections where `height` has room for all.
 * Returns how many. */
enum { PARAMETERS_ROWS = 64 };
int parameters_rows(const struct lab *lab, int height, struct parameters_row row[PARAMETERS_ROWS]);

/* Scrolls so that the focused parameter is seen. */
void parameters_scroll(struct lab *lab, struct rect area);

void parameters_draw(const struct lab *lab, struct grid *grid, struct rect area);

/* What lies at a cell of the panel: a row of the key table (−1: none), and −1, 1 or 0 for its ◂, its ▸ or neither. */
int parameters_hit(const struct lab *lab, struct rect area, int x, int y, int *direction);

#endif
