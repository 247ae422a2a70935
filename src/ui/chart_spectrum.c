/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart_ranks.h"

#include <math.h>

/* Singular values of Â − A*: bars for each index, a method's beside the other's. */

enum {
    TICK_COLUMNS = 5,
    TICK_ROWS = 2,
    BAR_MOST = 3, /* columns */
};

static const double *values(const struct method_snapshot *method)
{
    return method->spectra.singular_values;
}

static const double *predicted_values(const struct method_snapshot *method)
{
    return method->prediction.singular_values;
}

static int error_rank(const struct method_snapshot *method)
{
    return method->theory_error_rank;
}

static double tolerance(const struct snapshot *snapshot)
{
    return MEASURE_RANK_TOLERANCE * snapshot->base_norm_two;
}

static const struct chart_quantity quantity = {"index",  values, predicted_values, error_rank, method_error_formula,
                                               tolerance};

/* Each index has a slot of whole columns, with a bar for each method and a gap if it fits. Where not even the bars
 * do, the values are lines. */
struct slots {
    int count;   /* of indices shown */
    int columns; /* of a slot */
    int bar;     /* of a bar; 0: lines */
    int bars;    /* in a slot */
    struct scale y;
};

/* Indices that must be seen: all that the theory counts, and one more. What is measured does not matter here, or the
 * slots would change in mid-run. */
static int least_count(const struct chart_frame *frame)
{
    int least = 1;
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!chart_frame_active(frame, method))
            continue;
        const struct method_snapshot *at = &frame->view->snapshot->method[method];
        least = at->theory_error_rank >= least ? at->theory_error_rank + 1 : least;
    }
    return least;
}

static struct slots slots_of(const struct chart_frame *frame)
{
    struct slots slots = {.count = chart_ranks_last(frame, &quantity)};
    for (int method = 0; method < METHOD_COUNT; method++)
        slots.bars += chart_frame_active(frame, method);
    if (slots.bars == 0)
        return slots;
    int width = frame->band[0].width;
    int least = least_count(frame);
    /* A gap between slots, or at least all bars, is worth some of the indices at the end. */
    for (int columns = slots.bars + 1; columns >= slots.bars && width / columns < slots.count; columns--) {
        int fitting = width / columns;
        if (fitting >= least && 4 * fitting >= 3 * slots.count) {
            slots.count = fitting;
            break;
        }
    }
    slots.columns = width / slots.count;
    if (slots.columns < slots.bars)
        return slots;
    slots.bar = slots.columns > slots.bars ? (slots.columns - 1) / slots.bars : 1;
    slots.bar = slots.bar < BAR_MOST ? slots.bar : BAR_MOST;
    return slots;
}

static double line_position(const struct slots *slots, double index)
{
    return slots->count > 1 ? fmin((index - 1) / (slots->count - 1), 1) : 0;
}

/* The column that stands for index 1 … count. */
static int index_column(const struct chart_frame *frame, const struct slots *slots, int index)
{
    struct canvas canvas = chart_frame_canvas(frame, 0);
    if (slots->bar > 0)
        return canvas.area.x + (index - 1) * slots->columns + (slots->bars * slots->bar - 1) / 2;
    return canvas_column(&canvas, line_position(slots, index));
}

/* The column after the bars that a rank counts. */
static int rank_column(const struct chart_frame *frame, const void *scale, int rank)
{
    const struct slots *slots = scale;
    struct canvas canvas = chart_frame_canvas(frame, 0);
    int right = canvas.area.x + canvas.area.width - 1;
    int column = slots->bar > 0 ? canvas.area.x + rank * slots->columns - 1
                                : canvas_column(&canvas, line_position(slots, rank + 0.5));
    if (rank == 0)
        return canvas.area.x - 1;
    return column < right ? column : right;
}

/* Where the theory sees the top of a bar. */
static void draw_predicted(const struct chart_frame *frame, const struct canvas *canvas, const struct slots *slots,
                           int column, int top, const struct method_snapshot *at, int index, enum style style)
{
    if (index >= chart_ranks_predicted(frame, &quantity, at, slots->count))
        return;
    int row = canvas_row(canvas, scale_position(&slots->y, at->prediction.singular_values[index]));
    for (int i = 0; i < slots->bar && row != top && row != top - 1; i++)
        grid_put(canvas->grid, column + i, row, canvas->glyphs == GLYPHS_ASCII ? '=' : 0x254C,
                 row > top ? STYLE_THEORY : style);
}

