/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/descent.h"

/* The paper's algorithm: m gradient steps on every adapter while the base stands still, then one on the base. */
enum solver_status solver_paper_phase(struct solver_state *state, int phase)
{
    return phase == 0 ? descent_adapters_phase(state, state->setup.rates.inner_steps) : descent_base_phase(state);
}
