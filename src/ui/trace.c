/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/trace.h"

#include <math.h>

enum {
    FIRST_COLUMN = 2,    /* with a marker */
    MARKER_COLUMNS = 14, /* between two, roughly */
};

static double x_of(const struct trace *trace, long step)
{
    return timeline_position(trace->timeline, trace->stage, (double)step);
}

/* The bucket at *next and all after it that end in the same column of dots, as one; *next moves on. */
static struct bucket next_bucket(const struct trace *trace, size_t *next)
{
    const struct curve *curve = trace->curve;
    struct bucket bucket = curve->bucket[(*next)++];
    int column = canvas_dot_column(trace->canvas, x_of(trace, bucket.last_step));
    for (; *next < curve->count; ++*next) {
        const struct bucket *other = &curve->bucket[*next];
        if (canvas_dot_column(trace->canvas, x_of(trace, other->last_step)) != column)
            break;
        bucket.min = fmin(bucket.min, other->min);
        bucket.max = fmax(bucket.max, other->max);
        bucket.last = other->last;
        bucket.last_step = other->last_step;
    }
    return bucket;
}

/* A bucket's line from where the last one ended: straight where its values only rise or only fall from there, as far
 * as the screen can tell, else up and down to its extremes. */
static void draw_bucket(const struct trace *trace, const struct bucket *bucket, double *from_x, double *from_y)
{
    const struct canvas *canvas = trace->canvas;
    double x = x_of(trace, bucket->step);
    double end_x = x_of(trace, bucket->last_step);
    double least = scale_position(trace->y, bucket->min);
    double most = scale_position(trace->y, bucket->max);
    double end_y = scale_position(trace->y, bucket->last);
    if (least >= fmin(*from_y, end_y) && most <= fmax(*from_y, end_y) && !isnan(*from_y)) {
        canvas_segment(canvas, *from_x, *from_y, end_x, end_y, CANVAS_SOLID, trace->style);
    } else {
        canvas_segment(canvas, *from_x, *from_y, x, fmin(fmax(*from_y, least), most), CANVAS_SOLID, trace->style);
        canvas_segment(canvas, x, least, x, most, CANVAS_SOLID, trace->style);
        canvas_segment(canvas, x, end_y, end_x, end_y, CANVAS_SOLID, trace->style);
    }
    *from_x = end_x;
    *from_y = end_y;
}

void trace_line(const struct trace *trace)
{
    double from_x = (double)NAN;
    double from_y = (double)NAN;
    for (size_t next = 0; next < trace->curve->count;) {
        struct bucket bucket = next_bucket(trace, &next);
        draw_bucket(trace, &bucket, &from_x, &from_y);
    }
}

void trace_hold(const struct trace *trace, double end)
{
    if (trace->curve->count == 0)
        return;
    const struct bucket *last = &trace->curve->bucket[trace->curve->count - 1];
    double y = scale_position(trace->y, last->last);
    canvas_segment(trace->canvas, x_of(trace, last->last_step), y, end, y, CANVAS_SOLID, trace->style);
}

static void mark(const struct trace *trace, const struct bucket *bucket, uint32_t rune, enum style style)
{
    canvas_put(trace->canvas, x_of(trace, bucket->last_step), scale_position(trace->y, bucket->last), rune, style);
}

void trace_markers(const struct trace *trace)
{
    if (trace->curve->count == 0)
        return;
    double end = x_of(trace, trace->curve->bucket[trace->curve->count - 1].last_step);
    int width = trace->canvas->area.width;
    int first = FIRST_COLUMN + MARKER_COLUMNS * trace->turn / trace->turns;
    for (int column = first; column < width; column += MARKER_COLUMNS) {
        double x = (double)column / (width - 1);
        enum stage stage = STAGE_RETRAIN;
        double step = timeline_step(trace->timeline, x, &stage);
        if (stage == trace->stage && x <= end)
            mark(trace, timeline_bucket(trace->curve, step), label_marker(trace->method, trace->canvas->glyphs),
                 trace->style);
    }
}

void trace_mark(const struct trace *trace, double step, uint32_t rune, enum style style)
{
    const struct bucket *bucket = timeline_bucket(trace->curve, step);
    if (bucket)
        canvas_put(trace->canvas, timeline_position(trace->timeline, trace->stage, step),
                   scale_position(trace->y, bucket->last), rune, style);
}

void trace_mark_end(const struct trace *trace, uint32_t rune, enum style style)
{
    if (trace->curve->count > 0)
        mark(trace, &trace->curve->bucket[trace->curve->count - 1], rune, style);
}
