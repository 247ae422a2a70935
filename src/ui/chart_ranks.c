/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart_ranks.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* How far a logarithmic axis goes on below what counts as zero: deeper there is but rounding. */
static const double SHOWN_BELOW = 1e-3;

enum {
    WHOLE_DIMENSION = 32, /* up to here all ranks are shown */
    MARKER_COLUMNS = 3,
};

int chart_ranks_last(const struct chart_frame *frame, const struct chart_quantity *quantity)
{
    const struct snapshot *snapshot = frame->view->snapshot;
    if (snapshot == NULL)
        return WHOLE_DIMENSION / 2;
    int dimension = snapshot->config.problem.dimension;
    int last = WHOLE_DIMENSION;
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!chart_frame_active(frame, method))
            continue;
        int theory = quantity->theory(&snapshot->method[method]);
        if (theory == THEORY_SILENT)
            return dimension;
        last = 2 * theory > last ? 2 * theory : last;
    }
    return last < dimension ? last : dimension;
}

int chart_ranks_predicted(const struct chart_frame *frame, const struct chart_quantity *quantity,
                          const struct method_snapshot *method, int count)
{
    int theory = quantity->theory(method);
    if (!method->predicted || frame->options->measured)
        return 0;
    return theory == THEORY_SILENT || theory > count ? count : theory;
}

struct extent chart_ranks_extent(const struct chart_frame *frame, const struct chart_quantity *quantity, int count)
{
    if (frame->view->snapshot == NULL)
        return (struct extent){0};
    struct extent extent = {.zero = SHOWN_BELOW * quantity->tolerance(frame->view->snapshot)};
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!chart_frame_active(frame, method))
            continue;
        const struct method_snapshot *at = &frame->view->snapshot->method[method];
        int predicted = chart_ranks_predicted(frame, quantity, at, count);
        for (int i = 0; i < count; i++)
            extent_add(&extent, quantity->measured(at)[i]);
        for (int i = 0; i < predicted; i++)
            extent_add(&extent, quantity->predicted(at)[i]);
    }
    return extent;
}

struct chart_legend chart_ranks_legend(const struct chart_frame *frame, const struct chart_quantity *quantity,
                                       int index, int shown)
{
    struct chart_legend legend = {0};
    if (!frame->options->crosshair || frame->view->snapshot == NULL) {
        chart_legend_methods(&legend, frame);
        return legend;
    }
    char text[LABEL_SIZE];
    snprintf(text, sizeof text, "%s %d", quantity->cursor, shown);
    chart_legend_add(&legend, 0, STYLE_CROSSHAIR, text);
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!chart_frame_active(frame, method))
            continue;
        label_number(text, quantity->measured(&frame->view->snapshot->method[method])[index], 3);
        chart_legend_add(&legend, label_marker(method, frame->options->glyphs), chart_frame_style(method), text);
    }
    return legend;
}

/* The method whose rank of theory comes next after (rank, method) from the left, or −1. */
static int next_method(const struct chart_frame *frame, const struct chart_quantity *quantity, int rank, int method)
{
    int next = -1;
    int least = INT_MAX;
    for (int i = 0; i < METHOD_COUNT; i++) {
        if (!chart_frame_active(frame, i))
            continue;
        int theory = quantity->theory(&frame->view->snapshot->method[i]);
        bool after = theory > rank || (theory == rank && i > method);
        if (theory != THEORY_SILENT && after && theory < least) {
            least = theory;
            next = i;
        }
    }
    return next;
}

void chart_ranks_theory(const struct chart_frame *frame, const struct chart_quantity *quantity,
                        int (*column)(const struct chart_frame *frame, const void *scale, int rank), const void *scale)
{
    const struct snapshot *snapshot = frame->view->snapshot;
    int free_from = frame->notes.x;
    int rank = -1;
    int method = -1;
    while (!frame->options->measured && (method = next_method(frame, quantity, rank, method)) >= 0) {
        rank = quantity->theory(&snapshot->method[method]);
        char name[LABEL_SIZE];
        const char *formula = quantity->formula(&snapshot->config, method, rank);
        unsigned methods = 1u << method;
        int alike = method; /* the theory says the same of them */
        while ((alike = next_method(frame, quantity, rank, alike)) >= 0 &&
               quantity->theory(&snapshot->method[alike]) == rank &&
               strcmp(quantity->formula(&snapshot->config, alike, rank), formula) == 0) {
            methods |= 1u << alike;
            method = alike;
        }
        snprintf(name, sizeof name, "%s%s%d", *formula ? formula : "rank", *formula ? "=" : " ", rank);
        chart_frame_theory(frame, column(frame, scale, rank), methods, name, &free_from);
    }
}

int chart_ranks_marker_stride(int columns, int count)
{
    return columns > 0 ? 1 + (MARKER_COLUMNS * count - 1) / columns : count + 1;
}
