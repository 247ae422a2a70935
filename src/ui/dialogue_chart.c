/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/statistics.h"
#include "ui/chart_frame.h"
#include "ui/dialogue_state.h"

#include <math.h>
#include <stdio.h>

/* One method's points, and how sure each is. */
struct line {
    int count;
    double x[VIEW_VALUES], y[VIEW_VALUES];
    struct interval band[VIEW_VALUES]; /* NAN: none */
};

static void add(struct line *line, double x, double y, struct interval band)
{
    if (line->count == VIEW_VALUES)
        return;
    line->x[line->count] = x;
    line->y[line->count] = y;
    line->band[line->count++] = band;
}

static const struct interval no_band = {(double)NAN, (double)NAN};

static void add_hits(struct line *line, const struct dialogue_view_epoch *epoch, int epochs)
{
    for (int i = 0; i < epochs; i++)
        if (epoch[i].count > 0)
            add(line, i + 1, (double)epoch[i].hits / epoch[i].count, statistics_rate(epoch[i].hits, epoch[i].count));
}

/* The layer that has moved most. */
static int busiest(const struct dialogue_view_method *method)
{
    int most = 0;
    for (int i = 1; i < method->layers; i++)
        if (method->layer[i].value[0] > method->layer[most].value[0])
            most = i;
    return most;
}

static void collect(const struct dialogue_view *view, enum dialogue_pane pane, int number, struct line *line)
{
    const struct dialogue_view_method *method = &view->method[number];
    line->count = 0;
    if (pane == PANE_HITS)
        add_hits(line, method->epoch, method->epochs);
    if (pane == PANE_ADAPTING)
        add_hits(line, method->adapt, method->adapt_epochs);
    for (int i = 0; pane == PANE_LOSS && i < method->epochs; i++)
        add(line, i + 1, method->epoch[i].loss, no_band);
    if (pane == PANE_MOVEMENT && method->layers > 0) {
        const struct dialogue_view_layer *layer = &method->layer[busiest(method)];
        for (int i = 0; i < layer->values; i++)
            add(line, i + 1, layer->value[i], no_band);
    }
}

static void heading(const struct chart_frame *frame, enum dialogue_pane pane)
{
    static const char *const names[VIEW_METHODS] = {"standard", "meta"};
    static const char *const titles[PANE_CHARTS] = {"hit@1 on held-out turns", "Loss on held-out turns",
                                                    "Singular values of the base's movement",
                                                    "hit@1 on new personas, by LoRA"};
    static const char *const briefs[PANE_CHARTS] = {"hit@1", "Loss", "Movement", "New: hit@1"};
    struct chart_legend legend = {0};
    for (int i = 0; i < VIEW_METHODS; i++) {
        chart_legend_add(&legend, label_marker(i, frame->options->glyphs), chart_frame_style(i), names[i]);
    }
    chart_frame_heading(frame, titles[pane], briefs[pane], &legend);
}

static void draw_line(const struct canvas *canvas, const struct line *line, const struct scale *x,
                      const struct scale *y, int method)
{
    enum { MARKER_COLUMNS = 3 };
    int last = -MARKER_COLUMNS;
    for (int i = 0; i < line->count; i++) {
        double at = scale_position(x, line->x[i]);
        if (!isnan(line->band[i].low))
            canvas_segment(canvas, at, scale_position(y, line->band[i].low), at, scale_position(y, line->band[i].high),
                           CANVAS_SOLID, STYLE_DIM);
        if (i > 0)
            canvas_segment(canvas, scale_position(x, line->x[i - 1]), scale_position(y, line->y[i - 1]), at,
                           scale_position(y, line->y[i]), CANVAS_SOLID, chart_frame_style(method));
    }
    for (int i = 0; i < line->count; i++) {
        double at = scale_position(x, line->x[i]);
        int column = canvas_column(canvas, at);
        if (column < last + MARKER_COLUMNS && i > 0)
            continue;
        canvas_put(canvas, at, scale_position(y, line->y[i]), label_marker(method, canvas->glyphs),
                   chart_frame_style(method));
        last = column;
    }
}

static void draw_ticks(const struct chart_frame *frame, const struct canvas *canvas, const struct scale *x, bool epochs)
{
    double tick[SCALE_TICKS_MAX];
    char label[LABEL_SIZE];
    int free_from = frame->band[0].x;
    int count = scale_ticks(x, frame->band[0].width / 6, tick);
    chart_frame_x(frame, epochs ? "epoch" : "rank");
    for (int i = 0; i < count; i++) {
        scale_label(x, frame->options->glyphs, tick[i], label);
        chart_frame_x_tick(frame, canvas_column(canvas, scale_position(x, tick[i])), label, &free_from);
    }
}

void dialogue_chart_draw(const struct dialogue_screen *screen, struct grid *grid, const struct dialogue_view *view,
                         enum dialogue_pane pane, struct rect area)
{
    enum { TICK_ROWS = 2, LEAST_EPOCHS = 10 };
    static const struct view nothing = {.snapshot = NULL};
    const struct chart_options options = {.glyphs = screen->frame.glyphs};
    struct chart_frame frame = chart_frame_make(grid, area, 1, false, &nothing, &options);
    struct canvas canvas = chart_frame_canvas(&frame, 0);
    struct line line[VIEW_METHODS];
    struct extent extent = {0};
    double last = pane == PANE_MOVEMENT ? 2 : LEAST_EPOCHS;
    bool hits = pane == PANE_HITS || pane == PANE_ADAPTING;
    for (int i = 0; i < VIEW_METHODS; i++) {
        line[i].count = 0;
        if (view != NULL)
            collect(view, pane, i, &line[i]);
        for (int j = 0; j < line[i].count; j++) {
            extent_add(&extent, line[i].y[j]);
            extent_add(&extent, line[i].band[j].high);
            last = fmax(last, line[i].x[j]);
        }
    }
    bool any = extent.any;
    if (any && hits)
        extent_add(&extent, view->chance);
    struct scale x = scale_of(SCALE_INTEGER, 1, last);
    struct scale y = scale_fit(&extent, true, frame.band[0].height);
    heading(&frame, pane);
    chart_frame_y(&frame, 0, &y, any ? frame.band[0].height / TICK_ROWS : 0);
    draw_ticks(&frame, &canvas, &x, pane != PANE_MOVEMENT);
    if (!any) {
        chart_frame_empty(&frame);
        return;
    }
    if (hits)
        canvas_segment(&canvas, 0, scale_position(&y, view->chance), 1, scale_position(&y, view->chance), CANVAS_DASHED,
                       STYLE_THEORY);
    for (int i = 0; i < VIEW_METHODS; i++)
        draw_line(&canvas, &line[i], &x, &y, i);
}
