/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/palette.h"
#include "plot/quote.h"
#include "plot/sweep_contour.h"
#include "plot/sweep_parts.h"

#include <math.h>
#include <string.h>

/* Heatmaps, in coordinates of indices: each cell is a unit wide and high, with the index of its values in its centre. */

enum {
    LETTERS = 110,       /* that there is room for beside each other in all heatmaps of a row, */
    SMALL_LETTERS = 150, /* in small print, */
    LINES = 16,          /* and above each other; */
    FORMULA_LINES = 7,   /* with formulas below the numbers */
    OUTLINED = 40,       /* cells beside each other, up to which there are white lines between them, */
    ROOMY = 20,          /* and up to which a mark goes into a corner */
};

struct heat {
    struct panel panel;
    const struct sweep_grid *grid;
    struct sweep_scale scale;
    struct sweep_contours contours;
    int panels;             /* heatmaps */
    int beside;             /* of them side by side, the others below */
    int method;             /* of the one that is being written */
    bool numbers, formulas; /* are written into the cells, */
    bool small;             /* in small print */
    bool outlined;
    /* In any of the heatmaps: */
    bool seen[SWEEP_VALUE + 1]; /* cells of this state */
    bool bounded, contoured;    /* there are boundaries of the theory, contour lines */
    bool some, most;            /* in a cell some draws, or most, are not as the theory says */
};

static const struct sweep_cell *cell_at(const struct heat *heat, size_t across, size_t up)
{
    return sweep_grid_at(heat->grid, heat->method, across, up);
}

/* ---- the theory's boundary ---- */

/* Between two neighbours. */
static bool is_boundary(const struct sweep_cell *one, const struct sweep_cell *other)
{
    bool speaks = !isnan(one->theory) && !isnan(other->theory);
    return speaks && (one->beyond != other->beyond || strcmp(one->formula, other->formula) != 0);
}

static bool is_boundary_at(const struct heat *heat, bool upright, size_t line, size_t i)
{
    return upright ? is_boundary(cell_at(heat, line, i), cell_at(heat, line + 1, i))
                   : is_boundary(cell_at(heat, i, line), cell_at(heat, i, line + 1));
}

static void put_corner(FILE *stream, bool upright, size_t line, size_t i)
{
    double x = (double)line + 0.5, y = (double)i - 0.5;
    sweep_write_number(stream, "", upright ? x : y, " ");
    sweep_write_number(stream, "", upright ? y : x, "\n");
}

/* The lines between columns (upright) or between rows, each as long as it goes on, into a data block (NULL: nowhere). Returns
 * whether there are any. */
static bool put_boundary(const struct heat *heat, bool upright, FILE *stream)
{
    const struct sweep_grid *grid = heat->grid;
    size_t lines = upright ? grid->across.count : grid->up.count;
    size_t length = upright ? grid->up.count : grid->across.count;
    bool any = false;
    for (size_t line = 0; line + 1 < lines; line++) {
        bool before = false;
        for (size_t i = 0; i <= length; i++) {
            bool here = i < length && is_boundary_at(heat, upright, line, i);
            if (here != before && stream)
                put_corner(stream, upright, line, i);
            if (before && !here && stream)
                fputc('\n', stream);
            any = any || here;
            before = here;
        }
    }
    return any;
}

/* ---- the cells as data ---- */

/* Writes the row of a cell; false: it has none. */
typedef bool put_cell(const struct heat *heat, const struct sweep_cell *cell, size_t across, size_t up);

/* A data block of all cells. Returns whether it has any rows: what is empty must not be plotted. */
static bool put_block(const struct heat *heat, const char *what, put_cell *put)
{
    bool any = false;
    panel_block_begin(&heat->panel, heat->method, what);
    for (size_t up = 0; up < heat->grid->up.count; up++)
        for (size_t across = 0; across < heat->grid->across.count; across++)
            any |= put(heat, cell_at(heat, across, up), across, up);
    panel_block_end(&heat->panel);
    return any;
}

