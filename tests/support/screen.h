/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_SCREEN_H
#define RANKSCOPE_TESTS_SUPPORT_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

/* The program under test in a terminal: a pseudo-terminal whose output goes to libvterm, and a small shell that starts
 * the program in a job of its own, says when it stops, and puts it into the foreground again. Every wait is for
 * something that can be observed, in a whole frame (synchronised updates are heeded); running out of time fails the
 * test and prints the screen. */
struct screen;

struct screen_options {
    int width, height;
    const char *term;               /* TERM; NULL: xterm-256color */
    const char *locale;             /* LC_ALL; NULL: C.UTF-8 */
    const char *const *environment; /* more "NAME=VALUE", ends with NULL; NULL: none */
    const char *const *arguments;   /* of the program, ends with NULL; NULL: none */
};

struct screen *screen_start(const struct screen_options *options);
void screen_free(struct screen *screen); /* kills what still runs */

void screen_send(struct screen *screen, const char *bytes);
void screen_click(struct screen *screen, int x, int y); /* from 0 */
void screen_resize(struct screen *screen, int width, int height);
void screen_signal(struct screen *screen, int number); /* to the program */
pid_t screen_program(const struct screen *screen);

/* What is seen: rows with a newline after each, trailing blanks left away; UTF-8, the screen's until it is asked
 * again. */
const char *screen_text(struct screen *screen);

/* Reads what has arrived, waiting at most that many milliseconds for something; false: nothing came. */
bool screen_read(struct screen *screen, int milliseconds);

void screen_wait(struct screen *screen, const char *text);      /* until it is on the screen */
void screen_wait_gone(struct screen *screen, const char *text); /* until it is not */
void screen_wait_same(struct screen *screen, const char *text); /* until the whole screen is this */
void screen_wait_stopped(struct screen *screen);
void screen_continue(struct screen *screen);        /* as the shell's fg */
void screen_continue_behind(struct screen *screen); /* as the shell's bg */

/* Waits for the program's end; its status as waitpid gives it. */
int screen_wait_end(struct screen *screen);

/* Where `text` is seen first: the cell; false: nowhere. */
bool screen_find(struct screen *screen, const char *text, int *x, int *y);

/* How the terminal is left. */
bool screen_alternate(const struct screen *screen);
bool screen_mouse(const struct screen *screen);
bool screen_cursor(const struct screen *screen);
struct termios screen_modes(const struct screen *screen);

/* All bytes that were written so far. */
const char *screen_bytes(const struct screen *screen, size_t *size);

/* Closes the terminal under the program, as when its window is closed. */
void screen_hang_up(struct screen *screen);

#endif
