/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_KEYMAP_H
#define RANKSCOPE_UI_KEYMAP_H

#include "ui/event.h"
#include "ui/lab.h"

/* The lab's keys, once: the dispatcher, the hints, the help overlay and the docs read this table. */

enum keymap_context {
    KEYMAP_ALWAYS,     /* whatever else is on the screen */
    KEYMAP_WATCHING,   /* unless something is typed or shown on top */
    KEYMAP_PARAMETERS, /* a parameter has the focus */
    KEYMAP_CHARTS,     /* a chart has the focus */
    KEYMAP_EDITING,
    KEYMAP_MENU,
    KEYMAP_HELP,
};

enum keymap_group {
    GROUP_RUN,
    GROUP_PARAMETERS,
    GROUP_SCREEN,
    GROUP_CHARTS,
    GROUP_EDITING,
    GROUP_MENU,
    GROUP_HELP,
    GROUP_COUNT,
};
extern const char *const keymap_group_titles[GROUP_COUNT];

/* What a key does; `argument` is the key's own in the table. */
typedef lab_wish keymap_action(struct lab *lab, int argument, const struct view *view);

enum { KEYMAP_KEYS = 12 };

struct binding {
    const char *shown; /* its keys, with a blank between two: "← →" */
    const char *hint;  /* a word or two for the bottom line, or NULL */
    const char *help;
    enum keymap_group group;
    enum keymap_context context;
    keymap_action *action;
    struct {
        uint32_t key; /* 0 after the last */
        int argument;
    } key[KEYMAP_KEYS];
};

extern const struct binding keymap_table[];
extern const int keymap_count;

/* Does what `key` means in `context`, or else what it always means. False: nothing. */
bool keymap_dispatch(struct lab *lab, enum keymap_context context, uint32_t key, const struct view *view,
                     lab_wish *wish);

/* The bottom line: hints of the bindings that count in `context`, as many as fit between two columns, whole ones
 * only; the last of the context is always among them if it fits at all. */
struct hint {
    const struct binding *binding;
    int x, width; /* keys, a blank, the hint */
};
enum { KEYMAP_HINTS = 24 };
int keymap_hints(enum keymap_context context, int left, int right, enum glyphs glyphs, struct hint hint[KEYMAP_HINTS]);

/* The key of a hint that lies at column x. */
uint32_t keymap_hint_key(const struct hint *hint, enum glyphs glyphs, int x);

#endif
