/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/session.h"

#include "plot/dialogue_live_figure.h"
#include "ui/dialogue_screen.h"

#include <stdlib.h>

static enum err_code make(struct session *session, const struct journal *way, struct err *err)
{
    (void)way;
    session->dialogue = dialogue_screen_new(terminal_glyphs(), err);
    return session->dialogue == NULL ? err->code : ERR_NONE;
}

static struct frame *frame(struct session *session)
{
    return session->dialogue != NULL ? dialogue_screen_frame(session->dialogue) : NULL;
}

static struct dialogue_status status_of(const struct session *session)
{
    return (struct dialogue_status){.view = session->talk_view,
                                    .begun = session->talk != NULL,
                                    .paused = session->talk != NULL && dialogue_live_paused(session->talk)};
}

static void begin(struct session *session)
{
    struct err err;
    char *folder = project_default_folder(&err);
    if (folder != NULL) {
        const struct dialogue_live_setup setup = dialogue_live_usual(folder);
        session->talk = dialogue_live_new(&setup, &err);
    }
    if (session->talk == NULL)
        dialogue_screen_say(session->dialogue, err.message);
    free(folder);
}

static screen_wish handle(struct session *session, const struct event *event)
{
    struct dialogue_status status = status_of(session);
    screen_wish wish = dialogue_screen_handle(session->dialogue, event, &status);
    if (wish & DIALOGUE_BEGIN)
        begin(session);
    else if (session->talk != NULL && (wish & (DIALOGUE_RUN | DIALOGUE_PAUSE)))
        dialogue_live_pause(session->talk, (wish & DIALOGUE_PAUSE) != 0);
    if (session->talk != NULL && (wish & (DIALOGUE_NEXT | DIALOGUE_PREVIOUS)))
        dialogue_live_turn(session->talk, (wish & DIALOGUE_NEXT) ? 1 : -1);
    return wish;
}

static void draw(struct session *session)
{
    struct dialogue_status status = status_of(session);
    dialogue_screen_draw(session->dialogue, &session->grid, &status);
}

static bool tend(struct session *session)
{
    bool fresh = false;
    if (session->talk != NULL)
        session->talk_view = dialogue_live_view(session->talk, &fresh);
    return fresh;
}

static void end(struct session *session)
{
    if (session->talk != NULL)
        dialogue_live_end(session->talk);
}

static bool free_all(struct session *session)
{
    dialogue_live_free(session->talk);
    dialogue_screen_free(session->dialogue);
    return true;
}

static int descriptor(const struct session *session)
{
    return session->talk == NULL ? -1 : dialogue_live_descriptor(session->talk);
}

/* ---- figures ---- */

static const struct figures *figures(const struct session *session)
{
    return session->talk_view != NULL ? &figures_of_dialogue_live : NULL;
}

static enum err_code subject(struct session *session, struct session_subject *subject, struct err *err)
{
    (void)err;
    subject->of = session->talk_view;
    return ERR_NONE;
}

/* They show epochs, and there is a view many times in one. */
static long moment(const struct session *session)
{
    return dialogue_live_figure_moment(session->talk_view);
}

const struct session_screen session_dialogue = {
    .make = make,
    .end = end,
    .free = free_all,
    .frame = frame,
    .handle = handle,
    .draw = draw,
    .tend = tend,
    .descriptor = descriptor,
    .figures = figures,
    .subject = subject,
    .moment = moment,
    .picture = "rankscope-dialogue.png",
};
