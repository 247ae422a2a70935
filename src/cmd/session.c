/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/session.h"

#include "base/clock.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

/* Between frames that nobody asked for with a key. */
static int64_t frame_time(const struct session *session)
{
    const struct settings *settings = &session->options->preferences->now;
    return CLOCK_SECOND / (settings->reduced_motion ? 1 : settings->frames);
}

/* ---- the terminal ---- */

void session_resize(struct session *session)
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
    if (session->cast != NULL) {
        session_record(session);
        cast_resize(session->cast, width, height);
    }
}

void session_record(struct session *session)
{
    struct err err;
    size_t size = 0;
    if (session->cast == NULL)
        return;
    const char *bytes = terminal_written(&size);
    cast_output(session->cast, bytes, size);
    if (!cast_failed(session->cast, &err))
        return;
    session_say(session, err.message);
    session->draw = true;
}

void session_suspend(struct session *session)
{
    session_record(session);
    terminal_suspend();
    session_resize(session);
}

static void take_signals(struct session *session)
{
    for (int number = terminal_signal(); number != 0; number = terminal_signal()) {
        if (number == SIGWINCH) {
            session_resize(session);
            session_handle(session,
                           &(struct event){.type = EVENT_RESIZE, .x = session->grid.width, .y = session->grid.height});
        } else if (number == SIGTSTP) {
            session_suspend(session);
        } else if (number == SIGCONT) {
            terminal_resume();
            session_resize(session);
        } else {
            session->quit = true;
        }
    }
}

static void take_events(struct session *session)
{
    struct event event;
    while (!session->quit && terminal_event(&event))
        session_handle(session, &event);
}

/* ---- the loop ---- */

static void show(struct session *session)
{
    session->draw = false;
    session_draw(session);
    if (!terminal_show(&session->grid, session->whole))
        session->quit = true;
    session->drawn = clock_now();
    session_record(session);
    session->whole = session->changed = false;
}

static int timeout(const struct session *session)
{
    int time = clock_sooner(terminal_timeout(), session_screens_timeout(session));
    if (session->changed)
        time = clock_sooner(time, clock_milliseconds_until(session->drawn + frame_time(session)));
    return clock_sooner(time, session_windows_timeout(session));
}

/* Waits for keys, signals, what goes on behind the screens, and gnuplot. */
static void wait_for_something(struct session *session)
{
    enum { INPUT, SIGNALS, SCREENS, WINDOWS = SCREENS + SCREEN_COUNT };
    struct pollfd descriptor[WINDOWS + SESSION_WINDOWS_POLL_MAX] = {
        [INPUT] = {.fd = STDIN_FILENO, .events = POLLIN},
        [SIGNALS] = {.fd = terminal_signals(), .events = POLLIN},
    };
    session_screens_poll(session, descriptor + SCREENS);
    nfds_t count = WINDOWS + (nfds_t)session_windows_poll(session, descriptor + WINDOWS);
    poll(descriptor, count, timeout(session));
    if ((descriptor[INPUT].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
        session->quit = true;
    session_screens_polled(session, descriptor + SCREENS);
}

void session_loop(struct session *session)
{
    while (!session->quit) {
        wait_for_something(session);
        take_signals(session);
        take_events(session);
        session_screens_tend(session);
        session_windows_tend(session);
        session->quit = session->quit || terminal_lost();
        if (!session->quit &&
            (session->draw || (session->changed && clock_now() - session->drawn >= frame_time(session))))
            show(session);
    }
}

/* ---- the visit ---- */

enum err_code session_enter(struct session *session, const struct journal *way)
{
    struct err *err = &session->err;
    struct err list_err = {.code = ERR_NONE};
    if (terminal_open(&session->options->terminal, err))
        return err->code;
    if (session->options->record != NULL) {
        int width = 0, height = 0;
        terminal_size(&width, &height);
        session->cast = cast_new(session->options->record, width, height, way->start.title, err);
        if (session->cast == NULL)
            return err->code;
    }
    if (scenario_list_load(&session->scenarios, &list_err))
        session->scenarios = (struct scenario_list){0, NULL}; /* the menu is then empty, and says why */
    if (session_screens_new(session, way, err))
        return err->code;
    session_apply_options(session);
    if (list_err.code != ERR_NONE)
        session_say(session, list_err.message);
    if (session->options->message[0] != '\0')
        session_say(session, session->options->message);
    session_resize(session);
    if (session->options->lesson != NULL && err->code == ERR_NONE) {
        session_go(session, SCREEN_LESSONS);
        if (session->lessons != NULL)
            session_lessons_open(session, session->options->lesson, session->options->demo, err);
    }
    if (err->code != ERR_NONE || runs_begin(&session->runs, way, lab_speed(session->lab), err))
        return err->code;
    show(session); /* before the problem is drawn, which may take long */
    return ERR_NONE;
}

bool session_leave(struct session *session)
{
    bool drawn = session_windows_free(session);
    bool ended = session_screens_free(session) && drawn;
    scenario_list_free(&session->scenarios);
    grid_free(&session->grid);
    cast_free(session->cast);
    return ended;
}
