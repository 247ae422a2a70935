/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/session.h"

#include "ui/lab.h"

static enum err_code make(struct session *session, const struct journal *way, struct err *err)
{
    const struct lab_options options = {.glyphs = terminal_glyphs(), .follows = way->count > 0};
    session->lab = lab_new(&way->start, &session->scenarios, &options, err);
    return session->lab == NULL ? err->code : ERR_NONE;
}

static void end(struct session *session)
{
    runs_end(&session->runs);
}

static bool free_all(struct session *session)
{
    bool ended = runs_free(&session->runs);
    lab_free(session->lab);
    return ended;
}

static struct frame *frame(struct session *session)
{
    return session->lab != NULL ? lab_frame(session->lab) : NULL;
}

/* ---- wishes ---- */

const char *session_copy(const char *text)
{
    return terminal_copy(text) ? "It was sent to the clipboard; whether the terminal takes it, none tells."
                               : "Mark it with the mouse and Shift: this terminal is not known to take copies.";
}

static void keep_run(struct session *session)
{
    struct err err;
    char text[SESSION_KEPT_SIZE];
    struct view view = runs_view(&session->runs);
    if (session_keep_run(session, lab_keep_name(session->lab), &view, text, &err))
        lab_refuse(session->lab, &err);
    else
        lab_kept(session->lab, text);
}

void session_grant_run(struct session *session, screen_wish wish)
{
    const struct config *config = lab_config(session->lab);
    if (wish & LAB_RESTART) {
        struct journal way;
        journal_begin(&way, config);
        runs_restart(&session->runs, &way);
    }
    if (wish & LAB_KEEP)
        keep_run(session);
    if (wish & LAB_COPY)
        lab_say(session->lab, session_copy(lab_share_text(session->lab)));
    runs_command(&session->runs, wish, config, lab_speed(session->lab), lab_rewind(session->lab));
}

static screen_wish handle(struct session *session, const struct event *event)
{
    struct view view = runs_view(&session->runs);
    screen_wish wish = lab_handle(session->lab, event, &view);
    session_grant_run(session, wish);
    return wish;
}

static void draw(struct session *session)
{
    struct view view = runs_view(&session->runs);
    struct lab_status status = runs_status(&session->runs);
    lab_draw(session->lab, &session->grid, &view, &status);
}

/* ---- what goes on behind it ---- */

static bool tend(struct session *session)
{
    return runs_tend(&session->runs);
}

static int descriptor(const struct session *session)
{
    return runs_descriptor(&session->runs);
}

static int timeout(const struct session *session)
{
    return runs_timeout(&session->runs);
}

static const struct figures *figures(const struct session *session)
{
    (void)session;
    return &figures_of_run;
}

static enum err_code subject(struct session *session, struct session_subject *subject, struct err *err)
{
    (void)err;
    subject->view = runs_view(&session->runs);
    subject->of = &subject->view;
    return ERR_NONE;
}

const struct session_screen session_lab = {
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
    .picture = "rankscope.png",
};
