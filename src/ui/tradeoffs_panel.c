/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tradeoffs_state.h"

#include <math.h>
#include <stdio.h>

/* ---- the rows with the focus ---- */

static const struct row {
    const char *label, *help;
    bool typed;
} row_table[ROW_COUNT] = {
    [ROW_X] = {"x axis", "The axis to the right: KEYS=VALUES, as in tasks=1:8, samples=10:10000:x10 or rank=1,2,4.",
               true},
    [ROW_Y] = {"y axis", "The axis upwards: KEYS=VALUES, as in rank=1:4 or noise=0,0.1,1; empty for none.", true},
    [ROW_SEEDS] = {"seeds", "Draws of every cell. + adds some to the cell under the cursor alone.", true},
    [ROW_METRIC] = {"metric", "The measure that is shown; the man page says what each is.", false},
    [ROW_STATISTIC] = {"statistic",
                       "What stands for the draws of a cell; spread is the width of the band of 80% of them.", false},
    [ROW_METHODS] = {"methods", "Whose numbers are shown, where there is room for one.", false},
    [ROW_SLICE] = {"slice", "The axis that the chart is against; it goes through the cursor's cell.", false},
};

const char *tradeoffs_row_help(enum tradeoffs_row row)
{
    return row_table[row].help;
}

bool tradeoffs_row_typed(enum tradeoffs_row row)
{
    return row_table[row].typed;
}

void tradeoffs_row_value(const struct tradeoffs *tradeoffs, const struct tradeoffs_view *view, enum tradeoffs_row row,
                         char text[TRADEOFFS_VALUE_SIZE])
{
    const struct axis *axis = view->table != NULL ? heatmap_axis(&view->table->plan, tradeoffs->direction) : NULL;
    char title[AXIS_TITLE_SIZE] = "-";
    switch (row) {
    case ROW_X:
    case ROW_Y:
        snprintf(text, TRADEOFFS_VALUE_SIZE, "%s", tradeoffs->request.text[row == ROW_X ? HEATMAP_X : HEATMAP_Y]);
        break;
    case ROW_SEEDS:
        snprintf(text, TRADEOFFS_VALUE_SIZE, "%d", tradeoffs->request.plan.seeds);
        break;
    case ROW_METRIC:
        snprintf(text, TRADEOFFS_VALUE_SIZE, "%s", metric_table[tradeoffs->metric].name);
        break;
    case ROW_STATISTIC:
        snprintf(text, TRADEOFFS_VALUE_SIZE, "%s", statistic_names[tradeoffs->statistic]);
        break;
    case ROW_METHODS:
        snprintf(text, TRADEOFFS_VALUE_SIZE, "%s",
                 tradeoffs->method == METHOD_COUNT ? "all" : method_table[tradeoffs->method].name);
        break;
    case ROW_SLICE:
        if (axis != NULL)
            axis_title(axis, title);
        snprintf(text, TRADEOFFS_VALUE_SIZE, "%s", title);
        break;
    case ROW_COUNT:
        break;
    }
}

/* ---- what stands in the panel ---- */

/* A row above, or a heading, or how far the sweep is. */
struct line {
    int row; /* −1: none */
    const char *label;
    char value[TRADEOFFS_VALUE_SIZE];
    enum style style; /* of the value; of a heading's label */
};
enum { LINES = 24 };

struct lines {
    int count;
    struct line line[LINES];
};

static struct line *add(struct lines *lines, int row, const char *label, enum style style)
{
    struct line *line = &lines->line[lines->count < LINES ? lines->count++ : LINES - 1];
    *line = (struct line){.row = row, .label = label, .style = style};
    return line;
}

static void add_heading(struct lines *lines, bool airy, const char *label)
{
    if (airy && lines->count > 0)
        add(lines, -1, "", STYLE_TEXT);
    if (airy)
        add(lines, -1, label, STYLE_TITLE);
}

static void add_rows(struct lines *lines, const struct tradeoffs *tradeoffs, const struct tradeoffs_view *view,
                     int first, int end)
{
    for (int row = first; row < end; row++) {
        struct line *line = add(lines, row, row_table[row].label, STYLE_VALUE);
        tradeoffs_row_value(tradeoffs, view, (enum tradeoffs_row)row, line->value);
    }
}

static size_t finished_cells(const struct table *table)
{
    size_t count = 0;
    for (size_t cell = 0; cell < table->cells; cell++)
        count += table->cell[cell].possible && table->cell[cell].done >= table->cell[cell].wanted;
    return count;
}

static void write_time(double seconds, char text[TRADEOFFS_VALUE_SIZE])
{
    static const struct {
        double size;
        const char *name;
    } unit[] = {{86400, "days"}, {3600, "h"}, {60, "min"}};
    for (size_t i = 0; i < sizeof unit / sizeof *unit; i++) {
        if (seconds >= 2 * unit[i].size) {
            snprintf(text, TRADEOFFS_VALUE_SIZE, "%.0f %s", seconds / unit[i].size, unit[i].name);
            return;
        }
    }
    snprintf(text, TRADEOFFS_VALUE_SIZE, "%.0f s", ceil(seconds));
}

