/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_NORMAL_H
#define RANKSCOPE_MODEL_NORMAL_H

#include "model/residual.h"

/* J^T J of the residual, as the matrix that it is. A move dU, dV of task t's adapters changes L_t by K_t = dU V_t^T + U_t dV^T,
 * and with M_ts = [s = t] S_t − S_t P S_s (a frozen base: without P)
 *
 *     ⟨J a, J b⟩ = Σ_ts tr(K_t(a) M_ts K_s(b)^T),
 *
 * whose blocks are, from s's factor in columns to t's in rows, for entries (i, l) and (j, m)
 *
 *     U to U   [i = j] (V_t^T M_ts V_s)_lm     V to U   (U_s)_im (M_ts^T V_t)_jl
 *     V to V   (M_ts)_ij (U_t^T U_s)_lm        U to V   (M_ts V_s)_im (U_t)_jl
 *
 * and for symmetric adapters their sum. */
struct normal {
    const struct residual *residual; /* borrowed */
    double *metric;                  /* d × d: M_ts */
    double *carried;                 /* d × d: S_t P; NULL in population */
    double *from, *to;               /* d × r: M_ts V_s and M_ts^T V_t */
    double *lefts, *rights;          /* r × r: U_t^T U_s and V_t^T M_ts V_s */
};

/* Bytes that normal_init takes from the arena. */
size_t normal_workspace(const struct solver_setup *setup);
void normal_init(struct normal *normal, const struct residual *residual, struct arena *arena);

/* At the adapters x the lower triangle of J^T J (unknowns × unknowns, row-major), and anything above it. */
void normal_fill(struct normal *normal, const double *x, double *square);

#endif
