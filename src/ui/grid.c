/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/grid.h"
#include "ui/rune.h"

#include <stdlib.h>
#include <string.h>

bool grid_resize(struct grid *grid, int width, int height)
{
    width = width > 0 ? width : 0;
    height = height > 0 ? height : 0;
    size_t count = (size_t)width * (size_t)height;
    struct grid old = *grid;
    struct grid resized = {width, height, NULL};
    if (count > 0 && (resized.cell = calloc(count, sizeof *resized.cell)) == NULL)
        return false;
    grid_clear(&resized);
    *grid = resized;
    grid_free(&old);
    return true;
}

void grid_free(struct grid *grid)
{
    free(grid->cell);
    *grid = (struct grid){0, 0, NULL};
}

void grid_clear(struct grid *grid)
{
    size_t count = (size_t)grid->width * (size_t)grid->height;
    for (size_t i = 0; i < count; i++)
        grid->cell[i] = (struct cell){' ', STYLE_TEXT};
}

void grid_put(struct grid *grid, int x, int y, uint32_t rune, enum style style)
{
    if (x < 0 || y < 0 || x >= grid->width || y >= grid->height)
        return;
    grid->cell[(size_t)y * (size_t)grid->width + (size_t)x] =
        (struct cell){rune_is_narrow(rune) ? rune : '?', (uint8_t)style};
}

/* One character of `text` as it will be shown: at most RUNE_SPELLING_MAX cells. Advances *text; `power` remembers
 * that the last character was raised, so that "10⁻⁶" becomes "10^-6" with one "^". */
static int next_cells(const char **text, enum glyphs glyphs, bool *power, uint32_t cells[RUNE_SPELLING_MAX])
{
    uint32_t rune = rune_decode(text);
    bool was_power = *power;
    *power = rune_is_raised(rune);
    if (glyphs != GLYPHS_ASCII || rune < 0x80) {
        cells[0] = rune_is_narrow(rune) ? rune : '?';
        return 1;
    }
    const char *spelling = rune_ascii(rune);
    if (*power && was_power && spelling[0] == '^')
        spelling++;
    int count = 0;
    for (; spelling[count] != '\0'; count++)
        cells[count] = (unsigned char)spelling[count];
    return count;
}

/* The first `length` bytes of `text`, as far as whole spellings fit; returns the columns used. */
static int put_text(struct grid *grid, int x, int y, int columns, enum style style, enum glyphs glyphs,
                    const char *text, size_t length)
{
    const char *end = text + length;
    int used = 0;
    bool power = false;
    while (text < end) {
        uint32_t cells[RUNE_SPELLING_MAX];
        int count = next_cells(&text, glyphs, &power, cells);
        if (used + count > columns)
            break;
        for (int i = 0; i < count; i++)
            grid_put(grid, x + used + i, y, cells[i], style);
        used += count;
    }
    return used;
}

int grid_text(struct grid *grid, int x, int y, int columns, enum style style, enum glyphs glyphs, const char *text)
{
    if (columns < 0)
        columns = grid->width > x ? grid->width - x : 0;
    return put_text(grid, x, y, columns, style, glyphs, text, strlen(text));
}

int grid_text_width(enum glyphs glyphs, const char *text)
{
    int width = 0;
    bool power = false;
    while (*text != '\0') {
        uint32_t cells[RUNE_SPELLING_MAX];
        width += next_cells(&text, glyphs, &power, cells);
    }
    return width;
}

/* The longest beginning of `text` that fits into `columns` and ends where a line may: before a space, at a newline,
 * at the end, or anywhere if the first word alone is too long. Never empty unless the line is. */
static size_t line_length(enum glyphs glyphs, int columns, const char *text)
{
    const char *at = text;
    const char *stop = NULL;
    int width = 0;
    bool power = false;
    while (*at != '\0' && *at != '\n') {
        const char *before = at;
        uint32_t cells[RUNE_SPELLING_MAX];
        int count = next_cells(&at, glyphs, &power, cells);
        if (*before == ' ')
            stop = before;
        if (width + count > columns) {
            if (stop != NULL)
                return (size_t)(stop - text);
            return (size_t)((before > text ? before : at) - text);
        }
        width += count;
    }
    return (size_t)(at - text);
}

/* Says that there was more: an ellipsis after the last line, over its end if need be. */
static void put_ellipsis(struct grid *grid, struct rect area, int row, int used, enum style style, enum glyphs glyphs)
{
    int width = grid_text_width(glyphs, "…");
    int x = used + width <= area.width ? used : area.width - width;
    if (x >= 0)
        grid_text(grid, area.x + x, area.y + row, width, style, glyphs, "…");
}

/* The line after one of this length. */
static const char *next_line(const char *text, size_t length)
{
    text += length;
    return *text == '\n' ? text + 1 : text + strspn(text, " ");
}

const char *grid_paragraph_from(enum glyphs glyphs, int columns, const char *text, int row)
{
    while (columns > 0 && *text != '\0' && row-- > 0)
        text = next_line(text, line_length(glyphs, columns, text));
    return text;
}

int grid_paragraph(struct grid *grid, struct rect area, enum style style, enum glyphs glyphs, const char *text)
{
    if (area.width <= 0)
        return 0;
    int row = 0;
    while (*text != '\0' && row < area.height) {
        size_t length = line_length(glyphs, area.width, text);
        int used = put_text(grid, area.x, area.y + row, area.width, style, glyphs, text, length);
        text = next_line(text, length);
        row++;
        if (*text != '\0' && row == area.height)
            put_ellipsis(grid, area, row - 1, used, style, glyphs);
    }
    return row;
}
