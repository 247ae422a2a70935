/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_FRAME_H
#define RANKSCOPE_UI_FRAME_H

#include "base/err.h"
#include "ui/draw.h"
#include "ui/keymap.h"

/* What every screen has around its own things: the line on top with the names of all screens, the hints in the last line, the
 * help, a message, and what happens where there is no room. A screen has one as a member and asks it first. */

enum { FRAME_LEAST_WIDTH = 60, FRAME_LEAST_HEIGHT = 16 };
enum { FRAME_EDGE = 2 }; /* the hints begin and end this far from the edges of the last line */

struct frame {
    enum screen_id screen;
    const struct keymap *keymap;
    enum glyphs glyphs, best_glyphs;
    int width, height;   /* as last drawn or told */
    bool helping;        /* the help overlay is open */
    int help_top;        /* its first line that is seen */
    int text_page;       /* of the text in the box below, where it has several */
    int text_pages;      /* as last drawn */
    struct rect turn;    /* the button that turns them, as last drawn; empty: there is none */
    char message[512];   /* until the next key, or "" */
    bool message_alarms; /* something was refused */
};

void frame_begin(struct frame *frame, enum screen_id screen, const struct keymap *keymap, enum glyphs glyphs);
bool frame_fits(const struct frame *frame); /* else there is nothing but a message */

/* Something for the person, until the next key; and why something was refused. */
void frame_say(struct frame *frame, const char *text);
screen_wish frame_refuse(struct frame *frame, const struct err *err);

/* ---- events ---- */

/* Every event comes here first: resizes are taken over, and the message is forgotten by what could be an answer to it. */
screen_wish frame_notice(struct frame *frame, const struct event *event);

/* A key that all screens have, or any where there is no room. False: it is the screen's own. */
bool frame_press(struct frame *frame, enum keymap_context context, uint32_t key, screen_wish *wish);

/* The mouse on the top line, the hints and the help. True: it was there, and `*key` is what shall be pressed for it (0: nothing). */
bool frame_point(struct frame *frame, enum keymap_context context, const struct event *event, uint32_t *key,
                 screen_wish *wish);

/* ---- drawing ---- */

/* Takes the grid's size over, clears it and draws the outline. False: there is no room, which is said, and nothing else is to be
 * drawn. */
bool frame_draw(struct frame *frame, struct grid *grid);

/* One of the things at the right end of the top line; the later ones are left away first where room is short. */
struct frame_piece {
    char text[64];
    enum style style;
    int rank; /* order from left to right, below FRAME_PIECES */
};
enum { FRAME_PIECES = 7 };
void frame_title_draw(const struct frame *frame, struct grid *grid, const char *title, const struct frame_piece *piece,
                      int count);

void frame_hints_draw(const struct frame *frame, struct grid *grid, enum keymap_context context);
void frame_help_draw(struct frame *frame, struct grid *grid); /* over everything between the first line and the last */

/* On the line below `area`, at its right end: that there is more than is seen. */
void frame_more_draw(const struct frame *frame, struct grid *grid, struct rect area, bool above, bool below);

/* The box below: a sentence that never moves, and at its foot the message, or else a note, which gives way to a long
 * sentence unless it is `needed`. Where the sentence is too long even so, it has pages, and the line above the box
 * says which key turns them. */
struct frame_text {
    const char *sentence;
    enum style style;
    const char *note;
    enum style note_style;
    bool needed;
};
void frame_text_draw(struct frame *frame, struct grid *grid, struct rect area, const struct frame_text *text);

/* ---- frame_title.c ---- */

/* The name of a screen at a cell of the top line; false: there is none. */
bool frame_screen_at(const struct frame *frame, int x, int y, enum screen_id *screen);

/* ---- frame_help.c ---- */

void frame_help_open(struct frame *frame);
/* The key of a line of the help that counts wherever the focus is, or that opens the command line, at this cell. False: there is none. */
bool frame_help_at(const struct frame *frame, int x, int y, uint32_t *key);

void frame_help_scroll(struct frame *frame, int lines); /* as far as there are some */

#endif
