/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_OUTPUT_H
#define RANKSCOPE_CMD_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

/* What a command prints: collected in memory, then written at once, so that every failure is seen and told. */
struct output {
    FILE *stream; /* to print to */
    char *text;
    size_t size;
};

/* False: out of memory, and that was said. After true comes output_end or output_drop. */
bool output_begin(struct output *output);

/* Writes it all to standard output and lets it go. Returns the program's exit status: success also where the reader
 * has gone away, which is its right; failure, with a message, where the text could not be written. */
int output_end(struct output *output);

void output_drop(struct output *output); /* nothing is written */

#endif
