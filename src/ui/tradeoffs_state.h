/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_TRADEOFFS_STATE_H
#define RANKSCOPE_UI_TRADEOFFS_STATE_H

#include "ui/digest.h"
#include "ui/field.h"
#include "ui/frame.h"
#include "ui/heatmap.h"
#include "ui/slice.h"
#include "ui/tradeoffs.h"

/* What the Trade-offs screen's own files share; nobody else includes it. */

/* Rows of the panel that have the focus one at a time. */
enum tradeoffs_row {
    ROW_X,
    ROW_Y,
    ROW_SEEDS,
    ROW_METRIC,
    ROW_STATISTIC,
    ROW_METHODS,
    ROW_SLICE,
    ROW_COUNT,
};

enum tradeoffs_focus { FOCUS_MAP, FOCUS_SLICE, FOCUS_PANEL, FOCUS_COUNT };

/* What a sweep is asked for with. */
struct tradeoffs_request {
    struct plan plan;                    /* all zero: none yet */
    char text[HEATMAP_AXES][FIELD_SIZE]; /* of its axes, as typed; "": none */
};

struct tradeoffs {
    struct frame frame;
    struct tradeoffs_request request, before; /* before: what counts again if this one is refused */

    enum tradeoffs_focus focus;
    enum tradeoffs_row row;    /* has or last had the focus in the panel */
    bool editing;              /* the row's value is being typed … */
    enum tradeoffs_focus back; /* … and then the focus goes back here */
    bool typed;                /* what is asked for was typed just now */
    struct field field;

    enum metric metric;
    enum statistic statistic;
    int method;      /* row of method_table that is shown; METHOD_COUNT: all */
    bool slice_seen; /* where there is room for one, the slice rather than the map */
    int direction;   /* of the slice */
    bool overlay;    /* the sweep before is in the slice too */

    size_t cursor[HEATMAP_AXES], first[HEATMAP_AXES];
    unsigned long number; /* of the sweep that was shown last */
    struct digest digest, former;

    size_t more_cell; /* as wished for last */
    int more_seeds;
    struct config opened;
};

/* ---- tradeoffs_layout.c ---- */

struct tradeoffs_layout {
    struct rect panel, text;
    struct rect main;              /* maps and slice together */
    struct rect map[METHOD_COUNT]; /* empty where a method is not shown */
    struct rect slice;             /* empty where it is not shown */
    struct rect legend;            /* one row; empty where no map is shown */
};
struct tradeoffs_layout tradeoffs_layout(const struct tradeoffs *tradeoffs, const struct tradeoffs_view *view);

/* Methods that are there to be shown: those of the plan; and whether one is shown. */
bool tradeoffs_takes_part(const struct tradeoffs_view *view, int method);
bool tradeoffs_shows(const struct tradeoffs *tradeoffs, const struct tradeoffs_view *view, int method);

/* ---- tradeoffs.c ---- */

/* The cursor within the table's axes; its cell. */
void tradeoffs_say_none(struct tradeoffs *tradeoffs); /* that there is no sweep, and how to get one */
void tradeoffs_settle(struct tradeoffs *tradeoffs, const struct tradeoffs_view *view);
size_t tradeoffs_cell(const struct tradeoffs *tradeoffs, const struct tradeoffs_view *view);

/* Makes the digests those of what is shown. False: there is nothing to show, or no memory for it. */
bool tradeoffs_digest(struct tradeoffs *tradeoffs, const struct tradeoffs_view *view);
struct slice tradeoffs_slice(struct tradeoffs *tradeoffs, const struct tradeoffs_view *view);

/* ---- tradeoffs_panel.c ---- */

void tradeoffs_panel_draw(const struct tradeoffs *tradeoffs, struct grid *grid, const struct tradeoffs_view *view,
                          struct rect area);

/* The row at a cell of the panel (−1: none), and −1, 1 or 0 for its ◂, its ▸ or neither. */
int tradeoffs_panel_hit(const struct tradeoffs *tradeoffs, const struct tradeoffs_view *view, struct rect area, int x,
                        int y, int *direction);

const char *tradeoffs_row_help(enum tradeoffs_row row);
bool tradeoffs_row_typed(enum tradeoffs_row row); /* its value is typed, not chosen */
enum { TRADEOFFS_VALUE_SIZE = 128 };
void tradeoffs_row_value(const struct tradeoffs *tradeoffs, const struct tradeoffs_view *view, enum tradeoffs_row row,
                         char text[TRADEOFFS_VALUE_SIZE]);

/* ---- tradeoffs_text.c ---- */

void tradeoffs_title_draw(const struct tradeoffs *tradeoffs, struct grid *grid, const struct tradeoffs_view *view);
void tradeoffs_text_draw(struct tradeoffs *tradeoffs, struct grid *grid, const struct tradeoffs_view *view,
                         struct rect area);

/* ---- tradeoffs_keys.c ---- */

enum keymap_context tradeoffs_context(const struct tradeoffs *tradeoffs);
screen_wish tradeoffs_press(struct tradeoffs *tradeoffs, uint32_t key, const struct tradeoffs_view *view);
tradeoffs_action tradeoffs_focus_next;

/* ---- tradeoffs_mouse.c ---- */

screen_wish tradeoffs_point(struct tradeoffs *tradeoffs, const struct event *event, const struct tradeoffs_view *view);

/* ---- tradeoffs_edit.c: what bindings do to the panel's rows ---- */

/* Asks for the scenario with these axes and seeds; what is wrong with them is said, and nothing is changed. */
screen_wish tradeoffs_ask(struct tradeoffs *tradeoffs, const struct config *base, const char *const text[HEATMAP_AXES],
                          int seeds);

tradeoffs_action tradeoffs_row_move, tradeoffs_row_change, tradeoffs_row_edit, tradeoffs_row_type;
tradeoffs_action tradeoffs_edit_axis, tradeoffs_next_metric, tradeoffs_next_statistic, tradeoffs_next_method;
tradeoffs_action tradeoffs_next_direction;
tradeoffs_action tradeoffs_edit_accept, tradeoffs_edit_cancel, tradeoffs_edit_within, tradeoffs_edit_move;

#endif
