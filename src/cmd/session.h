/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_SESSION_H
#define RANKSCOPE_CMD_SESSION_H

#include "base/cast.h"
#include "cmd/cmd.h"
#include "cmd/kept.h"
#include "cmd/lookout.h"
#include "cmd/runs.h"
#include "cmd/sweeps.h"
#include "dialogue/dialogue_live.h"
#include "plot/windows.h"
#include "ui/classroom.h"
#include "ui/command_line.h"
#include "ui/options.h"

/* A screen's figures in gnuplot. */
struct session_figures {
    struct windows *windows;  /* NULL: they are not shown */
    const struct figures *of; /* what the windows were made for */
    bool offer;               /* there is something new, since gnuplot got it */
    int64_t offered;          /* clock_now(), when it got something last */
};

/* One person's visit: the screens, what goes on behind them, and what is due. The files session*.c share it; cmd_lab owns it. */
struct session {
    const struct cmd_lab_options *options;
    enum screen_id shown;
    struct lab *lab;
    struct tradeoffs *tradeoffs;
    struct options *options_screen;
    struct keymaps *keymaps;         /* NULL: as the tables have them */
    struct session_lessons *lessons; /* NULL: nobody has been there yet */
    struct shelf *shelf;
    struct dialogue_screen *dialogue;
    struct dialogue_live *talk;            /* what that shows; NULL: not begun */
    const struct dialogue_view *talk_view; /* newest of it; NULL: none */
    struct terrain *terrain;
    struct scenario_list scenarios;
    struct grid grid;
    struct command_line line;
    struct runs runs;
    struct sweeps sweeps;
    struct kept kept;
    struct cast *cast; /* NULL: nothing is recorded */
    struct lookout lookout;
    struct session_figures figures[SCREEN_COUNT];
    bool changed; /* what is shown, since the last frame */
    bool draw;    /* at once */
    bool whole;   /* every cell */
    bool quit;
    int64_t drawn;  /* when it was done last */
    struct err err; /* why it had to end */
};

void session_say(struct session *session, const char *text); /* on the screen that is shown */

/* Takes the terminal's size over; the next frame is whole. */
void session_resize(struct session *session);
void session_suspend(struct session *session);

/* Puts what was written to the terminal since the last time into the recording. */
void session_record(struct session *session);

/* ---- session_screens.c: what differs from screen to screen ---- */

enum err_code session_screens_new(struct session *session, const struct journal *way, struct err *err);
void session_screens_free(struct session *session);

/* Passes an event to the screen that is shown and does what it wishes for. */
/* Shows a screen; one that cannot be had is told of on the present one. */
void session_go(struct session *session, enum screen_id screen);

void session_handle(struct session *session, const struct event *event);
void session_draw(struct session *session); /* onto the grid */

struct frame *session_frame(struct session *session, enum screen_id screen); /* NULL: there is no such screen yet */

/* Sends it to the clipboard, and says what came of that. */
const char *session_copy(const char *text);

/* What wishes ask for. */
void session_grant_lab(struct session *session, screen_wish wish);
void session_grant_tradeoffs(struct session *session, screen_wish wish);
void session_grant_common(struct session *session, screen_wish wish);

/* ---- session_command.c: the command line ---- */

/* Does what the line says; what is wrong with it is shown, and the line can be mended. */
void session_perform(struct session *session, const char *line);

/* ---- session_options.c ---- */

/* Everything is as the options say, from the next frame on. */
void session_apply_options(struct session *session);

/* Changes one, for now and for later. ERR_INPUT: nothing has changed. What else there is to say is said. */
enum err_code session_change_option(struct session *session, enum setting_id id, const char *text, struct err *err);

/* ---- session_lessons.c: the lessons, their run, and what is kept of them ---- */

enum err_code session_lessons_new(struct session *session, struct err *err);
bool session_lessons_free(struct session *session); /* false: as session_leave */
enum err_code session_lessons_open(struct session *session, const char *name, bool demo, struct err *err);
screen_wish session_lessons_handle(struct session *session, const struct event *event);
void session_lessons_grant(struct session *session, screen_wish wish);
struct frame *session_lessons_frame(struct session *session); /* NULL: nobody has been there yet */
struct frame *session_lessons_lab(struct session *session);   /* the frame of the lab in a lesson; NULL as above */
void session_lessons_draw(struct session *session);
bool session_lessons_tend(struct session *session); /* true: something has changed */
int session_lessons_timeout(const struct session *session);
int session_lessons_descriptor(const struct session *session);
bool session_lessons_view(const struct session *session, struct view *view); /* false: there is no run */

/* ---- session_notes.c ---- */

enum err_code session_notes_write(const char *text, struct err *err);
void session_notes_end(void);

enum err_code session_change_keys(struct session *session, const char *action, const char *keys, struct err *err);

/* ---- session_runs.c: runs that are kept ---- */

void session_keep_run(struct session *session); /* the lab's, under the name that was typed there */
void session_runs_load(struct session *session);
void session_grant_runs(struct session *session, screen_wish wish); /* what the Runs screen wishes for */

/* ---- session_dialogue.c: the Dialogue screen and what goes on behind it ---- */

screen_wish session_dialogue_handle(struct session *session, const struct event *event);
void session_dialogue_draw(struct session *session);
bool session_dialogue_tend(struct session *session); /* true: its view has changed */
void session_dialogue_free(struct session *session);
int session_dialogue_descriptor(const struct session *session); /* −1: none */

/* Somebody sees the landscape, on the screen or in gnuplot's windows; then looks at it where the run has moved. `urgent`: at once. */
bool session_sees_landscape(const struct session *session);
void session_look(struct session *session, bool urgent);

/* ---- session_windows.c: gnuplot ---- */

void session_windows_toggle(struct session *session, enum screen_id screen);
void session_windows_changed(struct session *session, enum screen_id screen); /* there is something new to draw */
void session_windows_tend(struct session *session);
void session_windows_free(struct session *session);

enum { SESSION_WINDOWS_POLL_MAX = SCREEN_COUNT * WINDOWS_POLL_MAX };
int session_windows_poll(const struct session *session, struct pollfd descriptor[SESSION_WINDOWS_POLL_MAX]);
int session_windows_timeout(const struct session *session); /* milliseconds; −1: never */

/* ---- session.c ---- */

enum err_code session_enter(struct session *session, const struct journal *way);
void session_loop(struct session *session);
bool session_leave(
    struct session *session); /* false: a thread is still in the middle of a step, and uses what is at exit */

#endif
