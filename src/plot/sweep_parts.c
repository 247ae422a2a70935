/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/sweep_parts.h"

#include "plot/quote.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* Shares of the canvas's width. */
static const double letter = 0.0078, label = 0.037, gap = 0.018;
static const double below = 0.1; /* between two rows, of its height */

void sweep_write_number(FILE *stream, const char *before, double value, const char *after)
{
    fputs(before, stream);
    quote_number(stream, value);
    fputs(after, stream);
}

void sweep_write_place(FILE *stream, const struct sweep_place *place)
{
    const struct sweep_row *row = place->row;
    double left = label + letter * (place->letters < 2 ? 2 : place->letters);
    int columns = place->columns > 0 ? place->columns : place->count;
    int rows = (place->count + columns - 1) / columns;
    double width = (place->right - left - (columns - 1) * gap) / columns;
    double own = left + place->index % columns * (width + gap);
    double height = (row->top - row->bottom - (rows - 1) * below) / rows;
    int above = place->index / columns; /* rows */
    double top = row->top - above * (height + below);
    sweep_write_number(stream, "set lmargin at screen ", own, "\n");
    sweep_write_number(stream, "set rmargin at screen ", own + width, "\n");
    sweep_write_number(stream, "set bmargin at screen ", rows > 1 ? top - height : row->bottom, "\n");
    sweep_write_number(stream, "set tmargin at screen ", top, "\n");
    fputs("unset key\n", stream);
}

void sweep_begin_legend(struct panel *panel, const struct sweep_row *row)
{
    FILE *stream = panel->stream;
    panel->parts = 0;
    panel_begin(panel, "");
    sweep_write_number(stream, "set bmargin at screen ", row->bottom, "\n");
    sweep_write_number(stream, "set tmargin at screen ", row->top, "\n");
    fputs("set lmargin at screen 0\nset rmargin at screen 1\n"
          "unset border\nunset grid\nunset tics\nset xrange [0:1]\nset yrange [0:1]\n",
          stream);
    sweep_write_number(stream, "set key at screen 0.5, screen ", row->key, " center center\n");
}

void sweep_metric_title(const struct sweep_grid *grid, char title[SWEEP_TITLE_SIZE])
{
    const struct metric_info *info = &metric_table[grid->choice.metric];
    snprintf(title, SWEEP_TITLE_SIZE, "%s, %s%s%s%s", info->title, statistic_names[grid->choice.statistic],
             *info->unit ? " (" : "", info->unit, *info->unit ? ")" : "");
}

void sweep_side_short(const struct sweep_side *side, size_t index, char text[KEY_VALUE_SIZE])
{
    enum { LETTERS = 10 };
    const char *value = sweep_side_value(side, index);
    double number = sweep_side_number(side, index);
    if (strlen(value) <= LETTERS || isnan(number)) {
        snprintf(text, KEY_VALUE_SIZE, "%s", value);
        for (char *c = text; (c = strchr(c, '\\'));) /* gnuplot measures as enhanced text what is none */
            *c = '?';
        return;
    }
    snprintf(text, KEY_VALUE_SIZE, "%.4g", number);
    quote_radix(text);
}

int sweep_side_letters(const struct sweep_side *side)
{
    char text[KEY_VALUE_SIZE];
    size_t most = 1;
    for (size_t i = 0; i < side->count; i++) {
        sweep_side_short(side, i, text);
        most = strlen(text) > most ? strlen(text) : most;
    }
    return (int)most;
}

void sweep_write_label(FILE *stream, const char *which, const struct sweep_side *side)
{
    char name[AXIS_TITLE_SIZE] = "", text[AXIS_TITLE_SIZE + 64];
    if (side->axis)
        axis_title(side->axis, name);
    snprintf(text, sizeof text, side->stride > 1 ? "%s (one value of %zu is shown)" : "%s", name, side->stride);
    fprintf(stream, "set %slabel ", which);
    quote_text(stream, text);
    fputs(" noenhanced textcolor rgb '#222222'\n", stream);
}

/* gnuplot takes a tic's label for a format. */
static void put_tic_text(FILE *stream, const char *text)
{
    char safe[2 * KEY_VALUE_SIZE];
    size_t used = 0;
    for (const char *c = text; *c && used + 2 < sizeof safe; c++) {
        if (*c == '%')
            safe[used++] = '%';
        safe[used++] = *c;
    }
    safe[used] = '\0';
    quote_text(stream, safe);
}

/* 1, 2, 5, 10, …: the first that is not below. */
static size_t round_up(size_t least)
{
    size_t step = 1;
    for (int i = 0; step < least; i++)
        step = i % 3 == 1 ? step / 2 * 5 : step * 2;
    return step;
}

/* The first value that gets a tic if each `every`-th does: of evenly spaced numbers the roundest. */
static size_t first_tic(const struct sweep_side *side, size_t every)
{
    if (!side->numbers || side->geometric || side->count < 2)
        return 0;
    double step = (double)every * (sweep_side_number(side, 1) - sweep_side_number(side, 0));
    for (size_t i = 0; i < every && i < side->count; i++)
        if (fmod(sweep_side_number(side, i), step) == 0)
            return i;
    return 0;
}

void sweep_write_tics(FILE *stream, const char *which, const struct sweep_side *side, bool numbers, int letters)
{
    enum { SPACE = 2 };
    size_t room = (size_t)letters / (size_t)(sweep_side_letters(side) + SPACE);
    size_t every = round_up(room > 0 ? (side->count + room - 1) / room : side->count);
    const char *between = "";
    fprintf(stream, "set %stics noenhanced (", which);
    for (size_t i = first_tic(side, every); i < side->count; i += every) {
        char text[KEY_VALUE_SIZE];
        sweep_side_short(side, i, text);
        fputs(between, stream);
        put_tic_text(stream, text);
        sweep_write_number(stream, " ", numbers ? sweep_side_number(side, i) : (double)i, "");
        between = ", ";
    }
    fputs(")\n", stream);
}
