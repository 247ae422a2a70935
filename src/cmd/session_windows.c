/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "cmd/session.h"

enum { OFFER_TIME = CLOCK_SECOND / 10 }; /* between two subjects that gnuplot gets */

static void close_windows(struct session_figures *figures)
{
    windows_free(figures->windows);
    figures->windows = NULL;
}

static const struct figures *figures_of(const struct session *session, enum screen_id screen)
{
    const struct session_screen *row = session_screen_table[screen];
    return row->figures != NULL ? row->figures(session) : NULL;
}

void session_windows_toggle(struct session *session, enum screen_id screen)
{
    struct err err = {.code = ERR_NONE};
    struct session_figures *figures = &session->figures[screen];
    if (figures->windows != NULL) {
        close_windows(figures);
        session_say(session, "gnuplot's figures are closed");
        return;
    }
    const char *gnuplot = session->options->preferences->now.gnuplot;
    figures->of = figures_of(session, screen);
    if (figures->of == NULL) {
        session_say(session, session_screen_table[screen]->figures != NULL ? "There is nothing yet to draw."
                                                                           : "This screen has no figures in gnuplot.");
        return;
    }
    figures->windows =
        windows_new(figures->of, *gnuplot != '\0' ? gnuplot : NULL, session_screen_table[screen]->picture, &err);
    if (figures->windows == NULL)
        session_say(session, err.message);
    figures->offer = true;
}

void session_windows_free(struct session *session)
{
    for (int screen = 0; screen < SCREEN_COUNT; screen++)
        close_windows(&session->figures[screen]);
}

static void offer(struct session *session, enum screen_id screen)
{
    struct session_figures *figures = &session->figures[screen];
    bool due = figures->offer && windows_ready(figures->windows) && clock_now() - figures->offered >= OFFER_TIME;
    if (!due)
        return;
    session_screen_table[screen]->offer(session, figures->windows);
    figures->offer = false;
    figures->offered = clock_now();
}

static void tend(struct session *session, enum screen_id screen)
{
    char text[256];
    struct session_figures *figures = &session->figures[screen];
    windows_service(figures->windows);
    while (windows_message(figures->windows, text, sizeof text)) {
        session_say(session, text);
        session->draw = true;
    }
    if (windows_alive(figures->windows))
        offer(session, screen);
    else
        close_windows(figures);
}

void session_windows_tend(struct session *session)
{
    for (int screen = 0; screen < SCREEN_COUNT; screen++)
        if (session->figures[screen].windows != NULL)
            tend(session, (enum screen_id)screen);
}

void session_windows_changed(struct session *session, enum screen_id screen)
{
    struct session_figures *figures = &session->figures[screen];
    figures->offer = true;
    if (figures->windows == NULL || figures_of(session, screen) == figures->of)
        return;
    close_windows(figures); /* a sweep over one axis has other figures than one over two */
    session_windows_toggle(session, screen);
}

int session_windows_timeout(const struct session *session)
{
    int time = -1;
    for (int screen = 0; screen < SCREEN_COUNT; screen++) {
        const struct session_figures *figures = &session->figures[screen];
        if (figures->windows == NULL)
            continue;
        time = clock_sooner(time, windows_timeout(figures->windows));
        if (figures->offer && windows_ready(figures->windows))
            time = clock_sooner(time, clock_milliseconds_until(figures->offered + OFFER_TIME));
    }
    return time;
}

int session_windows_poll(const struct session *session, struct pollfd descriptor[SESSION_WINDOWS_POLL_MAX])
{
    int count = 0;
    for (int screen = 0; screen < SCREEN_COUNT; screen++)
        if (session->figures[screen].windows != NULL)
            count += windows_poll(session->figures[screen].windows, descriptor + count);
    return count;
}
