/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_DIALOGUE_SCREEN_H
#define RANKSCOPE_UI_DIALOGUE_SCREEN_H

#include "base/err.h"
#include "dialogue/view.h"
#include "ui/event.h"
#include "ui/grid.h"
#include "ui/screen.h"

#include <stdbool.h>

/* The Dialogue screen: two retrainings of an encoder on conversations, live, what their bases are worth to personas they have not met,
 * and a conversation. Events come in, wishes go out, and drawing is a function of a view onto a grid. */
struct dialogue_screen;

enum {
    DIALOGUE_BEGIN = WISH_OWN << 0, /* begin retraining */
    DIALOGUE_RUN = WISH_OWN << 1,
    DIALOGUE_PAUSE = WISH_OWN << 2,
    DIALOGUE_NEXT = WISH_OWN << 3, /* show the next held-out turn */
    DIALOGUE_PREVIOUS = WISH_OWN << 4,
};

/* What there is to show. */
struct dialogue_status {
    const struct dialogue_view *view; /* NULL: nothing yet */
    bool begun, paused;
};

struct dialogue_screen *dialogue_screen_new(enum glyphs glyphs, struct err *err); /* NULL: ERR_MEMORY */
void dialogue_screen_free(struct dialogue_screen *screen);                        /* NULL is allowed */

screen_wish dialogue_screen_handle(struct dialogue_screen *screen, const struct event *event,
                                   const struct dialogue_status *status);
void dialogue_screen_draw(struct dialogue_screen *screen, struct grid *grid, const struct dialogue_status *status);

/* Says something to the person in the message line until the next key. */
struct frame *dialogue_screen_frame(struct dialogue_screen *screen);
void dialogue_screen_say(struct dialogue_screen *screen, const char *text);

#endif
