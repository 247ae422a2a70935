/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/slice.h"

#include "ui/chart_frame.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MARKER_COLUMNS = 3, TICK_COLUMNS = 5, TICK_ROWS = 2 };

/* What a slice is drawn with. */
struct plotting {
    const struct slice *slice;
    const struct axis *axis; /* of the sweep; NULL: it has but one cell in this direction */
    const struct chart_frame *frame;
    struct canvas canvas;
    struct scale x, y;
    bool numbers; /* x is the values' own scale, else their places in the list */
};

static const struct axis *axis_of(const struct digest *digest, int direction)
{
    return heatmap_axis(&digest->table->plan, direction);
}

/* ---- where values lie ---- */

static bool are_numbers(const struct axis *axis)
{
    for (size_t i = 0; i < axis->count; i++)
        if (isnan(axis_number(axis, i)))
            return false;
    return axis->count > 1;
}

static void make_x(struct plotting *plotting)
{
    const struct axis *axis = plotting->axis;
    size_t count = axis != NULL ? axis->count : 1;
    plotting->numbers = axis != NULL && are_numbers(axis);
    plotting->x = scale_of(SCALE_LINEAR, count > 1 ? 0 : -1, count > 1 ? (double)(count - 1) : 1);
    if (!plotting->numbers)
        return;
    double least = axis_number(axis, 0), most = least;
    for (size_t i = 1; i < count; i++) {
        least = fmin(least, axis_number(axis, i));
        most = fmax(most, axis_number(axis, i));
    }
    plotting->x = scale_of(axis_is_geometric(axis) ? SCALE_LOG : SCALE_LINEAR, least, most);
}

/* 0 … 1 */
static double position(const struct plotting *plotting, size_t at)
{
    return scale_position(&plotting->x, plotting->numbers ? axis_number(plotting->axis, at) : (double)at);
}

/* The cell of the sweep that a point of the line stands for. */
static size_t cell_at(const struct slice *slice, size_t at)
{
    size_t place[HEATMAP_AXES] = {slice->cursor[HEATMAP_X], slice->cursor[HEATMAP_Y]};
    place[slice->direction] = at;
    return heatmap_cell(&slice->digest->table->plan, place);
}

/* Of the sweep before: the cell with the same values; false: it had none. */
static bool former_cell(const struct slice *slice, size_t at, size_t *cell)
{
    const struct plan *now = &slice->digest->table->plan;
    const struct plan *then = &slice->former->table->plan;
    size_t place[HEATMAP_AXES] = {slice->cursor[HEATMAP_X], slice->cursor[HEATMAP_Y]};
    size_t found[HEATMAP_AXES] = {0, 0};
    place[slice->direction] = at;
    for (int direction = 0; direction < HEATMAP_AXES; direction++) {
        const struct axis *a = heatmap_axis(now, direction);
        const struct axis *b = heatmap_axis(then, direction);
        if (a == NULL || b == NULL || strcmp(a->name, b->name) != 0) {
            if (a != b)
                return false;
            continue;
        }
        while (found[direction] < b->count && strcmp(b->value[found[direction]], a->value[place[direction]]) != 0)
            found[direction]++;
        if (found[direction] == b->count)
            return false;
    }
    *cell = heatmap_cell(then, found);
    return true;
}

/* ---- scales ---- */

static size_t count_of(const struct slice *slice)
{
    return heatmap_count(&slice->digest->table->plan, slice->direction);
}

static bool is_shown(const struct slice *slice, int method)
{
    return (slice->methods & 1u << method) != 0;
}

static struct extent extent_of(const struct slice *slice)
{
    struct extent extent = {0};
    for (size_t at = 0; at < count_of(slice); at++) {
        for (int method = 0; method < METHOD_COUNT; method++) {
            const struct digest_number *number = digest_number(slice->digest, cell_at(slice, at), method);
            if (!is_shown(slice, method))
                continue;
            extent_add(&extent, number->value);
            if (isnan(number->value))
                continue;
            extent_add(&extent, number->theory);
            if (slice->digest->statistic == STATISTIC_SPREAD)
                continue;
            extent_add(&extent, number->band.low);
            extent_add(&extent, number->band.high);
        }
    }
    return extent;
}

