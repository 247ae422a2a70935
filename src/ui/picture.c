/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/picture.h"

#include "base/text.h"
#include "ui/theme.h"

#include <string.h>

const char *const picture_format_names[PICTURE_FORMATS] = {"text", "ansi", "svg"};

enum { WHITE = 231, BLACK = 16 }; /* of the palette of 256 */

/* A style as both formats have it. */
struct paint {
    int color, background; /* of the palette of 256, or THEME_OWN */
    unsigned marks;
};

static struct paint paint_of(int style, bool colors)
{
    struct paint paint = {THEME_OWN, THEME_OWN, 0};
    if (style < STYLE_HEAT) {
        paint.color = theme_table->look[style].color.of_256;
        paint.marks = theme_table->look[style].attributes;
    } else {
        int level = (style - STYLE_HEAT) % STYLE_LEVELS;
        paint.background = theme_heat_table[level].color.of_256;
        paint.color = theme_heat_table[level].white_256 ? WHITE : BLACK;
        paint.marks = style >= STYLE_HEAT_LINE ? THEME_UNDERLINE : 0;
    }
    if (!colors)
        paint.color = paint.background = THEME_OWN;
    return paint;
}

static const struct cell *row_of(const struct grid *grid, int y)
{
    return &grid->cell[(size_t)y * (size_t)grid->width];
}

static bool is_blank(const struct cell *cell)
{
    unsigned marks = cell->style < STYLE_HEAT ? theme_table->look[cell->style].attributes : THEME_REVERSE;
    return cell->rune == ' ' && (marks & (THEME_REVERSE | THEME_UNDERLINE)) == 0;
}

/* Columns up to the last one that is seen. */
static int seen_width(const struct grid *grid, int y)
{
    int width = grid->width;
    while (width > 0 && is_blank(&row_of(grid, y)[width - 1]))
        width--;
    return width;
}

static void write_rune(FILE *stream, uint32_t rune)
{
    char bytes[TEXT_RUNE_SIZE];
    fwrite(bytes, 1, text_encode(rune, bytes), stream);
}

static void write_text(FILE *stream, const struct grid *grid)
{
    for (int y = 0; y < grid->height; y++) {
        for (int x = 0; x < seen_width(grid, y); x++)
            write_rune(stream, row_of(grid, y)[x].rune);
        fputc('\n', stream);
    }
}

/* ---- escape sequences ---- */

static void write_sgr(FILE *stream, struct paint paint)
{
    fputs("\033[0", stream);
    if (paint.marks & THEME_BOLD)
        fputs(";1", stream);
    if (paint.marks & THEME_UNDERLINE)
        fputs(";4", stream);
    if (paint.marks & THEME_REVERSE)
        fputs(";7", stream);
    if (paint.color != THEME_OWN)
        fprintf(stream, ";38;5;%d", paint.color);
    if (paint.background != THEME_OWN)
        fprintf(stream, ";48;5;%d", paint.background);
    fputc('m', stream);
}

static void write_ansi(FILE *stream, const struct grid *grid, bool colors)
{
    for (int y = 0; y < grid->height; y++) {
        int style = STYLE_TEXT;
        for (int x = 0; x < seen_width(grid, y); x++) {
            const struct cell *cell = &row_of(grid, y)[x];
            if (cell->style != style)
                write_sgr(stream, paint_of(cell->style, colors));
            style = cell->style;
            write_rune(stream, cell->rune);
        }
        fputs(style != STYLE_TEXT ? "\033[0m\n" : "\n", stream);
    }
}

/* ---- SVG ---- */

enum { CELL_WIDTH = 8, CELL_HEIGHT = 15, BASELINE = 12, MARGIN = 8 };
#define FONT_SIZE "13.29" /* at which a character of DejaVu Sans Mono is as wide as a cell */
static const char own_color[] = "#d8d8d8", own_background[] = "#1b1b1f";

/* Of xterm's palette of 256: its cube of colours, then its greys. The first 16 are the terminal's own, and no style asks for them. */
static void format_color(int color, const char *own, char text[8])
{
    static const int levels[] = {0, 95, 135, 175, 215, 255};
    if (color < 16) {
        snprintf(text, 8, "%s", own);
    } else if (color < 232) {
        int at = color - 16;
        snprintf(text, 8, "#%02x%02x%02x", (unsigned)levels[at / 36] & 255u, (unsigned)levels[at / 6 % 6] & 255u,
                 (unsigned)levels[at % 6] & 255u);
    } else {
        unsigned grey = (unsigned)(8 + 10 * (color - 232)) & 255u;
        snprintf(text, 8, "#%02x%02x%02x", grey, grey, grey);
    }
}

