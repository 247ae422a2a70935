/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/keymap_change.h"
#include "ui/tradeoffs_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tradeoffs *tradeoffs_new(const struct tradeoffs_options *options, struct err *err)
{
    struct tradeoffs *tradeoffs = calloc(1, sizeof *tradeoffs);
    if (tradeoffs == NULL) {
        err_set(err, ERR_MEMORY, "no memory for the trade-offs' screen");
        return NULL;
    }
    frame_begin(&tradeoffs->frame, SCREEN_TRADEOFFS, &tradeoffs_keymap, options->glyphs);
    tradeoffs->method = METHOD_COUNT;
    tradeoffs->overlay = true;
    return tradeoffs;
}

void tradeoffs_free(struct tradeoffs *tradeoffs)
{
    if (tradeoffs == NULL)
        return;
    plan_free(&tradeoffs->request.plan);
    plan_free(&tradeoffs->before.plan);
    digest_free(&tradeoffs->digest);
    digest_free(&tradeoffs->former);
    free(tradeoffs);
}

/* ---- what the caller is told ---- */

const struct plan *tradeoffs_plan(const struct tradeoffs *tradeoffs)
{
    return &tradeoffs->request.plan;
}

void tradeoffs_taken(struct tradeoffs *tradeoffs)
{
    plan_free(&tradeoffs->before.plan);
    tradeoffs->before = (struct tradeoffs_request){.plan = {.axes = 0}};
    tradeoffs->typed = false;
}

void tradeoffs_refuse(struct tradeoffs *tradeoffs, const struct err *err)
{
    plan_free(&tradeoffs->request.plan);
    tradeoffs->request = tradeoffs->before;
    tradeoffs->before = (struct tradeoffs_request){.plan = {.axes = 0}};
    if (tradeoffs->typed) {
        tradeoffs->editing = true;
        tradeoffs->focus = FOCUS_PANEL;
    }
    tradeoffs->typed = false;
    frame_refuse(&tradeoffs->frame, err);
}

void tradeoffs_more(const struct tradeoffs *tradeoffs, size_t *cell, int *seeds)
{
    *cell = tradeoffs->more_cell;
    *seeds = tradeoffs->more_seeds;
}

const struct config *tradeoffs_config(const struct tradeoffs *tradeoffs)
{
    return &tradeoffs->opened;
}

enum metric tradeoffs_metric(const struct tradeoffs *tradeoffs)
{
    return tradeoffs->metric;
}

enum statistic tradeoffs_statistic(const struct tradeoffs *tradeoffs)
{
    return tradeoffs->statistic;
}

void tradeoffs_say(struct tradeoffs *tradeoffs, const char *text)
{
    frame_say(&tradeoffs->frame, text);
}

/* ---- what is asked for ---- */

screen_wish tradeoffs_propose(struct tradeoffs *tradeoffs, const struct config *config)
{
    enum { RANKS = 4, SEEDS = 5 };
    const struct tradeoffs_request *present = &tradeoffs->request;
    bool ranks = tradeoffs->metric == METRIC_RANK_NEEDED || tradeoffs->metric == METRIC_ERROR_RANK;
    if (ranks && metric_usual(config) != METRIC_RANK_NEEDED)
        tradeoffs->metric = metric_usual(config);
    if (present->plan.axes > 0)
        return tradeoffs_ask(tradeoffs, config,
                             (const char *const[]){present->text[HEATMAP_X], present->text[HEATMAP_Y]},
                             present->plan.seeds);
    char rank[FIELD_SIZE];
    int dimension = config->problem.dimension;
    snprintf(rank, sizeof rank, "rank=1:%d", dimension < RANKS ? dimension : RANKS);
    return tradeoffs_ask(tradeoffs, config, (const char *const[]){"tasks=1:8", rank}, SEEDS);
}

void tradeoffs_say_none(struct tradeoffs *tradeoffs)
{
    char text[128];
    snprintf(text, sizeof text, "There is no sweep yet: %s takes the lab's scenario.",
             KEYMAP_WORD(tradeoffs->frame.keymap, "renew"));
    frame_say(&tradeoffs->frame, text);
}

/* ---- what is shown ---- */

void tradeoffs_settle(struct tradeoffs *tradeoffs, const struct tradeoffs_view *view)
{
    for (int direction = 0; direction < HEATMAP_AXES; direction++) {
        size_t count = view->table != NULL ? heatmap_count(&view->table->plan, direction) : 1;
        if (tradeoffs->cursor[direction] >= count)
            tradeoffs->cursor[direction] = count - 1;
    }
    if (view->table != NULL && view->table->plan.axes == 1)
        tradeoffs->direction = HEATMAP_X;
}

size_t tradeoffs_cell(const struct tradeoffs *tradeoffs, const struct tradeoffs_view *view)
{
    return heatmap_cell(&view->table->plan, tradeoffs->cursor);
}

bool tradeoffs_digest(struct tradeoffs *tradeoffs, const struct tradeoffs_view *view)
{
    bool other = tradeoffs->number != view->number;
    tradeoffs->number = view->number;
    if (view->table == NULL) {
        digest_free(&tradeoffs->digest);
        digest_free(&tradeoffs->former);
        return false;
    }
    if (view->former == NULL)
        digest_free(&tradeoffs->former);
    else if (!digest_take(&tradeoffs->former, view->former, other, tradeoffs->metric, tradeoffs->statistic))
        frame_say(&tradeoffs->frame, "There is no memory for the sweep before.");
    if (digest_take(&tradeoffs->digest, view->table, other, tradeoffs->metric, tradeoffs->statistic))
        return true;
    frame_say(&tradeoffs->frame, "There is no memory for the map.");
    return false;
}

struct slice tradeoffs_slice(struct tradeoffs *tradeoffs, const struct tradeoffs_view *view)
{
    struct slice slice = {
        .digest = &tradeoffs->digest,
        .former = tradeoffs->overlay && tradeoffs->former.cell != NULL ? &tradeoffs->former : NULL,
        .glyphs = tradeoffs->frame.glyphs,
        .direction = tradeoffs->direction,
        .cursor = {tradeoffs->cursor[HEATMAP_X], tradeoffs->cursor[HEATMAP_Y]},
        .focused = tradeoffs->focus == FOCUS_SLICE,
    };
    for (int method = 0; method < METHOD_COUNT; method++)
        if (tradeoffs_shows(tradeoffs, view, method))
            slice.methods |= 1u << method;
    return slice;
}

screen_wish tradeoffs_handle(struct tradeoffs *tradeoffs, const struct event *event, const struct tradeoffs_view *view)
{
    screen_wish wish = frame_notice(&tradeoffs->frame, event);
    tradeoffs_settle(tradeoffs, view);
    if (event->type == EVENT_KEY)
        wish |= tradeoffs_press(tradeoffs, event->key, view);
    else if (event->type == EVENT_MOUSE)
        wish |= tradeoffs_point(tradeoffs, event, view);
    return wish;
}