static bool put_state(const struct heat *heat, bool it_is, size_t across, size_t up)
{
    if (it_is)
        fprintf(heat->panel.stream, "%zu %zu\n", across, up);
    return it_is;
}

static bool put_impossible(const struct heat *heat, const struct sweep_cell *cell, size_t across, size_t up)
{
    return put_state(heat, cell->state == SWEEP_IMPOSSIBLE, across, up);
}

static bool put_waiting(const struct heat *heat, const struct sweep_cell *cell, size_t across, size_t up)
{
    return put_state(heat, cell->state == SWEEP_WAITING, across, up);
}

static bool put_without(const struct heat *heat, const struct sweep_cell *cell, size_t across, size_t up)
{
    return put_state(heat, cell->state == SWEEP_WITHOUT, across, up);
}

static bool put_value(const struct heat *heat, const struct sweep_cell *cell, size_t across, size_t up)
{
    if (cell->state != SWEEP_VALUE)
        return false;
    double value = heat->scale.logarithmic ? decades_place(&heat->scale.decades, cell->value) : cell->value;
    fprintf(heat->panel.stream, "%zu %zu ", across, up);
    sweep_write_number(heat->panel.stream, "", value, "\n");
    return true;
}

/* Of what is written into a cell. */
static int ink(const struct heat *heat, const struct sweep_cell *cell)
{
    enum { BLACK = 0x111111, GREY = 0x555555, WHITE = 0xFFFFFF };
    if (cell->state != SWEEP_VALUE)
        return GREY;
    return palette_is_light(sweep_scale_place(&heat->scale, cell->value)) ? BLACK : WHITE;
}

static bool put_number(const struct heat *heat, const struct sweep_cell *cell, size_t across, size_t up)
{
    char text[SWEEP_NUMBER_SIZE] = "–";
    if (cell->state != SWEEP_VALUE && cell->state != SWEEP_WITHOUT)
        return false;
    if (cell->state == SWEEP_VALUE)
        sweep_grid_number(heat->grid, cell->value, text);
    fprintf(heat->panel.stream, "%zu %zu \"%s\" %d\n", across, up, text, ink(heat, cell));
    return true;
}

/* "k(T+1)", and what it comes to where that is not the value. */
static void write_formula(const struct sweep_cell *cell, char text[SWEEP_NUMBER_SIZE])
{
    bool differs = cell->state == SWEEP_VALUE && cell->value != cell->theory;
    text[0] = '\0';
    if (isnan(cell->theory) || cell->state == SWEEP_IMPOSSIBLE)
        return;
    if (differs)
        snprintf(text, SWEEP_NUMBER_SIZE, "%s = %.0f", *cell->formula ? cell->formula : "theory", cell->theory);
    else
        snprintf(text, SWEEP_NUMBER_SIZE, "%s", cell->formula);
}

static bool put_formula(const struct heat *heat, const struct sweep_cell *cell, size_t across, size_t up)
{
    char text[SWEEP_NUMBER_SIZE];
    write_formula(cell, text);
    if (*text)
        fprintf(heat->panel.stream, "%zu %zu \"%s\" %d\n", across, up, text, ink(heat, cell));
    return *text;
}

/* With the mark's size: large where most draws differ from the theory. */
static bool put_mark(const struct heat *heat, const struct sweep_cell *cell, size_t across, size_t up)
{
    const struct sweep_grid *grid = heat->grid;
    size_t longer = grid->across.count > grid->up.count ? grid->across.count : grid->up.count;
    bool roomy = longer <= ROOMY;
    if (cell->agreed == cell->predicted)
        return false;
    double size = (roomy ? 1.0 : 10.0 / (double)longer) * (2 * cell->agreed < cell->predicted ? 1.5 : 0.9);
    sweep_write_number(heat->panel.stream, "", (double)across + (roomy ? 0.36 : 0), " ");
    sweep_write_number(heat->panel.stream, "", (double)up + (roomy ? 0.3 : 0), " ");
    sweep_write_number(heat->panel.stream, "", size, "");
    fprintf(heat->panel.stream, " %d\n", ink(heat, cell));
    return true;
}