/* ---- lines ---- */

typedef double reading(const struct digest_number *number);

static double value_of(const struct digest_number *number)
{
    return number->value;
}

static double theory_of(const struct digest_number *number)
{
    return number->theory;
}

/* Between neighbours that are both known. */
static void draw_line(const struct plotting *plotting, int method, reading *read, enum canvas_line line,
                      enum style style)
{
    const struct slice *slice = plotting->slice;
    double from_x = (double)NAN;
    double from_y = (double)NAN;
    for (size_t at = 0; at < count_of(slice); at++) {
        double x = position(plotting, at);
        double y = scale_position(&plotting->y, read(digest_number(slice->digest, cell_at(slice, at), method)));
        canvas_segment(&plotting->canvas, from_x, from_y, x, y, line, style);
        from_x = x;
        from_y = y;
    }
}

static void draw_former(const struct plotting *plotting, int method)
{
    const struct slice *slice = plotting->slice;
    double from_x = (double)NAN;
    double from_y = (double)NAN;
    size_t cell;
    for (size_t at = 0; at < count_of(slice); at++) {
        if (!former_cell(slice, at, &cell))
            continue;
        double x = position(plotting, at);
        double y = scale_position(&plotting->y, digest_number(slice->former, cell, method)->value);
        canvas_segment(&plotting->canvas, from_x, from_y, x, y, CANVAS_SOLID, STYLE_DIM);
        canvas_put(&plotting->canvas, x, y, label_hollow_marker(method, slice->glyphs), STYLE_DIM);
        from_x = x;
        from_y = y;
    }
}

/* Upright lines from the one end of the band to the other; where they are dense, they fill it. */
static void draw_band(const struct plotting *plotting, int method)
{
    const struct slice *slice = plotting->slice;
    for (size_t at = 0; at < count_of(slice); at++) {
        const struct digest_number *number = digest_number(slice->digest, cell_at(slice, at), method);
        if (isnan(number->value) || !(number->band.high > number->band.low))
            continue;
        double x = position(plotting, at);
        canvas_segment(&plotting->canvas, x, scale_position(&plotting->y, number->band.low), x,
                       scale_position(&plotting->y, number->band.high), CANVAS_SOLID,
                       (enum style)chart_frame_style(method));
    }
}

static void draw_markers(const struct plotting *plotting, int method)
{
    const struct slice *slice = plotting->slice;
    int last = -MARKER_COLUMNS;
    for (size_t at = 0; at < count_of(slice); at++) {
        const struct digest_number *number = digest_number(slice->digest, cell_at(slice, at), method);
        double x = position(plotting, at);
        int column = canvas_column(&plotting->canvas, x);
        if (isnan(number->value) || (column < last + MARKER_COLUMNS && column >= last))
            continue;
        canvas_put(&plotting->canvas, x, scale_position(&plotting->y, number->value),
                   label_marker(method, slice->glyphs), chart_frame_style(method));
        last = column;
    }
}

static void draw_curves(const struct plotting *plotting)
{
    const struct slice *slice = plotting->slice;
    bool spread = slice->digest->statistic == STATISTIC_SPREAD;
    for (int method = 0; method < METHOD_COUNT && slice->former != NULL; method++)
        if (is_shown(slice, method))
            draw_former(plotting, method);
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!is_shown(slice, method))
            continue;
        if (!spread) {
            draw_line(plotting, method, theory_of, CANVAS_DASHED, STYLE_THEORY);
            draw_band(plotting, method);
        }
        draw_line(plotting, method, value_of, CANVAS_SOLID, chart_frame_style(method));
    }
    for (int method = 0; method < METHOD_COUNT; method++)
        if (is_shown(slice, method))
            draw_markers(plotting, method);
}

