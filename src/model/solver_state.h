/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_SOLVER_STATE_H
#define RANKSCOPE_MODEL_SOLVER_STATE_H

#include "model/solver.h"

/* What the solvers share, for their own files only. */
struct solver_state {
    struct solver_setup setup;
    struct point point;
    struct arena *arena; /* what init takes its workspace from */
    double bound;        /* iterates whose Frobenius norm passes it have diverged */
    void *own;           /* the solver's workspace, set by init */
};

extern const struct solver_type solver_paper;
extern const struct solver_type solver_gd;

#endif
