/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_DIALOGUE_PARTS_H
#define RANKSCOPE_PLOT_DIALOGUE_PARTS_H

#include <stdio.h>

/* What the figures of dialogues are made of, whether they are of a study or live. Methods are those of enum
 * training_kind, each with the colour and marker of panel_style; a figure's data blocks are $FIGURE_METHOD. */

/* Methods stand beside each other: what is added to x. */
double dialogue_beside(int method);

void dialogue_block_begin(FILE *stream, const char *figure, int method);
void dialogue_block_row(FILE *stream, const double *number, int count);
void dialogue_block_end(FILE *stream);

/* Begins the plot command, with a dashed line at the hit@1 of who guesses. */
void dialogue_plot_chance(FILE *stream, double chance);

/* The command's next part: the block's columns `use` ("1:2") `with` a style of lines, points or both. */
void dialogue_plot_method(FILE *stream, const char *figure, int method, const char *use, const char *with);

#endif
