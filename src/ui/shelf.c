/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shelf_state.h"

#include <stdlib.h>

struct shelf *shelf_new(const struct shelf_options *options, struct err *err)
{
    struct shelf *shelf = calloc(1, sizeof *shelf);
    if (shelf == NULL) {
        err_set(err, ERR_MEMORY, "no memory for the runs' screen");
        return NULL;
    }
    frame_begin(&shelf->frame, SCREEN_RUNS, &shelf_keymap, options->glyphs);
    return shelf;
}

void shelf_free(struct shelf *shelf)
{
    free(shelf);
}

/* ---- what the caller is told ---- */

long long shelf_run(const struct shelf *shelf)
{
    return shelf->id;
}

const char *shelf_name(const struct shelf *shelf)
{
    return shelf->field.text;
}

int shelf_mark_of(const struct shelf *shelf, long long id)
{
    for (int i = 0; i < SHELF_MARKS && id != 0; i++)
        if (shelf->mark[i] == id)
            return i;
    return -1;
}

bool shelf_shows(const struct shelf *shelf, long long id)
{
    return id != 0 && (id == shelf->id || shelf_mark_of(shelf, id) >= 0);
}

void shelf_taken(struct shelf *shelf)
{
    shelf->naming = false;
}

void shelf_refuse(struct shelf *shelf, const struct err *err)
{
    frame_refuse(&shelf->frame, err);
}

struct frame *shelf_frame(struct shelf *shelf)
{
    return &shelf->frame;
}

void shelf_say(struct shelf *shelf, const char *text)
{
    frame_say(&shelf->frame, text);
}

/* ---- what is shown ---- */

struct shelf_layout shelf_layout(const struct shelf *shelf)
{
    enum { TEXT = 6, LOW = 20, LEAST_LIST = 34, LEAST_CHART = 40 };
    int width = shelf->frame.width, height = shelf->frame.height;
    int text = height < LOW ? 3 : TEXT;
    int body = height - 3 - text;
    int list = width - 3 - LEAST_CHART >= LEAST_LIST ? (width - 3) * 2 / 5 : width - 2;
    struct shelf_layout layout = {.list = {1, 1, list, body}, .text = {2, height - 1 - text, width - 4, text}};
    if (list < width - 2)
        layout.chart = (struct rect){list + 3, 1, width - list - 5, body};
    return layout;
}

static bool is_there(const struct shelf_view *view, long long id)
{
    for (size_t i = 0; i < view->list->count; i++)
        if (view->list->run[i].id == id)
            return true;
    return false;
}

void shelf_settle(struct shelf *shelf, const struct shelf_view *view)
{
    size_t count = view->list->count;
    int seen = shelf_layout(shelf).list.height - 1; /* below the heading */
    if (shelf->cursor >= count)
        shelf->cursor = count > 0 ? count - 1 : 0;
    shelf->id = count > 0 ? view->list->run[shelf->cursor].id : 0;
    for (int i = 0; i < SHELF_MARKS; i++)
        if (!is_there(view, shelf->mark[i]))
            shelf->mark[i] = 0;
    shelf->top = draw_scroll(shelf->top, shelf->cursor, seen, count);
    shelf->naming = shelf->naming && count > 0;
}

enum keymap_context shelf_context(const struct shelf *shelf)
{
    if (shelf->frame.helping)
        return KEYMAP_HELP;
    return shelf->naming ? KEYMAP_EDITING : KEYMAP_PARAMETERS;
}

screen_wish shelf_handle(struct shelf *shelf, const struct event *event, const struct shelf_view *view)
{
    screen_wish wish = frame_notice(&shelf->frame, event);
    shelf_settle(shelf, view);
    long long before = shelf->id;
    if (event->type == EVENT_KEY)
        wish |= shelf_press(shelf, event->key, view);
    else if (event->type == EVENT_MOUSE)
        wish |= shelf_point(shelf, event, view);
    shelf_settle(shelf, view);
    return shelf->id != before ? wish | SHELF_CURVES : wish;
}
