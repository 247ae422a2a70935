/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_SESSION_H
#define RANKSCOPE_CMD_SESSION_H

#include "base/cast.h"
#include "cmd/cmd.h"
#include "cmd/kept.h"
#include "cmd/lookout.h"
#include "cmd/runs.h"
#include "cmd/sheet.h"
#include "cmd/sweeps.h"
#include "dialogue/dialogue_live.h"
#include "plot/windows.h"
#include "ui/classroom.h"
#include "ui/command_line.h"
#include "ui/options.h"

/* What a screen's figures are of, and the room that it takes. */
struct session_subject {
    const void *of;          /* NULL: there is nothing yet */
    struct view view;        /* a run's */
    struct sweep_grid *grid; /* a sweep's; sweep_grid_free it */
};

/* A screen's figures in gnuplot. */
struct session_figures {
    struct windows *windows;  /* NULL: they are not shown */
    const struct figures *of; /* what the windows were made for */
    bool offer;               /* there is something new, since gnuplot got it */
    int64_t offered;          /* clock_now(), when it got something last */
    long moment;              /* of what it got, where the screen counts them; −1: nothing yet */
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
    struct sheet sheet;
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

/* ---- session_screens.c ---- */

/* What the session knows of a screen, and of what goes on behind it whether it is shown or not. NULL where there is
 * nothing to do. */
struct session_screen {
    /* Makes it; `way` is where the first run goes, and NULL for one that is `late`. `free` is called after an error too. */
    enum err_code (*make)(struct session *session, const struct journal *way, struct err *err);
    bool late;                             /* made when somebody first goes there */
    void (*end)(struct session *session);  /* asks threads to end, without waiting */
    bool (*free)(struct session *session); /* also what was never made; false: as session_leave */

    struct frame *(*frame)(struct session *session); /* NULL: it was not made yet */
    /* Passes it an event and does what it alone wishes for. Gives the wish: session_grant_common does the rest. */
    screen_wish (*handle)(struct session *session, const struct event *event);
    void (*draw)(struct session *session); /* onto the grid */
    void (*come)(struct session *session); /* it was gone to */

    bool prompt; /* runs: that one is paused or done is drawn at once, not with the next frame */
    bool (*tend)(struct session *session);            /* true: there is something new to draw */
    int (*descriptor)(const struct session *session); /* to wait for; −1: none */
    int (*timeout)(const struct session *session);    /* milliseconds until `tend` is due; −1: never */

    const struct figures *(*figures)(const struct session *session); /* in gnuplot; NULL: nothing to draw yet */
    enum err_code (*subject)(struct session *session, struct session_subject *subject,
                             struct err *err);     /* the newest */
    long (*moment)(const struct session *session); /* grows when they have changed; NULL: they do all the time */
    const char *picture;                           /* where they go without a display */
};
extern const struct session_screen session_lab, session_tradeoffs, session_landscape, session_runs, session_dialogue,
    session_options, session_lessons;
extern const struct session_screen *const session_screen_table[SCREEN_COUNT];

enum err_code session_screens_new(struct session *session, const struct journal *way, struct err *err);
bool session_screens_free(struct session *session); /* with what goes on behind them; false: as session_leave */

/* Shows a screen; one that cannot be had is told of on the present one. */
void session_go(struct session *session, enum screen_id screen);

/* Passes an event to the screen that is shown and does what it wishes for. */
void session_handle(struct session *session, const struct event *event);
void session_draw(struct session *session); /* onto the grid */

struct frame *session_frame(struct session *session, enum screen_id screen); /* NULL: there is no such screen yet */

/* Does what every screen may wish for. */
void session_grant_common(struct session *session, screen_wish wish);

void session_screens_tend(struct session *session);
int session_screens_timeout(const struct session *session); /* milliseconds; −1: never */
void session_screens_poll(const struct session *session, struct pollfd descriptor[SCREEN_COUNT]);
void session_screens_polled(struct session *session, const struct pollfd descriptor[SCREEN_COUNT]);

/* ---- session_lab.c, session_tradeoffs.c: what their wishes ask for ---- */

void session_grant_run(struct session *session, screen_wish wish); /* the lab's */
void session_grant_tradeoffs(struct session *session, screen_wish wish);

/* Sends it to the clipboard, and says what came of that. */
const char *session_copy(const char *text);

/* ---- session_command.c: the command line ---- */

/* Does what the line says; what is wrong with it is shown, and the line can be mended. */
void session_perform(struct session *session, const char *line);

/* ---- session_options.c ---- */

/* Everything is as the options say, from the next frame on. */
void session_apply_options(struct session *session);

/* Changes one, for now and for later. ERR_INPUT: nothing has changed. What else there is to say is said. */
enum err_code session_change_option(struct session *session, enum setting_id id, const char *text, struct err *err);
enum err_code session_change_keys(struct session *session, const char *action, const char *keys, struct err *err);

/* ---- session_lessons.c, session_notes.c ---- */

enum err_code session_lessons_open(struct session *session, const char *name, bool demo, struct err *err);
struct frame *
session_lessons_lab(struct session *session); /* of the lab in a lesson; NULL: nobody has been there yet */

enum err_code session_notes_write(const char *text, struct err *err);
void session_notes_end(void);

/* ---- session_runs.c: runs that are kept ---- */

/* Keeps what a view shows under a name; `text` is what there is to say of it. */
enum { SESSION_KEPT_SIZE = 640 };
enum err_code session_keep_run(struct session *session, const char *name, const struct view *view,
                               char text[SESSION_KEPT_SIZE], struct err *err);

/* ---- session_windows.c: gnuplot ---- */

void session_windows_toggle(struct session *session, enum screen_id screen);

/* Begins to draw the sheet of the screen that is shown into `path`. ERR_INPUT: it has none, or no picture is called
 * so. */
enum err_code session_windows_save(struct session *session, const char *path, struct err *err);
void session_windows_changed(struct session *session, enum screen_id screen); /* there is something new to draw */
void session_windows_tend(struct session *session);
bool session_windows_free(struct session *session); /* false: as session_leave */

enum { SESSION_WINDOWS_POLL_MAX = SCREEN_COUNT * WINDOWS_POLL_MAX };
int session_windows_poll(const struct session *session, struct pollfd descriptor[SESSION_WINDOWS_POLL_MAX]);
int session_windows_timeout(const struct session *session); /* milliseconds; −1: never */

/* ---- session.c ---- */

enum err_code session_enter(struct session *session, const struct journal *way);
void session_loop(struct session *session);
bool session_leave(struct session *session); /* false: a thread is in the middle of a step, and uses what is at exit */

#endif
