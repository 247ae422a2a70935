/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart_frame.h"

#include <math.h>
#include <stdio.h>

/* Charts against a rank or an index: adaptation and spectrum. */

enum {
    TICK_COLUMNS = 5,
    TICK_ROWS = 2,
    WHOLE_DIMENSION = 32, /* up to here the x axis shows all ranks */
};

/* Large problems end where nothing more is to come: at twice the largest rank that the theory knows of. */
static int last_rank(const struct chart_frame *frame, bool needed)
{
    const struct snapshot *snapshot = frame->view->snapshot;
    if (snapshot == NULL)
        return WHOLE_DIMENSION / 2;
    int dimension = snapshot->config.problem.dimension;
    int last = 0;
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!chart_frame_active(frame, method))
            continue;
        const struct method_snapshot *at = &snapshot->method[method];
        int theory = needed ? at->theory_rank_needed : at->theory_error_rank;
        if (theory == THEORY_SILENT)
            return dimension;
        last = 2 * theory > last ? 2 * theory : last;
    }
    last = last > WHOLE_DIMENSION ? last : WHOLE_DIMENSION;
    return last < dimension ? last : dimension;
}

static struct extent extent_of(const struct chart_frame *frame, bool curve, int count)
{
    struct extent extent = {0};
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!chart_frame_active(frame, method))
            continue;
        const struct spectra *spectra = &frame->view->snapshot->method[method].spectra;
        for (int i = 0; i < count; i++)
            extent_add(&extent, curve ? spectra->curve[i] : spectra->singular_values[i]);
    }
    return extent;
}

/* Reads value `index` of every method into the legend, under the name of what `shown` counts. */
static void read_legend(const struct chart_frame *frame, const char *name, bool curve, int index, int shown,
                        struct chart_legend *legend)
{
    if (!frame->options->crosshair || frame->view->snapshot == NULL) {
        chart_legend_methods(legend, frame);
        return;
    }
    char text[LABEL_SIZE];
    snprintf(text, sizeof text, "%s %d", name, shown);
    chart_legend_add(legend, 0, STYLE_CROSSHAIR, text);
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!chart_frame_active(frame, method))
            continue;
        const struct spectra *spectra = &frame->view->snapshot->method[method].spectra;
        label_number(text, curve ? spectra->curve[index] : spectra->singular_values[index], 3);
        chart_legend_add(legend, label_marker(method, frame->options->glyphs), chart_frame_style(method), text);
    }
}

static void draw_stairs(const struct canvas *canvas, const struct axis *x, const struct axis *y, const double *value,
                        int last, enum canvas_line line, enum style style)
{
    for (int r = 0; r < last; r++) {
        double from = axis_position(x, r);
        double to = axis_position(x, r + 1);
        double height = axis_position(y, value[r]);
        canvas_segment(canvas, from, height, to, height, line, style);
        canvas_segment(canvas, to, height, to, axis_position(y, value[r + 1]), line, style);
    }
}

static void draw_curve_markers(const struct canvas *canvas, const struct axis *x, const struct axis *y,
                               const double *value, int last, int method)
{
    int stride = 1;
    while (canvas->area.width * stride < 3 * (last + 1))
        stride++;
    for (int r = 0; r <= last; r += stride)
        canvas_put(canvas, axis_position(x, r), axis_position(y, value[r]), label_marker(method, canvas->glyphs),
                   chart_frame_style(method));
}

static void draw_adaptation(const struct chart_frame *frame, const struct axis *x, const struct axis *y, int last)
{
    struct canvas canvas = chart_frame_canvas(frame, 0);
    const struct snapshot *snapshot = frame->view->snapshot;
    int free_from = frame->notes.x;
    for (int method = METHOD_COUNT; method-- > 0;) { /* the smaller rank comes first from the left */
        if (!chart_frame_active(frame, method) || snapshot->method[method].theory_rank_needed == THEORY_SILENT)
            continue;
        int rank = snapshot->method[method].theory_rank_needed;
        char text[LABEL_SIZE];
        bool summed = method_table[method].adapter_rank(&snapshot->config.retrain) == 0;
        label_rank(text, &snapshot->config.problem, rank, summed);
        chart_frame_theory(frame, canvas_column(&canvas, axis_position(x, rank)), method, text, &free_from);
    }
    for (int method = 0; method < METHOD_COUNT; method++)
        if (chart_frame_active(frame, method))
            draw_stairs(&canvas, x, y, snapshot->method[method].spectra.curve, last, CANVAS_SOLID,
                        chart_frame_style(method));
    for (int method = 0; method < METHOD_COUNT; method++)
        if (chart_frame_active(frame, method))
            draw_curve_markers(&canvas, x, y, snapshot->method[method].spectra.curve, last, method);
}

