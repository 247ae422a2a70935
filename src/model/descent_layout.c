/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/descent_state.h"
#include "model/linalg.h"

/* Hands out arrays, or only adds up what they take, so that size and layout cannot differ. */
struct layout {
    struct arena *arena;
    bool adds_up;
    size_t bytes;
};

static double *take(struct layout *layout, size_t count, size_t rows, size_t columns)
{
    layout->bytes = arena_add(layout->bytes, arena_matrices_size(count, rows, columns));
    return layout->adds_up ? NULL : arena_doubles(layout->arena, count * rows * columns);
}

static void lay_out_data(struct descent *descent, bool sparing, bool moves, struct layout *layout)
{
    size_t d = descent->d;
    size_t padded = descent->padded;
    size_t tasks = descent->rank > 0 ? descent->tasks : 0;
    bool samples = descent->moments->covariance;
    if (moves) {
        descent->mean_anchor = take(layout, 1, d, d);
        descent->base_step = take(layout, 1, d, padded);
    }
    descent->squares = take(layout, 1, d / DESCENT_BLOCK + 1, 1);
    if (descent->keeps_base)
        descent->kept_base = take(layout, 1, d, d);
    if (samples && moves) {
        descent->mean_covariance = take(layout, 1, d, d);
        descent->mean_residual = take(layout, 1, d, d);
    }
    if (samples) {
        descent->covariance = take(layout, tasks, d, padded);
    } else if (tasks > 0 && !sparing) {
        descent->base = take(layout, descent->sides, d, padded);
        descent->anchor = take(layout, tasks * descent->sides, d, padded);
    }
}

static void lay_out_lanes(struct descent *descent, bool moves, struct layout *layout)
{
    size_t d = descent->d;
    for (int i = 0; i < descent->lanes; i++) {
        struct descent_lane *lane = &descent->lane[i];
        if (descent->rank > 0)
            lane->fixed = take(layout, descent->sides, d, descent->padded);
        if (descent->moments->covariance) {
            lane->error = take(layout, 1, d, d);
            lane->slope = take(layout, 1, d, d);
        }
        lane->left_gradient = take(layout, 1, descent->rank, descent->padded);
        if (descent->sides == 2)
            lane->right_gradient = take(layout, 1, descent->rank, descent->padded);
        lane->gram = take(layout, 1, descent->rank, descent->rank);
    }
    if (moves)
        descent->base_slope = descent->slope_late ? descent->lane[0].fixed : take(layout, 1, d, d);
}

static void lay_out_adapters(struct descent *descent, struct layout *layout, bool general)
{
    size_t tasks = descent->tasks;
    size_t d = descent->d;
    size_t r = descent->rank;
    size_t padded = descent->padded;
    descent->left = descent->right = take(layout, tasks, r, padded);
    descent->saved_left = descent->saved_right = take(layout, tasks, d, r);
    if (general) {
        descent->right = take(layout, tasks, r, padded);
        descent->saved_right = take(layout, tasks, d, r);
    }
    descent->weighted = descent->moments->covariance ? take(layout, tasks, r, padded) : descent->right;
}

static struct descent lay_out(const struct solver_setup *setup, bool phases, struct layout *layout)
{
    size_t d = (size_t)setup->moments->dimension;
    size_t padded = thin_padded(d);
    bool general = setup->shape == ADAPTER_GENERAL;
    struct descent descent = {.kernel = thin_kernel_best(),
                              .moments = setup->moments,
                              .d = d,
                              .padded = padded,
                              .rank = (size_t)setup->rank,
                              .tasks = (size_t)setup->moments->tasks,
                              .sides = general ? 2 : 1,
                              .factor = (size_t)setup->rank * padded,
                              .packed = d * padded,
                              .lanes = 1,
                              .slope_late = phases && setup->rank > 0 && !setup->moments->covariance,
                              .keeps_base = setup->base_frozen && setup->moments->tasks == 1};
    if (phases && setup->rank > 0)
        descent.lanes = pool_lanes(setup->pool) < DESCENT_LANES ? pool_lanes(setup->pool) : DESCENT_LANES;
    lay_out_data(&descent, setup->sparing, !setup->base_frozen, layout);
    lay_out_lanes(&descent, !setup->base_frozen, layout);
    lay_out_adapters(&descent, layout, general);
    return descent;
}

static size_t workspace(const struct solver_setup *setup, bool phases)
{
    struct layout layout = {.adds_up = true};
    lay_out(setup, phases, &layout);
    return arena_add(layout.bytes, arena_struct_size(sizeof(struct descent)));
}

size_t descent_workspace(const struct solver_setup *setup)
{
    return workspace(setup, false);
}

size_t descent_large_workspace(const struct solver_setup *setup)
{
    return workspace(setup, true);
}

/* Means over the tasks, so that the base's gradient costs no more for many. */
static void average(struct descent *descent)
{
    const struct moments *moments = descent->moments;
    size_t square = descent->d * descent->d;
    double share = 1.0 / moments->tasks;
    for (size_t t = 0; t < descent->tasks; t++)
        linalg_axpy(square, share, moments->anchor + t * square, descent->mean_anchor);
    if (!moments->covariance)
        return;
    int d = moments->dimension;
    double *error = descent->lane[0].error;
    for (size_t t = 0; t < descent->tasks; t++) {
        const double *covariance = moments->covariance + t * square;
        for (size_t i = 0; i < square; i++)
            error[i] = moments->anchor[t * square + i] - descent->mean_anchor[i];
        linalg_axpy(square, share, covariance, descent->mean_covariance);
        linalg_axpy(square, share, moments->residual + t * square, descent->mean_residual);
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, d, d, share, error, covariance, 1.0, descent->mean_residual);
    }
}

static void init(struct solver_state *state, bool phases)
{
    struct descent *descent = arena_struct(state->arena, sizeof(struct descent));
    struct layout layout = {.arena = state->arena};
    *descent = lay_out(&state->setup, phases, &layout);
    state->own = descent;
    if (!state->setup.base_frozen)
        average(descent);
    size_t square = descent->d * descent->d;
    for (size_t t = 0; t < descent->tasks && descent->rank > 0; t++)
        if (descent->covariance)
            thin_pack(descent->d, descent->moments->covariance + t * square, descent->covariance + t * descent->packed);
        else if (descent->anchor)
            descent_pack(descent, descent->moments->anchor + t * square,
                         descent->anchor + t * descent->sides * descent->packed);
}

void descent_init(struct solver_state *state)
{
    init(state, false);
}

void descent_large_init(struct solver_state *state)
{
    init(state, true);
}
