/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shelf_state.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static const struct store_run *chosen(const struct shelf *shelf, const struct shelf_view *view)
{
    return shelf->cursor < view->list->count ? &view->list->run[shelf->cursor] : NULL;
}

/* ---- runs ---- */

static screen_wish move(struct shelf *shelf, int argument, const struct shelf_view *view)
{
    (void)view;
    size_t step = (size_t)(argument < 0 ? -(long)argument : argument);
    if (argument > 0)
        shelf->cursor += step;
    else
        shelf->cursor -= step < shelf->cursor ? step : shelf->cursor;
    return WISH_REDRAW;
}

static screen_wish wish_for(struct shelf *shelf, int argument, const struct shelf_view *view)
{
    (void)shelf;
    (void)view;
    return WISH_REDRAW | (screen_wish)argument;
}

/* Of the chosen run, where there is one. */
static screen_wish ask(struct shelf *shelf, int argument, const struct shelf_view *view)
{
    const struct store_run *run = chosen(shelf, view);
    if (run == NULL)
        frame_say(&shelf->frame, "There is no run.");
    else if (run->way[0] == '\0')
        frame_say(&shelf->frame,
                  "This run was kept without the line that leads to it: more was done to it than a line can hold.");
    else
        return WISH_REDRAW | (screen_wish)argument;
    return WISH_REDRAW;
}

static screen_wish mark(struct shelf *shelf, int argument, const struct shelf_view *view)
{
    (void)argument;
    int own = shelf_mark_of(shelf, shelf->id), place = 0;
    if (own >= 0) {
        shelf->mark[own] = 0;
        return WISH_REDRAW | SHELF_CURVES;
    }
    while (place < SHELF_MARKS && shelf->mark[place] != 0)
        place++;
    if (shelf->id == 0 || place == SHELF_MARKS) {
        frame_say(&shelf->frame, shelf->id == 0 ? "There is no run." : "Eight runs are marked already.");
        return WISH_REDRAW;
    }
    shelf->mark[place] = shelf->id;
    if (shelf->cursor + 1 < view->list->count)
        shelf->cursor++; /* so that several are marked quickly */
    return WISH_REDRAW | SHELF_CURVES;
}

static screen_wish unmark_all(struct shelf *shelf, int argument, const struct shelf_view *view)
{
    (void)argument;
    (void)view;
    memset(shelf->mark, 0, sizeof shelf->mark);
    return WISH_REDRAW | SHELF_CURVES;
}

static screen_wish rename_run(struct shelf *shelf, int argument, const struct shelf_view *view)
{
    (void)argument;
    const struct store_run *run = chosen(shelf, view);
    if (run == NULL) {
        frame_say(&shelf->frame, "There is no run.");
        return WISH_REDRAW;
    }
    field_begin(&shelf->field, run->name, STORE_NAME_SIZE - 1);
    shelf->naming = true;
    return WISH_REDRAW;
}

static screen_wish delete_run(struct shelf *shelf, int argument, const struct shelf_view *view)
{
    (void)argument;
    char text[STORE_NAME_SIZE + 64];
    const struct store_run *run = chosen(shelf, view);
    if (run == NULL) {
        frame_say(&shelf->frame, "There is no run.");
        return WISH_REDRAW;
    }
    if (shelf->doomed == run->id) {
        shelf->doomed = 0;
        return WISH_REDRAW | SHELF_DELETE;
    }
    shelf->doomed = run->id;
    snprintf(text, sizeof text, "x once more deletes \"%s\" for good.", run->name);
    frame_say(&shelf->frame, text);
    return WISH_REDRAW;
}

/* ---- the curves ---- */

static screen_wish next_series(struct shelf *shelf, int argument, const struct shelf_view *view)
{
    (void)argument;
    (void)view;
    shelf->series = (enum series)((shelf->series + 1) % SERIES_COUNT);
    return WISH_REDRAW;
}

static screen_wish toggle_linear(struct shelf *shelf, int argument, const struct shelf_view *view)
{
    (void)argument;
    (void)view;
    shelf->linear_y = !shelf->linear_y;
    frame_say(&shelf->frame, shelf->linear_y ? "Linear y axis." : "Logarithmic y axis.");
    return WISH_REDRAW;
}

static screen_wish toggle_log_x(struct shelf *shelf, int argument, const struct shelf_view *view)
{
    (void)argument;
    (void)view;
    shelf->log_x = !shelf->log_x;
    frame_say(&shelf->frame, shelf->log_x ? "Logarithmic axis of steps." : "Linear axis of steps.");
    return WISH_REDRAW;
}

/* ---- a name ---- */

static screen_wish name_within(struct shelf *shelf, int argument, const struct shelf_view *view)
{
    (void)view;
    return field_key(&shelf->field, (enum event_key)argument) ? WISH_REDRAW : 0;
}

static screen_wish name_accept(struct shelf *shelf, int argument, const struct shelf_view *view)
{
    (void)shelf;
    (void)argument;
    (void)view;
    return WISH_REDRAW | SHELF_RENAME;
}

static screen_wish name_cancel(struct shelf *shelf, int argument, const struct shelf_view *view)
{
    (void)argument;
    (void)view;
    shelf->naming = false;
    return WISH_REDRAW;
}

/* ---- the table ---- */

