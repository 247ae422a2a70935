/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "cmd/session.h"
#include "plot/sweep_grid.h"

#include <stdio.h>

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
    figures->moment = -1;
}

bool session_windows_free(struct session *session)
{
    for (int screen = 0; screen < SCREEN_COUNT; screen++)
        close_windows(&session->figures[screen]);
    return sheet_free(&session->sheet);
}

static void offer_newest(struct session *session, enum screen_id screen)
{
    struct err err;
    struct session_subject subject = {.of = NULL};
    if (session_screen_table[screen]->subject(session, &subject, &err))
        session_say(session, err.message);
    else if (subject.of != NULL)
        windows_offer(session->figures[screen].windows, subject.of);
    sweep_grid_free(subject.grid);
}

static void offer(struct session *session, enum screen_id screen)
{
    const struct session_screen *row = session_screen_table[screen];
    struct session_figures *figures = &session->figures[screen];
    bool due = figures->offer && windows_ready(figures->windows) && clock_now() - figures->offered >= OFFER_TIME;
    if (!due)
        return;
    long moment = row->moment != NULL ? row->moment(session) : -1;
    if (moment < 0 || moment != figures->moment)
        offer_newest(session, screen);
    figures->moment = moment;
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

enum err_code session_windows_save(struct session *session, const char *path, struct err *err)
{
    struct session_subject subject = {.of = NULL};
    const struct session_screen *row = session_screen_table[session->shown];
    const struct figures *of = figures_of(session, session->shown);
    if (row->figures == NULL)
        return err_set(err, ERR_INPUT, "this screen has no figures in gnuplot");
    if (of != NULL && row->subject(session, &subject, err))
        return err->code;
    enum err_code code = subject.of == NULL ? err_set(err, ERR_INPUT, "there is nothing yet to draw")
                                            : sheet_start(&session->sheet, path, of, subject.of, err);
    sweep_grid_free(subject.grid);
    return code;
}

static void tend_sheet(struct session *session)
{
    char text[sizeof session->sheet.path + 32];
    struct sheet *sheet = &session->sheet;
    if (!sheet_ended(sheet))
        return;
    snprintf(text, sizeof text, "%s is written.", sheet->path);
    session_say(session, sheet->err.code ? sheet->err.message : text);
    session->draw = true;
}

void session_windows_tend(struct session *session)
{
    tend_sheet(session);
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
    int time = sheet_timeout(&session->sheet);
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
