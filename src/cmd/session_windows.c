/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "cmd/session.h"
#include "plot/survey_figure.h"
#include "plot/sweep_figure.h"

enum { OFFER_TIME = CLOCK_SECOND / 10 }; /* between two subjects that gnuplot gets */

/* Where the figures go without a display. */
static const char *const picture_paths[SCREEN_COUNT] = {[SCREEN_LAB] = "rankscope.png",
                                                        [SCREEN_TRADEOFFS] = "rankscope-sweep.png",
                                                        [SCREEN_LANDSCAPE] = "rankscope-landscape.png",
                                                        [SCREEN_DIALOGUE] = "rankscope-dialogue.png",
                                                        [SCREEN_LESSONS] = "rankscope-lesson.png"};

static void close_windows(struct session_figures *figures)
{
    windows_free(figures->windows);
    figures->windows = NULL;
}

/* What the screen shows of the table. */
static struct sweep_choice choice_of(const struct session *session, const struct table *table)
{
    struct sweep_choice choice = sweep_choice_default(table, tradeoffs_metric(session->tradeoffs));
    choice.statistic = tradeoffs_statistic(session->tradeoffs);
    choice.across = table->plan.axes - 1;
    choice.up = table->plan.axes - 2;
    return choice;
}

static const struct figures *figures_of(const struct session *session, enum screen_id screen)
{
    struct view view;
    if (screen == SCREEN_LANDSCAPE)
        return &figures_of_survey;
    if (screen != SCREEN_TRADEOFFS)
        return screen == SCREEN_LAB || session_lessons_view(session, &view) ? &figures_of_run : NULL;
    const struct table *table = sweeps_view(&session->sweeps).table;
    if (screen != SCREEN_TRADEOFFS || table == NULL)
        return NULL;
    struct sweep_choice choice = choice_of(session, table);
    return sweep_figures(&choice);
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
        session_say(session, "There is nothing yet to draw.");
        return;
    }
    figures->windows = windows_new(figures->of, *gnuplot != '\0' ? gnuplot : NULL, picture_paths[screen], &err);
    if (figures->windows == NULL)
        session_say(session, err.message);
    figures->offer = true;
}

void session_windows_free(struct session *session)
{
    for (int screen = 0; screen < SCREEN_COUNT; screen++)
        close_windows(&session->figures[screen]);
}

static void offer_sweep(struct session *session, struct session_figures *figures)
{
    struct err err;
    const struct table *table = sweeps_view(&session->sweeps).table;
    if (table == NULL)
        return;
    struct sweep_choice choice = choice_of(session, table);
    struct sweep_grid *grid = sweep_grid_new(&choice, &err);
    if (grid == NULL)
        session_say(session, err.message);
    else
        windows_offer(figures->windows, grid);
    sweep_grid_free(grid);
}

static void offer(struct session *session, enum screen_id screen)
{
    struct session_figures *figures = &session->figures[screen];
    bool due = figures->offer && windows_ready(figures->windows) && clock_now() - figures->offered >= OFFER_TIME;
    if (!due)
        return;
    struct view view = runs_view(&session->runs);
    if (screen == SCREEN_LAB || (screen == SCREEN_LESSONS && session_lessons_view(session, &view))) {
        windows_offer(figures->windows, &view);
    } else if (screen == SCREEN_LANDSCAPE) {
        const struct survey *survey = session->lookout.survey;
        if (survey != NULL && survey->place.unknowns > 0)
            windows_offer(figures->windows, survey);
    } else if (screen == SCREEN_TRADEOFFS) {
        offer_sweep(session, figures);
    }
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
