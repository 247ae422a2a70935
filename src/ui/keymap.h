/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_KEYMAP_H
#define RANKSCOPE_UI_KEYMAP_H

#include "ui/event.h"
#include "ui/grid.h"
#include "ui/screen.h"

#include <stdio.h>

/* A screen's keys, once: the dispatcher, the hints, the help overlay and the docs read its table, and after it the one of keys
 * that all screens have. */

enum keymap_context {
    KEYMAP_ALWAYS,     /* whatever else is on the screen */
    KEYMAP_WATCHING,   /* unless something is typed or shown on top */
    KEYMAP_PARAMETERS, /* a parameter has the focus */
    KEYMAP_CHARTS,     /* a chart has the focus */
    KEYMAP_EDITING,
    KEYMAP_MENU,
    KEYMAP_NAMING, /* a name for the run is typed */
    KEYMAP_SHARE,  /* the run as a line of text is shown */
    KEYMAP_HELP,
    KEYMAP_COMMAND, /* a command is being typed */
    KEYMAP_LIST,    /* of lessons */
    KEYMAP_LESSON,
    KEYMAP_QUESTION, /* a lesson's, that waits for an answer */
    KEYMAP_DEMO,
};

enum keymap_group {
    GROUP_LIST,
    GROUP_LESSON,
    GROUP_QUESTION,
    GROUP_DEMO,
    GROUP_RUN,
    GROUP_PARAMETERS,
    GROUP_SCREEN,
    GROUP_CHARTS,
    GROUP_EDITING,
    GROUP_MENU,
    GROUP_NAMING,
    GROUP_SHARE,
    GROUP_HELP,
    GROUP_COMMAND,
    GROUP_COUNT,
};

struct classroom;
struct classroom_now;
struct frame;
struct lab;
struct view;
struct tradeoffs;
struct tradeoffs_view;
struct options;
struct options_view;
struct command_line;
struct command_row;
struct shelf;
struct shelf_view;
struct dialogue_screen;
struct dialogue_status;
struct terrain;
struct terrain_view;

/* What a key does; `argument` is the key's own in the table. */
typedef screen_wish lab_action(struct lab *lab, int argument, const struct view *view);
typedef screen_wish tradeoffs_action(struct tradeoffs *tradeoffs, int argument, const struct tradeoffs_view *view);
typedef screen_wish options_action(struct options *options, int argument, const struct options_view *view);
typedef screen_wish classroom_action(struct classroom *classroom, int argument, const struct classroom_now *now);
typedef screen_wish shelf_action(struct shelf *shelf, int argument, const struct shelf_view *view);
typedef screen_wish dialogue_action(struct dialogue_screen *screen, int argument, const struct dialogue_status *status);
typedef screen_wish terrain_action(struct terrain *terrain, int argument, const struct terrain_view *view);
typedef screen_wish frame_action(struct frame *frame, int argument);
typedef screen_wish command_line_action(struct command_line *line, int argument);

enum { KEYMAP_KEYS = 12 };

struct binding {
    const char *shown; /* its keys, with a blank between two: "← →" */
    const char *hint;  /* a word or two for the bottom line, or NULL */
    const char *help;
    enum keymap_group group;
    enum keymap_context context;
    union { /* the one whose table it stands in */
        lab_action *lab;
        tradeoffs_action *tradeoffs;
        options_action *options;
        classroom_action *classroom;
        shelf_action *shelf;
        dialogue_action *dialogue;
        terrain_action *terrain;
        frame_action *frame;
        command_line_action *line; /* of the context KEYMAP_COMMAND */
    } action;
    struct {
        uint32_t key; /* 0 after the last */
        int argument;
    } key[KEYMAP_KEYS];
};

/* The rows of a table for a field (field.h) that is edited, whose action gets the key; help calls it `text`. */
/* clang-format off */
#define KEYMAP_FIELD_ROW(shown, help, first, last, ...) \
    {shown, NULL, help, GROUP_EDITING, KEYMAP_EDITING, __VA_ARGS__, {{first, first}, {last, last}}}
#define KEYMAP_FIELD(text, ...) \
    KEYMAP_FIELD_ROW("← →", "move within the " text, EVENT_KEY_LEFT, EVENT_KEY_RIGHT, __VA_ARGS__), \
    KEYMAP_FIELD_ROW("Home End", "to its beginning, its end", EVENT_KEY_HOME, EVENT_KEY_END, __VA_ARGS__), \
    KEYMAP_FIELD_ROW("Backspace Delete", "erase before, after the cursor", EVENT_KEY_BACKSPACE, EVENT_KEY_DELETE, \
                     __VA_ARGS__)
/* clang-format on */

struct keymap {
    const char *titles[GROUP_COUNT]; /* of its groups; those that it has none for are called as every screen's */
    const struct binding *binding;
    int count;
    const struct keymap *common; /* of every screen; NULL: frame_keymap */
};
extern const struct keymap lab_keymap, tradeoffs_keymap, terrain_keymap, shelf_keymap, dialogue_keymap, options_keymap,
    classroom_keymap;
extern const struct keymap frame_keymap; /* of every screen */

/* The binding of `key` in `context`, or else the one that it always has, and what the table says of the key; NULL: none. */
const struct binding *keymap_find(const struct keymap *keymap, enum keymap_context context, uint32_t key,
                                  int *argument);

/* The bottom line: hints of the bindings that count in `context`, as many as fit between two columns, whole ones
 * only; the last of the context is always among them if it fits at all. */
struct hint {
    const struct binding *binding;
    int x, width; /* keys, a blank, the hint */
};
enum { KEYMAP_HINTS = 32 };
int keymap_hints(const struct keymap *keymap, enum keymap_context context, int left, int right, enum glyphs glyphs,
                 struct hint hint[KEYMAP_HINTS]);

/* The key of a hint that lies at column x. */
uint32_t keymap_hint_key(const struct hint *hint, enum glyphs glyphs, int x);

/* All keys: each group's title, then its bindings. Returns how many lines. */
struct keymap_line {
    const char *title;                 /* NULL: it is a binding or a command */
    const struct binding *binding;     /* NULL: it is a title or a command */
    const struct command_row *command; /* in the help alone */
};
enum { KEYMAP_LINES = 160 };
int keymap_lines(const struct keymap *keymap, struct keymap_line line[KEYMAP_LINES]);

/* The keys as the man page and the docs show them: one line each. */
void keymap_write(const struct keymap *keymap, FILE *stream);

#endif
