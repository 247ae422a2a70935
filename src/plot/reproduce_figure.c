/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/reproduce_figure.h"

#include "plot/panel.h"
#include "plot/quote.h"
#include "plot/sweep_parts.h"
#include "sweep/reproduce.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LAST = REPRODUCE_POINTS - 1 };

/* Shares of the canvas. */
static const struct sweep_row upper = {0.480, 0.560, 0.885};
static const struct sweep_row lower = {0.022, 0.100, 0.410};
static const double loss_floor = 1e-14; /* of the largest value */

struct sheet {
    struct panel panel;
    const struct reproduction *reproduction;
    struct decades loss, risk;
};

static void add_summary(struct decades *axis, struct reproduce_summary summary)
{
    decades_add(axis, summary.least);
    decades_add(axis, summary.greatest);
}

static void find_axes(struct sheet *sheet)
{
    const struct reproduction *reproduction = sheet->reproduction;
    for (int i = 0; i < reproduction->curves; i++) {
        for (int point = 0; point < REPRODUCE_POINTS; point++)
            add_summary(&sheet->loss, reproduce_summary(reproduction, i, REPRODUCE_LOSS, point));
        add_summary(&sheet->risk, reproduce_summary(reproduction, i, REPRODUCE_RISK, LAST));
        if (!reproduction->info->network)
            add_summary(&sheet->risk, reproduce_summary(reproduction, i, REPRODUCE_EXACT_RISK, LAST));
    }
    decades_finish(&sheet->loss, sheet->loss.most * loss_floor);
    decades_finish(&sheet->risk, sheet->risk.most * loss_floor);
}

static void write_head(FILE *stream, const struct reproduction *reproduction)
{
    struct config config;
    char text[256];
    const struct reproduce_request *request = &reproduction->request;
    reproduce_config(request, 0, &config);
    const struct {
        const char *symbol;
        int value;
    } fixed[] = {{"d", config.problem.dimension},
                 {"k", config.problem.rank},
                 {"T", config.problem.tasks},
                 {"N", config.problem.samples},
                 {"n", config.adapt.samples}};
    int used = 0;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (strcmp(fixed[i].symbol, reproduction->info->symbol) != 0)
            used += snprintf(text + used, sizeof text - (size_t)used, "%s = %d,  ", fixed[i].symbol, fixed[i].value);
    snprintf(text + used, sizeof text - (size_t)used, "%d run%s from seed %" PRIu64 "%s", request->runs,
             request->runs == 1 ? "" : "s", request->seed, request->as_published ? ",  as published" : "");
    fputs("unset border\nunset tics\nunset key\nset xrange [0:1]\nset yrange [0:1]\nset label 10 ", stream);
    quote_text(stream, reproduction->info->title);
    fputs(" noenhanced at screen 0.5, 0.972 center font ',17' textcolor rgb '#111111'\nset label 11 ", stream);
    quote_text(stream, text);
    fputs(" noenhanced at screen 0.5, 0.946 center textcolor rgb '#555555'\nplot NaN notitle\nunset label\n", stream);
}

static void put_row(FILE *stream, double x, struct reproduce_summary summary, const struct decades *axis)
{
    sweep_write_number(stream, "", x, " ");
    sweep_write_number(stream, "", decades_place(axis, summary.centre), " ");
    sweep_write_number(stream, "", decades_place(axis, summary.least), " ");
    sweep_write_number(stream, "", decades_place(axis, summary.greatest), "\n");
}

/* ---- curves ---- */

static void put_curves(const struct sheet *sheet)
{
    const struct reproduction *reproduction = sheet->reproduction;
    FILE *stream = sheet->panel.stream;
    for (int i = 0; i < reproduction->curves; i++) {
        fprintf(stream, "$curve_%d << EOD\n", i);
        for (int point = 0; point < REPRODUCE_POINTS; point++)
            put_row(stream, (double)reproduce_step(reproduction, point),
                    reproduce_summary(reproduction, i, REPRODUCE_LOSS, point), &sheet->loss);
        fputs("EOD\n", stream);
    }
}

