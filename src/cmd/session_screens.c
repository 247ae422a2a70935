/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/session.h"

#include "base/clock.h"
#include "ui/frame.h"

#include <poll.h>

/* What all screens have in common; what a screen does is in the file of its row. */

const struct session_screen *const session_screen_table[SCREEN_COUNT] = {
    [SCREEN_LAB] = &session_lab,
    [SCREEN_TRADEOFFS] = &session_tradeoffs,
    [SCREEN_LANDSCAPE] = &session_landscape,
    [SCREEN_RUNS] = &session_runs,
    [SCREEN_DIALOGUE] = &session_dialogue,
    [SCREEN_OPTIONS] = &session_options,
    [SCREEN_LESSONS] = &session_lessons,
};

enum err_code session_screens_new(struct session *session, const struct journal *way, struct err *err)
{
    session->line.scenarios = &session->scenarios;
    for (int screen = 0; screen < SCREEN_COUNT; screen++) {
        const struct session_screen *row = session_screen_table[screen];
        if (!row->late && row->make(session, way, err))
            return err->code;
    }
    return ERR_NONE;
}

/* The last first: the Runs' list is of the store, which is the trade-offs'. */
bool session_screens_free(struct session *session)
{
    bool ended = true;
    for (int screen = 0; screen < SCREEN_COUNT; screen++) /* so that all end at the same time */
        if (session_screen_table[screen]->end != NULL)
            session_screen_table[screen]->end(session);
    for (int screen = SCREEN_COUNT - 1; screen >= 0; screen--)
        ended = session_screen_table[screen]->free(session) && ended;
    keymaps_free(session->keymaps); /* which all screens had */
    return ended;
}

struct frame *session_frame(struct session *session, enum screen_id screen)
{
    return session_screen_table[screen]->frame(session);
}

void session_say(struct session *session, const char *text)
{
    frame_say(session_frame(session, session->shown), text);
}

/* ---- events ---- */

void session_go(struct session *session, enum screen_id screen)
{
    struct err err;
    const struct session_screen *row = session_screen_table[screen];
    if (row->frame(session) == NULL) {
        if (row->make(session, NULL, &err)) {
            row->free(session);
            session_say(session, err.message);
            return;
        }
        session_apply_options(session);
    }
    session->shown = screen;
    session->draw = true;
    if (row->come != NULL)
        row->come(session);
}

void session_grant_common(struct session *session, screen_wish wish)
{
    session->draw = session->draw || wish != 0;
    session->quit = session->quit || (wish & WISH_QUIT);
    session->whole = session->whole || (wish & WISH_REPAINT);
    if (wish & WISH_GNUPLOT)
        session_windows_toggle(session, session->shown);
    if (wish & WISH_SUSPEND)
        session_suspend(session);
    if (wish & WISH_COMMAND)
        command_line_open(&session->line);
    for (int screen = 0; screen < SCREEN_COUNT; screen++)
        if (wish & (screen_wish)WISH_GO << screen)
            session_go(session, (enum screen_id)screen);
}

/* True: it was for the command line. */
static bool handle_line(struct session *session, const struct event *event)
{
    screen_wish wish = 0;
    if (!session->line.open)
        return false;
    bool taken = command_line_handle(&session->line, event, &wish);
    session_grant_common(session, wish);
    if (session->line.entered)
        session_perform(session, session->line.field.text);
    session->line.entered = false;
    return taken;
}

void session_handle(struct session *session, const struct event *event)
{
    if (!handle_line(session, event))
        session_grant_common(session, session_screen_table[session->shown]->handle(session, event));
}

void session_draw(struct session *session)
{
    grid_clear(&session->grid);
    session_screen_table[session->shown]->draw(session);
    if (session->line.open)
        command_line_draw(&session->line, &session->grid, terminal_glyphs());
}

/* ---- what goes on behind the screens ---- */

void session_screens_tend(struct session *session)
{
    for (int screen = 0; screen < SCREEN_COUNT; screen++) {
        const struct session_screen *row = session_screen_table[screen];
        if (row->tend == NULL || !row->tend(session))
            continue;
        session_windows_changed(session, (enum screen_id)screen);
        session->changed = session->changed || session->shown == (enum screen_id)screen;
    }
}

int session_screens_timeout(const struct session *session)
{
    int time = -1;
    for (int screen = 0; screen < SCREEN_COUNT; screen++)
        if (session_screen_table[screen]->timeout != NULL)
            time = clock_sooner(time, session_screen_table[screen]->timeout(session));
    return time;
}

void session_screens_poll(const struct session *session, struct pollfd descriptor[SCREEN_COUNT])
{
    for (int screen = 0; screen < SCREEN_COUNT; screen++) {
        const struct session_screen *row = session_screen_table[screen];
        int fd = row->descriptor != NULL ? row->descriptor(session) : -1;
        descriptor[screen] = (struct pollfd){.fd = fd, .events = POLLIN};
    }
}

void session_screens_polled(struct session *session, const struct pollfd descriptor[SCREEN_COUNT])
{
    if (!session_screen_table[session->shown]->prompt)
        return;
    for (int screen = 0; screen < SCREEN_COUNT; screen++)
        if (descriptor[screen].revents != 0 && session_screen_table[screen]->prompt)
            session->draw = true;
}