static void draw_bars(const struct chart_frame *frame, const struct slots *slots)
{
    struct canvas canvas = chart_frame_canvas(frame, 0);
    int place = 0;
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!chart_frame_active(frame, method))
            continue;
        const struct method_snapshot *at = &frame->view->snapshot->method[method];
        enum style style = chart_frame_style(method);
        for (int i = 0; i < slots->count; i++) {
            double position = scale_position(&slots->y, at->spectra.singular_values[i]);
            if (isnan(position))
                continue;
            int column = canvas.area.x + i * slots->columns + place * slots->bar;
            int top = canvas.area.y + canvas.area.height - canvas_bar(&canvas, column, slots->bar, position, style);
            draw_predicted(frame, &canvas, slots, column, top, at, i, style);
            grid_put(frame->grid, column + (slots->bar - 1) / 2, top > canvas.area.y ? top - 1 : top,
                     label_marker(method, canvas.glyphs), style);
        }
        place++;
    }
}

static void draw_lines(const struct chart_frame *frame, const struct slots *slots)
{
    struct canvas canvas = chart_frame_canvas(frame, 0);
    int stride = chart_ranks_marker_stride(canvas.area.width, slots->count);
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!chart_frame_active(frame, method))
            continue;
        const double *value = frame->view->snapshot->method[method].spectra.singular_values;
        for (int i = 0; i + 1 < slots->count; i++)
            canvas_segment(&canvas, line_position(slots, i + 1), scale_position(&slots->y, value[i]),
                           line_position(slots, i + 2), scale_position(&slots->y, value[i + 1]), CANVAS_SOLID,
                           chart_frame_style(method));
        for (int i = 0; i < slots->count; i += stride)
            canvas_put(&canvas, line_position(slots, i + 1), scale_position(&slots->y, value[i]),
                       label_marker(method, canvas.glyphs), chart_frame_style(method));
    }
}

static void draw_ticks(const struct chart_frame *frame, const struct slots *slots)
{
    struct scale x = scale_of(SCALE_INTEGER, 0, slots->count);
    double value[SCALE_TICKS_MAX];
    int count = scale_ticks(&x, frame->band[0].width / TICK_COLUMNS, value);
    int free_from = frame->band[0].x;
    bool even = count > 1 && value[1] == 2; /* 2, 4, 6 …; others begin with 1, since there is no index 0 */
    chart_frame_x(frame, "index");
    for (int i = 0; i < count; i++) {
        char text[LABEL_SIZE];
        int index = i == 0 ? 1 : (int)value[i];
        scale_label(&x, frame->options->glyphs, index, text);
        if (i == 0 ? !even : index > 1 && index <= slots->count)
            chart_frame_x_tick(frame, index_column(frame, slots, index), text, &free_from);
    }
}

/* The index, counted from 0, that the cursor is at. */
static int cursor_index(const struct chart_frame *frame, const struct slots *slots)
{
    double cursor = chart_frame_cursor(frame);
    int at = slots->bar > 0 ? (int)(cursor * (frame->band[0].width - 1) / slots->columns)
                            : (int)lround(cursor * (slots->count - 1));
    return at < slots->count ? at : slots->count - 1;
}

void chart_spectrum_draw(const struct chart_frame *frame)
{
    struct slots slots = slots_of(frame);
    struct extent extent = chart_ranks_extent(frame, &quantity, slots.count);
    int rows = frame->band[0].height;
    slots.y = scale_fit(&extent, frame->options->linear_y, rows);
    int at = cursor_index(frame, &slots);
    struct chart_legend legend = chart_ranks_legend(frame, &quantity, at, at + 1);
    chart_frame_title(frame, CHART_SPECTRUM, &legend);
    chart_frame_y(frame, 0, &slots.y, extent.any ? rows / TICK_ROWS : 0);
    draw_ticks(frame, &slots);
    if (!extent.any && !chart_frame_missing(frame, 0, SNAPSHOT_BASE))
        chart_frame_empty(frame);
    chart_ranks_theory(frame, &quantity, rank_column, &slots);
    chart_frame_crosshair(frame, index_column(frame, &slots, at + 1));
    if (slots.bar > 0)
        draw_bars(frame, &slots);
    else
        draw_lines(frame, &slots);
}