/* Of two ranks of one value the one above. */
static bool is_higher(const struct reproduction *reproduction, int curve)
{
    int rank[REPRODUCE_RANKS];
    return reproduce_ranks(reproduction, reproduction->curve[curve].value, rank) > 1 &&
           reproduction->curve[curve].rank > rank[0];
}

static void write_curves(struct sheet *sheet, int value)
{
    const struct reproduction *reproduction = sheet->reproduction;
    const struct reproduce_info *info = reproduction->info;
    struct panel *panel = &sheet->panel;
    FILE *stream = panel->stream;
    char title[64];
    struct sweep_place place = {.row = &upper, .index = value, .count = info->count, .right = 0.985, .letters = 4};
    panel->parts = 0;
    snprintf(title, sizeof title, "%s = %d", info->symbol, info->value[value]);
    panel_begin(panel, title);
    sweep_write_place(stream, &place);
    panel_set_log(panel, "y", &sheet->loss);
    /* the label at the end would stand over the next panel's first */
    fprintf(stream, "set xrange [0:%d]\nset xtics 0, %d, %d\n", reproduce_steps(reproduction),
            reproduce_steps(reproduction) / 4, reproduce_steps(reproduction) * 3 / 4);
    panel_label(panel, "x", "fine-tuning step");
    if (value == 0)
        panel_label(panel, "y", info->network ? "error without noise" : "paper loss");
    else
        fputs("set format y ''\n", stream);
    for (int line = 0; line < 2; line++) /* bands lie below all lines */
        for (int i = 0; i < reproduction->curves; i++) {
            const struct panel_style *style = panel_style(reproduction->curve[i].method);
            if (reproduction->curve[i].value != value)
                continue;
            panel_plot(panel);
            fprintf(stream, "$curve_%d", i);
            if (line) {
                panel_measured(panel, reproduction->curve[i].method, REPRODUCE_POINTS);
                fputs(is_higher(reproduction, i) ? " dashtype 2" : "", stream);
            } else
                fprintf(stream,
                        " using 1:3:4 with filledcurves fillstyle transparent solid 0.18 noborder fillcolor rgb '%s'",
                        style->colour);
            fputs(" notitle", stream);
        }
    panel_end(panel);
}

/* ---- where they end ---- */

/* Standard to the left, meta to the right, exact solvers beside each. */
static double place_across(const struct reproduce_curve *curve, bool exact)
{
    static const double apart = 0.12, beside = 0.06;
    return curve->value + (curve->method == METHOD_META ? apart : -apart) + (exact ? beside : -beside);
}

static void put_ends(const struct sheet *sheet)
{
    const struct reproduction *reproduction = sheet->reproduction;
    FILE *stream = sheet->panel.stream;
    for (int i = 0; i < reproduction->curves; i++) {
        const struct reproduce_curve *curve = &reproduction->curve[i];
        fprintf(stream, "$end_%d << EOD\n", i);
        put_row(stream, place_across(curve, is_higher(reproduction, i)),
                reproduce_summary(reproduction, i, REPRODUCE_RISK, LAST), &sheet->risk);
        fputs("EOD\n", stream);
        if (reproduction->info->network)
            continue;
        fprintf(stream, "$exact_%d << EOD\n", i);
        put_row(stream, place_across(curve, true), reproduce_summary(reproduction, i, REPRODUCE_EXACT_RISK, LAST),
                &sheet->risk);
        fputs("EOD\n", stream);
    }
}

static void plot_end(struct sheet *sheet, int curve, bool exact)
{
    const struct panel_style *style = panel_style(sheet->reproduction->curve[curve].method);
    panel_plot(&sheet->panel);
    fprintf(sheet->panel.stream,
            "$%s_%d using 1:2:3:4 with yerrorbars linecolor rgb '%s' linewidth 1.6 pointtype %d pointsize 1.4 notitle",
            exact ? "exact" : "end", curve, exact ? style->theory : style->colour,
            exact ? style->hollow : style->filled);
}

