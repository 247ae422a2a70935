/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/dialogue_parts.h"

#include "dialogue/training.h"
#include "plot/panel.h"
#include "plot/quote.h"

double dialogue_beside(int method)
{
    return 0.12 * (method - 1);
}

static void block_name(FILE *stream, const char *figure, int method)
{
    fprintf(stream, "$%s_%s", figure, training_names[method]);
}

void dialogue_block_begin(FILE *stream, const char *figure, int method)
{
    block_name(stream, figure, method);
    fputs(" << EOD\n", stream);
}

void dialogue_block_row(FILE *stream, const double *number, int count)
{
    for (int i = 0; i < count; i++) {
        quote_number(stream, number[i]);
        fputc(i + 1 < count ? ' ' : '\n', stream);
    }
}

void dialogue_block_end(FILE *stream)
{
    fputs("EOD\n", stream);
}

void dialogue_plot_chance(FILE *stream, double chance)
{
    fputs("plot ", stream);
    quote_number(stream, chance);
    fputs(" with lines dashtype 2 linecolor rgb '#777777' title 'chance'", stream);
}

void dialogue_plot_method(FILE *stream, const char *figure, int method, const char *use, const char *with)
{
    const struct panel_style *style = panel_style(method);
    fputs(", ", stream);
    block_name(stream, figure, method);
    fprintf(stream, " using %s with %s linewidth %s pointtype %d pointsize %s linecolor rgb '%s' title '%s'", use, with,
            style->width, style->filled, style->size, style->colour, training_names[method]);
}
