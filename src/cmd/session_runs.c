/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/session.h"

#include "run/share.h"
#include "ui/lab.h"

#include <stdio.h>

static enum err_code make(struct session *session, const struct journal *way, struct err *err)
{
    (void)way;
    session->shelf = shelf_new(&(struct shelf_options){.glyphs = terminal_glyphs()}, err);
    return session->shelf == NULL ? err->code : ERR_NONE;
}

static void end(struct session *session)
{
    exporter_end(&session->kept.exporter);
}

static bool free_all(struct session *session)
{
    bool ended = kept_free(&session->kept);
    shelf_free(session->shelf);
    return ended;
}

static struct frame *frame(struct session *session)
{
    return session->shelf != NULL ? shelf_frame(session->shelf) : NULL;
}

/* ---- wishes ---- */

static const char NO_STORE[] = "There is no memory for the runs that are kept.";

/* The store, or NULL after saying why there is none. */
static struct store *store_of(struct session *session)
{
    struct store *store = sweeps_store(&session->sweeps);
    if (store == NULL)
        session_say(session, NO_STORE);
    return store;
}

enum err_code session_keep_run(struct session *session, const char *name, const struct view *view,
                               char text[SESSION_KEPT_SIZE], struct err *err)
{
    struct store *store = sweeps_store(&session->sweeps);
    if (store == NULL)
        return err_set(err, ERR_MEMORY, "%s", NO_STORE);
    if (kept_keep(&session->kept, store, name, view, err))
        return err->code;
    if (session->sweeps.kept)
        snprintf(text, SESSION_KEPT_SIZE, "Kept as \"%s\": v shows the runs.", name);
    else
        snprintf(text, SESSION_KEPT_SIZE, "Kept for this visit alone: %.500s", session->sweeps.why_not.message);
    return ERR_NONE;
}

static void show_curves(struct session *session, struct store *store)
{
    struct err err;
    struct shelf_view view = kept_view(&session->kept);
    shelf_settle(session->shelf, &view);
    if (kept_show(&session->kept, store, session->shelf, &err))
        shelf_refuse(session->shelf, &err);
}

static void load(struct session *session)
{
    struct err err;
    struct store *store = store_of(session);
    if (store == NULL)
        return;
    if (!session->kept.exporter.busy)
        session->kept.message[0] = '\0'; /* it was seen */
    if (kept_load(&session->kept, store, &err)) {
        shelf_refuse(session->shelf, &err);
        return;
    }
    if (!session->sweeps.kept)
        shelf_say(session->shelf, session->sweeps.why_not.message);
    show_curves(session, store);
}

static void open_run(struct session *session, const struct store_run *run)
{
    struct err err;
    struct journal way;
    if (share_read(run->way, &way, &err)) {
        shelf_refuse(session->shelf, &err);
        return;
    }
    lab_go(session->lab, &way.start, way.count > 0);
    runs_restart(&session->runs, &way);
    runs_command(&session->runs, 0, &way.start, lab_speed(session->lab), 0);
    session_go(session, SCREEN_LAB);
}

static void grant(struct session *session, screen_wish wish)
{
    struct err err = {.code = ERR_NONE};
    const screen_wish own = SHELF_OPEN | SHELF_RENAME | SHELF_DELETE | SHELF_EXPORT | SHELF_CURVES;
    struct store *store = (wish & own) ? store_of(session) : NULL;
    long long id = shelf_run(session->shelf);
    const struct store_run *run = kept_find(&session->kept, id);
    if (store == NULL || run == NULL)
        return;
    if ((wish & SHELF_EXPORT) && kept_export(&session->kept, run, &err))
        shelf_refuse(session->shelf, &err);
    if (wish & SHELF_RENAME) {
        if (store_rename_run(store, id, shelf_name(session->shelf), &err))
            shelf_refuse(session->shelf, &err);
        else
            shelf_taken(session->shelf);
    }
    if ((wish & SHELF_DELETE) && store_delete_run(store, id, &err))
        shelf_refuse(session->shelf, &err);
    if ((wish & (SHELF_RENAME | SHELF_DELETE)) && !err.code)
        load(session);
    else if (wish & SHELF_CURVES)
        show_curves(session, store);
    if (wish & SHELF_OPEN)
        open_run(session, run);
}

static screen_wish handle(struct session *session, const struct event *event)
{
    struct shelf_view view = kept_view(&session->kept);
    screen_wish wish = shelf_handle(session->shelf, event, &view);
    grant(session, wish);
    return wish;
}

static void draw(struct session *session)
{
    struct shelf_view view = kept_view(&session->kept);
    shelf_draw(session->shelf, &session->grid, &view);
}

/* ---- what goes on behind it ---- */

static bool tend(struct session *session)
{
    return kept_tend(&session->kept);
}

static int timeout(const struct session *session)
{
    return kept_timeout(&session->kept);
}

const struct session_screen session_runs = {
    .make = make,
    .end = end,
    .free = free_all,
    .frame = frame,
    .handle = handle,
    .draw = draw,
    .come = load,
    .tend = tend,
    .timeout = timeout,
};
