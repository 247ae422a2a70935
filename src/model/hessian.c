/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/hessian_state.h"

#include <stdlib.h>
#include <string.h>

/* Steps of Lanczos's method: enough for a few eigenvalues at the end of the spectrum. */
enum { LANCZOS_STEPS = 160 };

bool hessian_is_general(const struct hessian *hessian)
{
    return hessian->setup.shape == ADAPTER_GENERAL;
}

size_t hessian_square(const struct hessian *hessian)
{
    return hessian->dimension * hessian->dimension;
}

size_t hessian_factor(const struct hessian *hessian)
{
    return hessian->dimension * hessian->rank;
}

bool hessian_is_dense(const struct hessian *hessian)
{
    return hessian->unknowns <= hessian->type->dense;
}

/* ---- memory ---- */

static const struct hessian_type *type_of(const struct hessian_setup *setup)
{
    return setup->network ? &hessian_network : &hessian_linear;
}

static size_t unknowns_of(const struct hessian_setup *setup)
{
    size_t d = (size_t)setup->moments->dimension;
    size_t factors = (size_t)setup->moments->tasks * d * (size_t)setup->rank;
    return factors * (setup->shape == ADAPTER_GENERAL ? 2 : 1) + (setup->eliminated ? 0 : d * d) +
           (setup->network ? d : 0);
}

static size_t side_of(const struct hessian_setup *setup)
{
    size_t unknowns = unknowns_of(setup);
    return unknowns <= type_of(setup)->dense ? unknowns : LANCZOS_STEPS;
}

static size_t memory_of(const struct hessian_setup *setup)
{
    size_t d = (size_t)setup->moments->dimension, tasks = (size_t)setup->moments->tasks, r = (size_t)setup->rank;
    size_t unknowns = unknowns_of(setup), side = side_of(setup);
    size_t rows = unknowns <= type_of(setup)->dense ? 2 : side + 1;
    size_t bytes = arena_matrices_size(tasks, d, d);
    for (int i = 0; i < 4; i++)
        bytes = arena_add(bytes, arena_matrices_size(1, d, d));
    bytes = arena_add(bytes, setup->network ? arena_doubles_size(d) : 0);
    for (int i = 0; i < 2; i++) {
        bytes = arena_add(bytes, arena_matrices_size(tasks, d, r));
        bytes = arena_add(bytes, arena_matrices_size(tasks, 1, r));
        bytes = arena_add(bytes, arena_matrices_size(tasks, r, r));
        bytes = arena_add(bytes, arena_doubles_size(side));
    }
    bytes = arena_add(bytes, arena_matrices_size(4, r, r));
    bytes = arena_add(bytes, arena_doubles_size(unknowns));
    bytes = arena_add(bytes, arena_matrices_size(1, side, side));
    bytes = arena_add(bytes, arena_matrices_size(1, rows, unknowns));
    bytes = arena_add(bytes, arena_doubles_size(HESSIAN_LOWEST));
    bytes = arena_add(bytes, arena_matrices_size(HESSIAN_LOWEST, 1, side));
    return arena_add(bytes, type_of(setup)->workspace(setup));
}

