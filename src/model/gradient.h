/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_GRADIENT_H
#define RANKSCOPE_MODEL_GRADIENT_H

#include "model/moments.h"
#include "model/point.h"

/* G_t = ∂L_t/∂W at W_t = A + U_t V_t^T of `point`:  G_t = (W_t − W°_t) S_t − D_t, the plain form, against which a solver's
 * faster one is tested. `gradient` and `scratch` are d × d, the caller's; in population scratch may be NULL. From it
 *
 *     ∂/∂A = (1/T) Σ_t G_t,   ∂/∂U_t = G_t V_t / T,   ∂/∂V_t = G_t^T U_t / T,   symmetric: ∂/∂U_t = (G_t + G_t^T) U_t / T
 *
 * of the objective (1/T) Σ_t L_t. */
void gradient_task(const struct moments *moments, const struct point *point, int task, double *gradient,
                   double *scratch);

#endif
