/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/quote.h"
#include "plot/sweep_parts.h"

#include <math.h>

/* Slices: the metric against the axis across, for a few values of the axis up. Numbers lie on a line and are joined, names stand
 * beside each other, one method shifted against the other. */

enum {
    PANELS = 4,
    LETTERS = 150,
    MARKED = 24
}; /* at most; of all tics side by side; points up to which all are marked */

struct slices {
    struct panel panel;
    const struct sweep_grid *grid;
    struct sweep_scale scale;
    bool joined;
    int panels;
    size_t up;                       /* of the panel that is being written */
    bool theory[METHOD_COUNT], band; /* in any panel */
};

static const struct sweep_cell *cell_at(const struct slices *slices, int method, size_t across)
{
    return sweep_grid_at(slices->grid, method, across, slices->up);
}

/* Which value of the axis up has panel i: the ends, and some evenly between. */
static size_t panel_up(const struct slices *slices, int i)
{
    size_t last = slices->grid->up.count - 1;
    return slices->panels > 1 ? (last * (size_t)i + (size_t)(slices->panels - 1) / 2) / (size_t)(slices->panels - 1)
                              : 0;
}

/* Where a method's value stands. */
static double place_across(const struct slices *slices, int method, size_t across)
{
    static const double shift = 0.16;
    if (slices->joined)
        return sweep_side_number(&slices->grid->across, across);
    int place = 0, count = 0;
    for (int i = 0; i < METHOD_COUNT; i++) {
        place += slices->grid->active[i] && i < method;
        count += slices->grid->active[i];
    }
    return (double)across + (count > 1 ? shift * (2 * place - (count - 1)) / (count - 1) : 0);
}

static double place_value(const struct slices *slices, double value)
{
    return slices->scale.logarithmic ? decades_place(&slices->scale.decades, value) : value;
}

/* ---- data blocks ---- */

static bool has_value(const struct sweep_cell *cell)
{
    return cell->state == SWEEP_VALUE;
}

static bool has_band(const struct sweep_cell *cell)
{
    return has_value(cell) && isfinite(cell->around.low) && isfinite(cell->around.high);
}

static bool has_theory(const struct sweep_cell *cell)
{
    return cell->state != SWEEP_IMPOSSIBLE && isfinite(cell->theory);
}

static void put_value(const struct slices *slices, const struct sweep_cell *cell)
{
    sweep_write_number(slices->panel.stream, " ", place_value(slices, cell->value), "\n");
}

static void put_band(const struct slices *slices, const struct sweep_cell *cell)
{
    sweep_write_number(slices->panel.stream, " ", place_value(slices, cell->value), " ");
    sweep_write_number(slices->panel.stream, "", place_value(slices, cell->around.low), " ");
    sweep_write_number(slices->panel.stream, "", place_value(slices, cell->around.high), "\n");
}

static void put_theory(const struct slices *slices, const struct sweep_cell *cell)
{
    sweep_write_number(slices->panel.stream, " ", place_value(slices, cell->theory), "\n");
}

/* ---- how they look ---- */

#define BAND " with filledcurves fillstyle transparent solid 0.18 noborder fillcolor rgb '%s'"

static void put_points(const struct slices *slices, const char *colour, int type, const char *size)
{
    fprintf(slices->panel.stream, " with points linecolor rgb '%s' linewidth 1.4 pointtype %d pointsize %s", colour,
            type, size);
}

static void style_band(const struct slices *slices, int method, int rows)
{
    (void)rows;
    fprintf(slices->panel.stream, " using 1:3:4" BAND, panel_style(method)->colour);
}

static void style_bar(const struct slices *slices, int method, int rows)
{
    (void)rows;
    fprintf(slices->panel.stream, " using 1:2:3:4 with yerrorbars pointtype 0 linewidth 1.4 linecolor rgb '%s'",
            panel_style(method)->colour);
}

