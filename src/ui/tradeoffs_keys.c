/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/keymap_change.h"
#include "ui/tradeoffs_state.h"

#include <stdio.h>

/* ---- the sweep ---- */

static screen_wish run_or_pause(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    (void)argument;
    if (view->table == NULL) {
        tradeoffs_say_none(tradeoffs);
        return WISH_REDRAW;
    }
    if (view->status.finished) {
        char text[256];
        const struct keymap *keys = tradeoffs->frame.keymap;
        snprintf(text, sizeof text, "Every cell is done: %s and %s add seeds, %s changes the x axis.",
                 KEYMAP_WORD(keys, "seeds"), KEYMAP_WORD(keys, "widest"), KEYMAP_WORD(keys, "axes"));
        frame_say(&tradeoffs->frame, text);
        return WISH_REDRAW;
    }
    return WISH_REDRAW | (view->paused ? TRADEOFFS_RUN : TRADEOFFS_PAUSE);
}

static screen_wish wish_for(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    (void)tradeoffs;
    (void)view;
    return WISH_REDRAW | (screen_wish)argument;
}

static screen_wish open_cell(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    (void)argument;
    struct err err;
    if (view->table == NULL)
        return 0;
    if (plan_config(&view->table->plan, tradeoffs_cell(tradeoffs, view), 0, &tradeoffs->opened, &err))
        return frame_refuse(&tradeoffs->frame, &err);
    return WISH_REDRAW | TRADEOFFS_OPEN;
}

/* As many more for the cell under the cursor as every cell was to have. */
static screen_wish more_seeds(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    (void)argument;
    char text[96];
    if (view->table == NULL)
        return 0;
    size_t cell = tradeoffs_cell(tradeoffs, view);
    const struct table_cell *own = &view->table->cell[cell];
    if (!own->possible || own->wanted > PLAN_SEEDS - view->table->plan.seeds) {
        frame_say(&tradeoffs->frame, own->possible ? "This cell has all the seeds there are."
                                                   : "There is no such cell, so it has no seeds.");
        return WISH_REDRAW;
    }
    tradeoffs->more_cell = cell;
    tradeoffs->more_seeds = own->wanted + view->table->plan.seeds;
    snprintf(text, sizeof text, "This cell gets %d seeds.", tradeoffs->more_seeds);
    frame_say(&tradeoffs->frame, text);
    return WISH_REDRAW | TRADEOFFS_SEEDS;
}

static screen_wish more_where_wide(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    size_t cell = 0;
    if (view->table == NULL || !table_widest(view->table, tradeoffs->metric, &cell)) {
        frame_say(&tradeoffs->frame, "No cell that is done has any spread.");
        return WISH_REDRAW;
    }
    for (int direction = 0; direction < HEATMAP_AXES && direction < view->table->plan.axes; direction++)
        tradeoffs->cursor[direction] =
            plan_coordinate(&view->table->plan, cell, view->table->plan.axes - 1 - direction);
    return more_seeds(tradeoffs, argument, view);
}

/* ---- the map ---- */

static screen_wish move(struct tradeoffs *tradeoffs, int direction, int step, const struct tradeoffs_view *view)
{
    size_t *at = &tradeoffs->cursor[direction];
    size_t size = (size_t)(step < 0 ? -step : step);
    if (step > 0)
        *at += size;
    else
        *at -= size < *at ? size : *at;
    tradeoffs_settle(tradeoffs, view);
    return WISH_REDRAW;
}

static screen_wish move_across(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    return move(tradeoffs, HEATMAP_X, argument, view);
}

static screen_wish move_up(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    return move(tradeoffs, HEATMAP_Y, argument, view);
}

screen_wish tradeoffs_focus_next(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    struct tradeoffs_layout layout = tradeoffs_layout(tradeoffs, view);
    bool map = false;
    for (int method = 0; method < METHOD_COUNT; method++)
        map = map || layout.map[method].width > 0;
    do {
        tradeoffs->focus = (enum tradeoffs_focus)(((int)tradeoffs->focus + argument + FOCUS_COUNT) % FOCUS_COUNT);
    } while ((tradeoffs->focus == FOCUS_SLICE && layout.slice.width <= 0) || (tradeoffs->focus == FOCUS_MAP && !map));
    return WISH_REDRAW;
}

static screen_wish toggle_slice(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    (void)argument;
    (void)view;
    tradeoffs->slice_seen = !tradeoffs->slice_seen;
    if (tradeoffs->focus != FOCUS_PANEL)
        tradeoffs->focus = tradeoffs->slice_seen ? FOCUS_SLICE : FOCUS_MAP;
    return WISH_REDRAW;
}

