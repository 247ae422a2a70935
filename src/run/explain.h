/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_EXPLAIN_H
#define RANKSCOPE_RUN_EXPLAIN_H

#include "run/view.h"

#include <stddef.h>

/* The sentences that say what is seen and why, from the measured values: whether each method is where the theory
 * says, and if not the reason (not converged yet, k(T+1) > d, spurious minimum, saddle, noise, rank too small,
 * diverged and the step size that would be stable). UTF-8, at most `size` bytes with the terminating NUL, cut at a
 * whole character; spaces where a line may be broken. */
enum { EXPLANATION_SIZE = 4096 }; /* room for the whole text */
void explain(const struct view *view, char *text, size_t size);

#endif
