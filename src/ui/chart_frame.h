/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_CHART_FRAME_H
#define RANKSCOPE_UI_CHART_FRAME_H

#include "ui/canvas.h"
#include "ui/chart.h"
#include "ui/scale.h"

/* What the charts' own files share: where things are, titles, legends, axes. */

enum { CHART_BANDS = 2, CHART_LEGEND_MAX = METHOD_COUNT + 1 };

/* One chart being drawn. */
struct chart_frame {
    struct grid *grid;
    const struct view *view;
    const struct chart_options *options;
    struct rect title;             /* one row, or empty */
    struct rect notes;             /* one row above the data for the theory's names, or empty */
    struct rect band[CHART_BANDS]; /* for data, from the top */
    int bands;
    int caption_row; /* between two bands; −1: none */
    int line_row;    /* of the x axis; −1: none */
    int label_row;   /* of its tick labels; −1: none */
    bool left_axis;  /* there is room for tick labels to the left of the bands */
};

/* Divides `area`; there are fewer bands and no notes where it is low. */
struct chart_frame chart_frame_make(struct grid *grid, struct rect area, int bands, bool notes, const struct view *view,
                                    const struct chart_options *options);

struct canvas chart_frame_canvas(const struct chart_frame *frame, int band);
bool chart_frame_active(const struct chart_frame *frame, int method); /* there is a snapshot, and it takes part */
enum style chart_frame_style(int method);

/* What stands to the right of the title: a marker and a text for each method, or what the crosshair reads. */
struct chart_legend {
    int count;
    struct {
        uint32_t marker; /* 0: none */
        enum style style;
        char text[LABEL_SIZE];
    } item[CHART_LEGEND_MAX];
};
void chart_legend_add(struct chart_legend *legend, uint32_t marker, enum style style, const char *text);
void chart_legend_methods(struct chart_legend *legend, const struct chart_frame *frame);
void chart_frame_title(const struct chart_frame *frame, enum chart chart, const struct chart_legend *legend);

/* The same with a title of one's own, and a shorter one where that does not fit beside the legend. */
void chart_frame_heading(const struct chart_frame *frame, const char *title, const char *brief,
                         const struct chart_legend *legend);

/* The left axis of a band, with about `wanted` labels where they fit; 0: none. */
void chart_frame_y(const struct chart_frame *frame, int band, const struct scale *axis, int wanted);

/* The line of the x axis under the last band with its name, then ticks on it: a column and a label each. */
void chart_frame_x(const struct chart_frame *frame, const char *name);
void chart_frame_x_tick(const struct chart_frame *frame, int column, const char *label, int *free_from);

/* A dashed vertical line of theory through all bands with its name above and the markers of the methods (bit i: row
 * i) that it is about: "▲ k=2". *free_from: the first column of the notes that nothing stands in. */
void chart_frame_theory(const struct chart_frame *frame, int column, unsigned methods, const char *name,
                        int *free_from);

/* Where the cursor is, 0 … 1, whatever the options say; and the crosshair's line, if they ask for one. */
double chart_frame_cursor(const struct chart_frame *frame);
void chart_frame_crosshair(const struct chart_frame *frame, int column);

void chart_frame_empty(const struct chart_frame *frame); /* "no data yet" */

/* Says in a band without data what it needs and the tasks' file does not give. False: nothing is missing. */
bool chart_frame_missing(const struct chart_frame *frame, int band, enum snapshot_need need);

/* Each chart's own part. */
void chart_loss_draw(const struct chart_frame *frame);
void chart_recovery_draw(const struct chart_frame *frame);
void chart_adaptation_draw(const struct chart_frame *frame);
void chart_spectrum_draw(const struct chart_frame *frame);

#endif
