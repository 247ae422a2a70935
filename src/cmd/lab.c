/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "cmd/cmd.h"
#include "cmd/runs.h"
#include "plot/windows.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define PICTURE_PATH "rankscope.png"

enum {
    FRAME_TIME = CLOCK_SECOND / 60, /* between frames that nobody asked for with a key */
    OFFER_TIME = CLOCK_SECOND / 10, /* between views that gnuplot gets */
};

/* One person's visit to the lab. */
struct session {
    const struct cmd_lab_options *options;
    struct lab *lab;
    struct scenario_list scenarios;
    struct grid grid;
    struct runs runs;
    struct windows *windows; /* NULL: the figures are not shown */
    bool changed;            /* the view, since the last frame */
    bool offer;              /* the view, since gnuplot got it */
    bool draw;               /* at once */
    bool whole;              /* every cell */
    bool quit;
    int64_t drawn, offered; /* when it was done last */
    struct err err;         /* why it had to end */
};

/* ---- gnuplot ---- */

static void toggle_windows(struct session *session)
{
    struct err err = {.code = ERR_NONE};
    if (session->windows != NULL) {
        windows_free(session->windows);
        session->windows = NULL;
        lab_say(session->lab, "gnuplot's figures are closed");
        return;
    }
    session->windows = windows_new(&figures_of_run, session->options->gnuplot, PICTURE_PATH, &err);
    if (session->windows == NULL)
        lab_say(session->lab, err.message);
    session->offer = true;
}

static void tend_windows(struct session *session)
{
    char text[256];
    if (session->windows == NULL)
        return;
    windows_service(session->windows);
    while (windows_message(session->windows, text, sizeof text)) {
        lab_say(session->lab, text);
        session->draw = true;
    }
    if (!windows_alive(session->windows)) {
        windows_free(session->windows);
        session->windows = NULL;
        return;
    }
    if (session->offer && windows_ready(session->windows) && clock_now() - session->offered >= OFFER_TIME) {
        struct view view = runs_view(&session->runs);
        windows_offer(session->windows, &view);
        session->offer = false;
        session->offered = clock_now();
    }
}

/* ---- what the person wants ---- */

static void resize(struct session *session)
{
    int width = 0;
    int height = 0;
    terminal_resized();
    terminal_size(&width, &height);
    if (!grid_resize(&session->grid, width, height)) {
        err_set(&session->err, ERR_MEMORY, "there is no memory for a screen of %d x %d cells", width, height);
        session->quit = true;
    }
    session->draw = true;
    session->whole = true;
}

static void suspend(struct session *session)
{
    terminal_suspend();
    resize(session);
}

static void grant(struct session *session, lab_wish wish)
{
    const struct config *config = lab_config(session->lab);
    session->draw = session->draw || wish != 0;
    session->quit = session->quit || (wish & LAB_QUIT);
    session->whole = session->whole || (wish & LAB_REPAINT);
    if (wish & LAB_RESTART)
        runs_restart(&session->runs, config);
    runs_command(&session->runs, wish, config, lab_speed(session->lab));
    if (wish & LAB_GNUPLOT)
        toggle_windows(session);
    if (wish & LAB_SUSPEND)
        suspend(session);
}

static void handle(struct session *session, const struct event *event)
{
    struct view view = runs_view(&session->runs);
    grant(session, lab_handle(session->lab, event, &view));
}

static void take_signals(struct session *session)
{
    for (int number = terminal_signal(); number != 0; number = terminal_signal()) {
        if (number == SIGWINCH) {
            resize(session);
            handle(session, &(struct event){.type = EVENT_RESIZE, .x = session->grid.width, .y = session->grid.height});
        } else if (number == SIGTSTP) {
            suspend(session);
        } else if (number == SIGCONT) {
            terminal_resume();
            resize(session);
        } else {
            session->quit = true;
        }
    }
}

