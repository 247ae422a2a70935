/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_EXPLAIN_H
#define RANKSCOPE_RUN_EXPLAIN_H

#include "run/prose.h"
#include "run/view.h"

#include <stddef.h>

/* The sentences that say what is seen and why, from the measured values: whether each method is where the theory
 * says, and if not the reason (not converged yet, k(T+1) > d, spurious minimum, saddle, noise, rank too small,
 * diverged and the step size that would be stable). UTF-8, at most `size` bytes with the terminating NUL, cut at a
 * whole character; spaces where a line may be broken. */
enum { EXPLANATION_SIZE = 4096 }; /* room for the whole text */
void explain(const struct view *view, char *text, size_t size);

/* What a method has come to, judged from measurements alone. */
enum verdict {
    VERDICT_NOT_STARTED,
    VERDICT_DIVERGED,
    VERDICT_UNBOUNDED,    /* its adapters grow for ever */
    VERDICT_AS_PREDICTED, /* the measured ranks are the theory's */
    VERDICT_UNDERWAY,     /* the loss can still fall */
    VERDICT_AT_ZERO,
    VERDICT_SPURIOUS,    /* at rest, with a loss that the theory says can be had rid of */
    VERDICT_DISAGREES,   /* at rest where it should be, with another rank */
    VERDICT_UNPREDICTED, /* at rest, and no theorem covers the problem */
};
enum verdict explain_judge(const struct snapshot *snapshot, int method);

/* Why the theory is silent of this config, or why its numbers are smaller than its formulas; nothing where neither is so. */
void explain_circumstances(struct prose *prose, const struct config *config);

#endif
