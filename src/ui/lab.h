/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_LAB_H
#define RANKSCOPE_UI_LAB_H

#include "model/config.h"
#include "run/live.h"
#include "run/scenario.h"
#include "ui/event.h"
#include "ui/grid.h"
#include "ui/layout.h"
#include "ui/screen.h"

/* The lab screen: what is shown, what has the focus, what is being edited. It knows neither curses nor threads nor
 * gnuplot: events come in, wishes go out, and drawing is a pure function onto a grid. */
struct lab;

/* What the caller shall do after an event, besides what every screen may wish for; bits. */
enum {
    LAB_RESTART = WISH_OWN << 0, /* begin a new run of lab_config, paused unless LAB_RUN is there too */
    LAB_UPDATE = WISH_OWN << 1,  /* a live key changed: live_update */
    LAB_RUN = WISH_OWN << 2,
    LAB_PAUSE = WISH_OWN << 3,
    LAB_STEP = WISH_OWN << 4,
    LAB_PHASE = WISH_OWN << 5,
    LAB_ADAPT = WISH_OWN << 6,  /* go on to fine-tuning */
    LAB_SPEED = WISH_OWN << 7,  /* live_set_speed(lab_speed) */
    LAB_REWIND = WISH_OWN << 8, /* live_rewind(lab_rewind) */
    LAB_SWAP = WISH_OWN << 9,   /* to the line that was left */
    LAB_KEEP = WISH_OWN << 11,  /* keep the run as lab_keep_name; then lab_kept or lab_refuse */
    LAB_COPY = WISH_OWN << 10,  /* lab_share_text onto the clipboard */
};

/* What else is on the screen. */
struct lab_status {
    enum live_state state;
    bool settled; /* the state is that after all that was wished; else it may still become another */
    double steps_per_second;
    size_t dropped;
    const char *message; /* newest message for the person, or "" */
};

/* What another screen that has a lab as a part of it lets be seen and done. */
struct lab_limits {
    bool given;
    uint64_t hidden, locked; /* parameters; bit i: row i of key_table */
    screen_wish refused;     /* commands, by what they wish for; LAB_RESTART is another seed */
    struct layout_limits layout;
};

struct lab_options {
    enum glyphs glyphs;
    bool follows; /* the run first goes to another place, and live values are those that it comes by */
};

/* config and list are copied or borrowed: list must outlive the lab. NULL: *err says why. */
struct lab *lab_new(const struct config *config, const struct scenario_list *scenarios,
                    const struct lab_options *options, struct err *err);
void lab_free(struct lab *lab);

screen_wish lab_handle(struct lab *lab, const struct event *event, const struct view *view);
void lab_draw(struct lab *lab, struct grid *grid, const struct view *view, const struct lab_status *status);

const struct config *lab_config(const struct lab *lab);

/* Takes the config over, which config_check accepts, and says what must be done for it. */
screen_wish lab_open(struct lab *lab, const struct config *config);

int lab_speed(const struct lab *lab);
int lab_rewind(const struct lab *lab); /* checkpoints, as the last key asked: back below 0 */

/* The run as one line, as it was asked for last; NULL: it never was. */
const char *lab_share_text(const struct lab *lab);

/* Does what a command says that concerns the run and its charts. What there is to say of it goes into `text` ("" where the screen
 * shows it). On an error nothing has changed, and 0 is returned. */
struct command;
enum { LAB_ANSWER_SIZE = 512 };
screen_wish lab_command(struct lab *lab, const struct command *command, const struct view *view,
                        char text[LAB_ANSWER_SIZE], struct err *err);

struct frame *lab_frame(struct lab *lab);

/* For LAB_KEEP: the name; then that it is kept, or why not, and it may be typed anew. */
const char *lab_keep_name(const struct lab *lab);
void lab_kept(struct lab *lab, const char *text);
void lab_refuse(struct lab *lab, const struct err *err);

/* The lab goes to a run that somebody kept, where `way` leads. */
void lab_go(struct lab *lab, const struct config *start, bool follows);

/* Says something to the person in the message line until the next key. */
void lab_say(struct lab *lab, const char *text);

/* ---- lab_remote.c: the lab as a part of another screen, which handles what all screens have ---- */

/* Margins and rows of text stay as they were set. */
void lab_limit(struct lab *lab, enum screen_id screen, const struct lab_limits *limits);
void lab_set_margin(struct lab *lab, int margin);
void lab_set_text_rows(struct lab *lab, int rows);
bool lab_busy(const struct lab *lab);   /* something is typed, or lies over the charts: keys are the lab's */
bool lab_zoomed(const struct lab *lab); /* a chart is, by a key, so that one leads back */
screen_wish lab_press_usual(struct lab *lab, uint32_t key, const struct view *view); /* as if no keys were changed */
void lab_draw_hints(const struct lab *lab, struct grid *grid);

/* Everything but the line on top, the hints and the box below, which is returned. `screen` is the other's. */
struct rect lab_draw_within(struct lab *lab, struct grid *grid, const struct view *view,
                            const struct lab_status *status, enum glyphs glyphs);

struct rect lab_text_area(const struct lab *lab);

/* What somebody at another place does, whatever is refused here. Each says what the caller must do. */
screen_wish lab_begin(struct lab *lab, const struct config *config); /* as lab_open, but paused */
screen_wish lab_do(struct lab *lab, screen_wish command);            /* RUN, PAUSE, STEP, PHASE or ADAPT */
screen_wish lab_change(struct lab *lab, const struct config *config, bool live);
screen_wish lab_set_speed(struct lab *lab, int speed);
screen_wish lab_show(struct lab *lab, int chart, bool zoomed); /* −1: all of them */

/* Takes what it had to say; false: nothing. */
bool lab_take_message(struct lab *lab, char text[512], bool *alarms);

#endif
