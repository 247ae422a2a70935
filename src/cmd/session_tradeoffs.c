/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/session.h"

#include "plot/sweep_figure.h"
#include "ui/lab.h"

static enum err_code make(struct session *session, const struct journal *way, struct err *err)
{
    (void)way;
    session->tradeoffs = tradeoffs_new(&(struct tradeoffs_options){.glyphs = terminal_glyphs()}, err);
    return session->tradeoffs == NULL ? err->code : ERR_NONE;
}

static void end(struct session *session)
{
    sweeps_end(&session->sweeps);
}

static bool free_all(struct session *session)
{
    bool ended = sweeps_free(&session->sweeps);
    tradeoffs_free(session->tradeoffs);
    return ended;
}

static struct frame *frame(struct session *session)
{
    return session->tradeoffs != NULL ? tradeoffs_frame(session->tradeoffs) : NULL;
}

/* ---- wishes ---- */

static void begin_sweep(struct session *session)
{
    struct err err;
    bool first = session->sweeps.store == NULL;
    if (sweeps_begin(&session->sweeps, tradeoffs_plan(session->tradeoffs), &err)) {
        tradeoffs_refuse(session->tradeoffs, &err);
        return;
    }
    tradeoffs_taken(session->tradeoffs);
    session_windows_changed(session, SCREEN_TRADEOFFS);
    if (first && !session->sweeps.kept)
        tradeoffs_say(session->tradeoffs, session->sweeps.why_not.message);
}

void session_grant_tradeoffs(struct session *session, screen_wish wish)
{
    size_t cell;
    int seeds;
    if (wish & TRADEOFFS_ADOPT)
        wish |= tradeoffs_propose(session->tradeoffs, lab_config(session->lab));
    if (wish & TRADEOFFS_SWEEP)
        begin_sweep(session);
    struct sweep *sweep = session->sweeps.sweep;
    if (sweep != NULL && (wish & (TRADEOFFS_RUN | TRADEOFFS_PAUSE)))
        sweep_pause(sweep, (wish & TRADEOFFS_PAUSE) != 0);
    if (sweep != NULL && (wish & TRADEOFFS_SEEDS)) {
        tradeoffs_more(session->tradeoffs, &cell, &seeds);
        sweep_want(sweep, cell, seeds);
    }
    if (wish != 0)
        session->figures[SCREEN_TRADEOFFS].offer = true; /* another measure may be shown */
}

static screen_wish handle(struct session *session, const struct event *event)
{
    struct tradeoffs_view view = sweeps_view(&session->sweeps);
    screen_wish wish = tradeoffs_handle(session->tradeoffs, event, &view);
    session_grant_tradeoffs(session, wish);
    if (wish & TRADEOFFS_OPEN) {
        session_grant_run(session, lab_open(session->lab, tradeoffs_config(session->tradeoffs)));
        session_go(session, SCREEN_LAB);
    }
    return wish;
}

static void come(struct session *session)
{
    if (session->sweeps.sweep == NULL)
        session_grant_tradeoffs(session, TRADEOFFS_ADOPT); /* so that there is something to see */
}

static void draw(struct session *session)
{
    struct tradeoffs_view view = sweeps_view(&session->sweeps);
    tradeoffs_draw(session->tradeoffs, &session->grid, &view);
}

/* ---- what goes on behind it ---- */

static bool tend(struct session *session)
{
    return sweeps_tend(&session->sweeps);
}

static int descriptor(const struct session *session)
{
    return sweeps_descriptor(&session->sweeps);
}

static int timeout(const struct session *session)
{
    return sweeps_timeout(&session->sweeps);
}

/* ---- figures ---- */

/* What the screen shows of the table. */
static struct sweep_choice choice_of(const struct session *session, const struct table *table)
{
    struct sweep_choice choice = sweep_choice_default(table, tradeoffs_metric(session->tradeoffs));
    choice.statistic = tradeoffs_statistic(session->tradeoffs);
    choice.across = table->plan.axes - 1;
    choice.up = table->plan.axes - 2;
    return choice;
}

static const struct figures *figures(const struct session *session)
{
    const struct table *table = sweeps_view(&session->sweeps).table;
    if (table == NULL)
        return NULL;
    struct sweep_choice choice = choice_of(session, table);
    return sweep_figures(&choice);
}

static enum err_code subject(struct session *session, struct session_subject *subject, struct err *err)
{
    const struct table *table = sweeps_view(&session->sweeps).table;
    if (table == NULL)
        return ERR_NONE;
    struct sweep_choice choice = choice_of(session, table);
    subject->of = subject->grid = sweep_grid_new(&choice, err);
    return subject->of == NULL ? err->code : ERR_NONE;
}

const struct session_screen session_tradeoffs = {
    .make = make,
    .end = end,
    .free = free_all,
    .frame = frame,
    .handle = handle,
    .draw = draw,
    .come = come,
    .tend = tend,
    .descriptor = descriptor,
    .timeout = timeout,
    .figures = figures,
    .subject = subject,
    .picture = "rankscope-sweep.png",
};
