/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_SMALL_H
#define RANKSCOPE_MODEL_SMALL_H

#include "model/solver_state.h"

#include <stdbool.h>

/* The phases of descent.h for problems so small that the calls would cost more than the arithmetic: the dimension fits
 * one panel of thin.h and the rank a few registers. Same formulas; everything is kept padded and in cache, and the
 * inner steps of all tasks are interleaved, so that one's latency hides behind another's. */

bool small_fits(const struct solver_setup *setup);
size_t small_workspace(const struct solver_setup *setup);
void small_init(struct solver_state *state);

/* Each is a phase; when an iterate leaves the bound, the point stays as it was. */
enum solver_status small_descend_adapters(struct solver_state *state, int steps); /* the base standing still */
enum solver_status small_descend_base(struct solver_state *state);
enum solver_status small_descend_jointly(struct solver_state *state); /* one step on everything at once */

#endif
