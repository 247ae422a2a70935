/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/options_state.h"

#include <stdlib.h>
#include <string.h>

struct options *options_new(enum glyphs glyphs, struct err *err)
{
    struct options *options = calloc(1, sizeof *options);
    if (options == NULL) {
        err_set(err, ERR_MEMORY, "no memory for the options' screen");
        return NULL;
    }
    frame_begin(&options->frame, SCREEN_OPTIONS, &options_keymap, glyphs);
    return options;
}

void options_free(struct options *options)
{
    free(options);
}

struct frame *options_frame(struct options *options)
{
    return &options->frame;
}

const char *options_wanted(const struct options *options, enum setting_id *id)
{
    *id = (enum setting_id)options->row;
    return options->wanted;
}

const char *options_wanted_keys(const struct options *options, char action[KEYMAP_ACTION_SIZE])
{
    memcpy(action, options->action, KEYMAP_ACTION_SIZE);
    return options->wanted;
}

void options_refuse(struct options *options, const struct err *err)
{
    frame_refuse(&options->frame, err);
    options->editing = options->typed && err->code == ERR_INPUT;
}

/* ---- the mouse ---- */

static screen_wish point_at_row(struct options *options, const struct event *event, int row, int direction,
                                const struct options_view *view)
{
    bool already = row == options->row;
    int up = event->mouse == EVENT_MOUSE_WHEEL_UP ? 1 : event->mouse == EVENT_MOUSE_WHEEL_DOWN ? -1 : 0;
    /* Over the focused value the wheel changes it; elsewhere it only moves, so that nothing is changed by scrolling past. */
    if (up != 0 && already && options_type(row) != SETTING_TEXT)
        return options_change(options, up, view);
    if (up != 0)
        return options_move(options, -up, view);
    if (event->mouse != EVENT_MOUSE_PRESS)
        return 0;
    options->row = row;
    if (direction != 0)
        return options_change(options, direction, view);
    return already ? options_edit(options, 0, view) : WISH_REDRAW;
}

static screen_wish point(struct options *options, const struct event *event, const struct options_view *view)
{
    screen_wish wish = 0;
    uint32_t key = 0;
    int direction = 0;
    if (frame_point(&options->frame, options_context(options), event, &key, &wish))
        return key != 0 ? wish | options_press(options, key, view) : wish;
    int row = options_row_at(options, view, event->x, event->y, &direction);
    if (options->editing) /* a press elsewhere accepts what was typed first */
        return event->mouse != EVENT_MOUSE_PRESS || row == options->row ? wish
                                                                        : wish | options_edit_accept(options, 0, view);
    return row >= 0 ? wish | point_at_row(options, event, row, direction, view) : wish;
}

screen_wish options_handle(struct options *options, const struct event *event, const struct options_view *view)
{
    screen_wish wish = frame_notice(&options->frame, event);
    if (event->type == EVENT_KEY)
        wish |= options_press(options, event->key, view);
    else if (event->type == EVENT_MOUSE)
        wish |= point(options, event, view);
    return wish;
}