static screen_wish toggle_overlay(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    (void)argument;
    tradeoffs->overlay = !tradeoffs->overlay;
    frame_say(&tradeoffs->frame, view->former == NULL ? "There is no sweep before this one yet."
                                 : tradeoffs->overlay ? "The sweep before is in the slice too, in faint lines."
                                                      : "The sweep before is not shown.");
    return WISH_REDRAW;
}

static screen_wish leave_panel(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view)
{
    (void)argument;
    (void)view;
    tradeoffs->focus = tradeoffs->slice_seen ? FOCUS_SLICE : FOCUS_MAP;
    return WISH_REDRAW;
}

/* ---- the table ---- */

#define DIGIT(digit)                                                                                                   \
    {                                                                                                                  \
        digit, digit                                                                                                   \
    }

/* Hints stand in this order, and the last of a context is the one that is never left out. */
static const struct binding bindings[] = {
    {"Space",
     "run/pause",
     "run the sweep or pause it",
     GROUP_RUN,
     KEYMAP_WATCHING,
     {.tradeoffs = run_or_pause},
     {{' ', 0}}},
    {"Enter",
     "open",
     "open the cell's first draw in the lab",
     GROUP_CHARTS,
     KEYMAP_CHARTS,
     {.tradeoffs = open_cell},
     {{EVENT_KEY_ENTER, 0}}},
    {"← →",
     NULL,
     "the cell before, after",
     GROUP_CHARTS,
     KEYMAP_CHARTS,
     {.tradeoffs = move_across},
     {{EVENT_KEY_LEFT, -1}, {EVENT_KEY_RIGHT, 1}}},
    {"↑ ↓",
     NULL,
     "the cell above, below",
     GROUP_CHARTS,
     KEYMAP_CHARTS,
     {.tradeoffs = move_up},
     {{EVENT_KEY_UP, 1}, {EVENT_KEY_DOWN, -1}}},
    {"Home End",
     NULL,
     "the first, the last of the row",
     GROUP_CHARTS,
     KEYMAP_CHARTS,
     {.tradeoffs = move_across},
     {{EVENT_KEY_HOME, -AXIS_VALUES}, {EVENT_KEY_END, AXIS_VALUES}}},
    {"PgUp PgDn",
     NULL,
     "eight cells up, down",
     GROUP_CHARTS,
     KEYMAP_CHARTS,
     {.tradeoffs = move_up},
     {{EVENT_KEY_PAGE_UP, 8}, {EVENT_KEY_PAGE_DOWN, -8}}},
    {"Esc",
     NULL,
     "back to the lab",
     GROUP_CHARTS,
     KEYMAP_CHARTS,
     {.tradeoffs = wish_for},
     {{EVENT_KEY_ESCAPE, WISH_GO << SCREEN_LAB}}},

    {"↑ ↓",
     NULL,
     "the row before, after",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {.tradeoffs = tradeoffs_row_move},
     {{EVENT_KEY_UP, -1}, {EVENT_KEY_DOWN, 1}}},
    {"← →",
     "change",
     "change the value",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {.tradeoffs = tradeoffs_row_change},
     {{EVENT_KEY_LEFT, -1}, {EVENT_KEY_RIGHT, 1}}},
    {"Home End",
     NULL,
     "the first, the last row",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {.tradeoffs = tradeoffs_row_move},
     {{EVENT_KEY_HOME, -ROW_COUNT}, {EVENT_KEY_END, ROW_COUNT}}},
    {"Enter",
     "edit",
     "type an axis or seeds; else the next",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {.tradeoffs = tradeoffs_row_edit},
     {{EVENT_KEY_ENTER, 0}}},
    {"0 1 2 … 9",
     NULL,
     "type a number of seeds",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {.tradeoffs = tradeoffs_row_type},
     {DIGIT('0'), DIGIT('1'), DIGIT('2'), DIGIT('3'), DIGIT('4'), DIGIT('5'), DIGIT('6'), DIGIT('7'), DIGIT('8'),
      DIGIT('9')}},
    {"Esc",
     NULL,
     "leave the panel",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {.tradeoffs = leave_panel},
     {{EVENT_KEY_ESCAPE, 0}}},

    {"m",
     "metric",
     "the next measure",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {.tradeoffs = tradeoffs_next_metric},
     {{'m', 1}}},
    {"c",
     "chart",
     "the slice or the map, where one fits",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {.tradeoffs = toggle_slice},
     {{'c', 0}}},
    {"x y",
     "axes",
     "type the x axis, the y axis",
     GROUP_RUN,
     KEYMAP_WATCHING,
     {.tradeoffs = tradeoffs_edit_axis},
     {{'x', ROW_X}, {'y', ROW_Y}}},
    {"+ =",
     "seeds",
     "more seeds for the cell",
     GROUP_RUN,
     KEYMAP_WATCHING,
     {.tradeoffs = more_seeds},
     {{'+', 0}, {'=', 0}}},
    {"w",
     "widest",
     "more seeds where the spread is widest",
     GROUP_RUN,
     KEYMAP_WATCHING,
     {.tradeoffs = more_where_wide},
     {{'w', 0}}},
    {"Tab",
     "panel",
     "the next of map, slice and panel",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {.tradeoffs = tradeoffs_focus_next},
     {{EVENT_KEY_TAB, 1}}},
    {"Shift-Tab",
     NULL,
     "the one before",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {.tradeoffs = tradeoffs_focus_next},
     {{EVENT_KEY_BACK_TAB, -1}}},
    {"t",
     "lab",
     "back to the lab",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {.tradeoffs = wish_for},
     {{'t', WISH_GO << SCREEN_LAB}}},
    {"q", "quit", "leave", GROUP_SCREEN, KEYMAP_WATCHING, {.tradeoffs = wish_for}, {{'q', WISH_QUIT}}},
    {"s",
     "statistic",
     "the next statistic",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {.tradeoffs = tradeoffs_next_statistic},
     {{'s', 1}}},
    {"v",
     "methods",
     "all methods, or one alone",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {.tradeoffs = tradeoffs_next_method},
     {{'v', 1}}},
    {"d",
     "direction",
     "the slice along the other axis",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {.tradeoffs = tradeoffs_next_direction},
     {{'d', 0}}},
    {"o",
     "overlay",
     "show the sweep before, or not",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {.tradeoffs = toggle_overlay},
     {{'o', 0}}},
    {"r",
     "renew",
     "sweep the lab's present scenario",
     GROUP_RUN,
     KEYMAP_WATCHING,
     {.tradeoffs = wish_for},
     {{'r', TRADEOFFS_ADOPT}}},
    {"g",
     "gnuplot",
     "open gnuplot's windows, or close them",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {.tradeoffs = wish_for},
     {{'g', WISH_GNUPLOT}}},

    KEYMAP_FIELD("text", {.tradeoffs = tradeoffs_edit_within}),
    {"Enter",
     "accept",
     "accept the value",
     GROUP_EDITING,
     KEYMAP_EDITING,
     {.tradeoffs = tradeoffs_edit_accept},
     {{EVENT_KEY_ENTER, 0}}},
    {"↑ ↓",
     "accept and move on",
     "accept it and move on",
     GROUP_EDITING,
     KEYMAP_EDITING,
     {.tradeoffs = tradeoffs_edit_move},
     {{EVENT_KEY_UP, -1}, {EVENT_KEY_DOWN, 1}}},
    {"Esc",
     "leave as it was",
     "leave the value as it was",
     GROUP_EDITING,
     KEYMAP_EDITING,
     {.tradeoffs = tradeoffs_edit_cancel},
     {{EVENT_KEY_ESCAPE, 0}}},
};
const struct keymap tradeoffs_keymap = {
    .titles =
        {
            [GROUP_RUN] = "The sweep",
            [GROUP_PARAMETERS] = "The panel (with the focus)",
            [GROUP_CHARTS] = "Map and slice (with the focus)",
            [GROUP_SCREEN] = "The screen",
            [GROUP_EDITING] = "While a value is typed",
            [GROUP_HELP] = "In this help",
        },
    .binding = bindings,
    .count = sizeof bindings / sizeof *bindings,
};

/* ---- dispatch ---- */

enum keymap_context tradeoffs_context(const struct tradeoffs *tradeoffs)
{
    if (tradeoffs->frame.helping)
        return KEYMAP_HELP;
    if (tradeoffs->editing)
        return KEYMAP_EDITING;
    return tradeoffs->focus == FOCUS_PANEL ? KEYMAP_PARAMETERS : KEYMAP_CHARTS;
}

screen_wish tradeoffs_press(struct tradeoffs *tradeoffs, uint32_t key, const struct tradeoffs_view *view)
{
    screen_wish wish = 0;
    int argument = 0;
    enum keymap_context context = tradeoffs_context(tradeoffs);
    if (frame_press(&tradeoffs->frame, context, key, &wish))
        return wish;
    const struct binding *binding = keymap_find(tradeoffs->frame.keymap, context, key, &argument);
    if (binding != NULL)
        return binding->action.tradeoffs(tradeoffs, argument, view);
    return tradeoffs->editing && field_insert(&tradeoffs->field, key) ? WISH_REDRAW : 0;
}
