/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_SCREEN_H
#define RANKSCOPE_UI_SCREEN_H

/* The program's screens, in the order of their names on the top line; the n-th is F1 … */
enum screen_id {
    SCREEN_LAB,
    SCREEN_TRADEOFFS,
    SCREEN_LANDSCAPE,
    SCREEN_RUNS,
    SCREEN_DIALOGUE,
    SCREEN_OPTIONS,
    SCREEN_LESSONS,
    SCREEN_COUNT
};
extern const char *const screen_names[SCREEN_COUNT];

/* What the caller shall do after an event; bits. The first ones are every screen's, those from WISH_OWN on a screen's own. */
typedef unsigned screen_wish;
enum {
    WISH_REDRAW = 1 << 0,
    WISH_QUIT = 1 << 1,
    WISH_GNUPLOT = 1 << 2, /* open the figures' windows, or close them */
    WISH_SUSPEND = 1 << 3,
    WISH_REPAINT = 1 << 4, /* the terminal may have been written over: paint every cell */
    WISH_COMMAND = 1 << 5, /* open the command line */
    WISH_GO = 1 << 8,      /* shifted by an enum screen_id: show that screen */
    WISH_OWN = 1 << 16,
};

#endif
