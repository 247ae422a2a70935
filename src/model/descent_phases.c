/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/descent.h"
#include "model/small.h"

size_t descent_phases_workspace(const struct solver_setup *setup)
{
    return small_fits(setup) ? small_workspace(setup) : descent_large_workspace(setup);
}

bool descent_phases_init(struct solver_state *state)
{
    if (small_fits(&state->setup))
        small_init(state);
    else
        descent_large_init(state);
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
    descent_walk(state, steps);
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
    if (small_fits(setup))
        return small_descend_jointly(state);
    descent_begin(state);
    if (!setup->base_frozen)
        descent_base_gradient(state);
    if (setup->rank > 0)
        descent_walk(state, 1);
    return descent_settle(state, !setup->base_frozen);
}
