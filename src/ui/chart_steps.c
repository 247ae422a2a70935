/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/derive.h"
#include "ui/chart_frame.h"
#include "ui/trace.h"

#include <math.h>
#include <stdio.h>

/* Charts against steps: loss and recovery. */

enum {
    TICK_COLUMNS = 8, /* for a tick's label and air */
    TICK_ROWS = 2,
};

static const double RIGHT_ANGLE = 90;

/* Of a network's fine-tuning the loss that is shown is the one without noise. */
static const struct curve *curve_of(const struct chart_frame *frame, int method, enum stage stage, enum series series)
{
    const struct snapshot *snapshot = frame->view->snapshot;
    bool network = snapshot && snapshot->config.problem.kind == PROBLEM_NETWORK;
    if (network && stage == STAGE_ADAPT && series == SERIES_TRAIN_LOSS)
        series = SERIES_RISK;
    return &frame->view->history[method][stage]->curve[series];
}

/* The same of the line that the run left, or NULL. */
static const struct curve *left_curve_of(const struct chart_frame *frame, int method, enum stage stage,
                                         enum series series)
{
    const struct history *left = frame->view->left[method][stage];
    return left != NULL ? &left->curve[series] : NULL;
}

static bool behind(const struct chart_frame *frame)
{
    return frame->view->snapshot != NULL && frame->view->snapshot->place.behind;
}

static bool diverged(const struct chart_frame *frame, int method, enum stage stage)
{
    const struct method_snapshot *snapshot = &frame->view->snapshot->method[method];
    return (stage == STAGE_ADAPT ? snapshot->adapt_status : snapshot->status) == SOLVER_DIVERGED;
}

/* The step that the crosshair reads: the last one there is where it stands beyond all that was recorded. */
static double cursor_step(const struct chart_frame *frame, const struct timeline *timeline, enum stage *stage)
{
    double step = timeline_step(timeline, chart_frame_cursor(frame), stage);
    double last = -1;
    for (int method = 0; method < METHOD_COUNT; method++) {
        const struct curve *curve = curve_of(frame, method, *stage, SERIES_TRAIN_LOSS);
        if (chart_frame_active(frame, method) && curve->count > 0)
            last = fmax(last, (double)curve->bucket[curve->count - 1].last_step);
    }
    return last >= 0 ? fmin(step, last) : step;
}

static void draw_marks(const struct chart_frame *frame, const struct trace *trace)
{
    uint32_t marker = label_marker(trace->method, frame->options->glyphs);
    if (frame->options->crosshair) {
        enum stage stage = STAGE_RETRAIN;
        double step = cursor_step(frame, trace->timeline, &stage);
        if (stage == trace->stage)
            trace_mark(trace, step, marker, trace->style);
    } else {
        trace_markers(trace);
    }
    if (behind(frame)) {
        if (trace->stage == STAGE_RETRAIN)
            trace_mark(trace, (double)frame->view->snapshot->journal.position.step, marker, trace->style);
        return;
    }
    trace_mark_end(trace, marker, trace->style);
    if (diverged(frame, trace->method, trace->stage))
        trace_mark_end(trace, frame->options->glyphs == GLYPHS_ASCII ? 'x' : 0x00D7, STYLE_WARNING);
}

/* What the theory says that a series comes to, or NAN where there is nothing to draw of it. */
static double limit_of(const struct chart_frame *frame, int method, enum stage stage, enum series series)
{
    bool drawn = chart_frame_active(frame, method) && !frame->options->measured;
    return drawn ? derive_limit(frame->view->snapshot, method, stage, series) : (double)NAN;
}

/* The theory's lines, dashed. One at 0 has no place on a logarithmic axis without a floor. */
static void draw_limits(const struct chart_frame *frame, int band, const struct timeline *timeline,
                        const struct scale *axis, enum series series)
{
    struct canvas canvas = chart_frame_canvas(frame, band);
    for (int turn = 0; turn < METHOD_COUNT * STAGE_COUNT; turn++) {
        int method = turn / STAGE_COUNT;
        enum stage stage = (enum stage)(turn % STAGE_COUNT);
        double limit = limit_of(frame, method, stage, series);
        bool placed = axis->kind != SCALE_LOG || axis->floor > 0 || limit >= axis->zero;
        if (isnan(limit) || !placed || (stage == STAGE_ADAPT && timeline->split >= 1))
            continue;
        double y = scale_position(axis, limit);
        canvas_segment(&canvas, stage == STAGE_RETRAIN ? 0 : timeline->split, y,
                       stage == STAGE_RETRAIN ? timeline->split : 1, y, CANVAS_DASHED, chart_frame_style(method));
    }
}

