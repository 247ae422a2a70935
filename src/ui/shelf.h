/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_SHELF_H
#define RANKSCOPE_UI_SHELF_H

#include "run/curves.h"
#include "sweep/store_runs.h"
#include "ui/event.h"
#include "ui/grid.h"
#include "ui/screen.h"

/* The Runs screen: the runs that were kept, and the curves of those that are marked over each other. Like the lab it knows neither
 * curses nor files: events come in, wishes go out, and drawing is a function of the list onto a grid. */
struct shelf;

/* What the caller shall do after an event, besides what every screen may wish for; bits. All are about shelf_run. */
enum {
    SHELF_OPEN = WISH_OWN << 0,   /* open it in the lab */
    SHELF_RENAME = WISH_OWN << 1, /* to shelf_name; then shelf_taken or shelf_refuse */
    SHELF_DELETE = WISH_OWN << 2,
    SHELF_EXPORT = WISH_OWN << 3, /* write it into a folder */
    SHELF_CURVES = WISH_OWN << 4, /* others are shown: see shelf_shows */
};

/* What there is to show. */
struct shelf_view {
    const struct store_run_list *list;
    const struct curves *const *curves; /* of each run; NULL: not known */
    const char *message;                /* something that lasts, or "" */
};

struct shelf_options {
    enum glyphs glyphs;
};

struct shelf *shelf_new(const struct shelf_options *options, struct err *err); /* NULL: ERR_MEMORY */
void shelf_free(struct shelf *shelf);                                          /* NULL is allowed */

/* Takes another list over: the cursor is on a run that is there. */
void shelf_settle(struct shelf *shelf, const struct shelf_view *view);

screen_wish shelf_handle(struct shelf *shelf, const struct event *event, const struct shelf_view *view);
void shelf_draw(struct shelf *shelf, struct grid *grid, const struct shelf_view *view);

/* The run with the cursor, by its id; 0: there is none. */
long long shelf_run(const struct shelf *shelf);
const char *shelf_name(const struct shelf *shelf); /* as it was typed */

/* The curves of this run are in the picture: it has the cursor, or is marked. */
bool shelf_shows(const struct shelf *shelf, long long id);

void shelf_taken(struct shelf *shelf);
void shelf_refuse(struct shelf *shelf, const struct err *err);

/* Says something to the person in the message line until the next key. */
struct frame *shelf_frame(struct shelf *shelf);
void shelf_say(struct shelf *shelf, const char *text);

#endif
