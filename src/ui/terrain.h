/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_TERRAIN_H
#define RANKSCOPE_UI_TERRAIN_H

#include "run/survey.h"
#include "ui/event.h"
#include "ui/grid.h"
#include "ui/lab.h"
#include "ui/screen.h"

/* The Landscape screen: where the lab's run stands, and the loss around there as a map with contour lines, the way walked on it. Like the
 * lab it knows neither curses nor threads: events come in, wishes go out, and drawing is a function of a survey onto a grid. */
struct terrain;

/* What the caller shall do after an event, besides what every screen may wish for; bits. */
enum {
    TERRAIN_RUN = WISH_OWN << 0, /* the lab's run: as LAB_RUN, LAB_PAUSE, LAB_STEP */
    TERRAIN_PAUSE = WISH_OWN << 1,
    TERRAIN_STEP = WISH_OWN << 2,
    TERRAIN_AGAIN = WISH_OWN << 3, /* run it from its start, running */
    TERRAIN_LOOK = WISH_OWN << 4,  /* terrain_wants something else: survey at once */
};

/* What there is to show. */
struct terrain_view {
    const struct survey *survey;     /* the newest; NULL: none yet */
    bool busy;                       /* a newer one is being made */
    const struct err *err;           /* why the newest one could not be made; code ERR_NONE */
    const struct snapshot *snapshot; /* of the run; NULL: it has not begun */
    enum live_state state;           /* of the run */
};

struct terrain_options {
    enum glyphs glyphs;
};

/* NULL: ERR_MEMORY. */
struct terrain *terrain_new(const struct terrain_options *options, struct err *err);
void terrain_free(struct terrain *terrain); /* NULL is allowed */

screen_wish terrain_handle(struct terrain *terrain, const struct event *event, const struct terrain_view *view);
void terrain_draw(struct terrain *terrain, struct grid *grid, const struct terrain_view *view);

/* What shall be looked at, of a run that stands where the journal leads: method, directions, zoom and side. */
void terrain_request(const struct terrain *terrain, const struct journal *journal, struct survey_request *request);

struct frame *terrain_frame(struct terrain *terrain);

#endif