static void take_memory(struct hessian *hessian)
{
    struct arena *arena = hessian->arena;
    size_t d = hessian->dimension, tasks = hessian->tasks, r = hessian->rank, square = d * d;
    hessian->point = (struct point){.dimension = (int)d,
                                    .tasks = (int)tasks,
                                    .rank = (int)r,
                                    .shape = hessian->setup.shape,
                                    .base = arena_doubles(arena, square),
                                    .left = arena_doubles(arena, hessian->factors)};
    hessian->point.right = hessian_is_general(hessian) ? arena_doubles(arena, hessian->factors) : hessian->point.left;
    hessian->point.top = hessian->setup.network ? arena_doubles(arena, d) : NULL;
    hessian->slope = arena_doubles(arena, tasks * square);
    hessian->gradient = arena_doubles(arena, hessian->unknowns);
    hessian->move = arena_doubles(arena, square);
    hessian->sum = arena_doubles(arena, square);
    hessian->work = arena_doubles(arena, square);
    hessian->left_values = arena_doubles(arena, tasks * r);
    hessian->left_vectors = arena_doubles(arena, tasks * r * r);
    hessian->right_values = hessian_is_general(hessian) ? arena_doubles(arena, tasks * r) : hessian->left_values;
    hessian->right_vectors = hessian_is_general(hessian) ? arena_doubles(arena, tasks * r * r) : hessian->left_vectors;
    hessian->small = arena_doubles(arena, 4 * r * r);
    hessian->square = arena_doubles(arena, hessian->side * hessian->side);
    hessian->basis = arena_doubles(arena, (hessian_is_dense(hessian) ? 2 : hessian->side + 1) * hessian->unknowns);
    hessian->ritz = arena_doubles(arena, HESSIAN_LOWEST * hessian->side);
    hessian->ritz_values = arena_doubles(arena, HESSIAN_LOWEST);
    hessian->diagonal = arena_doubles(arena, hessian->side);
    hessian->off = arena_doubles(arena, hessian->side);
}

struct hessian *hessian_new(const struct hessian_setup *setup, struct err *err)
{
    struct hessian *hessian = calloc(1, sizeof *hessian);
    int d = setup->moments->dimension;
    if (hessian) {
        hessian->type = type_of(setup);
        hessian->setup = *setup;
        hessian->dimension = (size_t)d;
        hessian->tasks = (size_t)setup->moments->tasks;
        hessian->rank = (size_t)setup->rank;
        hessian->factors = hessian->tasks * hessian_factor(hessian);
        hessian->unknowns = unknowns_of(setup);
        hessian->side = side_of(setup);
        hessian->arena = arena_new(memory_of(setup));
        hessian->eigen = linalg_eigen_new((int)hessian->side);
        hessian->ranks = linalg_eigen_new(setup->rank);
    }
    if (!hessian || !hessian->arena || !hessian->eigen || !hessian->ranks) {
        hessian_free(hessian);
        err_set(err, ERR_MEMORY, "no memory for second derivatives in dimension %d with %d tasks", d,
                setup->moments->tasks);
        return NULL;
    }
    take_memory(hessian);
    if (hessian->type->init(hessian, err)) {
        hessian_free(hessian);
        return NULL;
    }
    return hessian;
}

void hessian_free(struct hessian *hessian)
{
    if (!hessian)
        return;
    linalg_eigen_free(hessian->ranks);
    linalg_eigen_free(hessian->eigen);
    arena_free(hessian->arena);
    free(hessian);
}

size_t hessian_unknowns(const struct hessian *hessian)
{
    return hessian->unknowns;
}

const struct point *hessian_point(const struct hessian *hessian)
{
    return &hessian->point;
}

double hessian_loss(const struct hessian *hessian)
{
    return hessian->loss;
}

const double *hessian_gradient(const struct hessian *hessian)
{
    return hessian->gradient;
}

double hessian_base_slope(const struct hessian *hessian)
{
    return hessian->base_slope;
}

bool hessian_is_convex(const struct hessian *hessian)
{
    return hessian->type->convex && hessian->rank == 0;
}

bool hessian_is_eliminated(const struct hessian *hessian)
{
    return hessian->setup.eliminated;
}

int hessian_most(const struct hessian *hessian)
{
    return hessian->type->whole && hessian_is_dense(hessian) ? (int)hessian->unknowns : HESSIAN_LOWEST;
}

double hessian_loss_without(struct hessian *hessian)
{
    return hessian->type->without(hessian);
}

void hessian_limits(const struct hessian *hessian, double without, const double *x, struct hessian_limits *limits)
{
    hessian->type->limits(hessian, without, x, limits);
}

size_t hessian_idle(const struct hessian *hessian)
{
    return hessian->idle;
}

/* ---- standing somewhere ---- */

/* Where A is in a direction, if it is; c comes behind it. */
static size_t base_at(const struct hessian *hessian)
{
    return (hessian_is_general(hessian) ? 2 : 1) * hessian->factors;
}

