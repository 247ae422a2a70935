/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/panel.h"

#include "plot/quote.h"

#include <math.h>

enum { BUCKETS_SHOWN = 512, MARKERS = 9 };

/* Where two curves lie on each other, the thinner one leaves a rim of the other. */
static const struct panel_style styles[] = {
    {"#D55E00", "#6E3000", 7, 6, "2.6", "1"}, /* vermilion, circle */
    {"#0072B2", "#003A5C", 9, 8, "1.8", "1"}, /* blue, triangle */
    {"#009E73", "#00503A", 5, 4, "2", "0.9"}, /* bluish green, square */
    {"#CC79A7", "#6E3558", 13, 12, "2", "1"}, /* reddish purple, diamond */
    {"#B8860B", "#5C4300", 11, 10, "2", "1"}, /* dark yellow, triangle on its tip */
    {"#56B4E9", "#22506B", 15, 14, "2", "1"}, /* sky blue, pentagon */
};

const struct panel_style *panel_style(int method)
{
    return &styles[(size_t)method % (sizeof styles / sizeof *styles)];
}

bool panel_active(const struct panel *panel, int method)
{
    return panel->view->snapshot && panel->view->snapshot->method[method].active;
}

bool panel_crowded(const struct panel *panel)
{
    enum { FEW = 3 };
    int active = 0;
    for (int method = 0; method < METHOD_COUNT; method++)
        active += panel_active(panel, method);
    return active > FEW;
}

void panel_begin(const struct panel *panel, const char *title)
{
    fputs("reset\n"
          "set encoding utf8\n"
          "set datafile missing 'NaN'\n"
          "set border 3 linecolor rgb '#555555' linewidth 1\n"
          "set tics nomirror out scale 0.5 textcolor rgb '#333333'\n"
          "set grid ytics linetype 1 linecolor rgb '#E6E6E6' linewidth 0.7\n"
          "set key center top horizontal Left reverse samplen 2.5 spacing 1.1 maxrows 2 textcolor rgb '#222222'\n",
          panel->stream);
    fputs("set title ", panel->stream);
    quote_text(panel->stream, title);
    fputs(" noenhanced font ',13' textcolor rgb '#111111'\n", panel->stream);
}

void panel_place(const struct panel *panel, int quarter)
{
    static const char *const columns[] = {"set lmargin at screen 0.065\nset rmargin at screen 0.460\n",
                                          "set lmargin at screen 0.550\nset rmargin at screen 0.945\n"};
    static const char *const rows[] = {"set tmargin at screen 0.885\nset bmargin at screen 0.600\n",
                                       "set tmargin at screen 0.425\nset bmargin at screen 0.140\n"};
    static const char *const keys[] = {"0.2625, 0.538", "0.7475, 0.538", "0.2625, 0.081", "0.7475, 0.081"};
    fprintf(panel->stream, "%s%sset key at screen %s center top\n", columns[quarter % 2], rows[quarter / 2],
            keys[quarter]);
}

void panel_head(const struct panel *panel, const char *title, const char *what)
{
    fputs("set label 10 ", panel->stream);
    quote_text(panel->stream, title);
    fputs(" noenhanced at screen 0.5, 0.968 center font ',17' textcolor rgb '#111111'\nset label 11 ", panel->stream);
    quote_text(panel->stream, what);
    fputs(" at screen 0.5, 0.940 center textcolor rgb '#555555'\n", panel->stream);
}

void panel_label(const struct panel *panel, const char *axis, const char *title)
{
    fprintf(panel->stream, "set %slabel '%s' textcolor rgb '#222222'\n", axis, title);
}

void panel_set_log(const struct panel *panel, const char *which, const struct decades *axis)
{
    fprintf(panel->stream, "set logscale %s\n", which);
    fprintf(panel->stream, "set format %s '10^{%%T}'\n", which);
    fprintf(panel->stream, "set %srange [1e%d:1e%d]\n", which, axis->from, axis->to);
    if (axis->low)
        fprintf(panel->stream, "set %stics add ('≈ 0' 1e%d)\n", which, axis->from);
}