static void take_events(struct session *session)
{
    struct event event;
    while (!session->quit && terminal_event(&event))
        handle(session, &event);
}

/* ---- the loop ---- */

static void show(struct session *session)
{
    struct view view = runs_view(&session->runs);
    struct lab_status status = runs_status(&session->runs);
    grid_clear(&session->grid);
    lab_draw(session->lab, &session->grid, &view, &status);
    if (!terminal_show(&session->grid, session->whole))
        session->quit = true;
    session->drawn = clock_now();
    session->draw = session->whole = session->changed = false;
}

/* The sooner of two times in milliseconds, of which −1 means never. */
static int sooner(int a, int b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

static int milliseconds_until(int64_t time)
{
    int64_t left = time - clock_now();
    return left > 0 ? (int)(left / CLOCK_MILLISECOND) + 1 : 0;
}

static int timeout(const struct session *session)
{
    int time = sooner(terminal_timeout(), runs_timeout(&session->runs));
    if (session->changed)
        time = sooner(time, milliseconds_until(session->drawn + FRAME_TIME));
    if (session->windows == NULL)
        return time;
    if (session->offer && windows_ready(session->windows))
        time = sooner(time, milliseconds_until(session->offered + OFFER_TIME));
    return sooner(time, windows_timeout(session->windows));
}

/* Waits for keys, signals, the run and gnuplot. */
static void wait_for_something(struct session *session)
{
    struct pollfd descriptor[3 + WINDOWS_POLL_MAX] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = terminal_signals(), .events = POLLIN},
        {.fd = runs_descriptor(&session->runs), .events = POLLIN},
    };
    nfds_t count = 3;
    if (session->windows != NULL)
        count += (nfds_t)windows_poll(session->windows, descriptor + count);
    poll(descriptor, count, timeout(session));
    if ((descriptor[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
        session->quit = true;
    if (descriptor[2].revents != 0)
        session->draw = true; /* paused, done: what a person waits for is shown at once */
}

static void loop(struct session *session)
{
    while (!session->quit) {
        wait_for_something(session);
        take_signals(session);
        take_events(session);
        if (runs_tend(&session->runs))
            session->changed = session->offer = true;
        tend_windows(session);
        session->quit = session->quit || terminal_lost();
        if (!session->quit && (session->draw || (session->changed && clock_now() - session->drawn >= FRAME_TIME)))
            show(session);
    }
}

/* ---- the visit ---- */

static enum err_code enter(struct session *session, const struct config *config)
{
    struct err *err = &session->err;
    struct err list_err = {.code = ERR_NONE};
    if (terminal_open(&session->options->terminal, err))
        return err->code;
    if (scenario_list_load(&session->scenarios, &list_err))
        session->scenarios = (struct scenario_list){0, NULL}; /* the menu is then empty, and says why */
    struct lab_options options = {.glyphs = terminal_glyphs()};
    session->lab = lab_new(config, &session->scenarios, &options, err);
    if (session->lab == NULL)
        return err->code;
    if (list_err.code != ERR_NONE)
        lab_say(session->lab, list_err.message);
    resize(session);
    if (err->code != ERR_NONE || runs_begin(&session->runs, config, lab_speed(session->lab), err))
        return err->code;
    show(session); /* before the problem is drawn, which may take long */
    return ERR_NONE;
}

static int leave(struct session *session)
{
    int status = session->err.code != ERR_NONE ? cmd_fail(&session->err) : CMD_SUCCESS;
    windows_free(session->windows);
    bool ended = runs_free(&session->runs);
    lab_free(session->lab);
    scenario_list_free(&session->scenarios);
    grid_free(&session->grid);
    if (!ended)
        _exit(status);
    return status;
}

int cmd_lab(const struct config *config, const struct cmd_lab_options *options)
{
    struct session session = {.options = options};
    if (enter(&session, config) == ERR_NONE)
        loop(&session);
    terminal_close();
    return leave(&session);
}
