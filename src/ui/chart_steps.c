/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart_frame.h"
#include "ui/timeline.h"

#include <math.h>
#include <stdio.h>

/* Charts against steps: loss and recovery. */

enum {
    MARKER_COLUMNS = 14, /* between the markers of a line, roughly */
    TICK_COLUMNS = 8,    /* for a tick's label and air */
    TICK_ROWS = 2,
};

static const double RIGHT_ANGLE = 90;

static const struct curve *curve_of(const struct chart_frame *frame, int method, enum stage stage, enum series series)
{
    return &frame->view->history[method][stage]->curve[series];
}

static bool diverged(const struct chart_frame *frame, int method, enum stage stage)
{
    const struct method_snapshot *snapshot = &frame->view->snapshot->method[method];
    return (stage == STAGE_ADAPT ? snapshot->adapt_status : snapshot->status) == SOLVER_DIVERGED;
}

/* A line through the buckets: along the newest values, and up and down to the extremes, so that no spike is lost. */
static void draw_line(const struct canvas *canvas, const struct timeline *timeline, const struct axis *axis,
                      const struct curve *curve, enum stage stage, enum style style)
{
    double from_x = NAN;
    double from_y = NAN;
    for (size_t i = 0; i < curve->count; i++) {
        const struct bucket *bucket = &curve->bucket[i];
        double x = timeline_position(timeline, stage, (double)bucket->step);
        double end_x = timeline_position(timeline, stage, (double)bucket->last_step);
        double least = axis_position(axis, bucket->min);
        double most = axis_position(axis, bucket->max);
        double end_y = axis_position(axis, bucket->last);
        canvas_segment(canvas, from_x, from_y, x, fmin(fmax(from_y, least), most), CANVAS_SOLID, style);
        canvas_segment(canvas, x, least, x, most, CANVAS_SOLID, style);
        canvas_segment(canvas, x, end_y, end_x, end_y, CANVAS_SOLID, style);
        from_x = end_x;
        from_y = end_y;
    }
}

/* Markers along the line, each method's at columns of its own, and one at its end. */
static void draw_markers(const struct chart_frame *frame, const struct canvas *canvas, const struct timeline *timeline,
                         const struct axis *axis, const struct curve *curve, enum stage stage, int method)
{
    if (curve->count == 0)
        return;
    uint32_t marker = label_marker(method, canvas->glyphs);
    const struct bucket *last = &curve->bucket[curve->count - 1];
    double end = timeline_position(timeline, stage, (double)last->last_step);
    double width = canvas->area.width;
    for (double column = 2 + MARKER_COLUMNS * (double)method / METHOD_COUNT; column < width; column += MARKER_COLUMNS) {
        enum stage there = STAGE_RETRAIN;
        double step = timeline_step(timeline, column / (width - 1), &there);
        if (there != stage || column / (width - 1) > end || frame->options->crosshair)
            continue;
        const struct bucket *bucket = timeline_bucket(curve, step);
        canvas_put(canvas, timeline_position(timeline, stage, (double)bucket->last_step),
                   axis_position(axis, bucket->last), marker, chart_frame_style(method));
    }
    canvas_put(canvas, end, axis_position(axis, last->last), marker, chart_frame_style(method));
}

/* Where the crosshair reads a value. */
static void draw_reading(const struct chart_frame *frame, const struct canvas *canvas, const struct timeline *timeline,
                         const struct axis *axis, const struct curve *curve, enum stage stage, int method)
{
    enum stage there = STAGE_RETRAIN;
    double cursor = chart_frame_cursor(frame);
    const struct bucket *bucket = timeline_bucket(curve, timeline_step(timeline, cursor, &there));
    if (frame->options->crosshair && there == stage && bucket)
        canvas_put(canvas, cursor, axis_position(axis, bucket->last), label_marker(method, canvas->glyphs),
                   chart_frame_style(method));
}

static void draw_end(const struct chart_frame *frame, const struct canvas *canvas, const struct timeline *timeline,
                     const struct axis *axis, const struct curve *curve, enum stage stage, int method)
{
    if (curve->count == 0 || !diverged(frame, method, stage))
        return;
    const struct bucket *last = &curve->bucket[curve->count - 1];
    canvas_put(canvas, timeline_position(timeline, stage, (double)last->last_step), axis_position(axis, last->last),
               canvas->glyphs == GLYPHS_ASCII ? 'x' : 0x00D7, STYLE_WARNING);
}

