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
    lab->glyphs = lab->best_glyphs = options->glyphs;
    lab->speed = LIVE_FLAT_OUT;
    lab->width = 80; /* until it is drawn */
    lab->height = 24;
    lab->key = key_find("problem.dimension");
    lab->cursor = 1;
    return lab;
}

void lab_free(struct lab *lab)
{
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
    snprintf(lab->message, sizeof lab->message, "%s", text);
    lab->message_alarms = false;
}

lab_wish lab_refuse(struct lab *lab, const struct err *err)
{
    lab_say(lab, err->message);
    lab->message_alarms = true;
    return LAB_REDRAW;
}

lab_wish lab_adopt(struct lab *lab, const struct config *config, bool live)
{
    lab->config = *config;
    if (live)
        return LAB_REDRAW | LAB_UPDATE;
    return LAB_REDRAW | LAB_RESTART | (lab->running ? LAB_RUN : 0u);
}

struct layout lab_layout(const struct lab *lab)
{
    return layout_make(lab->width, lab->height, lab->chart, lab->zoomed && lab->chart_focused);
}

void lab_chart_options(const struct lab *lab, enum chart chart, struct chart_options *options)
{
    *options = (struct chart_options){
        .glyphs = lab->glyphs,
        .linear_y = lab->linear_y,
        .log_x = lab->log_x,
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

/* The message stays until the person does something that could be an answer to it. */
static void forget_message(struct lab *lab, const struct event *event, lab_wish *wish)
{
    bool acts = event->type == EVENT_KEY ||
                (event->type == EVENT_MOUSE && event->mouse != EVENT_MOUSE_DRAG && event->mouse != EVENT_MOUSE_RELEASE);
    if (acts && lab->message[0] != '\0') {
        lab->message[0] = '\0';
        *wish |= LAB_REDRAW;
    }
}

lab_wish lab_handle(struct lab *lab, const struct event *event, const struct view *view)
{
    lab_wish wish = 0;
    forget_message(lab, event, &wish);
    switch (event->type) {
    case EVENT_KEY:
        wish |= lab_press(lab, event->key, view);
        break;
    case EVENT_MOUSE:
        wish |= lab_point(lab, event, view);
        break;
    case EVENT_RESIZE:
        lab->width = event->x;
        lab->height = event->y;
        wish |= LAB_REDRAW;
        break;
    }
    return wish;
}
