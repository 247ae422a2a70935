/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_REWIND_H
#define RANKSCOPE_RUN_REWIND_H

#include "run/checkpoint.h"

/* The checkpoints of a run, ever further apart as it grows, so that it can be looked at as it was, and gone on from there another
 * way. There are two lines at most: the one that the run is on, and the one that it left last. */
struct rewind;

/* Bytes that all checkpoints together take at most. */
#define REWIND_BUDGET (32.0 * 1024 * 1024)

/* For experiments of this config. NULL: ERR_MEMORY; or ERR_NONE, where less than a few checkpoints fit the budget. */
struct rewind *rewind_new(const struct config *config, struct err *err);
void rewind_free(struct rewind *rewind); /* NULL is allowed; before the experiment is freed or after */

/* To be called at the experiment's start and after every step: keeps a checkpoint where one is due. The first step after going back
 * begins a new line. */
void rewind_note(struct rewind *rewind, const struct experiment *experiment);

/* Goes so many checkpoints back (below 0) or forward, at most to the first and to where the line ends; there the live values are those
 * that the line goes by, whatever was changed meanwhile for another one. ERR_MEMORY: it stays. */
enum err_code rewind_move(struct rewind *rewind, struct experiment *experiment, int by, struct err *err);

/* Leaves this line, at its end, for the other one's, and its live values for those that the other goes by. False: there is no
 * other. */
bool rewind_swap(struct rewind *rewind, struct experiment *experiment);

struct rewind_place rewind_place(const struct rewind *rewind); /* NULL: the first line, and no other */

#endif