static void draw_ticks(const struct chart_frame *frame, const char *name, const struct axis *x)
{
    struct canvas canvas = chart_frame_canvas(frame, 0);
    chart_frame_x(frame, name);
    double value[AXIS_TICKS_MAX];
    int count = axis_ticks(x, canvas.area.width / TICK_COLUMNS, value);
    int free_from = canvas.area.x;
    for (int i = 0; i < count; i++) {
        char text[LABEL_SIZE];
        axis_label(x, frame->options->glyphs, value[i], text);
        chart_frame_x_tick(frame, canvas_column(&canvas, axis_position(x, value[i])), text, &free_from);
    }
}

void chart_adaptation_draw(const struct chart_frame *frame)
{
    int last = last_rank(frame, true);
    struct extent extent = extent_of(frame, true, last + 1);
    int rows = frame->band[0].height;
    struct axis y = axis_fit(&extent, frame->options->linear_y, rows);
    struct axis x = {.scale = AXIS_INTEGER, .low = 0, .high = last};
    int at = (int)lround(fmin(fmax(frame->options->cursor, 0), 1) * last);
    struct chart_legend legend = {0};
    read_legend(frame, "rank", true, at, at, &legend);
    chart_frame_title(frame, CHART_ADAPTATION, &legend);
    chart_frame_y(frame, 0, &y, rows / TICK_ROWS);
    draw_ticks(frame, "rank", &x);
    struct canvas canvas = chart_frame_canvas(frame, 0);
    if (!extent.any)
        chart_frame_empty(frame);
    if (frame->options->crosshair)
        chart_frame_crosshair(frame, canvas_column(&canvas, axis_position(&x, at)));
    draw_adaptation(frame, &x, &y, last);
}

/* How the spectrum is laid out: each index has a slot of whole columns, with a bar for each method and a gap. Where
 * they have no room, the values are lines. */
struct slots {
    int count;   /* of indices shown */
    int columns; /* of a slot */
    int bar;     /* of a bar; 0: lines */
    int bars;    /* in a slot */
};

enum { BAR_MOST = 3 };

static struct slots slots_of(const struct chart_frame *frame)
{
    struct slots slots = {.count = last_rank(frame, false), .bars = 0};
    int least = 1; /* indices that must be seen: all that theory or measurement counts, and one more */
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!chart_frame_active(frame, method))
            continue;
        const struct method_snapshot *at = &frame->view->snapshot->method[method];
        slots.bars++;
        least = at->theory_error_rank >= least ? at->theory_error_rank + 1 : least;
        least = at->spectra.error_rank >= least ? at->spectra.error_rank + 1 : least;
    }
    int width = frame->band[0].width;
    if (slots.bars == 0)
        return slots;
    int fitting = width / slots.bars;
    if (fitting < slots.count && fitting >= least)
        slots.count = fitting;
    slots.columns = width / slots.count;
    if (slots.columns < slots.bars)
        return slots;
    slots.bar = slots.columns > slots.bars ? (slots.columns - 1) / slots.bars : 1;
    slots.bar = slots.bar < BAR_MOST ? slots.bar : BAR_MOST;
    return slots;
}

/* The column that stands for index 1 … count. */
static int slot_column(const struct chart_frame *frame, const struct slots *slots, double index)
{
    struct canvas canvas = chart_frame_canvas(frame, 0);
    if (slots->bar > 0)
        return canvas.area.x + (int)((index - 1) * slots->columns) + (slots->bars * slots->bar - 1) / 2;
    return canvas_column(&canvas, slots->count > 1 ? (index - 1) / (slots->count - 1) : 0);
}

