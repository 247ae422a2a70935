/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/sweep_figure.h"

#include "plot/quote.h"
#include "plot/sweep_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

static const struct sweep_row whole = {0.055, 0.235, 0.905};
static const struct sweep_row upper = {0.500, 0.582, 0.887};
static const struct sweep_row lower = {0.025, 0.109, 0.421};
static const struct sweep_row only = {0.030, 0.109, 0.887};

void sweep_figure_write(FILE *stream, enum sweep_figure figure, const struct sweep_grid *grid)
{
    fputs("reset\nset encoding utf8\nset multiplot\n", stream);
    if (figure == SWEEP_FIGURE_HEATMAP)
        sweep_write_heatmaps(stream, grid, &whole);
    else
        sweep_write_slices(stream, grid, &whole);
    fputs("unset multiplot\n", stream);
}

/* ---- the sheet ---- */

struct line {
    char text[512];
    size_t used;
};

static void add(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct line *line, const char *format, ...)
{
    va_list args;
    size_t room = sizeof line->text - line->used;
    va_start(args, format);
    int wrote = vsnprintf(line->text + line->used, room, format, args);
    va_end(args);
    if (wrote > 0)
        line->used += (size_t)wrote < room ? (size_t)wrote : room - 1;
}

static bool is_axis(const struct plan *plan, int key)
{
    for (int i = 0; i < plan->axes; i++)
        for (int j = 0; j < plan->axis[i].keys; j++)
            if (plan->axis[i].key[j] == key)
                return true;
    return false;
}

/* What all cells have alike: "d = 16,  psd truth,  population,  paper solver". */
static void add_fixed(struct line *line, const struct plan *plan)
{
    static const char *const paths[] = {"problem.dimension", "problem.rank",  "problem.tasks", "problem.truth",
                                        "problem.samples",   "problem.noise", "retrain.solver"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        int key = key_find(paths[i]);
        char value[KEY_VALUE_SIZE];
        if (is_axis(plan, key) || !key_applies(&plan->base, key))
            continue;
        key_format(&plan->base, key, value);
        if (strcmp(value, "0") == 0) /* no noise */
            continue;
        if (strcmp(value, "population") == 0)
            add(line, "population,  ");
        else if (*key_table[key].symbol)
            add(line, "%s = %s,  ", key_table[key].symbol, value);
        else
            add(line, "%s %s,  ", value, key_table[key].label);
    }
}

/* The axes that are neither across nor up. */
static void add_held(struct line *line, const struct sweep_choice *choice)
{
    const struct plan *plan = &choice->table->plan;
    for (int i = 0; i < plan->axes; i++) {
        char name[AXIS_TITLE_SIZE];
        if (i == choice->across || i == choice->up)
            continue;
        axis_title(&plan->axis[i], name);
        add(line, "%s held at %s,  ", name, plan->axis[i].value[choice->held[i]]);
    }
}

static void write_head(FILE *stream, const struct sweep_choice *choice)
{
    const struct table *table = choice->table;
    struct line line = {.used = 0};
    add_fixed(&line, &table->plan);
    add_held(&line, choice);
    if (table->done < table->wanted)
        add(&line, "%zu of %zu draws", table->done, table->wanted);
    else
        add(&line, "%zu draw%s, from seed %" PRIu64, table->done, table->done == 1 ? "" : "s",
            table->plan.base.problem.seed);
    fputs("set label 10 ", stream);
    quote_text(stream, table->plan.base.title);
    fputs(" noenhanced at screen 0.5, 0.972 center font ',17' textcolor rgb '#111111'\n", stream);
    fputs("set label 11 ", stream);
    quote_text(stream, line.text);
    fputs(" noenhanced at screen 0.5, 0.946 center textcolor rgb '#555555'\n", stream);
}

/* A plot of nothing carries the head. */
static void write_head_panel(FILE *stream, const struct sweep_choice *choice)
{
    fputs("unset border\nunset tics\nunset key\nset xrange [0:1]\nset yrange [0:1]\n", stream);
    write_head(stream, choice);
    fputs("plot NaN notitle\nunset label\n", stream);
}

void sweep_figure_write_sheet(FILE *stream, const struct sweep_grid *grid)
{
    fputs("reset\nset encoding utf8\nset multiplot\n", stream);
    write_head_panel(stream, &grid->choice);
    if (grid->up.axis)
        sweep_write_heatmaps(stream, grid, &upper);
    sweep_write_slices(stream, grid, grid->up.axis ? &lower : &only);
    fputs("unset multiplot\n", stream);
}

/* ---- as figures ---- */

static const struct figure_info table[SWEEP_FIGURE_COUNT] = {
    [SWEEP_FIGURE_HEATMAP] = {"heatmap", "Trade-offs: heatmap", {0, 0, 1200, 480}},
    [SWEEP_FIGURE_SLICES] = {"slices", "Trade-offs: slices", {0, 580, 1200, 480}},
};

static void write_one(FILE *stream, int figure, const void *grid)
{
    sweep_figure_write(stream, (enum sweep_figure)figure, grid);
}

static void write_only(FILE *stream, int figure, const void *grid)
{
    (void)figure;
    sweep_figure_write(stream, SWEEP_FIGURE_SLICES, grid);
}

static void write_all(FILE *stream, const void *grid)
{
    sweep_figure_write_sheet(stream, grid);
}

static const char *title_of(const void *subject)
{
    const struct sweep_grid *grid = subject;
    return grid->choice.table->plan.base.title;
}

const struct figures *sweep_figures(const struct sweep_choice *choice)
{
    static const struct figures both = {SWEEP_FIGURE_COUNT, table, write_one, write_all, title_of};
    static const struct figures slices = {1, &table[SWEEP_FIGURE_SLICES], write_only, write_all, title_of};
    return choice->up < 0 ? &slices : &both;
}
