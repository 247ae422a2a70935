/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_COMMAND_LINE_H
#define RANKSCOPE_UI_COMMAND_LINE_H

#include "ui/command.h"
#include "ui/event.h"
#include "ui/field.h"
#include "ui/keymap.h"

/* The lab's command line: one line at the foot of whatever screen is shown, above it what fits or what is wrong. It is drawn over the
 * screen, which knows nothing of it. */

enum { COMMAND_LINE_HISTORY = 50 };

/* Begins zeroed, but for `scenarios`. */
struct command_line {
    const struct scenario_list *scenarios; /* borrowed: names to complete */
    bool open;
    bool entered; /* the line that is there shall be done */
    struct field field;
    char note[512]; /* candidates, or what is wrong */
    bool alarms;
    char history[COMMAND_LINE_HISTORY][FIELD_SIZE]; /* the oldest first */
    int count;
    int recalled;           /* entry that is shown; `count`: what is being typed … */
    char draft[FIELD_SIZE]; /* … which is here meanwhile */
    int width, height;      /* of the screen, as last drawn */
    enum glyphs glyphs;
};

void command_line_open(struct command_line *line);

/* Opens it with the line that was entered last, to be mended: `err` says what is wrong with it. */
void command_line_refuse(struct command_line *line, const struct err *err);

/* An event while it is open. False: it is for the screen, and the line is closed if it was a key. After Enter `entered` is true and the
 * line closed: line->field.text is what to do. */
bool command_line_handle(struct command_line *line, const struct event *event, screen_wish *wish);

/* Over the last rows of a screen that is drawn already. */
void command_line_draw(struct command_line *line, struct grid *grid, enum glyphs glyphs);

/* ---- what keys do ---- */

command_line_action command_line_complete, command_line_recall, command_line_within, command_line_leave,
    command_line_enter;

#endif