static const struct binding bindings[] = {
    {"Enter",
     "open",
     "open the run in the lab",
     GROUP_RUN,
     KEYMAP_WATCHING,
     {.shelf = ask},
     {{EVENT_KEY_ENTER, SHELF_OPEN}}},
    {"Space", "mark", "compare the run, or no longer", GROUP_RUN, KEYMAP_WATCHING, {.shelf = mark}, {{' ', 0}}},
    {"c", "clear", "take all marks off", GROUP_RUN, KEYMAP_WATCHING, {.shelf = unmark_all}, {{'c', 0}}},
    {"n", "name", "give the run another name", GROUP_RUN, KEYMAP_WATCHING, {.shelf = rename_run}, {{'n', 0}}},
    {"x", "delete", "delete the run", GROUP_RUN, KEYMAP_WATCHING, {.shelf = delete_run}, {{'x', 0}}},
    {"e", "export", "write the run into a folder", GROUP_RUN, KEYMAP_WATCHING, {.shelf = ask}, {{'e', SHELF_EXPORT}}},
    {"↑ ↓",
     NULL,
     "the run above, below",
     GROUP_RUN,
     KEYMAP_WATCHING,
     {.shelf = move},
     {{EVENT_KEY_UP, -1}, {EVENT_KEY_DOWN, 1}}},
    {"PgUp PgDn",
     NULL,
     "eight runs up, down",
     GROUP_RUN,
     KEYMAP_WATCHING,
     {.shelf = move},
     {{EVENT_KEY_PAGE_UP, -8}, {EVENT_KEY_PAGE_DOWN, 8}}},
    {"Home End",
     NULL,
     "the first, the last run",
     GROUP_RUN,
     KEYMAP_WATCHING,
     {.shelf = move},
     {{EVENT_KEY_HOME, -STORE_RUNS_MAX}, {EVENT_KEY_END, STORE_RUNS_MAX}}},

    {"m", "measure", "the next measure", GROUP_CHARTS, KEYMAP_WATCHING, {.shelf = next_series}, {{'m', 0}}},
    {"l",
     "log y",
     "a logarithmic or linear y axis",
     GROUP_CHARTS,
     KEYMAP_WATCHING,
     {.shelf = toggle_linear},
     {{'l', 0}}},
    {"s",
     "log x",
     "a logarithmic or linear axis of steps",
     GROUP_CHARTS,
     KEYMAP_WATCHING,
     {.shelf = toggle_log_x},
     {{'s', 0}}},

    {"v Esc",
     "lab",
     "back to the lab",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {.shelf = wish_for},
     {{'v', WISH_GO << SCREEN_LAB}, {EVENT_KEY_ESCAPE, WISH_GO << SCREEN_LAB}}},
    {"q", "quit", "leave", GROUP_SCREEN, KEYMAP_WATCHING, {.shelf = wish_for}, {{'q', WISH_QUIT}}},

    KEYMAP_FIELD("name", {.shelf = name_within}),
    {"Enter",
     "accept",
     "accept the name",
     GROUP_EDITING,
     KEYMAP_EDITING,
     {.shelf = name_accept},
     {{EVENT_KEY_ENTER, 0}}},
    {"Esc",
     "leave as it was",
     "leave the name as it was",
     GROUP_EDITING,
     KEYMAP_EDITING,
     {.shelf = name_cancel},
     {{EVENT_KEY_ESCAPE, 0}}},
};
const struct keymap shelf_keymap = {
    .titles =
        {
            [GROUP_RUN] = "The runs",
            [GROUP_CHARTS] = "Their curves",
            [GROUP_SCREEN] = "The screen",
            [GROUP_EDITING] = "While a name is typed",
            [GROUP_HELP] = "In this help",
        },
    .binding = bindings,
    .count = sizeof bindings / sizeof *bindings,
};

/* ---- dispatch ---- */

screen_wish shelf_press(struct shelf *shelf, uint32_t key, const struct shelf_view *view)
{
    screen_wish wish = 0;
    int argument = 0;
    if (key != 'x')
        shelf->doomed = 0;
    if (frame_press(&shelf->frame, shelf_context(shelf), key, &wish))
        return wish;
    const struct binding *binding = keymap_find(shelf->frame.keymap, shelf_context(shelf), key, &argument);
    if (binding != NULL)
        return binding->action.shelf(shelf, argument, view);
    return shelf->naming && field_insert(&shelf->field, key) ? WISH_REDRAW : 0;
}

screen_wish shelf_point(struct shelf *shelf, const struct event *event, const struct shelf_view *view)
{
    screen_wish wish = 0;
    uint32_t key = 0;
    if (frame_point(&shelf->frame, shelf_context(shelf), event, &key, &wish))
        return key != 0 ? wish | shelf_press(shelf, key, view) : wish;
    struct rect list = shelf_layout(shelf).list;
    if (shelf->naming || !rect_holds(list, event->x, event->y))
        return wish;
    if (event->mouse == EVENT_MOUSE_WHEEL_UP || event->mouse == EVENT_MOUSE_WHEEL_DOWN)
        return wish | move(shelf, event->mouse == EVENT_MOUSE_WHEEL_UP ? -1 : 1, view);
    size_t run = shelf->top + (size_t)(event->y - list.y) - 1;
    if (event->mouse != EVENT_MOUSE_PRESS || event->y == list.y || run >= view->list->count)
        return wish;
    shelf->doomed = 0;
    if (run == shelf->cursor) /* a second click opens, one at the left marks */
        return wish | (event->x < list.x + 3 ? mark(shelf, 0, view) : ask(shelf, SHELF_OPEN, view));
    shelf->cursor = run;
    return wish | WISH_REDRAW;
}
