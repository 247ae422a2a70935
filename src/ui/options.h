/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_OPTIONS_H
#define RANKSCOPE_UI_OPTIONS_H

#include "ui/event.h"
#include "ui/grid.h"
#include "ui/screen.h"
#include "ui/settings.h"

/* The options' screen: rows of the table of settings, changed in place. Like the others it knows no file and no terminal. */
struct options;

/* What the caller shall do after an event, besides what every screen may wish for. */
enum {
    OPTIONS_CHANGE = WISH_OWN << 0, /* set options_wanted, and options_refuse if it cannot be */
    OPTIONS_KEYS = WISH_OWN << 1,   /* the same of options_wanted_keys */
};

/* What there is to show. */
struct options_view {
    const struct settings *settings;
    const struct keymaps *keymaps; /* NULL: no key is changed */
    const char *path;              /* where they are kept; NULL: nowhere */
};

/* NULL: ERR_MEMORY. */
struct options *options_new(enum glyphs glyphs, struct err *err);
void options_free(struct options *options); /* NULL is allowed */

screen_wish options_handle(struct options *options, const struct event *event, const struct options_view *view);
void options_draw(struct options *options, struct grid *grid, const struct options_view *view);

/* For OPTIONS_CHANGE: which, and its text. */
const char *options_wanted(const struct options *options, enum setting_id *id);

/* For OPTIONS_KEYS: what they do, and which; "": as they are without a change. */
const char *options_wanted_keys(const struct options *options, char action[KEYMAP_ACTION_SIZE]);

/* Says why a value was refused, which then can be mended if it was typed. */
void options_refuse(struct options *options, const struct err *err);

struct frame *options_frame(struct options *options);

#endif
