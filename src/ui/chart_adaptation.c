/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart_ranks.h"

#include <math.h>

/* Risk on the unseen task against the rank of its adapter. */

enum { TICK_COLUMNS = 5, TICK_ROWS = 2 };

static const double *curve(const struct method_snapshot *method)
{
    return method->spectra.curve;
}

static const double *predicted_curve(const struct method_snapshot *method)
{
    return method->prediction.curve;
}

static int rank_needed(const struct method_snapshot *method)
{
    return method->theory_rank_needed;
}

static const struct chart_quantity quantity = {
    "rank", curve, predicted_curve, rank_needed, method_needed_formula, snapshot_no_risk};

struct scales {
    struct scale x, y;
    int last;
};

static int rank_column(const struct chart_frame *frame, const void *scale, int rank)
{
    const struct scales *scales = scale;
    struct canvas canvas = chart_frame_canvas(frame, 0);
    return canvas_column(&canvas, scale_position(&scales->x, rank));
}

/* The values at 0 … count − 1: each holds up to the next rank, where it falls, if the next is still among them. */
static void draw_stairs(const struct canvas *canvas, const struct scales *scales, const double *value, int count,
                        enum canvas_line line, enum style style)
{
    for (int r = 0; r < count && r < scales->last; r++) {
        double from = scale_position(&scales->x, r);
        double to = scale_position(&scales->x, r + 1);
        double height = scale_position(&scales->y, value[r]);
        canvas_segment(canvas, from, height, to, height, line, style);
        if (r + 1 < count)
            canvas_segment(canvas, to, height, to, scale_position(&scales->y, value[r + 1]), line, style);
    }
}

/* What fine-tuning by gradient descent has reached at its own rank: the method's marker, hollow. */
static void draw_reached(const struct chart_frame *frame, const struct canvas *canvas, const struct scales *scales,
                         int method)
{
    const struct snapshot *snapshot = frame->view->snapshot;
    const struct method_snapshot *at = &snapshot->method[method];
    if (at->adapt_step > 0 && snapshot->config.adapt.rank <= scales->last)
        canvas_put(canvas, scale_position(&scales->x, snapshot->config.adapt.rank),
                   scale_position(&scales->y, at->risk), label_hollow_marker(method, canvas->glyphs),
                   chart_frame_style(method));
}

static void draw_curves(const struct chart_frame *frame, const struct scales *scales)
{
    struct canvas canvas = chart_frame_canvas(frame, 0);
    int stride = chart_ranks_marker_stride(canvas.area.width, scales->last + 1);
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!chart_frame_active(frame, method))
            continue;
        const struct method_snapshot *at = &frame->view->snapshot->method[method];
        draw_stairs(&canvas, scales, at->prediction.curve,
                    chart_ranks_predicted(frame, &quantity, at, scales->last + 1), CANVAS_DASHED,
                    chart_frame_style(method));
        draw_stairs(&canvas, scales, at->spectra.curve, scales->last + 1, CANVAS_SOLID, chart_frame_style(method));
    }
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!chart_frame_active(frame, method))
            continue;
        const double *value = frame->view->snapshot->method[method].spectra.curve;
        for (int r = method % stride; r <= scales->last; r += stride) /* so that both are seen on one line */
            canvas_put(&canvas, scale_position(&scales->x, r), scale_position(&scales->y, value[r]),
                       label_marker(method, canvas.glyphs), chart_frame_style(method));
        draw_reached(frame, &canvas, scales, method);
    }
}

static void draw_ticks(const struct chart_frame *frame, const struct scales *scales)
{
    chart_frame_x(frame, "rank");
    double value[SCALE_TICKS_MAX];
    int count = scale_ticks(&scales->x, frame->band[0].width / TICK_COLUMNS, value);
    int free_from = frame->band[0].x;
    for (int i = 0; i < count; i++) {
        char text[LABEL_SIZE];
        scale_label(&scales->x, frame->options->glyphs, value[i], text);
        chart_frame_x_tick(frame, rank_column(frame, scales, (int)value[i]), text, &free_from);
    }
}

void chart_adaptation_draw(const struct chart_frame *frame)
{
    int last = chart_ranks_last(frame, &quantity);
    int rows = frame->band[0].height;
    struct extent extent = chart_ranks_extent(frame, &quantity, last + 1);
    for (int method = 0; method < METHOD_COUNT; method++)
        if (chart_frame_active(frame, method) && frame->view->snapshot->method[method].adapt_step > 0)
            extent_add(&extent, frame->view->snapshot->method[method].risk);
    const struct scales scales = {
        .x = scale_of(SCALE_INTEGER, 0, last), .y = scale_fit(&extent, frame->options->linear_y, rows), .last = last};
    int at = (int)lround(chart_frame_cursor(frame) * last);
    struct chart_legend legend = chart_ranks_legend(frame, &quantity, at, at);
    chart_frame_title(frame, CHART_ADAPTATION, &legend);
    chart_frame_y(frame, 0, &scales.y, extent.any ? rows / TICK_ROWS : 0);
    draw_ticks(frame, &scales);
    if (!extent.any && !chart_frame_missing(frame, 0, SNAPSHOT_UNSEEN))
        chart_frame_empty(frame);
    chart_ranks_theory(frame, &quantity, rank_column, &scales);
    chart_frame_crosshair(frame, rank_column(frame, &scales, at));
    draw_curves(frame, &scales);
}
