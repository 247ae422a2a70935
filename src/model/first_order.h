/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_FIRST_ORDER_H
#define RANKSCOPE_MODEL_FIRST_ORDER_H

#include "model/solver.h"

/* Baselines that retrain all parameters, without adapters. Each task takes m inner gradient steps of rate α from the
 * base, W_0 = A, W_{i+1} = W_i − α G_t(W_i), and then the base moves by the outer rate β:
 *
 *     Reptile            A ← A + β/(m α) · mean_t (W_m − A) = A − β · mean_t (1/m) Σ_{i<m} G_t(W_i)
 *     first-order MAML   A ← A − β · mean_t G_t(W_m)
 *
 * (Nichol, Achiam and Schulman 2018, who take (A − W_m)/α for Reptile's gradient; the 1/m makes β mean the same as for
 * the other methods.) On quadratic losses G_t(W_i) = G_t(A) (I − α S_t)^i, so a step is one product with a matrix that
 * depends on the rates alone: A ← A − β (A K̄ − C̄), K̄ = mean_t S_t P(S_t), C̄ = mean_t C_t P(S_t), with P the mean of
 * the powers, or the m-th. In population S_t = I, so both rest where standard retraining does, at A* + mean R, and
 * Theorem 1 speaks of them as well; with samples each has a fixed point of its own. */
extern const struct solver_type first_order_reptile;
extern const struct solver_type first_order_fomaml;

/* Stays where it is put, and is at rest from its first step on. */
extern const struct solver_type solver_still;

#endif
