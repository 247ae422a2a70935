/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/tradeoffs_state.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the sweep ---- */

static enum err_code check_size(const struct plan *plan, struct err *err)
{
    size_t cells = plan_cells(plan);
    if (cells > TRADEOFFS_CELLS)
        return err_set(err, ERR_INPUT,
                       "these axes have %zu cells, and here at most %d are swept; the command sweep takes more", cells,
                       TRADEOFFS_CELLS);
    if (plan->seeds < 1 || plan->seeds > PLAN_SEEDS)
        return err_set(err, ERR_INPUT, "seeds must be a whole number from 1 to %d, not %d", PLAN_SEEDS, plan->seeds);
    return ERR_NONE;
}

screen_wish tradeoffs_ask(struct tradeoffs *tradeoffs, const struct config *base, const char *const text[HEATMAP_AXES],
                          int seeds)
{
    struct tradeoffs_request request = {.plan = {.base = *base, .seeds = seeds}};
    struct err err;
    enum err_code code = ERR_NONE;
    for (int direction = HEATMAP_AXES - 1; direction >= 0 && !code; direction--) {
        snprintf(request.text[direction], sizeof request.text[direction], "%s", text[direction]);
        if (*text[direction] != '\0' || direction == HEATMAP_X)
            code = plan_add_axis(&request.plan, text[direction], &err);
    }
    if (!code)
        code = check_size(&request.plan, &err);
    if (code) {
        plan_free(&request.plan);
        return frame_refuse(&tradeoffs->frame, &err);
    }
    plan_free(&tradeoffs->before.plan);
    tradeoffs->before = tradeoffs->request;
    tradeoffs->request = request;
    return WISH_REDRAW | TRADEOFFS_SWEEP;
}

/* The present request with one row's text changed. */
static screen_wish ask_with(struct tradeoffs *tradeoffs, enum tradeoffs_row row, const char *value)
{
    const struct tradeoffs_request *present = &tradeoffs->request;
    const char *text[HEATMAP_AXES] = {present->text[HEATMAP_X], present->text[HEATMAP_Y]};
    struct config base = present->plan.base;
    int seeds = present->plan.seeds;
    if (row == ROW_X)
        text[HEATMAP_X] = value;
    else if (row == ROW_Y)
        text[HEATMAP_Y] = value;
    else {
        char *end;
        long number = strtol(value, &end, 10);
        seeds = end == value || *end != '\0' || number < 1 || number > PLAN_SEEDS ? 0 : (int)number;
    }
    return tradeoffs_ask(tradeoffs, &base, text, seeds);
}

static bool has_request(struct tradeoffs *tradeoffs)
{
    if (tradeoffs->request.plan.axes == 0)
        tradeoffs_say_none(tradeoffs);
    return tradeoffs->request.plan.axes > 0;
}

/* ---- moving and changing ---- */

screen_wish tradeoffs_row_move(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    (void)view;
    int row = (int)tradeoffs->row + argument;
    row = row < 0 ? 0 : row >= ROW_COUNT ? ROW_COUNT - 1 : row;
    tradeoffs->row = (enum tradeoffs_row)row;
    return WISH_REDRAW;
}

static int turn(int value, int step, int count)
{
    return (value + step % count + count) % count;
}

screen_wish tradeoffs_next_metric(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    (void)view;
    tradeoffs->metric = (enum metric)turn((int)tradeoffs->metric, argument, METRIC_COUNT);
    return WISH_REDRAW;
}

screen_wish tradeoffs_next_statistic(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    (void)view;
    tradeoffs->statistic = (enum statistic)turn((int)tradeoffs->statistic, argument, STATISTIC_COUNT);
    return WISH_REDRAW;
}

screen_wish tradeoffs_next_method(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    (void)view;
    tradeoffs->method = turn(tradeoffs->method, argument, METHOD_COUNT + 1);
    return WISH_REDRAW;
}

screen_wish tradeoffs_next_direction(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    (void)argument;
    if (view->table == NULL || view->table->plan.axes < HEATMAP_AXES)
        frame_say(&tradeoffs->frame, "There is one axis alone.");
    else
        tradeoffs->direction = 1 - tradeoffs->direction;
    return WISH_REDRAW;
}