/* ---- one heatmap ---- */

#define BOX "using 1:2:(0.5):(0.5) with boxxyerror linewidth 0.5"

/* Wide lines of its own colour cover the seams between cells. */
#define VALUE "using 1:2:(0.5):(0.5):3 with boxxyerror fillcolor palette"

/* The style of what is drawn in a legend too. */
#define IMPOSSIBLE "fillstyle pattern 4 border rgb '#CCCCCC' fillcolor rgb '#BBBBBB'"
#define WAITING    "fillstyle solid 1.0 border rgb '#BBBBBB' fillcolor rgb '#FFFFFF'"
#define WITHOUT    "fillstyle solid 1.0 border rgb '#BBBBBB' fillcolor rgb '#DDDDDD'"
#define CONTOUR    "with lines linecolor rgb '#222222' linewidth 0.7"
#define BOUNDARY   "with lines linecolor rgb '#111111' linewidth 2.6 dashtype (9, 6)"
#define MARKS      "with points pointtype 2 linewidth 1.8"

static void plot_block(struct heat *heat, const char *what, const char *how)
{
    panel_plot(&heat->panel);
    panel_block_name(&heat->panel, heat->method, what);
    fprintf(heat->panel.stream, " %s notitle", how);
}

static void plot_text(struct heat *heat, const char *what, const char *size, const char *offset)
{
    char how[128];
    snprintf(how, sizeof how, "using 1:2:3:4 with labels textcolor rgb variable font ',%s' offset 0, %s", size, offset);
    plot_block(heat, what, how);
}

static bool put_contours(const struct heat *heat)
{
    char name[64];
    snprintf(name, sizeof name, "%s_%s_contours", heat->panel.name, method_table[heat->method].name);
    return sweep_contours_write(heat->panel.stream, heat->grid, &heat->scale, heat->method, &heat->contours, name);
}

static bool put_boundaries(const struct heat *heat)
{
    panel_block_begin(&heat->panel, heat->method, "boundary");
    bool upright = put_boundary(heat, true, heat->panel.stream);
    bool level = put_boundary(heat, false, heat->panel.stream);
    panel_block_end(&heat->panel);
    return upright || level;
}

/* From the background to the front. */
static void plot_layers(struct heat *heat, bool contours)
{
    bool impossible = put_block(heat, "impossible", put_impossible);
    bool waiting = put_block(heat, "waiting", put_waiting);
    bool without = put_block(heat, "without", put_without);
    bool value = put_block(heat, "value", put_value);
    bool boundary = put_boundaries(heat);
    bool mark = put_block(heat, "mark", put_mark);
    bool number = heat->numbers && put_block(heat, "number", put_number);
    bool formula = heat->formulas && put_block(heat, "formula", put_formula);
    if (impossible)
        plot_block(heat, "impossible", BOX " " IMPOSSIBLE);
    if (waiting)
        plot_block(heat, "waiting", BOX " " WAITING);
    if (without)
        plot_block(heat, "without", BOX " " WITHOUT);
    if (value)
        plot_block(heat, "value", heat->outlined ? VALUE " linewidth 0.5" : VALUE " linewidth 1");
    if (contours) {
        plot_block(heat, "contours", "using 1:2 with lines linecolor rgb '#80FFFFFF' linewidth 2.5");
        plot_block(heat, "contours", "using 1:2 " CONTOUR);
    }
    if (boundary) {
        plot_block(heat, "boundary", "with lines linecolor rgb '#FFFFFF' linewidth 5");
        plot_block(heat, "boundary", BOUNDARY);
    }
    if (mark)
        plot_block(heat, "mark", "using 1:2:3:4 " MARKS " pointsize variable linecolor rgb variable");
    if (number)
        plot_text(heat, "number", heat->small ? "9" : "12", heat->formulas ? "0.4" : "0");
    if (formula)
        plot_text(heat, "formula", "9", "-0.7");
}

