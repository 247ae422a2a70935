/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/descent.h"

/* The paper's algorithm: m gradient steps on every adapter while the base stands still, then one on the base. */
enum solver_status solver_paper_phase(struct solver_state *state, int phase)
{
    const struct solver_setup *setup = &state->setup;
    if (phase == 0) {
        if (setup->rank == 0)
            return SOLVER_RUNNING;
        descent_begin(state);
        for (int t = 0; t < setup->moments->tasks; t++) {
            descent_fix_task(state, t);
            for (int i = 0; i < setup->rates.inner_steps; i++) {
                descent_adapter_gradient(state, t);
                descent_move_adapter(state, t);
            }
        }
        return descent_settle(state, false);
    }
    if (setup->base_frozen)
        return SOLVER_RUNNING;
    descent_begin(state);
    descent_base_gradient(state);
    return descent_settle(state, true);
}
