/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/descent.h"

/* Plain gradient descent: one step on everything at once. */
enum solver_status solver_gd_phase(struct solver_state *state, int phase)
{
    (void)phase;
    const struct solver_setup *setup = &state->setup;
    int adapters = setup->rank > 0 ? setup->moments->tasks : 0;
    descent_begin(state);
    if (!setup->base_frozen)
        descent_base_gradient(state);
    for (int t = 0; t < adapters; t++) {
        descent_fix_task(state, t);
        descent_adapter_gradient(state, t);
        descent_move_adapter(state, t);
    }
    return descent_settle(state, !setup->base_frozen);
}