/* What retraining ended with stays as it is during fine-tuning: the base is frozen. */
static void draw_frozen(const struct canvas *canvas, const struct timeline *timeline, const struct axis *axis,
                        const struct curve *curve, enum style style)
{
    if (timeline->split >= 1 || curve->count == 0)
        return;
    const struct bucket *last = &curve->bucket[curve->count - 1];
    double y = axis_position(axis, last->last);
    canvas_segment(canvas, timeline_position(timeline, STAGE_RETRAIN, (double)last->last_step), y, 1, y, CANVAS_SOLID,
                   style);
}

static void draw_series(const struct chart_frame *frame, int band, const struct timeline *timeline,
                        const struct axis *axis, enum series series)
{
    struct canvas canvas = chart_frame_canvas(frame, band);
    for (int pass = 0; pass < 2; pass++) {
        for (int method = 0; method < METHOD_COUNT; method++) {
            if (!chart_frame_active(frame, method))
                continue;
            for (enum stage stage = STAGE_RETRAIN; stage < STAGE_COUNT; stage++) {
                const struct curve *curve = curve_of(frame, method, stage, series);
                if (pass == 0) {
                    draw_line(&canvas, timeline, axis, curve, stage, chart_frame_style(method));
                    if (stage == STAGE_RETRAIN && series != SERIES_TRAIN_LOSS)
                        draw_frozen(&canvas, timeline, axis, curve, chart_frame_style(method));
                } else {
                    draw_markers(frame, &canvas, timeline, axis, curve, stage, method);
                    draw_reading(frame, &canvas, timeline, axis, curve, stage, method);
                    draw_end(frame, &canvas, timeline, axis, curve, stage, method);
                }
            }
        }
    }
}

static struct extent extent_of(const struct chart_frame *frame, enum series series)
{
    struct extent extent = {0};
    for (int method = 0; method < METHOD_COUNT; method++) {
        for (int stage = 0; stage < STAGE_COUNT && chart_frame_active(frame, method); stage++) {
            const struct curve *curve = curve_of(frame, method, stage, series);
            for (size_t i = 0; i < curve->count; i++) {
                extent_add(&extent, curve->bucket[i].min);
                extent_add(&extent, curve->bucket[i].max);
            }
        }
    }
    return extent;
}

static void draw_steps(const struct chart_frame *frame, const struct timeline *timeline)
{
    chart_frame_x(frame, "step");
    struct canvas canvas = chart_frame_canvas(frame, 0);
    int free_from = canvas.area.x;
    for (enum stage stage = STAGE_RETRAIN; stage < STAGE_COUNT; stage++) {
        double share = stage == STAGE_RETRAIN ? timeline->split : 1 - timeline->split;
        int wanted = (int)(share * canvas.area.width / TICK_COLUMNS);
        if (share <= 0 || wanted < 1)
            continue;
        double value[AXIS_TICKS_MAX];
        int count = axis_ticks(&timeline->axis[stage], wanted, value);
        for (int i = 0; i < count; i++) {
            char text[LABEL_SIZE];
            axis_label(&timeline->axis[stage], frame->options->glyphs, value[i], text);
            chart_frame_x_tick(frame, canvas_column(&canvas, timeline_position(timeline, stage, value[i])), text,
                               &free_from);
        }
    }
}

/* The line between retraining and fine-tuning, with the name of what begins there. */
static void draw_split(const struct chart_frame *frame, const struct timeline *timeline)
{
    if (timeline->split >= 1)
        return;
    struct canvas canvas = chart_frame_canvas(frame, 0);
    enum glyphs glyphs = frame->options->glyphs;
    int column = canvas_column(&canvas, timeline->split);
    for (int band = 0; band < frame->bands; band++)
        for (int row = 0; row < frame->band[band].height; row++)
            grid_put(frame->grid, column, frame->band[band].y + row, glyphs == GLYPHS_ASCII ? '|' : 0x2502, STYLE_DIM);
    if (frame->line_row < 0)
        return;
    static const char *const names[] = {" fine-tuning ", "fine-tuning", "tuning"};
    int room = canvas.area.x + canvas.area.width - column - 3;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int width = grid_text_width(glyphs, names[i]);
        if (width > room)
            continue;
        grid_text(frame->grid, column + 2 + (room - width) / 2, frame->line_row, width, STYLE_TITLE, glyphs, names[i]);
        break;
    }
}

