/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/adamw.h"

#include "model/linalg.h"
#include "model/solver_state.h"

#include <math.h>
#include <string.h>

static const double decay = 0.01, decay_mean = 0.9, decay_square = 0.999, epsilon = 1e-8;

/* Arrays of numbers that move together: base, top layer, left and right factors. */
enum { PARTS = 4 };

struct part {
    size_t count;
    double *value; /* the point's */
    double *slope, *mean, *square;
};

struct adamw {
    struct shallow_work work;
    struct part part[PARTS];
    double slope; /* norm of the gradient, where last taken */
};

enum { BASE, TOP, LEFT, RIGHT };

static size_t count_of(const struct solver_setup *setup, int part)
{
    size_t d = (size_t)setup->moments->dimension;
    size_t factors = (size_t)setup->moments->tasks * d * (size_t)setup->rank;
    if (part == BASE || part == TOP)
        return setup->base_frozen ? 0 : part == BASE ? d * d : d;
    return factors;
}

static size_t workspace(const struct solver_setup *setup)
{
    size_t bytes = arena_add(arena_struct_size(sizeof(struct adamw)),
                             shallow_work_size(setup->moments->dimension, setup->network->stride));
    /* the slopes by a frozen top layer are taken along with the others */
    bytes = arena_add(bytes, arena_doubles_size((size_t)setup->moments->dimension));
    for (int i = 0; i < PARTS; i++)
        for (int j = 0; j < 3; j++)
            bytes = arena_add(bytes, arena_doubles_size(count_of(setup, i)));
    return bytes;
}

static bool init(struct solver_state *state)
{
    const struct solver_setup *setup = &state->setup;
    struct adamw *own = arena_struct(state->arena, sizeof *own);
    double *value[PARTS] = {state->point.base, state->point.top, state->point.left, state->point.right};
    own->work = shallow_work_take(state->arena, setup->moments->dimension, setup->network->stride);
    for (int i = 0; i < PARTS; i++) {
        struct part *part = &own->part[i];
        part->count = count_of(setup, i);
        part->value = value[i];
        part->slope = arena_doubles(state->arena, part->count);
        part->mean = arena_doubles(state->arena, part->count);
        part->square = arena_doubles(state->arena, part->count);
    }
    if (setup->base_frozen)
        own->part[TOP].slope = arena_doubles(state->arena, (size_t)setup->moments->dimension);
    own->slope = (double)INFINITY;
    state->own = own;
    return true;
}

static void add_task(struct solver_state *state, int task)
{
    struct adamw *own = state->own;
    const struct point *point = &state->point;
    int d = point->dimension, rank = point->rank;
    size_t at = (size_t)task * point_factor_size(point);
    shallow_task(&own->work, state->setup.network, point, task, own->part[TOP].slope);
    if (own->part[BASE].count > 0)
        linalg_axpy(own->part[BASE].count, 1, own->work.slope, own->part[BASE].slope);
    if (rank == 0)
        return;
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, rank, d, 1, own->work.slope, point->right + at, 0,
                own->part[LEFT].slope + at);
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, d, rank, d, 1, own->work.slope, point->left + at, 0,
                own->part[RIGHT].slope + at);
}

/* Where the bound or the numbers end, the point stays as it was. */
static bool move_part(struct part *part, double rate, double step, double bound)
{
    double mean_share = rate / (1 - pow(decay_mean, step));
    double square_share = 1 / sqrt(1 - pow(decay_square, step));
    double size = 0;
    for (size_t i = 0; i < part->count; i++) {
        double slope = part->slope[i];
        part->mean[i] = decay_mean * part->mean[i] + (1 - decay_mean) * slope;
        part->square[i] = decay_square * part->square[i] + (1 - decay_square) * slope * slope;
        part->slope[i] = part->value[i] * (1 - rate * decay) -
                         mean_share * part->mean[i] / (sqrt(part->square[i]) * square_share + epsilon);
        size += fabs(part->slope[i]);
    }
    return size <= bound * (double)(part->count + 1); /* false for NAN */
}

static enum solver_status epoch(struct solver_state *state, int phase)
{
    (void)phase;
    struct adamw *own = state->own;
    const struct solver_setup *setup = &state->setup;
    double rate = setup->base_frozen ? setup->rates.inner : setup->rates.outer;
    if (state->steps == 0)
        for (int i = 0; i < PARTS; i++) {
            memset(own->part[i].mean, 0, own->part[i].count * sizeof(double));
            memset(own->part[i].square, 0, own->part[i].count * sizeof(double));
        }
    memset(own->part[BASE].slope, 0, own->part[BASE].count * sizeof(double));
    memset(own->part[TOP].slope, 0, (size_t)state->point.dimension * sizeof(double));
    for (int task = 0; task < state->point.tasks; task++)
        add_task(state, task);
    bool fits = true;
    own->slope = 0;
    for (int i = 0; i < PARTS; i++)
        own->slope = hypot(own->slope, linalg_norm(own->part[i].count, own->part[i].slope));
    for (int i = 0; i < PARTS; i++)
        fits = move_part(&own->part[i], rate, (double)state->steps + 1, state->bound) && fits;
    if (!fits)
        return SOLVER_DIVERGED;
    for (int i = 0; i < PARTS; i++)
        memcpy(own->part[i].value, own->part[i].slope, own->part[i].count * sizeof(double));
    return SOLVER_RUNNING;
}

/* Of the last step's gradient: another would cost another epoch. */
static double slope(struct solver_state *state)
{
    const struct adamw *own = state->own;
    return own->slope;
}

/* An exponential counts for twenty operations. */
static double flops(const struct solver_setup *setup)
{
    enum { HIDDEN_FLOPS = 30 };
    double d = setup->moments->dimension, tasks = setup->moments->tasks;
    double samples = (double)setup->network->stride;
    return tasks * (samples * d * (4 * d + HIDDEN_FLOPS) + 6 * d * d * (1.0 + setup->rank));
}

const struct solver_type solver_adamw = {.name = "adamw",
                                         .summary = "one epoch of AdamW on everything at once",
                                         .phases = 1,
                                         .phase_names = {"epoch"},
                                         .workspace = workspace,
                                         .init = init,
                                         .phase = epoch,
                                         .slope = slope,
                                         .flops = flops};
