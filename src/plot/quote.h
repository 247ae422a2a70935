/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_QUOTE_H
#define RANKSCOPE_PLOT_QUOTE_H

#include <stdbool.h>
#include <stdio.h>

/* Text and numbers as gnuplot reads them, whatever the text is and whatever the locale. */

/* A string in single quotes, where gnuplot knows neither escapes nor backticks nor macros. An apostrophe becomes ’, since
 * gnuplot 5.4 does not understand every doubled quote, and what is not printable (a newline would end the string)
 * becomes '?'. Enhanced text is still read as such: say `noenhanced` where the text comes from outside. */
void quote_text(FILE *stream, const char *text);

/* A file's name as a string, every byte as it is, most of them as octal escapes. A relative name gets "./" in front, since gnuplot would run "|command"
 * and expand "~user". Not possible where the name has a newline or another control character in it. */
bool quote_path_possible(const char *path);
void quote_path(FILE *stream, const char *path);

/* A number with nine digits and a decimal point, or NaN. */
void quote_number(FILE *stream, double value);

/* Puts a point for the locale's radix, whatever its bytes are, into a number without thousands' separators, in place. */
void quote_radix(char *number);

#endif
