/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_TRACE_H
#define RANKSCOPE_UI_TRACE_H

#include "ui/canvas.h"
#include "ui/timeline.h"

/* One method's curve against steps, drawn onto a canvas. */
struct trace {
    const struct canvas *canvas;
    const struct timeline *timeline;
    const struct scale *y;
    const struct curve *curve;
    enum stage stage;
    int method;
    int turn, turns; /* which of the methods that are shown it is, and how many there are */
    enum style style;
};

/* A line along the newest values, and up and down to the extremes, so that no spike is lost. */
void trace_line(const struct trace *trace);

/* The last value on to `end` of the width, 0 … 1: it stands still up to there. */
void trace_hold(const struct trace *trace, double end);

/* The method's marker along the line, each method's at columns of its own. */
void trace_markers(const struct trace *trace);

/* A character at the value of a step, or at the end of the curve; nothing where the curve is empty. */
void trace_mark(const struct trace *trace, double step, uint32_t rune, enum style style);
void trace_mark_end(const struct trace *trace, uint32_t rune, enum style style);

#endif
