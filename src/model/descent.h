/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_DESCENT_H
#define RANKSCOPE_MODEL_DESCENT_H

#include "model/solver_state.h"

#include <stdbool.h>

/* Gradients in their low-rank form, and steps along them: what `paper`, `gd` and `adam` share. With M_t = (A − W°_t) S_t − D_t,
 * the part of G_t that does not depend on the adapters,
 *
 *     symmetric:  (G_t + G_t^T) U = (M_t + M_t^T) U + U (U^T S_t U) + (S_t U)(U^T U)
 *     general:    G_t V = M_t V + U ((S_t V)^T V),    G_t^T U = M_t^T U + (S_t V)(U^T U)
 *     base:       (1/T) Σ_t G_t = (A − W̄) S̄ − D̄ + (1/T) Σ_t U_t (S_t V_t)^T,   W̄, S̄ means, D̄ = mean C_t − W̄ S̄
 *
 * so that a step on the adapters is thin products alone. A phase is: descent_begin; for each task descent_fix_task, then
 * any number of descent_adapter_gradient and descent_move_adapter; or descent_base_gradient; and at last
 * descent_settle, which undoes a phase that went astray. */

size_t descent_workspace(const struct solver_setup *setup);
void descent_init(struct solver_state *state);

/* Takes over the point as it is. */
void descent_begin(struct solver_state *state);

/* M_t at the present base. */
void descent_fix_task(struct solver_state *state, int task);

/* Gradient of L_t by U_t and V_t, for the task last fixed, and the step along the gradient last taken of it. */
void descent_adapter_gradient(struct solver_state *state, int task);
void descent_move_adapter(struct solver_state *state, int task);

/* Gradient of (1/T) Σ_t L_t by A at the present base and adapters. */
void descent_base_gradient(struct solver_state *state);

/* Gradients as last taken. A solver that goes another way writes its direction in their place, before descent_move_adapter
 * and descent_settle go along it. */
struct descent_slopes {
    double *left;  /* of task's U_t, transposed and padded with zeros: `count` numbers */
    double *right; /* of V_t; NULL when symmetric */
    size_t count;
};
struct descent_slopes descent_adapter_slopes(struct solver_state *state, int task);
size_t descent_slope_count(const struct solver_setup *setup); /* `count` of that setup */
double *descent_base_slope(struct solver_state *state);       /* d × d */

/* Ends a phase: with `base`, first moves the base along its gradient. When an iterate left the bound, the point is as it
 * was at descent_begin. */
enum solver_status descent_settle(struct solver_state *state, bool base);

/* The same for whole phases alone: with room for every lane of the setup's pool, and none for descent_base_slope. */
size_t descent_large_workspace(const struct solver_setup *setup);
void descent_large_init(struct solver_state *state);

/* `steps` steps on the adapters of every task, which the pool shares. */
void descent_walk(struct solver_state *state, int steps);

/* The phases of `paper` and `gd` as a whole: in descent.c's way, or in small.h's where the problem is small. Their
 * workspace and init are for these phases alone. */
size_t descent_phases_workspace(const struct solver_setup *setup);
bool descent_phases_init(struct solver_state *state);                             /* true: it cannot fail */
enum solver_status descent_adapters_phase(struct solver_state *state, int steps); /* the base standing still */
enum solver_status descent_base_phase(struct solver_state *state);
enum solver_status descent_joint_phase(struct solver_state *state);

#endif
