/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_ADAMW_H
#define RANKSCOPE_MODEL_ADAMW_H

#include "model/solver.h"

/* Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019) on a two-layer network (setup.network), as
 * PyTorch has it: decay 0.01, β 0.9 and 0.999, ε 1e-8; the rate is rates.outer, or rates.inner where the base is
 * frozen, and then the top layer is, too. A step is an epoch on all samples, along the gradient of the sum of the
 * tasks' mean squared errors. Not a row of solver_table: it goes with networks, and they with it. */
extern const struct solver_type solver_adamw;

#endif
