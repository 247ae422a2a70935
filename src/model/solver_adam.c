/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/descent.h"

#include "base/arena.h"

#include <math.h>
#include <string.h>

/* Adam (Kingma and Ba, ICLR 2015, algorithm 1) on everything at once: running averages m of the gradient and v of its
 * squares, and a step of the rate times m̂ / (√v̂ + ε), the hats for the correction of their start at zero. */
static const double decay_mean = 0.9, decay_square = 0.999, epsilon = 1e-8;

/* The averages lie in one array each: of the base, unless it is frozen, and then task by task of the left factors' slopes
 * and behind all of them of the right ones'. */
struct adam {
    size_t base;   /* numbers of the base; 0 when it is frozen */
    size_t factor; /* numbers of one task's factor, padded */
    size_t count;  /* of each array */
    double *mean;
    double *square;
};

static struct adam measure_out(const struct solver_setup *setup)
{
    size_t d = (size_t)setup->moments->dimension;
    size_t factors = (size_t)setup->moments->tasks * (setup->shape == ADAPTER_GENERAL ? 2 : 1);
    struct adam adam = {.base = setup->base_frozen ? 0 : d * d, .factor = descent_slope_count(setup)};
    adam.count = adam.base + factors * adam.factor;
    return adam;
}

size_t solver_adam_workspace(const struct solver_setup *setup)
{
    size_t d = (size_t)setup->moments->dimension;
    size_t factors = (size_t)setup->moments->tasks * (setup->shape == ADAPTER_GENERAL ? 2 : 1);
    size_t average =
        arena_add(arena_matrices_size(1, d, d), arena_matrices_size(factors, descent_slope_count(setup), 1));
    size_t bytes = arena_add(descent_workspace(setup), arena_struct_size(sizeof(struct adam)));
    return arena_add(bytes, arena_add(average, average));
}

bool solver_adam_init(struct solver_state *state)
{
    struct adam *adam = arena_struct(state->arena, sizeof(struct adam));
    descent_init(state);
    *adam = measure_out(&state->setup);
    adam->mean = arena_doubles(state->arena, adam->count);
    adam->square = arena_doubles(state->arena, adam->count);
    state->carried = adam;
    return true;
}

/* Takes `count` slopes into the averages from `at` on, and leaves the direction in their place. */
static void turn(const struct solver_state *state, size_t at, size_t count, double *slope)
{
    const struct adam *adam = state->carried;
    double step = (double)state->steps + 1;
    double mean_share = 1 - pow(decay_mean, step);
    double square_share = 1 - pow(decay_square, step);
    double *mean = adam->mean + at;
    double *square = adam->square + at;
    for (size_t i = 0; i < count; i++) {
        mean[i] = decay_mean * mean[i] + (1 - decay_mean) * slope[i];
        square[i] = decay_square * square[i] + (1 - decay_square) * slope[i] * slope[i];
        slope[i] = mean[i] / mean_share / (sqrt(square[i] / square_share) + epsilon);
    }
}

static void step_adapter(struct solver_state *state, int task)
{
    const struct adam *adam = state->carried;
    size_t at = adam->base + (size_t)task * adam->factor;
    descent_fix_task(state, task);
    descent_adapter_gradient(state, task);
    struct descent_slopes slopes = descent_adapter_slopes(state, task);
    turn(state, at, slopes.count, slopes.left);
    if (slopes.right)
        turn(state, at + (size_t)state->point.tasks * adam->factor, slopes.count, slopes.right);
    descent_move_adapter(state, task);
}

enum solver_status solver_adam_phase(struct solver_state *state, int phase)
{
    (void)phase;
    const struct solver_setup *setup = &state->setup;
    const struct adam *adam = state->carried;
    if (state->steps == 0) {
        memset(adam->mean, 0, adam->count * sizeof(double));
        memset(adam->square, 0, adam->count * sizeof(double));
    }
    descent_begin(state);
    if (!setup->base_frozen) {
        descent_base_gradient(state);
        turn(state, 0, adam->base, descent_base_slope(state));
    }
    for (int t = 0; t < setup->moments->tasks && setup->rank > 0; t++)
        step_adapter(state, t);
    return descent_settle(state, !setup->base_frozen);
}
