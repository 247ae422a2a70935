/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_ENDING_H
#define RANKSCOPE_SWEEP_ENDING_H

#include "base/err.h"
#include "model/config.h"

/* Where one start of Meta-LoRA retraining in population ends: not by its loss alone, but by the gradient and the Hessian's least
 * eigenvalue there, with the base at its minimiser. */

enum ending_kind {
    ENDING_MISSING,    /* not computed */
    ENDING_GLOBAL,     /* the loss is 0 */
    ENDING_SPURIOUS,   /* a positive loss, no gradient, and no direction leads down to second order */
    ENDING_SADDLE,     /* a positive loss, no gradient, and one does */
    ENDING_RUNAWAY,    /* the adapters grew far beyond what they are to hold, and grow */
    ENDING_UNFINISHED, /* none of these when the steps were done */
    ENDING_KINDS
};
extern const char *const ending_names[ENDING_KINDS]; /* "missing", "global", … */

struct ending {
    enum ending_kind kind;
    long steps;
    double train_loss;        /* F of hessian.h */
    double gradient_norm;     /* of F, with respect to the adapters */
    double lowest_eigenvalue; /* of its Hessian, idle directions aside */
    double adapters_norm;     /* (Σ_t ‖U_t V_t^T‖²)^½ */
};

/* What counts as what. Losses are shares of L0, the least loss without adapters: below `rounding` one is 0, below `loss` it is on its
 * way there, unless the gradient vanished first. The gradient vanishes below `gradient` times (2 F / T)^½ ‖(U, V)‖, the size of what it
 * is a sum of; an eigenvalue is negative below −eigenvalue (2 L0)^½; adapters are far away when they are `far` times as large as
 * (2 T L0)^½. */
extern const struct ending_limits {
    double loss, rounding, gradient, eigenvalue, far;
} ending_limits;

/* The kind for these numbers; `unbounded`: the solver says that they run off. */
enum ending_kind ending_classify(const struct config *config, const struct ending *ending, double start_loss,
                                 double factors_norm, bool unbounded);

/* Draws the problem and the start, as the lab does, and takes the solver's steps until it says that it is at an end, or there are no
 * more. ERR_MEMORY or ERR_MATH. */
enum err_code ending_compute(const struct config *config, struct ending *ending, struct err *err);

#endif
