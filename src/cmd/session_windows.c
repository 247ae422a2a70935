/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "cmd/session.h"

#define PICTURE_PATH "rankscope.png"

enum { OFFER_TIME = CLOCK_SECOND / 10 }; /* between views that gnuplot gets */

void session_windows_toggle(struct session *session)
{
    struct err err = {.code = ERR_NONE};
    if (session->windows != NULL) {
        windows_free(session->windows);
        session->windows = NULL;
        session_say(session, "gnuplot's figures are closed");
        return;
    }
    session->windows = windows_new(&figures_of_run, session->options->gnuplot, PICTURE_PATH, &err);
    if (session->windows == NULL)
        session_say(session, err.message);
    session->offer = true;
}

void session_windows_tend(struct session *session)
{
    char text[256];
    if (session->windows == NULL)
        return;
    windows_service(session->windows);
    while (windows_message(session->windows, text, sizeof text)) {
        session_say(session, text);
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

int session_windows_timeout(const struct session *session)
{
    if (session->windows == NULL)
        return -1;
    int time = windows_timeout(session->windows);
    if (session->offer && windows_ready(session->windows))
        time = clock_sooner(time, clock_milliseconds_until(session->offered + OFFER_TIME));
    return time;
}
