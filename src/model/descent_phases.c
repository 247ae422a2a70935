/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/descent.h"
#include "model/small.h"

size_t descent_phases_workspace(const struct solver_setup *setup)
{
    return small_fits(setup) ? small_workspace(setup) : descent_workspace(setup);
}

bool descent_phases_init(struct solver_state *state)
{
    if (small_fits(&state->setup))
        small_init(state);
    else
        descent_init(state);
    return true;
}

enum solver_status descent_adapters_phase(struct solver_state *state, int steps)
{
    const struct solver_setup *setup = &state->setup;
    if (setup->rank == 0)
        return SOLVER_RUNNING;
    if (small_fits(setup))
        return small_descend_adapters(state, steps);
    descent_begin(state);
    for (int t = 0; t < setup->moments->tasks; t++) {
        descent_fix_task(state, t);
        for (int i = 0; i < steps; i++) {
            descent_adapter_gradient(state, t);
            descent_move_adapter(state, t);
        }
    }
    return descent_settle(state, false);
}

enum solver_status descent_base_phase(struct solver_state *state)
{
    const struct solver_setup *setup = &state->setup;
    if (setup->base_frozen)
        return SOLVER_RUNNING;
    if (small_fits(setup))
        return small_descend_base(state);
    descent_begin(state);
    descent_base_gradient(state);
    return descent_settle(state, true);
}

enum solver_status descent_joint_phase(struct solver_state *state)
{
    const struct solver_setup *setup = &state->setup;
    int adapters = setup->rank > 0 ? setup->moments->tasks : 0;
    if (small_fits(setup))
        return small_descend_jointly(state);
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
