/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_SHELF_STATE_H
#define RANKSCOPE_UI_SHELF_STATE_H

#include "ui/field.h"
#include "ui/frame.h"
#include "ui/shelf.h"

/* What the screen's own files share; nobody else includes it. */

enum { SHELF_MARKS = STYLE_METHODS };

struct shelf {
    struct frame frame;
    size_t cursor, top;          /* runs of the list: the chosen one, the first that is seen */
    long long id;                /* of the chosen one, 0: none */
    long long mark[SHELF_MARKS]; /* ids of runs that are compared; 0: free */
    enum series series;
    bool linear_y, log_x;
    bool naming;      /* a name is typed */
    long long doomed; /* the run that x was pressed on; 0: none */
    struct field field;
};

struct shelf_layout {
    struct rect list, chart, text; /* chart: empty where there is no room */
};

/* ---- shelf.c ---- */

struct shelf_layout shelf_layout(const struct shelf *shelf);
int shelf_mark_of(const struct shelf *shelf, long long id); /* −1: it is not marked */
enum keymap_context shelf_context(const struct shelf *shelf);

/* ---- shelf_keys.c ---- */

screen_wish shelf_press(struct shelf *shelf, uint32_t key, const struct shelf_view *view);
screen_wish shelf_point(struct shelf *shelf, const struct event *event, const struct shelf_view *view);

/* ---- shelf_chart.c ---- */

void shelf_chart_draw(const struct shelf *shelf, struct grid *grid, struct rect area, const struct shelf_view *view);
uint32_t shelf_letter(int mark); /* that stands at the end of a marked run's curves */

#endif
