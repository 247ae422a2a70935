/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_FIELD_H
#define RANKSCOPE_UI_FIELD_H

#include "ui/event.h"
#include "ui/grid.h"

/* One line of UTF-8 text being typed. The cursor is always between two characters. */
enum { FIELD_SIZE = 96 };

struct field {
    char text[FIELD_SIZE]; /* ends with NUL */
    size_t limit;          /* bytes it may hold, at most FIELD_SIZE − 1 */
    size_t cursor;         /* bytes before it */
};

/* Begins with `text`, cut at a whole character to `limit` bytes; the cursor is at its end. */
void field_begin(struct field *field, const char *text, size_t limit);

/* Types a character. False: it does not fit, or is none that a line of text can hold. */
bool field_insert(struct field *field, uint32_t rune);

/* A key that edits: Left, Right, Home, End, Backspace, Delete. False: it is none of these. */
bool field_key(struct field *field, enum event_key key);

/* Draws it in `columns`, scrolled so that the cursor, which has the style of the focus, is seen. */
void field_draw(const struct field *field, struct grid *grid, int x, int y, int columns, enum glyphs glyphs);

#endif
