/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/session.h"

#include "ui/dialogue_screen.h"
#include "ui/frame.h"
#include "ui/lab.h"

enum err_code session_screens_new(struct session *session, const struct journal *way, struct err *err)
{
    const struct lab_options lab = {.glyphs = terminal_glyphs(), .follows = way->count > 0};
    const struct tradeoffs_options tradeoffs = {.glyphs = terminal_glyphs()};
    const struct terrain_options terrain = {.glyphs = terminal_glyphs()};
    session->line.scenarios = &session->scenarios;
    session->lab = lab_new(&way->start, &session->scenarios, &lab, err);
    if (session->lab == NULL)
        return err->code;
    session->tradeoffs = tradeoffs_new(&tradeoffs, err);
    if (session->tradeoffs == NULL)
        return err->code;
    session->terrain = terrain_new(&terrain, err);
    if (session->terrain == NULL)
        return err->code;
    session->shelf = shelf_new(&(struct shelf_options){.glyphs = terminal_glyphs()}, err);
    if (session->shelf == NULL)
        return err->code;
    session->dialogue = dialogue_screen_new(terminal_glyphs(), err);
    if (session->dialogue == NULL)
        return err->code;
    session->options_screen = options_new(terminal_glyphs(), err);
    return session->options_screen == NULL ? err->code : ERR_NONE;
}

void session_screens_free(struct session *session)
{
    lab_free(session->lab);
    tradeoffs_free(session->tradeoffs);
    terrain_free(session->terrain);
    shelf_free(session->shelf);
    dialogue_screen_free(session->dialogue);
    options_free(session->options_screen);
    keymaps_free(session->keymaps);
}

struct frame *session_frame(struct session *session, enum screen_id screen)
{
    switch (screen) {
    case SCREEN_LAB:
        return lab_frame(session->lab);
    case SCREEN_TRADEOFFS:
        return tradeoffs_frame(session->tradeoffs);
    case SCREEN_LANDSCAPE:
        return terrain_frame(session->terrain);
    case SCREEN_RUNS:
        return shelf_frame(session->shelf);
    case SCREEN_DIALOGUE:
        return dialogue_screen_frame(session->dialogue);
    case SCREEN_OPTIONS:
        return options_frame(session->options_screen);
    case SCREEN_LESSONS:
        return session_lessons_frame(session);
    case SCREEN_COUNT:
        break;
    }
    return NULL;
}

void session_say(struct session *session, const char *text)
{
    frame_say(session_frame(session, session->shown), text);
}

/* ---- the trade-offs ---- */

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

/* ---- the lab, and the landscape of its run ---- */

const char *session_copy(const char *text)
{
    return terminal_copy(text) ? "It was sent to the clipboard; whether the terminal takes it, none tells."
                               : "Mark it with the mouse and Shift: this terminal is not known to take copies.";
}

static void grant_run(struct session *session, screen_wish wish)
{
    const struct config *config = lab_config(session->lab);
    if (wish & LAB_RESTART) {
        struct journal way;
        journal_begin(&way, config);
        runs_restart(&session->runs, &way);
    }
    if (wish & LAB_KEEP)
        session_keep_run(session);
    if (wish & LAB_COPY)
        lab_say(session->lab, session_copy(lab_share_text(session->lab)));
    runs_command(&session->runs, wish, config, lab_speed(session->lab), lab_rewind(session->lab));
}

bool session_sees_landscape(const struct session *session)
{
    return session->shown == SCREEN_LANDSCAPE || session->figures[SCREEN_LANDSCAPE].windows != NULL;
}

/* Of the run that is looked at: its charts may still be those of the one before. */
void session_look(struct session *session, bool urgent)
{
    struct view view = runs_view(&session->runs);
    enum live_state state = runs_status(&session->runs).state;
    if (session_sees_landscape(session))
        lookout_look(&session->lookout, session->terrain, view.snapshot != NULL ? &view.snapshot->journal : NULL,
                     state == LIVE_RUNNING, urgent);
}

static struct terrain_view terrain_view(const struct session *session)
{
    const struct lookout *lookout = &session->lookout;
    bool any = lookout->survey != NULL && lookout->survey->place.unknowns > 0;
    return (struct terrain_view){.survey = any ? lookout->survey : NULL,
                                 .busy = lookout_busy(lookout),
                                 .err = &lookout->err,
                                 .snapshot = runs_view(&session->runs).snapshot,
                                 .state = runs_status(&session->runs).state};
}

static void grant_terrain(struct session *session, screen_wish wish)
{
    screen_wish lab = 0;
    lab |= wish & (TERRAIN_RUN | TERRAIN_AGAIN) ? LAB_RUN : 0;
    lab |= wish & TERRAIN_PAUSE ? LAB_PAUSE : 0;
    lab |= wish & TERRAIN_STEP ? LAB_STEP : 0;
    lab |= wish & TERRAIN_AGAIN ? LAB_RESTART : 0;
    grant_run(session, lab);
    if (wish & TERRAIN_LOOK)
        session_look(session, true);
}