static void set_sides(const struct heat *heat, int index)
{
    FILE *stream = heat->panel.stream;
    const struct sweep_side *across = &heat->grid->across, *up = &heat->grid->up;
    fprintf(stream, "unset border\nunset grid\nset xrange [-0.5:%zu-0.5]\nset yrange [-0.5:%zu-0.5]\n", across->count,
            up->count);
    sweep_write_tics(stream, "x", across, false, LETTERS / heat->beside);
    fputs("set tics scale 0\n", stream);
    sweep_write_label(stream, "x", across);
    if (index % heat->beside > 0) {
        fputs("unset ytics\n", stream);
        return;
    }
    sweep_write_tics(stream, "y", up, false, LINES * (sweep_side_letters(up) + 2));
    sweep_write_label(stream, "y", up);
}

/* One by one: beside a label that is added here gnuplot leaves its own. */
static void set_decades(const struct heat *heat)
{
    enum { LABELS = 8 };
    const struct decades *decades = &heat->scale.decades;
    int stride = (decades->to - decades->from + LABELS - 1) / LABELS;
    fprintf(heat->panel.stream, "set cbtics ('10^{%d}' 1e%d", decades->to, decades->to);
    for (int i = decades->to - stride; i >= decades->from + decades->low; i -= stride)
        fprintf(heat->panel.stream, ", '10^{%d}' 1e%d", i, i);
    if (decades->low)
        fprintf(heat->panel.stream, ", '≈ 0' 1e%d", decades->from);
    fputs(")\n", heat->panel.stream);
}

static void set_colours(const struct heat *heat, const struct sweep_place *place, bool last)
{
    FILE *stream = heat->panel.stream;
    char title[SWEEP_TITLE_SIZE];
    palette_write(stream);
    if (heat->scale.logarithmic) {
        panel_set_log(&heat->panel, "cb", &heat->scale.decades);
        set_decades(heat);
    } else {
        sweep_write_number(stream, "set cbrange [", heat->scale.least, ":");
        sweep_write_number(stream, "", heat->scale.most, "]\n");
        if (heat->scale.most - heat->scale.least <= 12)
            fputs("set cbtics 1\n", stream);
    }
    if (!last || !heat->seen[SWEEP_VALUE]) {
        fputs("unset colorbox\n", stream);
        return;
    }
    sweep_write_number(stream, "set colorbox user origin screen 0.918, screen ", place->row->bottom, "");
    sweep_write_number(stream, " size screen 0.012, screen ", place->row->top - place->row->bottom, " noborder\n");
    sweep_metric_title(heat->grid, title);
    panel_label(&heat->panel, "cb", title);
    if (heat->scale.logarithmic) /* its place does not allow for exponents */
        fputs("set cblabel offset 1.5, 0\n", stream);
}

static void put_entry(struct heat *heat, bool there, const char *how, const char *title)
{
    if (!there)
        return;
    panel_plot(&heat->panel);
    fprintf(heat->panel.stream, "keyentry %s title '%s'", how, title);
}

/* Of what there is in any of the heatmaps. */
static void write_legend(struct heat *heat, const struct sweep_row *row)
{
    sweep_begin_legend(&heat->panel, row);
    put_entry(heat, heat->bounded, BOUNDARY, "theory: the formula changes, or another method’s is less");
    put_entry(heat, heat->most, MARKS " pointsize 1.5 linecolor rgb '#111111'", "most draws are not as predicted");
    put_entry(heat, heat->some, MARKS " pointsize 0.9 linecolor rgb '#111111'", "some draws are not as predicted");
    put_entry(heat, heat->contoured, CONTOUR, heat->contours.title);
    put_entry(heat, heat->seen[SWEEP_IMPOSSIBLE], "with boxes " IMPOSSIBLE, "impossible");
    put_entry(heat, heat->seen[SWEEP_WAITING], "with boxes " WAITING, "not known yet");
    put_entry(heat, heat->seen[SWEEP_WITHOUT], "with boxes " WITHOUT, "no value");
    panel_end(&heat->panel);
}

