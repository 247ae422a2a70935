/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/descent.h"

/* Plain gradient descent: one step on everything at once. */
enum solver_status solver_gd_phase(struct solver_state *state, int phase)
{
    (void)phase;
    return descent_joint_phase(state);
}