static void style_value(const struct slices *slices, int method, int rows)
{
    if (slices->joined)
        panel_measured(&slices->panel, method, rows > MARKED ? rows : 1);
    else
        put_points(slices, panel_style(method)->colour, panel_style(method)->filled, "1.3");
}

static void style_theory(const struct slices *slices, int method, int rows)
{
    (void)rows;
    if (slices->joined)
        panel_theory(&slices->panel, method);
    else
        put_points(slices, panel_style(method)->theory, panel_style(method)->hollow, "2.2");
}

/* From the background to the front: which cells a block has, and what of them. */
static const struct kind {
    const char *what;
    bool (*has)(const struct sweep_cell *cell);
    void (*put)(const struct slices *slices, const struct sweep_cell *cell);
    enum {
        ALL,
        JOINED,
        ALONE
    } which; /* of those: all, those with a neighbour that they are joined with, or the others */
    void (*style)(const struct slices *slices, int method, int rows);
} kinds[] = {
    {"band", has_band, put_band, JOINED, style_band},
    {"bar", has_band, put_band, ALONE, style_bar},
    {"value", has_value, put_value, ALL, style_value},
    {"theory", has_theory, put_theory, ALL, style_theory},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* ---- one panel ---- */

static bool is_there(const struct slices *slices, int method, const struct kind *kind, size_t across)
{
    return across < slices->grid->across.count && kind->has(cell_at(slices, method, across));
}

/* Where a line has a gap, so has the block. Returns how many rows it has: what is empty must not be plotted. */
static int put_block(const struct slices *slices, int method, const struct kind *kind)
{
    int rows = 0;
    panel_block_begin(&slices->panel, method, kind->what);
    for (size_t i = 0; i < slices->grid->across.count; i++) {
        bool here = is_there(slices, method, kind, i), next = is_there(slices, method, kind, i + 1);
        bool joined = slices->joined && (next || (i > 0 && is_there(slices, method, kind, i - 1)));
        if (here && (kind->which == ALL || joined == (kind->which == JOINED))) {
            sweep_write_number(slices->panel.stream, "", place_across(slices, method, i), "");
            kind->put(slices, cell_at(slices, method, i));
            rows++;
        }
        if (here && !next && rows > 0)
            fputc('\n', slices->panel.stream);
    }
    panel_block_end(&slices->panel);
    return rows;
}

static void plot_blocks(struct slices *slices)
{
    int rows[METHOD_COUNT][KINDS] = {{0}};
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int kind = 0; kind < KINDS && slices->grid->active[method]; kind++)
            rows[method][kind] = put_block(slices, method, &kinds[kind]);
    for (int kind = 0; kind < KINDS; kind++)
        for (int method = 0; method < METHOD_COUNT; method++) {
            if (rows[method][kind] == 0)
                continue;
            panel_plot(&slices->panel);
            panel_block_name(&slices->panel, method, kinds[kind].what);
            kinds[kind].style(slices, method, rows[method][kind]);
            fputs(" notitle", slices->panel.stream);
        }
}

static void write_legend(struct slices *slices, const struct sweep_row *row)
{
    enum { FEW = 3 };
    FILE *stream = slices->panel.stream;
    int said = 0, count = 0;
    for (int method = 0; method < METHOD_COUNT; method++)
        count += slices->grid->active[method];
    sweep_begin_legend(&slices->panel, row);
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!slices->grid->active[method])
            continue;
        panel_plot(&slices->panel);
        fputs("keyentry", stream);
        style_value(slices, method, 1);
        fprintf(stream, " title '%s'", method_table[method].name);
        if (!slices->theory[method] || (count > FEW && said++ > 0))
            continue;
        panel_plot(&slices->panel);
        fputs("keyentry", stream);
        style_theory(slices, method, 1);
        if (count > FEW)
            fputs(" title 'theory'", stream);
        else
            fprintf(stream, " title 'theory: %s'", method_table[method].name);
    }
    if (slices->band) {
        panel_plot(&slices->panel);
        fprintf(stream, "keyentry" BAND " title '%s'", "#444444",
                slices->grid->choice.statistic == STATISTIC_MEAN ? "95% interval of the mean"
                                                                 : "10 to 90% of the draws");
    }
    panel_end(&slices->panel);
}