static void write_ends(struct sheet *sheet)
{
    const struct reproduction *reproduction = sheet->reproduction;
    const struct reproduce_info *info = reproduction->info;
    struct panel *panel = &sheet->panel;
    FILE *stream = panel->stream;
    struct sweep_place place = {.row = &lower, .count = 1, .right = 0.985, .letters = 4};
    panel->parts = 0;
    panel_begin(panel,
                info->network ? "Where they end" : "Where they end, and what exact solvers reach on the same draws");
    sweep_write_place(stream, &place);
    panel_set_log(panel, "y", &sheet->risk);
    fprintf(stream, "set xrange [-0.5:%d-0.5]\nset xtics scale 0 (", info->count);
    for (int value = 0; value < info->count; value++)
        fprintf(stream, "%s'%s = %d' %d", value > 0 ? ", " : "", info->symbol, info->value[value], value);
    fputs(")\n", stream);
    panel_label(panel, "y", info->network ? "error without noise" : "excess risk");
    for (int i = 0; i < reproduction->curves; i++) {
        plot_end(sheet, i, false);
        if (!info->network)
            plot_end(sheet, i, true);
    }
    panel_end(panel);
}

static void write_legend(struct sheet *sheet)
{
    static const int methods[] = {METHOD_STANDARD, METHOD_META};
    struct panel *panel = &sheet->panel;
    sweep_begin_legend(panel, &lower);
    for (int i = 0; i < 2; i++) {
        const struct panel_style *style = panel_style(methods[i]);
        const char *name = method_table[methods[i]].name;
        panel_plot(panel);
        fputs("keyentry", panel->stream);
        panel_measured(panel, methods[i], 1);
        fprintf(panel->stream, " title '%s'", name);
        if (sheet->reproduction->info->network)
            continue;
        panel_plot(panel);
        fprintf(panel->stream, "keyentry with points linecolor rgb '%s' linewidth 1.6 pointtype %d pointsize 1.4",
                style->theory, style->hollow);
        fprintf(panel->stream, " title '%s, exact solvers'", name);
    }
    if (sheet->reproduction->curves > 2 * sheet->reproduction->info->count) {
        panel_plot(panel);
        fputs("keyentry with lines linecolor rgb '#444444' dashtype 2 title 'at rank 3k'", panel->stream);
    }
    panel_plot(panel);
    fputs(
        "keyentry with filledcurves fillstyle transparent solid 0.18 noborder fillcolor rgb '#444444' title 'from the "
        "least to the greatest run'",
        panel->stream);
    panel_end(panel);
}

static void write_sheet(FILE *stream, const void *subject)
{
    struct sheet sheet = {.panel = {.stream = stream, .name = "reproduction"}, .reproduction = subject};
    find_axes(&sheet);
    fputs("reset\nset encoding utf8\n", stream);
    put_curves(&sheet);
    put_ends(&sheet);
    fputs("set multiplot\n", stream);
    write_head(stream, sheet.reproduction);
    for (int value = 0; value < sheet.reproduction->info->count; value++)
        write_curves(&sheet, value);
    write_ends(&sheet);
    write_legend(&sheet);
    fputs("unset multiplot\n", stream);
}

static void write_one(FILE *stream, int figure, const void *subject)
{
    (void)figure;
    write_sheet(stream, subject);
}

static const char *title_of(const void *subject)
{
    const struct reproduction *reproduction = subject;
    return reproduction->info->title;
}

static const struct figure_info table[] = {{"reproduction", "Reproduction", {0, 0, 1440, 1008}}};

const struct figures figures_of_reproduction = {1, table, write_one, write_sheet, title_of};