static void draw_bars(const struct chart_frame *frame, const struct slots *slots, const struct axis *y)
{
    struct canvas canvas = chart_frame_canvas(frame, 0);
    int place = 0;
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!chart_frame_active(frame, method))
            continue;
        const double *value = frame->view->snapshot->method[method].spectra.singular_values;
        for (int i = 0; i < slots->count; i++) {
            double top = axis_position(y, value[i]);
            int column = canvas.area.x + i * slots->columns + place * slots->bar;
            canvas_bar(&canvas, column, slots->bar, top, chart_frame_style(method));
            int row = canvas_row(&canvas, top);
            if (row > canvas.area.y && !isnan(top))
                grid_put(frame->grid, column + (slots->bar - 1) / 2, row - 1, label_marker(method, canvas.glyphs),
                         chart_frame_style(method));
            else
                canvas_put(&canvas, (column - canvas.area.x) / (double)canvas.area.width, top,
                           label_marker(method, canvas.glyphs), chart_frame_style(method));
        }
        place++;
    }
}

static void draw_values(const struct chart_frame *frame, const struct slots *slots, const struct axis *y)
{
    struct canvas canvas = chart_frame_canvas(frame, 0);
    struct axis x = {.scale = AXIS_INTEGER, .low = 0, .high = slots->count > 1 ? slots->count - 1 : 1};
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!chart_frame_active(frame, method))
            continue;
        const double *value = frame->view->snapshot->method[method].spectra.singular_values;
        for (int i = 0; i + 1 < slots->count; i++)
            canvas_segment(&canvas, axis_position(&x, i), axis_position(y, value[i]), axis_position(&x, i + 1),
                           axis_position(y, value[i + 1]), CANVAS_SOLID, chart_frame_style(method));
        draw_curve_markers(&canvas, &x, y, value, slots->count - 1, method);
    }
}

static void draw_index_ticks(const struct chart_frame *frame, const struct slots *slots)
{
    struct axis x = {.scale = AXIS_INTEGER, .low = 0, .high = slots->count};
    double value[AXIS_TICKS_MAX];
    int count = axis_ticks(&x, frame->band[0].width / TICK_COLUMNS, value);
    int free_from = frame->band[0].x;
    chart_frame_x(frame, "index");
    for (int i = 0; i < count; i++) {
        char text[LABEL_SIZE];
        double index = i == 0 ? 1 : value[i]; /* there is no index 0 */
        axis_label(&x, frame->options->glyphs, index, text);
        if (i != 1 || value[i] > 1)
            chart_frame_x_tick(frame, slot_column(frame, slots, index), text, &free_from);
    }
}

static void draw_error_ranks(const struct chart_frame *frame, const struct slots *slots)
{
    const struct snapshot *snapshot = frame->view->snapshot;
    int free_from = frame->notes.x;
    for (int method = METHOD_COUNT; method-- > 0;) {
        if (!chart_frame_active(frame, method) || snapshot->method[method].theory_error_rank == THEORY_SILENT)
            continue;
        int rank = snapshot->method[method].theory_error_rank;
        char text[LABEL_SIZE];
        bool summed = method_table[method].adapter_rank(&snapshot->config.retrain) == 0;
        label_rank(text, &snapshot->config.problem, rank, summed);
        struct rect area = frame->band[0];
        int column = slots->bar > 0 ? area.x + rank * slots->columns - 1 : slot_column(frame, slots, rank + 0.5);
        chart_frame_theory(frame, column < area.x ? area.x - 1 : column, method, text, &free_from);
    }
}

void chart_spectrum_draw(const struct chart_frame *frame)
{
    struct slots slots = slots_of(frame);
    struct extent extent = extent_of(frame, false, slots.count);
    int rows = frame->band[0].height;
    struct axis y = axis_fit(&extent, frame->options->linear_y, rows);
    double cursor = fmin(fmax(frame->options->cursor, 0), 1);
    int at = slots.bar > 0 ? (int)(cursor * (frame->band[0].width - 1) / slots.columns)
                           : (int)lround(cursor * (slots.count - 1));
    at = at < slots.count ? at : slots.count - 1;
    struct chart_legend legend = {0};
    read_legend(frame, "value", false, at, at + 1, &legend);
    chart_frame_title(frame, CHART_SPECTRUM, &legend);
    chart_frame_y(frame, 0, &y, rows / TICK_ROWS);
    draw_index_ticks(frame, &slots);
    if (!extent.any)
        chart_frame_empty(frame);
    draw_error_ranks(frame, &slots);
    if (frame->options->crosshair)
        chart_frame_crosshair(frame, slot_column(frame, &slots, at + 1));
    if (slots.bar > 0)
        draw_bars(frame, &slots, &y);
    else
        draw_values(frame, &slots, &y);
}
