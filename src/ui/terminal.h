/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_TERMINAL_H
#define RANKSCOPE_UI_TERMINAL_H

#include "base/err.h"
#include "ui/event.h"
#include "ui/grid.h"
#include "ui/theme.h"

#include <stdbool.h>

/* The terminal, by curses: the only file that knows it, and the only one with state of its own beyond its
 * arguments (curses has one screen). */

struct terminal_options {
    enum glyphs glyphs; /* wanted; a locale that cannot show it gets the next simpler one */
    bool glyphs_given;  /* else the locale decides */
    bool no_color;
    bool no_mouse;             /* it is left to the terminal */
    const struct theme *theme; /* NULL: the first */
    bool kept;                 /* what is written is kept for terminal_written */
};

/* Takes the terminal over: alternate screen, mouse, no echo, and the signals below. ERR_IO: no such terminal type, or no terminal; it was
 * not touched then. */
enum err_code terminal_open(const struct terminal_options *options, struct err *err);

/* Gives it back as it was; a second call does nothing. */
void terminal_close(void);

enum glyphs terminal_glyphs(void);                        /* that are used */
void terminal_set_glyphs(bool given, enum glyphs glyphs); /* as with terminal_options */
void terminal_set_mouse(bool ours);
void terminal_set_theme(const struct theme *theme); /* from the next frame on, which must be whole */
void terminal_size(int *width, int *height);
void terminal_resized(void); /* after SIGWINCH: takes the new size over */

/* The next event that has arrived; false: none. Never waits. */
bool terminal_event(struct event *event);

/* Milliseconds until terminal_event must be called although nothing was typed: an Escape may be the key or begin a
 * sequence, and only time tells. −1: never. */
int terminal_timeout(void);

/* Whether the terminal has hung up. */
bool terminal_lost(void);

/* Shows the grid; writes only cells that changed, in one synchronised update where the terminal knows it. `whole`
 * paints all. False: the terminal is gone. */
bool terminal_show(const struct grid *grid, bool whole);

/* Signals that a terminal sends, or a person instead of it: SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGCONT and
 * SIGWINCH are caught from terminal_open to terminal_close. A descriptor that polls readable when one has arrived, and
 * the next of them; 0: none. */
int terminal_signals(void);
int terminal_signal(void);

/* Puts a text on the clipboard, where the terminal is not known to misbehave; false: it is, or there is no memory. Whether it was
 * taken no terminal tells. */
bool terminal_copy(const char *text);

/* What was written since the last call, exactly, as far as there was memory to keep it; the terminal's until the next call. It outlives
 * terminal_close, up to terminal_forget. What goes to the clipboard is left out. */
const char *terminal_written(size_t *size);
void terminal_forget(void);

/* For Ctrl-Z: gives the terminal back, stops the process, and takes it over again when it is continued. Then the
 * whole must be shown. */
void terminal_suspend(void);

/* After SIGCONT: takes the terminal over again. Then the whole must be shown. */
void terminal_resume(void);

#endif
