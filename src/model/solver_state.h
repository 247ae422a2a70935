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
    long steps;          /* whole ones since it was started, or since it took over from another solver */
    void *own;           /* the solver's workspace, set by init */
    void *carried;       /* what it carries from step to step besides the point, if anything; set by init */
};

/* What one row of solver_table does in a phase. A step is its phases in order. */
enum solver_status solver_paper_phase(struct solver_state *state, int phase);
enum solver_status solver_gd_phase(struct solver_state *state, int phase);
enum solver_status solver_adam_phase(struct solver_state *state, int phase);
enum solver_status solver_altmin_phase(struct solver_state *state, int phase);

/* Adam's workspace: the descent's, and its averages. */
size_t solver_adam_workspace(const struct solver_setup *setup);
bool solver_adam_init(struct solver_state *state);

size_t solver_altmin_workspace(const struct solver_setup *setup);
bool solver_altmin_init(struct solver_state *state);
void solver_altmin_end(struct solver_state *state);

enum solver_status solver_newton_phase(struct solver_state *state, int phase);
size_t solver_newton_workspace(const struct solver_setup *setup);
bool solver_newton_init(struct solver_state *state);
void solver_newton_end(struct solver_state *state);
double solver_newton_flops(const struct solver_setup *setup);

enum solver_status solver_lm_phase(struct solver_state *state, int phase);
size_t solver_lm_workspace(const struct solver_setup *setup);
bool solver_lm_init(struct solver_state *state);
double solver_lm_flops(const struct solver_setup *setup);

#endif