static screen_wish change_seeds(struct tradeoffs *tradeoffs, int step)
{
    char text[32];
    struct err err;
    int seeds = tradeoffs->request.plan.seeds;
    if (!has_request(tradeoffs))
        return WISH_REDRAW;
    if (seeds + step < 1 || seeds + step > PLAN_SEEDS) {
        err_set(&err, ERR_INPUT, "seeds must be a whole number from 1 to %d", PLAN_SEEDS);
        return frame_refuse(&tradeoffs->frame, &err);
    }
    snprintf(text, sizeof text, "%d", seeds + step);
    return ask_with(tradeoffs, ROW_SEEDS, text);
}

screen_wish tradeoffs_row_change(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    switch (tradeoffs->row) {
    case ROW_SEEDS:
        return change_seeds(tradeoffs, argument);
    case ROW_METRIC:
        return tradeoffs_next_metric(tradeoffs, argument, view);
    case ROW_STATISTIC:
        return tradeoffs_next_statistic(tradeoffs, argument, view);
    case ROW_METHODS:
        return tradeoffs_next_method(tradeoffs, argument, view);
    case ROW_SLICE:
        return tradeoffs_next_direction(tradeoffs, argument, view);
    case ROW_X:
    case ROW_Y:
    case ROW_COUNT:
        break;
    }
    frame_say(&tradeoffs->frame, "An axis is typed: Enter begins.");
    return WISH_REDRAW;
}

/* ---- typing ---- */

static screen_wish begin(struct tradeoffs *tradeoffs, const char *text)
{
    if (!has_request(tradeoffs))
        return WISH_REDRAW;
    field_begin(&tradeoffs->field, text, FIELD_SIZE - 1);
    tradeoffs->editing = true;
    tradeoffs->back = tradeoffs->focus;
    tradeoffs->focus = FOCUS_PANEL;
    return WISH_REDRAW;
}

screen_wish tradeoffs_row_edit(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    (void)argument;
    char text[TRADEOFFS_VALUE_SIZE];
    if (!tradeoffs_row_typed(tradeoffs->row))
        return tradeoffs_row_change(tradeoffs, 1, view);
    tradeoffs_row_value(tradeoffs, view, tradeoffs->row, text);
    return begin(tradeoffs, text);
}

screen_wish tradeoffs_edit_axis(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    tradeoffs->row = (enum tradeoffs_row)argument;
    return tradeoffs_row_edit(tradeoffs, 0, view);
}

screen_wish tradeoffs_row_type(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    (void)view;
    if (tradeoffs->row != ROW_SEEDS) {
        frame_say(&tradeoffs->frame, "Enter begins to type an axis; the arrows go through the other rows' values.");
        return WISH_REDRAW;
    }
    screen_wish wish = begin(tradeoffs, "");
    if (tradeoffs->editing)
        field_insert(&tradeoffs->field, (uint32_t)argument);
    return wish;
}

screen_wish tradeoffs_edit_accept(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    (void)argument;
    char before[TRADEOFFS_VALUE_SIZE];
    tradeoffs_row_value(tradeoffs, view, tradeoffs->row, before);
    if (strcmp(before, tradeoffs->field.text) == 0)
        return tradeoffs_edit_cancel(tradeoffs, 0, view);
    screen_wish wish = ask_with(tradeoffs, tradeoffs->row, tradeoffs->field.text);
    tradeoffs->typed = (wish & TRADEOFFS_SWEEP) != 0;
    if (tradeoffs->typed) /* else it stays until it is right */
        tradeoffs_edit_cancel(tradeoffs, 0, view);
    return wish;
}

screen_wish tradeoffs_edit_cancel(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    (void)argument;
    (void)view;
    tradeoffs->editing = false;
    tradeoffs->focus = tradeoffs->back;
    return WISH_REDRAW;
}

screen_wish tradeoffs_edit_within(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    (void)view;
    return field_key(&tradeoffs->field, (enum event_key)argument) ? WISH_REDRAW : 0;
}

screen_wish tradeoffs_edit_move(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    screen_wish wish = tradeoffs_edit_accept(tradeoffs, 0, view);
    if (tradeoffs->editing)
        return wish;
    tradeoffs->focus = FOCUS_PANEL;
    return wish | tradeoffs_row_move(tradeoffs, argument, view);
}