/* The line that the run left: faint, and its end hollow. */
static void draw_left(const struct chart_frame *frame, int band, const struct timeline *timeline,
                      const struct scale *axis, enum series series)
{
    struct canvas canvas = chart_frame_canvas(frame, band);
    for (int turn = 0; turn < METHOD_COUNT * STAGE_COUNT; turn++) {
        int method = turn / STAGE_COUNT;
        enum stage stage = (enum stage)(turn % STAGE_COUNT);
        const struct trace trace = {.canvas = &canvas,
                                    .timeline = timeline,
                                    .y = axis,
                                    .curve = left_curve_of(frame, method, stage, series),
                                    .stage = stage,
                                    .method = method,
                                    .style = STYLE_DIM};
        if (trace.curve == NULL || !chart_frame_active(frame, method))
            continue;
        trace_line(&trace);
        trace_mark_end(&trace, label_hollow_marker(method, frame->options->glyphs), chart_frame_style(method));
    }
}

/* All methods' curves: first the lines, then what is marked on them. */
static void draw_series(const struct chart_frame *frame, int band, const struct timeline *timeline,
                        const struct scale *axis, enum series series)
{
    struct canvas canvas = chart_frame_canvas(frame, band);
    draw_limits(frame, band, timeline, axis, series);
    draw_left(frame, band, timeline, axis, series);
    int turns = 0;
    int place[METHOD_COUNT];
    for (int method = 0; method < METHOD_COUNT; method++) {
        place[method] = turns;
        turns += chart_frame_active(frame, method);
    }
    for (int turn = 0; turn < 2 * METHOD_COUNT * STAGE_COUNT; turn++) {
        int method = turn / STAGE_COUNT % METHOD_COUNT;
        enum stage stage = (enum stage)(turn % STAGE_COUNT);
        if (!chart_frame_active(frame, method))
            continue;
        const struct trace trace = {.canvas = &canvas,
                                    .timeline = timeline,
                                    .y = axis,
                                    .curve = curve_of(frame, method, stage, series),
                                    .stage = stage,
                                    .method = method,
                                    .turn = place[method],
                                    .turns = turns,
                                    .style = chart_frame_style(method)};
        if (turn >= METHOD_COUNT * STAGE_COUNT) {
            draw_marks(frame, &trace);
            continue;
        }
        trace_line(&trace);
        /* What concerns the base stays as it is during fine-tuning, which freezes it, and where no step moves it. */
        bool placed = method_table[method].place != NULL;
        bool of_base = series != SERIES_TRAIN_LOSS;
        if (stage == STAGE_RETRAIN && (placed || (timeline->split < 1 && of_base)))
            trace_hold(&trace, of_base ? 1 : timeline->split);
    }
}

static void extend(struct extent *extent, const struct curve *curve)
{
    for (size_t i = 0; i < curve->count; i++) {
        extent_add(extent, curve->bucket[i].min);
        extent_add(extent, curve->bucket[i].max);
    }
}

static struct extent extent_of(const struct chart_frame *frame, enum series series)
{
    struct extent extent = {0};
    for (int method = 0; method < METHOD_COUNT; method++) {
        for (enum stage stage = 0; stage < STAGE_COUNT && chart_frame_active(frame, method); stage++) {
            double limit = limit_of(frame, method, stage, series);
            bool begun = curve_of(frame, method, stage, series)->count > 0;
            extend(&extent, curve_of(frame, method, stage, series));
            if (begun && limit > 0)
                extent_add(&extent, limit);
            if (left_curve_of(frame, method, stage, series) != NULL)
                extend(&extent, left_curve_of(frame, method, stage, series));
        }
    }
    return extent;
}

static void draw_ticks(const struct chart_frame *frame, const struct timeline *timeline)
{
    chart_frame_x(frame, "step");
    struct canvas canvas = chart_frame_canvas(frame, 0);
    int free_from = canvas.area.x;
    for (enum stage stage = STAGE_RETRAIN; stage < STAGE_COUNT; stage++) {
        double share = stage == STAGE_RETRAIN ? timeline->split : 1 - timeline->split;
        int wanted = (int)(share * canvas.area.width / TICK_COLUMNS);
        if (share <= 0 || wanted < 1)
            continue;
        double value[SCALE_TICKS_MAX];
        int count = scale_ticks(&timeline->axis[stage], wanted, value);
        for (int i = 0; i < count; i++) {
            char text[LABEL_SIZE];
            scale_label(&timeline->axis[stage], frame->options->glyphs, value[i], text);
            chart_frame_x_tick(frame, canvas_column(&canvas, timeline_position(timeline, stage, value[i])), text,
                               &free_from);
        }
    }
}