/* ---- all screens ---- */

void session_go(struct session *session, enum screen_id screen)
{
    struct err err;
    if (screen == SCREEN_LESSONS && session->lessons == NULL) {
        if (session_lessons_new(session, &err)) {
            session_lessons_free(session);
            session_say(session, err.message);
            return;
        }
        session_apply_options(session);
    }
    session->shown = screen;
    session->draw = true;
    if (screen == SCREEN_RUNS)
        session_runs_load(session);
    if (screen == SCREEN_TRADEOFFS && session->sweeps.sweep == NULL)
        session_grant_tradeoffs(session, TRADEOFFS_ADOPT); /* so that there is something to see */
    session_look(session, false);
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

void session_grant_lab(struct session *session, screen_wish wish)
{
    grant_run(session, wish);
    session_grant_common(session, wish);
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

static void handle_options(struct session *session, const struct event *event)
{
    struct err err;
    enum setting_id id;
    const struct preferences *preferences = session->options->preferences;
    struct options_view view = {&preferences->now, session->keymaps, preferences->path};
    screen_wish wish = options_handle(session->options_screen, event, &view);
    if (wish & OPTIONS_CHANGE) {
        const char *text = options_wanted(session->options_screen, &id);
        if (session_change_option(session, id, text, &err))
            options_refuse(session->options_screen, &err);
    }
    if (wish & OPTIONS_KEYS) {
        char action[KEYMAP_ACTION_SIZE];
        const char *keys = options_wanted_keys(session->options_screen, action);
        if (session_change_keys(session, action, keys, &err))
            options_refuse(session->options_screen, &err);
    }
    session_grant_common(session, wish);
}

void session_handle(struct session *session, const struct event *event)
{
    if (handle_line(session, event))
        return;
    if (session->shown == SCREEN_OPTIONS) {
        handle_options(session, event);
        return;
    }
    if (session->shown == SCREEN_LESSONS) {
        session_grant_common(session, session_lessons_handle(session, event));
        return;
    }
    if (session->shown == SCREEN_DIALOGUE) {
        session_grant_common(session, session_dialogue_handle(session, event));
        return;
    }
    if (session->shown == SCREEN_TRADEOFFS) {
        struct tradeoffs_view view = sweeps_view(&session->sweeps);
        screen_wish wish = tradeoffs_handle(session->tradeoffs, event, &view);
        session_grant_tradeoffs(session, wish);
        if (wish & TRADEOFFS_OPEN) {
            grant_run(session, lab_open(session->lab, tradeoffs_config(session->tradeoffs)));
            session_go(session, SCREEN_LAB);
        }
        session_grant_common(session, wish);
        return;
    }
    if (session->shown == SCREEN_RUNS) {
        struct shelf_view view = kept_view(&session->kept);
        screen_wish wish = shelf_handle(session->shelf, event, &view);
        session_grant_runs(session, wish);
        session_grant_common(session, wish);
        return;
    }
    if (session->shown == SCREEN_LANDSCAPE) {
        struct terrain_view seen = terrain_view(session);
        screen_wish wish = terrain_handle(session->terrain, event, &seen);
        grant_terrain(session, wish);
        session_grant_common(session, wish);
        return;
    }
    struct view view = runs_view(&session->runs);
    screen_wish wish = lab_handle(session->lab, event, &view);
    session_grant_lab(session, wish);
}

static void draw_screen(struct session *session)
{
    if (session->shown == SCREEN_DIALOGUE) {
        session_dialogue_draw(session);
        return;
    }
    if (session->shown == SCREEN_OPTIONS) {
        const struct preferences *preferences = session->options->preferences;
        struct options_view view = {&preferences->now, session->keymaps, preferences->path};
        options_draw(session->options_screen, &session->grid, &view);
        return;
    }
    if (session->shown == SCREEN_LESSONS) {
        session_lessons_draw(session);
        return;
    }
    if (session->shown == SCREEN_TRADEOFFS) {
        struct tradeoffs_view view = sweeps_view(&session->sweeps);
        tradeoffs_draw(session->tradeoffs, &session->grid, &view);
        return;
    }
    if (session->shown == SCREEN_RUNS) {
        struct shelf_view view = kept_view(&session->kept);
        shelf_draw(session->shelf, &session->grid, &view);
        return;
    }
    if (session->shown == SCREEN_LANDSCAPE) {
        struct terrain_view view = terrain_view(session);
        terrain_draw(session->terrain, &session->grid, &view);
        return;
    }
    struct view view = runs_view(&session->runs);
    struct lab_status status = runs_status(&session->runs);
    lab_draw(session->lab, &session->grid, &view, &status);
}

void session_draw(struct session *session)
{
    grid_clear(&session->grid);
    draw_screen(session);
    if (session->line.open)
        command_line_draw(&session->line, &session->grid, terminal_glyphs());
}
