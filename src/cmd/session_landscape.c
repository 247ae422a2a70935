/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/session.h"

#include "plot/survey_figure.h"
#include "ui/lab.h"

/* The landscape of the lab's run. Nothing of it is computed while nobody sees it, on the screen or in gnuplot. */

static enum err_code make(struct session *session, const struct journal *way, struct err *err)
{
    (void)way;
    session->terrain = terrain_new(&(struct terrain_options){.glyphs = terminal_glyphs()}, err);
    return session->terrain == NULL ? err->code : ERR_NONE;
}

static void end(struct session *session)
{
    lookout_end(&session->lookout);
}

static bool free_all(struct session *session)
{
    bool ended = lookout_free(&session->lookout);
    terrain_free(session->terrain);
    return ended;
}

static struct frame *frame(struct session *session)
{
    return session->terrain != NULL ? terrain_frame(session->terrain) : NULL;
}

/* ---- wishes ---- */

static bool is_seen(const struct session *session)
{
    return session->shown == SCREEN_LANDSCAPE || session->figures[SCREEN_LANDSCAPE].windows != NULL;
}

/* Of the run that is looked at: its charts may still be those of the one before. */
static void look(struct session *session, bool urgent)
{
    struct view view = runs_view(&session->runs);
    enum live_state state = runs_status(&session->runs).state;
    if (is_seen(session))
        lookout_look(&session->lookout, session->terrain, view.snapshot != NULL ? &view.snapshot->journal : NULL,
                     state == LIVE_RUNNING, urgent);
}

static struct terrain_view view_of(const struct session *session)
{
    const struct lookout *lookout = &session->lookout;
    bool any = lookout->survey != NULL && lookout->survey->place.unknowns > 0;
    return (struct terrain_view){.survey = any ? lookout->survey : NULL,
                                 .busy = lookout_busy(lookout),
                                 .err = &lookout->err,
                                 .snapshot = runs_view(&session->runs).snapshot,
                                 .state = runs_status(&session->runs).state};
}

static void grant(struct session *session, screen_wish wish)
{
    screen_wish lab = 0;
    lab |= wish & (TERRAIN_RUN | TERRAIN_AGAIN) ? LAB_RUN : 0;
    lab |= wish & TERRAIN_PAUSE ? LAB_PAUSE : 0;
    lab |= wish & TERRAIN_STEP ? LAB_STEP : 0;
    lab |= wish & TERRAIN_AGAIN ? LAB_RESTART : 0;
    session_grant_run(session, lab);
    if (wish & TERRAIN_LOOK)
        look(session, true);
}

static screen_wish handle(struct session *session, const struct event *event)
{
    struct terrain_view view = view_of(session);
    screen_wish wish = terrain_handle(session->terrain, event, &view);
    grant(session, wish);
    return wish;
}

static void draw(struct session *session)
{
    struct terrain_view view = view_of(session);
    terrain_draw(session->terrain, &session->grid, &view);
}

/* ---- what goes on behind it ---- */

static bool tend(struct session *session)
{
    look(session, false);
    return lookout_tend(&session->lookout);
}

static int descriptor(const struct session *session)
{
    return lookout_descriptor(&session->lookout);
}

static int timeout(const struct session *session)
{
    bool running = runs_status(&session->runs).state == LIVE_RUNNING;
    return is_seen(session) ? lookout_timeout(&session->lookout, running) : -1;
}

static const struct figures *figures(const struct session *session)
{
    (void)session;
    return &figures_of_survey;
}

static enum err_code subject(struct session *session, struct session_subject *subject, struct err *err)
{
    (void)err;
    subject->of = view_of(session).survey;
    return ERR_NONE;
}

const struct session_screen session_landscape = {
    .make = make,
    .end = end,
    .free = free_all,
    .frame = frame,
    .handle = handle,
    .draw = draw,
    .prompt = true,
    .tend = tend,
    .descriptor = descriptor,
    .timeout = timeout,
    .figures = figures,
    .subject = subject,
    .picture = "rankscope-landscape.png",
};