static void add_progress(struct lines *lines, const struct tradeoffs_view *view)
{
    const struct sweep_status *status = &view->status;
    char number[LABEL_SIZE];
    if (view->table == NULL)
        return;
    snprintf(add(lines, -1, "trials", STYLE_VALUE)->value, TRADEOFFS_VALUE_SIZE, "%zu of %zu", status->done,
             status->wanted);
    if (status->failed > 0)
        snprintf(add(lines, -1, "failed", STYLE_WARNING)->value, TRADEOFFS_VALUE_SIZE, "%zu", status->failed);
    if (!status->finished && !isnan(status->seconds_left))
        write_time(status->seconds_left, add(lines, -1, "left", STYLE_VALUE)->value);
    snprintf(add(lines, -1, "cells", STYLE_VALUE)->value, TRADEOFFS_VALUE_SIZE, "%zu of %zu",
             finished_cells(view->table), view->table->possible);
    if (status->rate > 0) {
        label_number(number, status->rate, 3);
        snprintf(add(lines, -1, "trials/s", STYLE_VALUE)->value, TRADEOFFS_VALUE_SIZE, "%s", number);
    }
    snprintf(add(lines, -1, "from store", STYLE_VALUE)->value, TRADEOFFS_VALUE_SIZE, "%zu", status->stored);
    if (!status->stores)
        snprintf(add(lines, -1, "results", STYLE_WARNING)->value, TRADEOFFS_VALUE_SIZE, "not kept");
}

static void collect(struct lines *lines, const struct tradeoffs *tradeoffs, const struct tradeoffs_view *view,
                    int height)
{
    enum { AIRY = ROW_COUNT + 12 };
    bool airy = height >= AIRY;
    lines->count = 0;
    add_heading(lines, airy, "Sweep");
    add_rows(lines, tradeoffs, view, ROW_X, ROW_METRIC);
    add_heading(lines, airy, "Shown");
    add_rows(lines, tradeoffs, view, ROW_METRIC, ROW_COUNT);
    add_heading(lines, airy, "Progress");
    add_progress(lines, view);
}

/* ---- drawing and the mouse ---- */

static bool has_focus(const struct tradeoffs *tradeoffs, int row)
{
    return tradeoffs->focus == FOCUS_PANEL && row == (int)tradeoffs->row;
}

static bool has_arrows(const struct tradeoffs *tradeoffs, int row)
{
    return row >= 0 && has_focus(tradeoffs, row) && !tradeoffs->editing && (!row_table[row].typed || row == ROW_SEEDS);
}

/* ◂ and ▸ stand here beside the value. */
struct value_place {
    int less, value, end, more;
};

static struct value_place place_value(const struct tradeoffs *tradeoffs, struct rect area, const struct line *line)
{
    int label_end = area.x + 1 + grid_text_width(tradeoffs->frame.glyphs, line->label);
    struct value_place place = {.more = area.x + area.width - 2};
    place.end = place.more - 1;
    place.value = place.end - grid_text_width(tradeoffs->frame.glyphs, line->value);
    if (place.value < label_end + 3)
        place.value = label_end + 3;
    place.less = place.value - 2;
    return place;
}

static void draw_line(const struct tradeoffs *tradeoffs, struct grid *grid, struct rect area, int y,
                      const struct line *line)
{
    enum glyphs glyphs = tradeoffs->frame.glyphs;
    bool focused = line->row >= 0 && has_focus(tradeoffs, line->row);
    struct value_place place = place_value(tradeoffs, area, line);
    enum style style = focused ? STYLE_FOCUS : line->value[0] == '\0' && line->row < 0 ? line->style : STYLE_TEXT;
    for (int i = 0; focused && i < area.width; i++)
        grid_put(grid, area.x + i, y, ' ', STYLE_FOCUS);
    int used = draw_clipped(grid, area.x + 1, y, area.width - 2, style, glyphs, line->label);
    if (focused && tradeoffs->editing) {
        int start = area.x + 2 + used;
        field_draw(&tradeoffs->field, grid, start, y, area.x + area.width - start, glyphs);
        return;
    }
    draw_clipped(grid, place.value, y, place.end - place.value, focused ? STYLE_FOCUS : line->style, glyphs,
                 line->value);
    if (has_arrows(tradeoffs, line->row)) {
        grid_text(grid, place.less, y, 1, STYLE_FOCUS, glyphs, "◂");
        grid_text(grid, place.more, y, 1, STYLE_FOCUS, glyphs, "▸");
    }
}

void tradeoffs_panel_draw(const struct tradeoffs *tradeoffs, struct grid *grid, const struct tradeoffs_view *view,
                          struct rect area)
{
    struct lines lines;
    collect(&lines, tradeoffs, view, area.height);
    for (int i = 0; i < area.height && i < lines.count; i++)
        draw_line(tradeoffs, grid, area, area.y + i, &lines.line[i]);
}

int tradeoffs_panel_hit(const struct tradeoffs *tradeoffs, const struct tradeoffs_view *view, struct rect area, int x,
                        int y, int *direction)
{
    struct lines lines;
    *direction = 0;
    collect(&lines, tradeoffs, view, area.height);
    if (!rect_holds(area, x, y) || y - area.y >= lines.count)
        return -1;
    const struct line *line = &lines.line[y - area.y];
    struct value_place place = place_value(tradeoffs, area, line);
    if (has_arrows(tradeoffs, line->row))
        *direction = x == place.less ? -1 : x == place.more ? 1 : 0;
    return line->row;
}
