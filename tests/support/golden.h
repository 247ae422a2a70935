/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_GOLDEN_H
#define RANKSCOPE_TESTS_SUPPORT_GOLDEN_H

#include "ui/grid.h"

/* The grid's characters, one per cell, as UTF-8 with a newline after every row; the caller frees it. */
char *golden_screen(const struct grid *grid);

/* The cell where `text` is seen first, from the top. False: nowhere. */
bool golden_find(const struct grid *grid, const char *text, int *x, int *y);

/* Fails the test unless `text` is what tests/golden/`name` holds, and prints both. With RANKSCOPE_REFRESH set in the
 * environment it writes the file instead: read the difference before you commit it. */
void golden_check(const char *name, const char *text);

#endif