/* A margin beside the first and the last, in proportion. */
static void set_across(const struct slices *slices)
{
    static const double margin = 0.04;
    FILE *stream = slices->panel.stream;
    const struct sweep_side *across = &slices->grid->across;
    double from = -0.5, to = (double)across->count - 0.5;
    if (slices->joined) {
        double first = sweep_side_number(across, 0), last = sweep_side_number(across, across->count - 1);
        from = fmin(first, last);
        to = fmax(first, last);
        double room = across->geometric ? pow(to / from, margin) : margin * (to - from);
        from = across->geometric ? from / room : from - room;
        to = across->geometric ? to * room : to + room;
        if (across->geometric)
            fputs("set logscale x\n", stream);
    }
    sweep_write_number(stream, "set xrange [", from, ":");
    sweep_write_number(stream, "", to, "]\n");
    sweep_write_tics(stream, "x", across, slices->joined, LETTERS / slices->panels);
    sweep_write_label(stream, "x", across);
}

static void set_up(const struct slices *slices, int index)
{
    enum { FEW = 8 };
    FILE *stream = slices->panel.stream;
    char title[SWEEP_TITLE_SIZE];
    if (slices->scale.logarithmic) {
        panel_set_log(&slices->panel, "y", &slices->scale.decades);
    } else {
        sweep_write_number(stream, "set yrange [0:", slices->scale.most * 1.08, "]\n");
        if (slices->scale.most <= FEW)
            fputs("set ytics 1\n", stream);
    }
    if (index > 0) {
        fputs("set format y ''\n", stream);
        if (slices->scale.logarithmic && slices->scale.decades.low)
            fprintf(stream, "set ytics add ('' 1e%d)\n", slices->scale.decades.from);
        return;
    }
    sweep_metric_title(slices->grid, title);
    panel_label(&slices->panel, "y", title);
}

static void write_one(struct slices *slices, const struct sweep_place *place)
{
    const struct sweep_side *up = &slices->grid->up;
    char name[AXIS_TITLE_SIZE], value[KEY_VALUE_SIZE], title[AXIS_TITLE_SIZE + KEY_VALUE_SIZE + 4] = "";
    slices->panel.parts = 0;
    slices->up = panel_up(slices, place->index);
    if (up->axis) {
        axis_title(up->axis, name);
        sweep_side_short(up, slices->up, value);
        snprintf(title, sizeof title, "%s = %s", name, value);
    }
    panel_begin(&slices->panel, title);
    sweep_write_place(slices->panel.stream, place);
    set_across(slices);
    set_up(slices, place->index);
    plot_blocks(slices);
    panel_end(&slices->panel);
}

/* ---- all of them ---- */

static void look(struct slices *slices)
{
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int i = 0; i < slices->panels && slices->grid->active[method]; i++) {
            slices->up = panel_up(slices, i);
            for (size_t across = 0; across < slices->grid->across.count; across++) {
                const struct sweep_cell *cell = cell_at(slices, method, across);
                slices->band = slices->band || (has_band(cell) && cell->around.low < cell->around.high);
                slices->theory[method] = slices->theory[method] || has_theory(cell);
            }
        }
}

void sweep_write_slices(FILE *stream, const struct sweep_grid *grid, const struct sweep_row *row)
{
    struct slices slices = {.panel = {.stream = stream, .name = "slices"}, .grid = grid};
    slices.scale = sweep_grid_scale(grid, true);
    slices.joined = grid->across.numbers && grid->across.count > 1;
    slices.panels = grid->up.count < PANELS ? (int)grid->up.count : PANELS;
    look(&slices);
    struct sweep_place place = {.row = row, .count = slices.panels, .right = 0.985, .letters = 4};
    for (; place.index < place.count; place.index++)
        write_one(&slices, &place);
    write_legend(&slices, row);
}