static size_t top_at(const struct hessian *hessian)
{
    return base_at(hessian) + (hessian->setup.eliminated ? 0 : hessian_square(hessian));
}

void hessian_coordinates(const struct hessian *hessian, const struct point *point, double *x)
{
    memcpy(x, point->left, hessian->factors * sizeof *x);
    if (hessian_is_general(hessian))
        memcpy(x + hessian->factors, point->right, hessian->factors * sizeof *x);
    if (!hessian->setup.eliminated)
        memcpy(x + base_at(hessian), point->base, hessian_square(hessian) * sizeof *x);
    if (hessian->setup.network)
        memcpy(x + top_at(hessian), point->top, hessian->dimension * sizeof *x);
}

double hessian_value(struct hessian *hessian, const double *x)
{
    memcpy(hessian->point.left, x, hessian->factors * sizeof *x);
    if (hessian_is_general(hessian))
        memcpy(hessian->point.right, x + hessian->factors, hessian->factors * sizeof *x);
    if (!hessian->setup.eliminated)
        memcpy(hessian->point.base, x + base_at(hessian), hessian_square(hessian) * sizeof *x);
    if (hessian->setup.network)
        memcpy(hessian->point.top, x + top_at(hessian), hessian->dimension * sizeof *x);
    hessian->loss = hessian->type->value(hessian);
    return hessian->loss;
}

bool hessian_stand(struct hessian *hessian, const struct point *point)
{
    size_t square = hessian_square(hessian);
    memcpy(hessian->point.base, point->base, square * sizeof(double));
    memcpy(hessian->point.left, point->left, hessian->factors * sizeof(double));
    if (hessian_is_general(hessian))
        memcpy(hessian->point.right, point->right, hessian->factors * sizeof(double));
    if (hessian->setup.network)
        memcpy(hessian->point.top, point->top, hessian->dimension * sizeof(double));
    memset(hessian->gradient, 0, hessian->unknowns * sizeof(double));
    hessian->loss = hessian->type->settle(hessian);
    for (size_t t = 0; t < hessian->tasks && hessian->rank > 0; t++)
        hessian_add_factors(hessian, t, hessian->slope + t * square, hessian->point.left, hessian->point.right,
                            hessian->gradient);
    if (!hessian->setup.eliminated)
        linalg_axpy(square, 1.0 / (double)hessian->tasks, hessian->sum, hessian->gradient + base_at(hessian));
    return hessian_decompose(hessian);
}

/* ---- products ---- */

/* hessian->move: how the base goes with v. */
static void move_base(struct hessian *hessian, const double *v)
{
    if (hessian->setup.eliminated)
        hessian->type->follow(hessian, v);
    else
        memcpy(hessian->move, v + base_at(hessian), hessian_square(hessian) * sizeof *v);
}

void hessian_times(struct hessian *hessian, const double *v, double *out)
{
    size_t square = hessian_square(hessian), top = top_at(hessian);
    const double *right_move = hessian_is_general(hessian) ? v + hessian->factors : v;
    double *base = hessian->setup.eliminated ? NULL : out + base_at(hessian), share = 1.0 / (double)hessian->tasks;
    hessian->top_move = v + top;
    hessian->top_bend = out + top;
    move_base(hessian, v);
    memset(out, 0, hessian->unknowns * sizeof *out);
    for (size_t t = 0; t < hessian->tasks; t++) {
        memcpy(hessian->work, hessian->move, square * sizeof *v);
        if (hessian->rank > 0)
            hessian_add_change(hessian, t, v, hessian->work);
        const double *bend = hessian->type->bend(hessian, t);
        if (base)
            linalg_axpy(square, share, bend, base);
        if (hessian->rank == 0)
            continue;
        hessian_add_factors(hessian, t, bend, hessian->point.left, hessian->point.right, out);
        hessian_add_factors(hessian, t, hessian->slope + t * square, v, right_move, out);
    }
    for (size_t j = top; j < hessian->unknowns; j++)
        out[j] *= share;
}