/* ---- around them ---- */

static void draw_title(const struct plotting *plotting)
{
    const struct slice *slice = plotting->slice;
    const struct plan *plan = &slice->digest->table->plan;
    const struct axis *other = heatmap_axis(plan, 1 - slice->direction);
    const char *metric = metric_table[slice->digest->metric].title;
    struct chart_legend legend = {0};
    char title[128];
    char name[AXIS_TITLE_SIZE];
    for (int method = 0; method < METHOD_COUNT; method++)
        if (is_shown(slice, method))
            chart_legend_add(&legend, label_marker(method, slice->glyphs), chart_frame_style(method),
                             method_table[method].name);
    if (other != NULL) {
        axis_title(other, name);
        snprintf(title, sizeof title, "%s, %s = %s", metric, name, other->value[slice->cursor[1 - slice->direction]]);
    } else {
        snprintf(title, sizeof title, "%s", metric);
    }
    chart_frame_heading(plotting->frame, title, metric, &legend);
}

static void draw_ticks(const struct plotting *plotting)
{
    const struct axis *axis = plotting->axis;
    char name[AXIS_TITLE_SIZE] = "";
    if (axis != NULL)
        axis_title(axis, name);
    name[strcspn(name, " ")] = '\0';
    chart_frame_x(plotting->frame, grid_text_width(plotting->slice->glyphs, name) <= TICK_COLUMNS ? name : "");
    int free_from = plotting->frame->band[0].x;
    for (size_t at = 0; axis != NULL && at < axis->count; at++)
        chart_frame_x_tick(plotting->frame, canvas_column(&plotting->canvas, position(plotting, at)), axis->value[at],
                           &free_from);
}

/* Sets up everything but the scale of y. */
static void begin(struct plotting *plotting, const struct slice *slice, struct chart_frame *frame,
                  struct chart_options *options, struct grid *grid, struct rect area)
{
    static const struct view nothing = {.snapshot = NULL};
    *options = (struct chart_options){.glyphs = slice->glyphs, .focused = slice->focused};
    *frame = chart_frame_make(grid, area, 1, false, &nothing, options);
    *plotting = (struct plotting){
        .slice = slice,
        .axis = axis_of(slice->digest, slice->direction),
        .frame = frame,
        .canvas = chart_frame_canvas(frame, 0),
    };
    make_x(plotting);
}

void slice_draw(const struct slice *slice, struct grid *grid, struct rect area)
{
    struct chart_frame frame;
    struct chart_options options;
    struct plotting plotting;
    if (area.width <= 0 || area.height <= 0)
        return;
    begin(&plotting, slice, &frame, &options, grid, area);
    struct extent extent = extent_of(slice);
    int rows = frame.band[0].height;
    plotting.y = scale_fit(&extent, !metric_table[slice->digest->metric].logarithmic, rows);
    draw_title(&plotting);
    chart_frame_y(&frame, 0, &plotting.y, extent.any ? rows / TICK_ROWS : 0);
    draw_ticks(&plotting);
    if (!extent.any)
        chart_frame_empty(&frame);
    options.crosshair = true;
    chart_frame_crosshair(&frame,
                          canvas_column(&plotting.canvas, position(&plotting, slice->cursor[slice->direction])));
    draw_curves(&plotting);
}

bool slice_at(const struct slice *slice, struct rect area, int x, int y, size_t *at)
{
    struct chart_frame frame;
    struct chart_options options;
    struct plotting plotting;
    begin(&plotting, slice, &frame, &options, NULL, area);
    if (!rect_holds(frame.band[0], x, y))
        return false;
    int nearest = -1;
    for (size_t i = 0; i < count_of(slice); i++) {
        int away = canvas_column(&plotting.canvas, position(&plotting, i)) - x;
        away = away < 0 ? -away : away;
        if (nearest < 0 || away < nearest) {
            nearest = away;
            *at = i;
        }
    }
    return nearest >= 0;
}