/* On the x axis, once somebody went back: the way that was gone so far is thick, and a fork stands where this line began. */
static void draw_way(const struct chart_frame *frame, const struct timeline *timeline)
{
    bool ascii = frame->options->glyphs == GLYPHS_ASCII;
    const struct snapshot *snapshot = frame->view->snapshot;
    if (snapshot == NULL || frame->line_row < 0 || !(snapshot->place.behind || snapshot->place.other))
        return;
    struct canvas canvas = chart_frame_canvas(frame, 0);
    const struct position *here = &snapshot->journal.position;
    int end = canvas_column(&canvas, timeline_position(timeline, here->stage, (double)here->step));
    for (int x = canvas.area.x; x <= end; x++)
        grid_put(frame->grid, x, frame->line_row, ascii ? '=' : 0x2501, STYLE_TEXT);
    if (snapshot->place.line > 0)
        grid_put(frame->grid,
                 canvas_column(&canvas, timeline_position(timeline, STAGE_RETRAIN, (double)snapshot->place.fork)),
                 frame->line_row, ascii ? 'Y' : 0x2533, STYLE_TEXT);
    grid_put(frame->grid, end, frame->line_row, ascii ? '@' : 0x25C6, STYLE_KEY);
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

static void draw_crosshair(const struct chart_frame *frame, const struct timeline *timeline)
{
    struct canvas canvas = chart_frame_canvas(frame, 0);
    enum stage stage = STAGE_RETRAIN;
    double step = cursor_step(frame, timeline, &stage);
    chart_frame_crosshair(frame, canvas_column(&canvas, timeline_position(timeline, stage, step)));
}

/* A series at a step; in fine-tuning, where it has none, what retraining ended with. */
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

/* The first band's series with its unit, then the second's. */
static void read_method(const struct chart_frame *frame, int method, const enum series series[CHART_BANDS],
                        enum stage stage, double step, char text[LABEL_SIZE])
{
    char first[LABEL_SIZE];
    label_number(first, value_at(frame, method, series[0], stage, step), 3);
    bool degrees = series[0] == SERIES_RECOVERY_ANGLE && frame->options->glyphs != GLYPHS_ASCII;
    if (frame->bands < 2) {
        snprintf(text, LABEL_SIZE, "%.20s%s", first, degrees ? "°" : "");
        return;
    }
    char second[LABEL_SIZE];
    label_number(second, value_at(frame, method, series[1], stage, step), 3);
    snprintf(text, LABEL_SIZE, "%.20s%s %.20s", first, degrees ? "°" : "", second);
}

static struct chart_legend legend_of(const struct chart_frame *frame, const struct timeline *timeline,
                                     const enum series series[CHART_BANDS])
{
    struct chart_legend legend = {0};
    if (!frame->options->crosshair) {
        chart_legend_methods(&legend, frame);
        return legend;
    }
    enum stage stage = STAGE_RETRAIN;
    double step = cursor_step(frame, timeline, &stage);
    char text[LABEL_SIZE];
    snprintf(text, sizeof text, "%s %.0f", stage == STAGE_ADAPT ? "tuning" : "step", step);
    chart_legend_add(&legend, 0, STYLE_CROSSHAIR, text);
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!chart_frame_active(frame, method))
            continue;
        read_method(frame, method, series, stage, step, text);
        chart_legend_add(&legend, label_marker(method, frame->options->glyphs), chart_frame_style(method), text);
    }
    return legend;
}

static enum snapshot_need need_of(enum series series)
{
    switch (series) {
    case SERIES_BASE_ERROR:
        return SNAPSHOT_BASE;
    case SERIES_RECOVERY_ANGLE:
        return SNAPSHOT_ADAPTERS;
    default:
        return SNAPSHOT_NOTHING;
    }
}

static void draw_steps(const struct chart_frame *frame, enum chart chart, const enum series series[CHART_BANDS])
{
    struct timeline timeline = timeline_make(frame->view, frame->options->log_x);
    struct chart_legend legend = legend_of(frame, &timeline, series);
    chart_frame_title(frame, chart, &legend);
    draw_ticks(frame, &timeline);
    draw_way(frame, &timeline);
    draw_split(frame, &timeline);
    draw_crosshair(frame, &timeline);
    bool any = false;
    for (int band = 0; band < CHART_BANDS && band < frame->bands; band++) {
        int rows = frame->band[band].height;
        struct extent extent = extent_of(frame, series[band]);
        bool angle = series[band] == SERIES_RECOVERY_ANGLE;
        struct scale axis =
            angle ? scale_of(SCALE_DEGREES, 0, RIGHT_ANGLE) : scale_fit(&extent, frame->options->linear_y, rows);
        int ticks = angle ? rows : rows / TICK_ROWS;
        chart_frame_y(frame, band, &axis, angle || extent.any ? ticks : 0);
        draw_series(frame, band, &timeline, &axis, series[band]);
        bool said = !extent.any && chart_frame_missing(frame, band, need_of(series[band]));
        any = any || extent.any || said;
    }
    if (!any)
        chart_frame_empty(frame);
}

void chart_loss_draw(const struct chart_frame *frame)
{
    static const enum series series[CHART_BANDS] = {SERIES_TRAIN_LOSS, SERIES_TRAIN_LOSS};
    draw_steps(frame, CHART_LOSS, series);
}

void chart_recovery_draw(const struct chart_frame *frame)
{
    static const enum series series[CHART_BANDS] = {SERIES_RECOVERY_ANGLE, SERIES_BASE_ERROR};
    if (frame->caption_row >= 0)
        grid_text(frame->grid, frame->band[1].x, frame->caption_row, frame->band[1].width, STYLE_TITLE,
                  frame->options->glyphs, "Base error ‖Â − A*‖");
    draw_steps(frame, CHART_RECOVERY, series);
}
