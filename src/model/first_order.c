/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/first_order.h"

#include "model/linalg.h"
#include "model/solver_state.h"

#include <math.h>
#include <string.h>

/* All matrices d × d. */
struct first_order {
    bool last;                 /* of the powers the m-th alone counts, else their mean */
    struct solver_rates rates; /* that the two maps below are for */
    double *curvature;         /* K̄ */
    double *pull;              /* C̄ */
    double *slope;             /* A K̄ − C̄, where last taken */
    double *power, *polynomial, *scratch;
};

enum { MATRICES = 6 };

static size_t workspace(const struct solver_setup *setup)
{
    size_t d = (size_t)setup->moments->dimension, bytes = arena_struct_size(sizeof(struct first_order));
    for (int i = 0; i < MATRICES; i++)
        bytes = arena_add(bytes, arena_matrices_size(1, d, d));
    return bytes;
}

static bool init(struct solver_state *state, bool last)
{
    struct first_order *own = arena_struct(state->arena, sizeof *own);
    size_t square = point_base_size(&state->point);
    own->last = last;
    own->rates.inner_steps = -1; /* none: the maps are yet to be made */
    double **matrix[MATRICES] = {&own->curvature, &own->pull,       &own->slope,
                                 &own->power,     &own->polynomial, &own->scratch};
    for (int i = 0; i < MATRICES; i++)
        *matrix[i] = arena_doubles(state->arena, square);
    state->own = own;
    return true;
}

static bool init_reptile(struct solver_state *state)
{
    return init(state, false);
}

static bool init_fomaml(struct solver_state *state)
{
    return init(state, true);
}

static void multiply(int d, double alpha, const double *a, const double *b, double beta, double *c)
{
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, d, d, alpha, a, b, beta, c);
}

/* P(S) of one task into own->polynomial. */
static void make_polynomial(const struct first_order *own, int d, const double *covariance)
{
    size_t square = (size_t)d * (size_t)d;
    double *power = own->power;
    memset(power, 0, square * sizeof *power);
    memset(own->polynomial, 0, square * sizeof *power);
    for (size_t i = 0; i < (size_t)d; i++)
        power[i * (size_t)d + i] = 1;
    for (int i = 0; i < own->rates.inner_steps; i++) {
        if (!own->last)
            linalg_axpy(square, 1.0 / own->rates.inner_steps, power, own->polynomial);
        memcpy(own->scratch, power, square * sizeof *power);
        multiply(d, -own->rates.inner, own->scratch, covariance, 1, power);
    }
    if (own->last)
        memcpy(own->polynomial, power, square * sizeof *power);
}

/* The same number in population, where S = I. */
static double scalar_polynomial(const struct first_order *own)
{
    double sum = 0, power = 1;
    for (int i = 0; i < own->rates.inner_steps; i++) {
        sum += power;
        power *= 1 - own->rates.inner;
    }
    return own->last ? power : sum / own->rates.inner_steps;
}

static void make_maps(struct first_order *own, const struct moments *moments)
{
    int d = moments->dimension;
    size_t square = (size_t)d * (size_t)d;
    double share = 1.0 / moments->tasks;
    memset(own->curvature, 0, square * sizeof(double));
    memset(own->pull, 0, square * sizeof(double));
    if (!moments->covariance) {
        double factor = scalar_polynomial(own);
        for (size_t i = 0; i < (size_t)d; i++)
            own->curvature[i * (size_t)d + i] = factor;
        for (size_t t = 0; t < (size_t)moments->tasks; t++)
            linalg_axpy(square, factor * share, moments->cross + t * square, own->pull);
        return;
    }
    for (size_t t = 0; t < (size_t)moments->tasks; t++) {
        make_polynomial(own, d, moments->covariance + t * square);
        multiply(d, share, moments->covariance + t * square, own->polynomial, 1, own->curvature);
        multiply(d, share, moments->cross + t * square, own->polynomial, 1, own->pull);
    }
}

static void bring_maps(struct solver_state *state)
{
    struct first_order *own = state->own;
    const struct solver_rates *rates = &state->setup.rates;
    if (own->rates.inner_steps == rates->inner_steps && own->rates.inner == rates->inner)
        return;
    own->rates = *rates;
    make_maps(own, state->setup.moments);
}

static void take_slope(struct solver_state *state)
{
    struct first_order *own = state->own;
    size_t square = point_base_size(&state->point);
    bring_maps(state);
    for (size_t i = 0; i < square; i++)
        own->slope[i] = -own->pull[i];
    multiply(state->point.dimension, 1, state->point.base, own->curvature, 1, own->slope);
}

static enum solver_status step(struct solver_state *state, int phase)
{
    (void)phase;
    struct first_order *own = state->own;
    size_t square = point_base_size(&state->point);
    take_slope(state);
    memcpy(own->scratch, state->point.base, square * sizeof(double));
    linalg_axpy(square, -state->setup.rates.outer, own->slope, own->scratch);
    if (!(linalg_norm(square, own->scratch) <= state->bound)) /* NAN too */
        return SOLVER_DIVERGED;
    memcpy(state->point.base, own->scratch, square * sizeof(double));
    return SOLVER_RUNNING;
}

static double slope(struct solver_state *state)
{
    const struct first_order *own = state->own;
    take_slope(state);
    return linalg_norm(point_base_size(&state->point), own->slope);
}

static double flops(const struct solver_setup *setup)
{
    double d = setup->moments->dimension;
    return 2 * d * d * d + 6 * d * d;
}

const struct solver_type first_order_reptile = {.name = "reptile",
                                                .summary =
                                                    "full-parameter steps of every task, then towards their mean",
                                                .phases = 1,
                                                .phase_names = {"outer"},
                                                .workspace = workspace,
                                                .init = init_reptile,
                                                .phase = step,
                                                .slope = slope,
                                                .flops = flops};

const struct solver_type first_order_fomaml = {.name = "fomaml",
                                               .summary = "along the mean gradient after every task's inner steps",
                                               .phases = 1,
                                               .phase_names = {"outer"},
                                               .workspace = workspace,
                                               .init = init_fomaml,
                                               .phase = step,
                                               .slope = slope,
                                               .flops = flops};

/* ---- none at all ---- */

static size_t no_workspace(const struct solver_setup *setup)
{
    (void)setup;
    return 0;
}

static bool no_init(struct solver_state *state)
{
    (void)state;
    return true;
}

static enum solver_status rest(struct solver_state *state, int phase)
{
    (void)state;
    (void)phase;
    return SOLVER_CONVERGED;
}

static double no_slope(struct solver_state *state)
{
    (void)state;
    return 0;
}

static double no_flops(const struct solver_setup *setup)
{
    (void)setup;
    return 1;
}

const struct solver_type solver_still = {.name = "still",
                                         .summary = "nothing",
                                         .phases = 1,
                                         .phase_names = {"rest"},
                                         .workspace = no_workspace,
                                         .init = no_init,
                                         .phase = rest,
                                         .slope = no_slope,
                                         .flops = no_flops,
                                         .exact = true};
