/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "ui/lab_state.h"
#include "ui/parameters.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct lab *lab_new(const struct config *config, const struct scenario_list *scenarios,
                    const struct lab_options *options, struct err *err)
{
    if (config_check(config, NULL, err))
        return NULL;
    struct lab *lab = calloc(1, sizeof *lab);
    if (lab == NULL) {
        err_set(err, ERR_MEMORY, "no memory for the lab's screen");
        return NULL;
    }
    lab->config = *config;
    lab->scenarios = scenarios;
    frame_begin(&lab->frame, SCREEN_LAB, &lab_keymap, options->glyphs);
    lab->speed = LIVE_FLAT_OUT;
    lab->key = key_find("problem.dimension");
    lab->cursor = 1;
    lab->following = options->follows;
    return lab;
}

void lab_free(struct lab *lab)
{
    if (lab != NULL)
        free(lab->share);
    free(lab);
}

const struct config *lab_config(const struct lab *lab)
{
    return &lab->config;
}

int lab_speed(const struct lab *lab)
{
    return lab->speed;
}

int lab_rewind(const struct lab *lab)
{
    return lab->rewind;
}

const char *lab_speed_text(const struct lab *lab, char text[32])
{
    double speed = live_speed_table[lab->speed];
    if (isinf(speed))
        snprintf(text, 32, "flat out");
    else if (speed >= 1000)
        snprintf(text, 32, "%g,000 steps/s", speed / 1000);
    else
        snprintf(text, 32, speed == 1 ? "%g step/s" : "%g steps/s", speed);
    return text;
}

void lab_say(struct lab *lab, const char *text)
{
    frame_say(&lab->frame, text);
}

screen_wish lab_adopt(struct lab *lab, const struct config *config, bool live)
{
    lab->config = *config;
    lab->following = false;
    if (live)
        return WISH_REDRAW | LAB_UPDATE;
    return WISH_REDRAW | LAB_RESTART | (lab->running ? LAB_RUN : 0u);
}

struct layout lab_layout(const struct lab *lab)
{
    return layout_make(lab->frame.width, lab->frame.height, lab->chart, lab->zoomed && lab->chart_focused,
                       &lab->limits.layout);
}

void lab_chart_options(const struct lab *lab, enum chart chart, struct chart_options *options)
{
    *options = (struct chart_options){
        .glyphs = lab->frame.glyphs,
        .linear_y = lab->linear_y,
        .log_x = lab->log_x,
        .measured = lab->measured,
        .crosshair = lab->crosshair,
        .cursor = lab->cursor,
        .focused = lab->chart_focused && lab->chart == chart,
    };
}

void lab_focus_key(struct lab *lab, int key)
{
    lab->chart_focused = false;
    lab->zoomed = false;
    lab->key = key;
    parameters_scroll(lab, lab_layout(lab).panel);
}

void lab_focus_chart(struct lab *lab, enum chart chart)
{
    lab->chart_focused = true;
    lab->chart = chart;
}

void lab_set_cursor(struct lab *lab, double cursor)
{
    lab->crosshair = true;
    lab->cursor = cursor < 0 ? 0 : cursor > 1 ? 1 : cursor;
}

screen_wish lab_open(struct lab *lab, const struct config *config)
{
    lab->running = true;
    lab->mode = LAB_WATCHING;
    return lab_adopt(lab, config, false);
}

void lab_follow(struct lab *lab, const struct view *view)
{
    if (!lab->following || lab->mode == LAB_EDITING || view->snapshot == NULL)
        return;
    for (int key = 0; key < key_count; key++) {
        char value[KEY_VALUE_SIZE];
        if (!key_table[key].live)
            continue;
        key_format(&view->snapshot->config, key, value);
        key_set(&lab->config, key, value, NULL); /* every key can be set to what it is somewhere */
    }
}

screen_wish lab_handle(struct lab *lab, const struct event *event, const struct view *view)
{
    screen_wish wish = frame_notice(&lab->frame, event);
    if (event->type == EVENT_KEY)
        wish |= lab_press(lab, event->key, view);
    else if (event->type == EVENT_MOUSE)
        wish |= lab_point(lab, event, view);
    return wish;
}
