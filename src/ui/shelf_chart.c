/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart_frame.h"
#include "ui/shelf_state.h"
#include "ui/trace.h"

#include <math.h>
#include <stdio.h>

/* The curves of several runs over each other: a run has a colour and a letter, a method its marker. */

uint32_t shelf_letter(int mark)
{
    return (uint32_t)('a' + mark);
}

/* The mark that the run is drawn by: the cursor's has none of its own. */
static enum style style_of(const struct shelf *shelf, long long id)
{
    int mark = shelf_mark_of(shelf, id);
    return mark < 0 ? STYLE_TITLE : (enum style)(STYLE_METHOD + mark);
}

static const struct curve *curve_of(const struct shelf *shelf, const struct shelf_view *view, size_t run, int method)
{
    if (!shelf_shows(shelf, view->list->run[run].id) || view->curves[run] == NULL)
        return NULL;
    const struct history *history = view->curves[run]->history[method][STAGE_RETRAIN];
    return history != NULL && history->curve[shelf->series].count > 0 ? &history->curve[shelf->series] : NULL;
}

struct span {
    struct extent extent;
    double last; /* step */
};

static struct span span_of(const struct shelf *shelf, const struct shelf_view *view)
{
    struct span span = {.last = 1};
    for (size_t run = 0; run < view->list->count; run++)
        for (int method = 0; method < METHOD_COUNT; method++) {
            const struct curve *curve = curve_of(shelf, view, run, method);
            for (size_t i = 0; curve != NULL && i < curve->count; i++) {
                extent_add(&span.extent, curve->bucket[i].min);
                extent_add(&span.extent, curve->bucket[i].max);
                span.last = fmax(span.last, (double)curve->bucket[i].last_step);
            }
        }
    return span;
}

/* Whether any run that is shown has a curve of the method. */
static bool is_drawn(const struct shelf *shelf, const struct shelf_view *view, int method)
{
    for (size_t run = 0; run < view->list->count; run++)
        if (curve_of(shelf, view, run, method) != NULL)
            return true;
    return false;
}

static void draw_curves(const struct shelf *shelf, const struct chart_frame *frame, const struct timeline *timeline,
                        const struct scale *y, const struct shelf_view *view)
{
    struct canvas canvas = chart_frame_canvas(frame, 0);
    for (int turn = 0; turn < 2; turn++) /* lines, then what is marked on them */
        for (size_t run = 0; run < view->list->count; run++)
            for (int method = 0; method < METHOD_COUNT; method++) {
                long long id = view->list->run[run].id;
                int mark = shelf_mark_of(shelf, id);
                struct trace trace = {.canvas = &canvas,
                                      .timeline = timeline,
                                      .y = y,
                                      .curve = curve_of(shelf, view, run, method),
                                      .stage = STAGE_RETRAIN,
                                      .method = method,
                                      .turn = method,
                                      .turns = METHOD_COUNT,
                                      .style = style_of(shelf, id)};
                if (trace.curve == NULL)
                    continue;
                if (turn == 0) {
                    trace_line(&trace);
                    continue;
                }
                trace_markers(&trace);
                trace_mark_end(&trace, mark < 0 ? label_marker(method, canvas.glyphs) : shelf_letter(mark),
                               trace.style);
            }
}

static void draw_ticks(const struct chart_frame *frame, const struct timeline *timeline)
{
    enum { TICK_COLUMNS = 8 };
    double value[SCALE_TICKS_MAX];
    struct canvas canvas = chart_frame_canvas(frame, 0);
    int free_from = canvas.area.x;
    chart_frame_x(frame, "step");
    int count = canvas.area.width >= TICK_COLUMNS
                    ? scale_ticks(&timeline->axis[STAGE_RETRAIN], canvas.area.width / TICK_COLUMNS, value)
                    : 0;
    for (int i = 0; i < count; i++) {
        char text[LABEL_SIZE];
        scale_label(&timeline->axis[STAGE_RETRAIN], frame->options->glyphs, value[i], text);
        chart_frame_x_tick(frame, canvas_column(&canvas, timeline_position(timeline, STAGE_RETRAIN, value[i])), text,
                           &free_from);
    }
}

void shelf_chart_draw(const struct shelf *shelf, struct grid *grid, struct rect area, const struct shelf_view *view)
{
    enum { TICK_ROWS = 2 };
    if (area.width <= 0 || area.height <= 0)
        return;
    struct chart_options options = {.glyphs = shelf->frame.glyphs, .linear_y = shelf->linear_y};
    struct view nothing = {.snapshot = NULL};
    struct chart_frame frame = chart_frame_make(grid, area, 1, false, &nothing, &options);
    struct span span = span_of(shelf, view);
    bool angle = shelf->series == SERIES_RECOVERY_ANGLE;
    int rows = frame.band[0].height;
    struct scale y = angle ? scale_of(SCALE_DEGREES, 0, 90) : scale_fit(&span.extent, shelf->linear_y, rows);
    struct timeline timeline = {.split = 1};
    timeline.axis[STAGE_RETRAIN] = timeline.axis[STAGE_ADAPT] =
        scale_of(shelf->log_x ? SCALE_STEPS : SCALE_INTEGER, 0, span.last);
    struct chart_legend legend = {0};
    for (int method = 0; method < METHOD_COUNT; method++)
        if (is_drawn(shelf, view, method))
            chart_legend_add(&legend, label_marker(method, options.glyphs), STYLE_TEXT, method_table[method].name);
    chart_frame_heading(&frame, series_table[shelf->series].title, series_table[shelf->series].title, &legend);
    chart_frame_y(&frame, 0, &y, angle || span.extent.any ? rows / TICK_ROWS : 0);
    draw_ticks(&frame, &timeline);
    if (!span.extent.any)
        chart_frame_empty(&frame);
    else
        draw_curves(shelf, &frame, &timeline, &y, view);
}