static void write_escaped(FILE *stream, uint32_t rune)
{
    if (rune == '<')
        fputs("&lt;", stream);
    else if (rune == '>')
        fputs("&gt;", stream);
    else if (rune == '&')
        fputs("&amp;", stream);
    else
        write_rune(stream, rune);
}

static bool is_braille(uint32_t rune)
{
    return rune > 0x2800 && rune <= 0x28FF;
}

/* Braille as dots where they belong: fonts differ, and few have them as wide as their letters. */
static void write_dots(FILE *stream, const struct grid *grid, int y, int from, int to, const char *color)
{
    static const struct {
        int column, row;
    } dots[8] = {{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}, {0, 3}, {1, 3}}; /* by the bits of the character */
    fprintf(stream, "<path stroke=\"%s\" stroke-width=\"2\" stroke-linecap=\"round\" d=\"", color);
    for (int x = from; x < to; x++)
        for (unsigned bit = 0; bit < 8; bit++)
            if (row_of(grid, y)[x].rune >> bit & 1u)
                fprintf(stream, "M%.4g %.5gh0", MARGIN + CELL_WIDTH * (x + (1 + 2 * dots[bit].column) / 4.0),
                        MARGIN + CELL_HEIGHT * (y + (1 + 2 * dots[bit].row) / 8.0));
    fputs("\"/>\n", stream);
}

/* Cells of one style, side by side, all braille or none. */
static void write_span(FILE *stream, const struct grid *grid, int y, int from, int to, bool colors)
{
    struct paint paint = paint_of(row_of(grid, y)[from].style, colors);
    char color[8], background[8];
    bool reverse = (paint.marks & THEME_REVERSE) != 0;
    format_color(paint.color, own_color, reverse ? background : color);
    format_color(paint.background, own_background, reverse ? color : background);
    int left = MARGIN + from * CELL_WIDTH, top = MARGIN + y * CELL_HEIGHT, width = (to - from) * CELL_WIDTH;
    if (reverse || paint.background != THEME_OWN)
        fprintf(stream, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>\n", left, top, width,
                CELL_HEIGHT, background);
    if (is_braille(row_of(grid, y)[from].rune)) {
        write_dots(stream, grid, y, from, to, color);
        return;
    }
    int last = to;
    while (last > from && row_of(grid, y)[last - 1].rune == ' ')
        last--;
    if (last == from)
        return;
    fprintf(stream, "<text x=\"%d\" y=\"%d\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\" fill=\"%s\"%s%s>",
            left, top + BASELINE, (last - from) * CELL_WIDTH, color,
            paint.marks & THEME_BOLD ? " font-weight=\"bold\"" : "",
            paint.marks & THEME_UNDERLINE ? " text-decoration=\"underline\"" : "");
    for (int x = from; x < last; x++)
        write_escaped(stream, row_of(grid, y)[x].rune);
    fputs("</text>\n", stream);
}

static void write_svg(FILE *stream, const struct grid *grid, bool colors)
{
    int width = 2 * MARGIN + grid->width * CELL_WIDTH, height = 2 * MARGIN + grid->height * CELL_HEIGHT;
    fprintf(stream,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n"
            "<rect width=\"100%%\" height=\"100%%\" rx=\"6\" fill=\"%s\"/>\n"
            "<g font-family=\"'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"" FONT_SIZE
            "\" xml:space=\"preserve\">\n",
            width, height, width, height, own_background);
    for (int y = 0; y < grid->height; y++)
        for (int from = 0, to = 0; from < grid->width; from = to) {
            const struct cell *row = row_of(grid, y);
            for (to = from + 1; to < grid->width && row[to].style == row[from].style &&
                                is_braille(row[to].rune) == is_braille(row[from].rune);
                 to++)
                ;
            write_span(stream, grid, y, from, to, colors);
        }
    fputs("</g>\n</svg>\n", stream);
}

void picture_write(FILE *stream, const struct grid *grid, enum picture_format format, bool colors)
{
    switch (format) {
    case PICTURE_ANSI:
        write_ansi(stream, grid, colors);
        break;
    case PICTURE_SVG:
        write_svg(stream, grid, colors);
        break;
    default:
        write_text(stream, grid);
        break;
    }
}
