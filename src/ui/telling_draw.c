/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/telling_draw.h"

#include "lesson/telling.h"

#include <string.h>

/* Where writing is. */
struct pen {
    struct grid *grid;
    struct rect area;
    enum style style;
    enum glyphs glyphs;
    const char *begin;
    bool emphasised;
    int x, row;
};

enum { WORD_SIZE = 128 };

/* A piece of a word between stars. */
static void write_piece(struct pen *pen, const char *from, size_t length)
{
    char piece[WORD_SIZE];
    if (length == 0)
        return;
    if (length >= sizeof piece)
        length = sizeof piece - 1;
    memcpy(piece, from, length);
    piece[length] = '\0';
    int width = grid_text_width(pen->glyphs, piece);
    if (pen->row < pen->area.height)
        grid_text(pen->grid, pen->area.x + pen->x, pen->area.y + pen->row, pen->area.width - pen->x,
                  pen->emphasised ? STYLE_TITLE : pen->style, pen->glyphs, piece);
    pen->x += width;
}

/* Columns of a word without its stars; `emphasised` as it begins. */
static int word_width(const struct pen *pen, const char *word, size_t length)
{
    char plain[WORD_SIZE];
    size_t used = 0;
    bool emphasised = pen->emphasised;
    for (size_t i = 0; i < length && used + 1 < sizeof plain; i++) {
        if (telling_star(pen->begin, word + i, emphasised))
            emphasised = !emphasised;
        else
            plain[used++] = word[i];
    }
    plain[used] = '\0';
    return grid_text_width(pen->glyphs, plain);
}

static void write_word(struct pen *pen, const char *word, size_t length)
{
    int width = word_width(pen, word, length);
    if (pen->x > 0 && pen->x + 1 + width > pen->area.width) {
        pen->x = 0;
        pen->row++;
    }
    if (pen->x > 0)
        write_piece(pen, " ", 1);
    size_t from = 0;
    for (size_t i = 0; i < length; i++) {
        if (!telling_star(pen->begin, word + i, pen->emphasised))
            continue;
        write_piece(pen, word + from, i - from);
        pen->emphasised = !pen->emphasised;
        from = i + 1;
    }
    write_piece(pen, word + from, length - from);
}

int telling_draw(struct grid *grid, struct rect area, enum style style, enum glyphs glyphs, const char *text)
{
    struct pen pen = {.grid = grid, .area = area, .style = style, .glyphs = glyphs, .begin = text};
    if (*text == '\0' || area.width <= 0)
        return 0;
    while (*text) {
        size_t length = strcspn(text, " \n");
        if (length > 0)
            write_word(&pen, text, length);
        text += length;
        if (*text == '\n') {
            pen.x = 0;
            pen.row++;
        }
        text += *text != '\0';
    }
    return pen.row + 1;
}

int telling_rows(enum glyphs glyphs, int columns, const char *text)
{
    struct grid nowhere = {0, 0, NULL};
    return telling_draw(&nowhere, (struct rect){0, 0, columns, 0}, STYLE_TEXT, glyphs, text);
}
