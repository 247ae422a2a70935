/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_CLIPBOARD_H
#define RANKSCOPE_UI_CLIPBOARD_H

#include <stdbool.h>

/* Putting a text on the clipboard of the terminal that one sits at, however far away the program runs: xterm's OSC 52. */

/* Whether the terminal of this environment takes the sequence, or passes it over in silence. Those that are known to write it onto
 * the screen, or are not known, do not get it. Each may be NULL: TERM, TMUX, STY. */
bool clipboard_is_safe(const char *term, const char *tmux, const char *screen);

/* The sequence; the caller frees it. NULL: out of memory. */
char *clipboard_sequence(const char *text);

#endif
