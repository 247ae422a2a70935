/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "ui/lab_state.h"
#include "ui/parameters.h"

#include <string.h>

/* ---- limits ---- */

void lab_limit(struct lab *lab, enum screen_id screen, const struct lab_limits *limits)
{
    struct parameters_row row[PARAMETERS_ROWS];
    struct layout_limits before = lab->limits.layout;
    lab->frame.screen = screen;
    lab->limits = *limits;
    lab->limits.layout.margin = before.margin;
    lab->limits.layout.text_rows = before.text_rows;
    lab->limits.given = true;
    int count = parameters_rows(lab, 0, row);
    if (count == 0)
        lab->limits.layout.bare = true;
    if ((lab->limits.hidden >> lab->key & 1) == 0)
        return;
    for (int i = 0; i < count; i++)
        if (row[i].key >= 0) {
            lab->key = row[i].key;
            lab->mode = LAB_WATCHING;
            return;
        }
}

bool lab_refuses(struct lab *lab, screen_wish command)
{
    if ((lab->limits.refused & command) == 0)
        return false;
    frame_say(&lab->frame, "This step of the lesson does without that.");
    return true;
}

bool lab_refuses_key(struct lab *lab)
{
    uint64_t closed = lab->limits.hidden | lab->limits.locked;
    if ((closed >> lab->key & 1) == 0)
        return false;
    frame_say(&lab->frame, "This step of the lesson leaves this value as it is.");
    return true;
}

void lab_set_margin(struct lab *lab, int margin)
{
    lab->limits.layout.margin = margin;
}

void lab_set_text_rows(struct lab *lab, int rows)
{
    lab->limits.layout.text_rows = rows;
}

bool lab_busy(const struct lab *lab)
{
    return lab->mode != LAB_WATCHING;
}

bool lab_zoomed(const struct lab *lab)
{
    return lab->zoomed && lab->chart_focused && !lab->limits.layout.bare;
}

screen_wish lab_press_usual(struct lab *lab, uint32_t key, const struct view *view)
{
    struct event event = {.type = EVENT_KEY, .key = key};
    const struct keymap *changed = lab->frame.keymap;
    lab->frame.keymap = &lab_keymap;
    screen_wish wish = lab_handle(lab, &event, view);
    lab->frame.keymap = changed;
    return wish;
}

void lab_draw_hints(const struct lab *lab, struct grid *grid)
{
    frame_hints_draw(&lab->frame, grid, lab_context(lab));
}

struct rect lab_text_area(const struct lab *lab)
{
    return lab_layout(lab).text;
}

struct rect lab_draw_within(struct lab *lab, struct grid *grid, const struct view *view,
                            const struct lab_status *status, enum glyphs glyphs)
{
    lab_heed(lab, view, status);
    if (status->settled &&
        status->state == LIVE_DONE) /* unlike in the lab, what changes after the end does not run by itself */
        lab->running = false;
    lab->frame.glyphs = glyphs;
    lab->frame.width = grid->width;
    lab->frame.height = grid->height;
    lab_inside_draw(lab, grid, view, status);
    return lab_layout(lab).text;
}

/* ---- moves ---- */

screen_wish lab_begin(struct lab *lab, const struct config *config)
{
    lab->running = false;
    lab->mode = LAB_WATCHING;
    return lab_adopt(lab, config, false);
}

screen_wish lab_do(struct lab *lab, screen_wish command)
{
    lab->running = (command & LAB_RUN) != 0 || (lab->running && (command & LAB_ADAPT) != 0);
    return WISH_REDRAW | command;
}

screen_wish lab_change(struct lab *lab, const struct config *config, bool live)
{
    return lab_adopt(lab, config, live);
}

screen_wish lab_set_speed(struct lab *lab, int speed)
{
    lab->speed = speed;
    return WISH_REDRAW | LAB_SPEED;
}

screen_wish lab_show(struct lab *lab, int chart, bool zoomed)
{
    if (chart >= 0)
        lab_focus_chart(lab, (enum chart)chart);
    lab->chart_focused = chart >= 0;
    lab->zoomed = chart >= 0 && zoomed;
    return WISH_REDRAW;
}

bool lab_take_message(struct lab *lab, char text[512], bool *alarms)
{
    if (lab->frame.message[0] == '\0')
        return false;
    memcpy(text, lab->frame.message, sizeof lab->frame.message);
    *alarms = lab->frame.message_alarms;
    lab->frame.message[0] = '\0';
    return true;
}
