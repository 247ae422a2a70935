/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_TERMINAL_CHOICE_H
#define RANKSCOPE_PLOT_TERMINAL_CHOICE_H

#include "base/err.h"
#include "plot/figures.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Which of gnuplot's terminals live figures go to. */

/* What a person may ask for is one line of a terminal's name and options: nothing that would begin another command.
 * ERR_INPUT otherwise. */
enum err_code terminal_choice_check(const char *terminal, struct err *err);

bool terminal_choice_display(void);                     /* there is a display to open windows on */
bool terminal_choice_has_windows(const char *terminal); /* "qt font 'Sans,12'", "x11": yes; "svg": no */

/* gnuplot's expression for the first window terminal that it was built with; '' if there is none. */
extern const char *const terminal_choice_question;

/* `set terminal …` for the figure's window: it does not take the focus. What the terminal's own options say is left to them. */
void terminal_choice_write_window(FILE *stream, const char *terminal, const struct figure_info *figure);

/* Changes our commands, in place, where the terminal cannot bear them. x11 without fonts for every character of Unicode
 * ends its window program on `set encoding`; with none set it draws Latin-1. */
void terminal_choice_adapt(const char *terminal, char *text, size_t *size);

/* `set terminal …` for a picture; "": PNG, by Cairo or else by GD. */
void terminal_choice_write_picture(FILE *stream, const char *terminal);

#endif
