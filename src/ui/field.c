/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/field.h"

#include "base/text.h"

#include <string.h>

/* Bytes of the character before or after `at`; 0 at the end. */
static size_t length_before(const char *text, size_t at)
{
    size_t length = 0;
    while (at > length && ((unsigned char)text[at - length - 1] & 0xC0) == 0x80)
        length++;
    return at > length ? length + 1 : length;
}

static size_t length_after(const char *text, size_t at)
{
    uint32_t rune;
    return text[at] ? text_decode(text + at, strlen(text + at), &rune) : 0;
}

static void erase(struct field *field, size_t at, size_t length)
{
    memmove(field->text + at, field->text + at + length, strlen(field->text + at + length) + 1);
    field->cursor = at;
}

void field_begin(struct field *field, const char *text, size_t limit)
{
    *field = (struct field){.limit = limit < FIELD_SIZE ? limit : FIELD_SIZE - 1};
    for (size_t length; (length = length_after(text, field->cursor)) > 0; field->cursor += length) {
        if (field->cursor + length > field->limit)
            break;
        memcpy(field->text + field->cursor, text + field->cursor, length);
    }
}

bool field_insert(struct field *field, uint32_t rune)
{
    char character[TEXT_RUNE_SIZE];
    size_t used = strlen(field->text);
    if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF) || !text_printable(rune))
        return false;
    size_t length = text_encode(rune, character);
    if (used + length > field->limit)
        return false;
    memmove(field->text + field->cursor + length, field->text + field->cursor, used - field->cursor + 1);
    memcpy(field->text + field->cursor, character, length);
    field->cursor += length;
    return true;
}

bool field_key(struct field *field, enum event_key key)
{
    size_t before = length_before(field->text, field->cursor);
    size_t after = length_after(field->text, field->cursor);
    switch (key) {
    case EVENT_KEY_LEFT:
        field->cursor -= before;
        return true;
    case EVENT_KEY_RIGHT:
        field->cursor += after;
        return true;
    case EVENT_KEY_HOME:
        field->cursor = 0;
        return true;
    case EVENT_KEY_END:
        field->cursor = strlen(field->text);
        return true;
    case EVENT_KEY_BACKSPACE:
        erase(field, field->cursor - before, before);
        return true;
    case EVENT_KEY_DELETE:
        erase(field, field->cursor, after);
        return true;
    default:
        return false;
    }
}

/* Columns of the first `length` bytes. */
static int width_of(const char *text, size_t length, enum glyphs glyphs)
{
    char part[FIELD_SIZE];
    memcpy(part, text, length);
    part[length] = '\0';
    return grid_text_width(glyphs, part);
}

void field_draw(const struct field *field, struct grid *grid, int x, int y, int columns, enum glyphs glyphs)
{
    if (columns <= 0)
        return;
    size_t start = 0;
    while (start < field->cursor && width_of(field->text + start, field->cursor - start, glyphs) >= columns)
        start += length_after(field->text, start);
    for (int i = 0; i < columns; i++)
        grid_put(grid, x + i, y, ' ', STYLE_EDIT);
    grid_text(grid, x, y, columns, STYLE_EDIT, glyphs, field->text + start);
    int at = x + width_of(field->text + start, field->cursor - start, glyphs);
    if (at >= 0 && at < grid->width && y >= 0 && y < grid->height && at < x + columns)
        grid_put(grid, at, y, grid->cell[(size_t)y * (size_t)grid->width + (size_t)at].rune, STYLE_FOCUS);
}
