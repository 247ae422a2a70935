/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_LAB_H
#define RANKSCOPE_UI_LAB_H

#include "model/config.h"
#include "run/live.h"
#include "run/scenario.h"
#include "ui/event.h"
#include "ui/grid.h"

#include <stdio.h>

/* The lab screen: what is shown, what has the focus, what is being edited. It knows neither curses nor threads nor
 * gnuplot: events come in, wishes go out, and drawing is a pure function onto a grid. */
struct lab;

/* What the caller shall do after an event; bits. */
enum {
    LAB_REDRAW = 1 << 0,
    LAB_QUIT = 1 << 1,
    LAB_RESTART = 1 << 2, /* begin a new run of lab_config, paused unless LAB_RUN is there too */
    LAB_UPDATE = 1 << 3,  /* a live key changed: live_update */
    LAB_RUN = 1 << 4,
    LAB_PAUSE = 1 << 5,
    LAB_STEP = 1 << 6,
    LAB_PHASE = 1 << 7,
    LAB_ADAPT = 1 << 8,    /* go on to fine-tuning */
    LAB_SPEED = 1 << 9,    /* live_set_speed(lab_speed) */
    LAB_GNUPLOT = 1 << 10, /* open the figures' windows, or close them */
    LAB_SUSPEND = 1 << 11,
    LAB_REPAINT = 1 << 12, /* the terminal may have been written over: paint every cell */
};
typedef unsigned lab_wish;

/* What else is on the screen. */
struct lab_status {
    enum live_state state;
    double steps_per_second;
    size_t dropped;
    const char *message; /* newest message for the person, or "" */
};

struct lab_options {
    enum glyphs glyphs;
};

/* config and list are copied or borrowed: list must outlive the lab. NULL: *err says why. */
struct lab *lab_new(const struct config *config, const struct scenario_list *scenarios,
                    const struct lab_options *options, struct err *err);
void lab_free(struct lab *lab);

lab_wish lab_handle(struct lab *lab, const struct event *event, const struct view *view);
void lab_draw(struct lab *lab, struct grid *grid, const struct view *view, const struct lab_status *status);

const struct config *lab_config(const struct lab *lab);
int lab_speed(const struct lab *lab);

/* Says something to the person in the message line until the next key. */
void lab_say(struct lab *lab, const char *text);

/* The keys as the help overlay, the man page and the docs show them: one line each, from the key table. */
void lab_keys_write(FILE *stream);

#endif