/* What the series of one band are at the cursor, or in fine-tuning were in the end where it has none. */
static double value_at(const struct chart_frame *frame, int method, enum series series, enum stage stage, double step)
{
    const struct curve *curve = curve_of(frame, method, stage, series);
    const struct bucket *bucket = timeline_bucket(curve, step);
    if (bucket == NULL && stage == STAGE_ADAPT) {
        curve = curve_of(frame, method, STAGE_RETRAIN, series);
        bucket = curve->count > 0 ? &curve->bucket[curve->count - 1] : NULL;
    }
    return bucket ? bucket->last : (double)NAN;
}

static void read_legend(const struct chart_frame *frame, const struct timeline *timeline, const enum series *series,
                        int series_count, struct chart_legend *legend)
{
    if (!frame->options->crosshair) {
        chart_legend_methods(legend, frame);
        return;
    }
    enum stage stage = STAGE_RETRAIN;
    double step = timeline_step(timeline, chart_frame_cursor(frame), &stage);
    char text[LABEL_SIZE];
    snprintf(text, sizeof text, "%s %.0f", stage == STAGE_ADAPT ? "fine-tuning" : "step", step);
    chart_legend_add(legend, 0, STYLE_CROSSHAIR, text);
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!chart_frame_active(frame, method))
            continue;
        size_t used = 0;
        for (int i = 0; i < series_count; i++) {
            char number[LABEL_SIZE];
            label_number(number, value_at(frame, method, series[i], stage, step), 3);
            bool degrees = series[i] == SERIES_RECOVERY_ANGLE && frame->options->glyphs != GLYPHS_ASCII;
            int more =
                snprintf(text + used, sizeof text - used, "%s%s%s", i > 0 ? " " : "", number, degrees ? "°" : "");
            used += used + (size_t)more < sizeof text ? (size_t)more : 0;
        }
        chart_legend_add(legend, label_marker(method, frame->options->glyphs), chart_frame_style(method), text);
    }
}

void chart_loss_draw(const struct chart_frame *frame)
{
    static const enum series series = SERIES_TRAIN_LOSS;
    struct timeline timeline = timeline_make(frame->view, frame->options->log_x);
    struct extent extent = extent_of(frame, series);
    int rows = frame->band[0].height;
    struct axis axis = axis_fit(&extent, frame->options->linear_y, rows);
    struct chart_legend legend = {0};
    read_legend(frame, &timeline, &series, 1, &legend);
    chart_frame_title(frame, CHART_LOSS, &legend);
    chart_frame_y(frame, 0, &axis, extent.any ? rows / TICK_ROWS : 0);
    draw_steps(frame, &timeline);
    draw_split(frame, &timeline);
    struct canvas canvas = chart_frame_canvas(frame, 0);
    chart_frame_crosshair(frame, canvas_column(&canvas, chart_frame_cursor(frame)));
    if (!extent.any)
        chart_frame_empty(frame);
    draw_series(frame, 0, &timeline, &axis, series);
}

void chart_recovery_draw(const struct chart_frame *frame)
{
    static const enum series series[] = {SERIES_RECOVERY_ANGLE, SERIES_BASE_ERROR};
    struct timeline timeline = timeline_make(frame->view, frame->options->log_x);
    struct chart_legend legend = {0};
    read_legend(frame, &timeline, series, frame->bands, &legend);
    chart_frame_title(frame, CHART_RECOVERY, &legend);
    draw_steps(frame, &timeline);
    draw_split(frame, &timeline);
    struct canvas canvas = chart_frame_canvas(frame, 0);
    chart_frame_crosshair(frame, canvas_column(&canvas, chart_frame_cursor(frame)));
    if (frame->caption_row >= 0)
        grid_text(frame->grid, frame->band[1].x, frame->caption_row, frame->band[1].width, STYLE_TITLE,
                  frame->options->glyphs, "Base error ‖Â − A*‖");
    bool any = false;
    for (int band = 0; band < frame->bands; band++) {
        struct extent extent = extent_of(frame, series[band]);
        any = any || extent.any;
        int rows = frame->band[band].height;
        struct axis axis = axis_fit(&extent, frame->options->linear_y, rows);
        bool angle = series[band] == SERIES_RECOVERY_ANGLE;
        if (angle)
            axis = (struct axis){.scale = AXIS_DEGREES, .low = 0, .high = RIGHT_ANGLE};
        chart_frame_y(frame, band, &axis, angle ? rows : extent.any ? rows / TICK_ROWS : 0);
        draw_series(frame, band, &timeline, &axis, series[band]);
    }
    if (!any)
        chart_frame_empty(frame);
}