void panel_block_name(const struct panel *panel, int method, const char *what)
{
    fprintf(panel->stream, "$%s_%s_%s", panel->name, method_table[method].name, what);
}

void panel_block_begin(const struct panel *panel, int method, const char *what)
{
    panel_block_name(panel, method, what);
    fputs(" << EOD\n", panel->stream);
}

void panel_block_row(const struct panel *panel, double x, double y)
{
    fprintf(panel->stream, "%ld%s ", lrint(floor(x)), x > floor(x) ? ".5" : "");
    quote_number(panel->stream, y);
    fputc('\n', panel->stream);
}

void panel_block_end(const struct panel *panel)
{
    fputs("EOD\n", panel->stream);
}

/* A group of buckets becomes its two extremes, in the order in which the curve most likely passed them. */
static int put_extremes(const struct panel *panel, const struct bucket *bucket, size_t count, long offset,
                        const struct decades *axis)
{
    double min = bucket[0].min;
    double max = bucket[0].max;
    for (size_t i = 1; i < count; i++) {
        min = fmin(min, bucket[i].min);
        max = fmax(max, bucket[i].max);
    }
    double first = (double)(bucket[0].step + offset);
    double last = (double)(bucket[count - 1].last_step + offset);
    double newest = bucket[count - 1].last;
    bool falls = fabs(newest - min) <= fabs(newest - max);
    if (axis) {
        min = decades_place(axis, min);
        max = decades_place(axis, max);
    }
    panel_block_row(panel, first, falls ? max : min);
    if (last <= first)
        return 1;
    panel_block_row(panel, last, falls ? min : max);
    return 2;
}

int panel_block_curve(const struct panel *panel, int method, const char *what, const struct curve *curve, long offset,
                      const struct decades *axis)
{
    if (curve->count == 0)
        return 0;
    size_t together = (curve->count + BUCKETS_SHOWN - 1) / BUCKETS_SHOWN;
    int points = 0;
    panel_block_begin(panel, method, what);
    for (size_t i = 0; i < curve->count; i += together) {
        size_t count = curve->count - i < together ? curve->count - i : together;
        points += put_extremes(panel, &curve->bucket[i], count, offset, axis);
    }
    panel_block_end(panel);
    return points;
}

void panel_note(const struct panel *panel, const char *text, double height)
{
    if (!*text)
        return;
    fputs("set label ", panel->stream);
    quote_text(panel->stream, text);
    fputs(" noenhanced at graph 0.5, graph ", panel->stream);
    quote_number(panel->stream, height);
    fputs(" center textcolor rgb '#555555'\n", panel->stream);
}

void panel_plot(struct panel *panel)
{
    if (panel->parts++ == 0)
        fputs("plot NaN notitle", panel->stream);
    fputs(", \\\n     ", panel->stream);
}

void panel_end(struct panel *panel)
{
    if (panel->parts == 0)
        fputs("plot NaN notitle", panel->stream);
    fputc('\n', panel->stream);
}

void panel_measured(const struct panel *panel, int method, int points)
{
    const struct panel_style *style = panel_style(method);
    int interval = points / MARKERS > 1 ? points / MARKERS : 1;
    fprintf(panel->stream, " with linespoints linecolor rgb '%s' linewidth %s", style->colour, style->width);
    fprintf(panel->stream, " pointtype %d pointsize %s", style->filled, style->size);
    fprintf(panel->stream, " pointinterval %d", interval);
}

void panel_title(const struct panel *panel, int method)
{
    const char *end = snapshot_bad_end(panel->view->snapshot->method[method].status);
    fprintf(panel->stream, " title '%s%s%s%s'", method_table[method].name, *end ? " (" : "", end, *end ? ")" : "");
}

void panel_theory(const struct panel *panel, int method)
{
    fprintf(panel->stream, " with lines linecolor rgb '%s' linewidth 1.6 dashtype (9, 6)", panel_style(method)->theory);
}