static void write_one(struct heat *heat, int method, const struct sweep_place *place)
{
    FILE *stream = heat->panel.stream;
    heat->method = method;
    heat->panel.parts = 0;
    bool contours = put_contours(heat); /* resets */
    panel_begin(&heat->panel, method_table[method].title);
    sweep_write_place(stream, place);
    set_sides(heat, place->index);
    set_colours(heat, place, place->index == place->count - 1);
    fprintf(stream, "set style fill solid 1.0 border%s\n", heat->outlined ? " rgb '#FFFFFF'" : "");
    plot_layers(heat, contours);
    panel_end(&heat->panel);
}

/* ---- all of them ---- */

static int longer(int letters, const char *text)
{
    return (int)strlen(text) > letters ? (int)strlen(text) : letters;
}

/* What the legend and the sizes depend on, in one method's cells. */
static void look_at(struct heat *heat, int method, int *number, int *formula)
{
    const struct sweep_grid *grid = heat->grid;
    heat->method = method;
    heat->bounded = heat->bounded || put_boundary(heat, true, NULL) || put_boundary(heat, false, NULL);
    heat->contoured = heat->contoured || sweep_contours_there(grid, &heat->scale, method, &heat->contours);
    for (size_t up = 0; up < grid->up.count; up++)
        for (size_t across = 0; across < grid->across.count; across++) {
            const struct sweep_cell *cell = cell_at(heat, across, up);
            char text[SWEEP_NUMBER_SIZE] = "";
            heat->seen[cell->state] = true;
            heat->most = heat->most || 2 * cell->agreed < cell->predicted;
            heat->some = heat->some || (cell->agreed < cell->predicted && 2 * cell->agreed >= cell->predicted);
            if (cell->state == SWEEP_VALUE)
                sweep_grid_number(grid, cell->value, text);
            *number = longer(*number, text);
            write_formula(cell, text);
            *formula = longer(*formula, text);
        }
}

static void look(struct heat *heat)
{
    int number = 0, formula = 0;
    for (int method = 0; method < METHOD_COUNT; method++) {
        heat->panels += heat->grid->active[method];
        if (heat->grid->active[method])
            look_at(heat, method, &number, &formula);
    }
    enum { ONE_ROW = 3 };
    heat->beside = heat->panels > ONE_ROW ? (heat->panels + 1) / 2 : heat->panels;
    int columns = heat->beside * (int)heat->grid->across.count;
    int rows = (heat->panels > ONE_ROW ? 2 : 1) * (int)heat->grid->up.count;
    heat->small = columns * (number + 1) > LETTERS;
    heat->numbers = columns * (number + 1) <= SMALL_LETTERS && rows <= LINES;
    if (heat->numbers) { /* say more than contours do, which would cross them out */
        heat->contours.count = 0;
        heat->contoured = false;
    }
    heat->formulas = heat->numbers && columns * (formula + 1) <= SMALL_LETTERS && rows <= FORMULA_LINES && formula > 0;
    heat->outlined = heat->grid->across.count <= OUTLINED && heat->grid->up.count <= OUTLINED;
}

void sweep_write_heatmaps(FILE *stream, const struct sweep_grid *grid, const struct sweep_row *row)
{
    struct heat heat = {.panel = {.stream = stream, .name = "heatmap"}, .grid = grid};
    heat.scale = sweep_grid_scale(grid, false);
    heat.contours = sweep_contours_of(grid, &heat.scale);
    look(&heat);
    struct sweep_place place = {.row = row,
                                .count = heat.panels,
                                .columns = heat.beside,
                                .right = 0.905,
                                .letters = sweep_side_letters(&grid->up)};
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!grid->active[method])
            continue;
        write_one(&heat, method, &place);
        place.index++;
    }
    write_legend(&heat, row);
}
