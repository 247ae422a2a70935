/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_TRADEOFFS_H
#define RANKSCOPE_UI_TRADEOFFS_H

#include "sweep/sweep.h"
#include "ui/event.h"
#include "ui/grid.h"
#include "ui/screen.h"

/* The Trade-offs screen: a sweep over one axis or two as it fills in. Like the lab it knows neither curses nor threads: events come
 * in, wishes go out, and drawing is a function of the sweep's table onto a grid. */
struct tradeoffs;

/* What the caller shall do after an event, besides what every screen may wish for; bits. */
enum {
    TRADEOFFS_SWEEP =
        WISH_OWN << 0, /* begin a sweep of tradeoffs_plan, running, and say tradeoffs_taken or tradeoffs_refuse */
    TRADEOFFS_RUN = WISH_OWN << 1,
    TRADEOFFS_PAUSE = WISH_OWN << 2,
    TRADEOFFS_SEEDS = WISH_OWN << 3, /* sweep_want what tradeoffs_more says */
    TRADEOFFS_OPEN = WISH_OWN << 4,  /* open tradeoffs_config in the lab */
    TRADEOFFS_ADOPT = WISH_OWN << 5, /* tradeoffs_propose the lab's scenario */
};

/* What there is to show. */
struct tradeoffs_view {
    const struct table *table;  /* of the present sweep; NULL: there is none */
    const struct table *former; /* of the one before; NULL: there was none */
    unsigned long number;       /* of the present sweep: another one has another */
    struct sweep_status status;
    bool paused;
    const char *message; /* newest message for the person, or "" */
};

enum { TRADEOFFS_CELLS = 100000 }; /* more are for the command */

struct tradeoffs_options {
    enum glyphs glyphs;
};

/* NULL: ERR_MEMORY. */
struct tradeoffs *tradeoffs_new(const struct tradeoffs_options *options, struct err *err);
void tradeoffs_free(struct tradeoffs *tradeoffs); /* NULL is allowed */

/* Proposes the scenario: with the axes that are there, or the first time with tasks=1:8 and rank=1:4, as far as the dimension goes.
 * Then TRADEOFFS_SWEEP is wished for, or the reason is on the screen why not. */
screen_wish tradeoffs_propose(struct tradeoffs *tradeoffs, const struct config *config);

screen_wish tradeoffs_handle(struct tradeoffs *tradeoffs, const struct event *event, const struct tradeoffs_view *view);
void tradeoffs_draw(struct tradeoffs *tradeoffs, struct grid *grid, const struct tradeoffs_view *view);

/* For TRADEOFFS_SWEEP: what shall be swept; then whether it is, or why not, which is shown, and the plan before counts again. */
const struct plan *tradeoffs_plan(const struct tradeoffs *tradeoffs);
void tradeoffs_taken(struct tradeoffs *tradeoffs);
void tradeoffs_refuse(struct tradeoffs *tradeoffs, const struct err *err);

/* For TRADEOFFS_SEEDS: the cell, and how many seeds it shall have in all. */
void tradeoffs_more(const struct tradeoffs *tradeoffs, size_t *cell, int *seeds);

/* For TRADEOFFS_OPEN: the configuration of the cell's first draw. */
const struct config *tradeoffs_config(const struct tradeoffs *tradeoffs);

/* Does what a command says that concerns the sweep: run, pause, or sweep the scenario over axes. On an error nothing has changed, and 0
 * is returned. */
struct command;
screen_wish tradeoffs_command(struct tradeoffs *tradeoffs, const struct command *command, const struct config *config,
                              const struct tradeoffs_view *view, struct err *err);

struct frame *tradeoffs_frame(struct tradeoffs *tradeoffs);

/* What is shown, for gnuplot. */
enum metric tradeoffs_metric(const struct tradeoffs *tradeoffs);
enum statistic tradeoffs_statistic(const struct tradeoffs *tradeoffs);

/* Says something to the person in the message line until the next key. */
void tradeoffs_say(struct tradeoffs *tradeoffs, const char *text);

#endif
