/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/landscape.h"

#include "base/arena.h"
#include "model/linalg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const landscape_kind_names[LANDSCAPE_KINDS] = {"slope", "saddle", "minimum", "flat", "runaway"};
const char *const landscape_direction_names[LANDSCAPE_DIRECTIONS] = {"gradient", "lowest", "second", "truth", "start"};

/* The gradient vanishes below this share of the terms that it is a sum of; an eigenvalue is 0 below this share of (2 L0)^½; the loss is 0
 * below this share of L0, and next to nothing below the last one. */
static const double still = 1e-5, zero = 1e-6, rounding = 1e-22, nearly = 1e-12;

/* Adapters are far away when they are so many times as large as (2 T L0)^½. */
static const double far = 5;

struct landscape {
    const struct problem *problem;
    struct hessian *hessian;
    struct linalg_svd *svd; /* of r × r */
    struct arena *arena;
    int rank;
    enum adapter_shape shape;
    size_t unknowns;
    double *here, *truth, *start, *moved; /* unknowns; truth[0] is NAN where there is none */
    double *axis[2];                      /* unknowns */
    double *vectors;                      /* HESSIAN_LOWEST × unknowns */
    double *small;                        /* 4 × r × r */
    int eigenvalues;
    bool has_gradient;
};

static size_t memory(size_t unknowns, size_t rank)
{
    size_t bytes = arena_matrices_size(HESSIAN_LOWEST, 1, unknowns);
    for (int i = 0; i < 6; i++)
        bytes = arena_add(bytes, arena_doubles_size(unknowns));
    return arena_add(bytes, arena_matrices_size(4, rank, rank + 1));
}

struct landscape *landscape_new(const struct problem *problem, int rank, enum adapter_shape shape, struct err *err)
{
    struct hessian_setup setup = {.moments = &problem->retrain, .rank = rank, .shape = shape, .eliminated = rank > 0};
    struct landscape *landscape = calloc(1, sizeof *landscape);
    struct hessian *hessian = landscape ? hessian_new(&setup, err) : NULL;
    if (landscape && !hessian) {
        free(landscape);
        return NULL;
    }
    if (landscape) {
        size_t unknowns = hessian_unknowns(hessian);
        *landscape = (struct landscape){.problem = problem,
                                        .hessian = hessian,
                                        .svd = linalg_svd_new(rank, rank),
                                        .arena = arena_new(memory(unknowns, (size_t)rank)),
                                        .rank = rank,
                                        .shape = shape,
                                        .unknowns = unknowns};
    }
    if (!landscape || !landscape->svd || !landscape->arena) {
        landscape_free(landscape);
        err_set(err, ERR_MEMORY, "no memory for the landscape");
        return NULL;
    }
    double **arrays[] = {&landscape->here,  &landscape->truth,   &landscape->start,
                         &landscape->moved, &landscape->axis[0], &landscape->axis[1]};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        *arrays[i] = arena_doubles(landscape->arena, landscape->unknowns);
    landscape->vectors = arena_doubles(landscape->arena, HESSIAN_LOWEST * landscape->unknowns);
    landscape->small = arena_doubles(landscape->arena, 4 * (size_t)rank * (size_t)(rank + 1));
    return landscape;
}

void landscape_free(struct landscape *landscape)
{
    if (!landscape)
        return;
    linalg_svd_free(landscape->svd);
    hessian_free(landscape->hessian);
    arena_free(landscape->arena);
    free(landscape);
}

size_t landscape_unknowns(const struct landscape *landscape)
{
    return landscape->unknowns;
}

void landscape_coordinates(const struct landscape *landscape, const struct point *point, double *x)
{
    hessian_coordinates(landscape->hessian, point, x);
}

/* ---- the truth ---- */

/* Whether training's adapters can be the true ones, which are known. */
static bool truth_fits(const struct landscape *landscape)
{
    const struct problem *problem = landscape->problem;
    if (landscape->rank == 0)
        return problem->base != NULL;
    return problem->left && problem->base && landscape->rank >= problem->config.rank &&
           (landscape->shape == ADAPTER_GENERAL || problem->config.truth == TRUTH_PSD);
}

/* small (r × r) += U*^T U, where U* (d × k) has zero columns from k on. */
static void add_overlap(const struct landscape *landscape, const double *truth, const double *here, double *overlap)
{
    int d = landscape->problem->config.dimension, k = landscape->problem->config.rank, r = landscape->rank;
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, k, r, d, 1, truth, here, 1, overlap);
}

/* Of one task, U* Q and V* Q with the orthogonal Q that brings them nearest (Procrustes): U*^T U + V*^T V = P Σ W^T, Q = P W^T. */
static bool turn_task(struct landscape *landscape, size_t t)
{
    const struct problem *problem = landscape->problem;
    int d = problem->config.dimension, k = problem->config.rank, r = landscape->rank;
    size_t square = (size_t)r * (size_t)r, own = (size_t)d * (size_t)k, factor = (size_t)d * (size_t)r;
    size_t factors = factor * (size_t)problem->config.tasks;
    bool general = landscape->shape == ADAPTER_GENERAL;
    double *overlap = landscape->small, *u = overlap + square, *vt = u + square, *turn = vt + square;
    double values[64], *right = landscape->truth + factors + t * factor;
    if (r > (int)(sizeof values / sizeof *values))
        return false;
    memset(overlap, 0, square * sizeof *overlap);
    add_overlap(landscape, problem->left + t * own, landscape->here + t * factor, overlap);
    if (general)
        add_overlap(landscape, problem->right + t * own, landscape->here + factors + t * factor, overlap);
    if (!linalg_svd(landscape->svd, r, r, overlap, values, u, vt))
        return false;
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, r, r, r, 1, u, vt, 0, turn);
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, k, 1, problem->left + t * own, turn, 0,
                landscape->truth + t * factor);
    if (general)
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, k, 1, problem->right + t * own, turn, 0, right);
    return true;
}

static void find_truth(struct landscape *landscape)
{
    bool known = truth_fits(landscape);
    if (known && landscape->rank == 0)
        memcpy(landscape->truth, landscape->problem->base, landscape->unknowns * sizeof(double));
    for (size_t t = 0; known && landscape->rank > 0 && t < (size_t)landscape->problem->config.tasks; t++)
        known = turn_task(landscape, t);
    if (!known)
        landscape->truth[0] = (double)NAN;
}

/* ---- what kind of place ---- */

/* (Σ_t ‖U_t V_t^T‖²)^½ = (Σ_t Σ_lm (U^T U)_lm (V^T V)_lm)^½. */
static double adapters_norm(const struct landscape *landscape)
{
    const struct point *point = hessian_point(landscape->hessian);
    int d = point->dimension, r = point->rank;
    size_t factor = point_factor_size(point), square = (size_t)r * (size_t)r;
    double *left = landscape->small, *right = left + square, sum = 0;
    for (size_t t = 0; t < (size_t)point->tasks && r > 0; t++) {
        const double *u = point->left + t * factor, *v = point->right + t * factor;
        linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, r, r, d, 1, u, u, 0, left);
        linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, r, r, d, 1, v, v, 0, right);
        sum += linalg_dot(square, left, right);
    }
    return sqrt(fmax(sum, 0));
}

/* Against the terms that it is a sum of. */
static bool gradient_vanishes(const struct landscape *landscape, const struct landscape_place *place)
{
    double tasks = landscape->problem->config.tasks, size = linalg_norm(landscape->unknowns, landscape->here);
    if (landscape->rank == 0) /* ∂L/∂A is as large as the way to go */
        return place->gradient_norm <= still * size;
    return place->loss <= rounding * place->loss_without ||
           place->gradient_norm <= still * sqrt(2 * place->loss / tasks) * size;
}

/* Against what it could be where adapters have the size that they are to have: beside U = 0 it is a small part of small terms. */
static bool gradient_is_small(const struct landscape *landscape, const struct landscape_place *place)
{
    double width = pow(2 * landscape->problem->config.tasks * place->loss_without, 0.25);
    return landscape->rank > 0 && place->gradient_norm <= 0.1 * still * sqrt(2 * place->loss_without) * width;
}

static void judge(const struct landscape *landscape, struct landscape_place *place)
{
    double tasks = landscape->problem->config.tasks, least = place->eigenvalues > 0 ? place->eigenvalue[0] : 0;
    double nothing = place->nothing = zero * (landscape->rank > 0 ? sqrt(2 * place->loss_without) : 1);
    double spread = sqrt(2 * tasks * place->loss_without);
    bool stands = gradient_vanishes(landscape, place), down = least < -nothing;
    place->global = landscape->rank > 0 && (place->loss <= rounding * place->loss_without ||
                                            (!stands && place->loss <= nearly * place->loss_without));
    if (down && (stands || gradient_is_small(landscape, place)))
        place->kind = LANDSCAPE_SADDLE;
    else if (stands || place->global)
        place->kind = least > nothing ? LANDSCAPE_MINIMUM : LANDSCAPE_FLAT;
    else
        place->kind = landscape->rank > 0 && place->adapters_norm > far * spread ? LANDSCAPE_RUNAWAY : LANDSCAPE_SLOPE;
}

/* F at U = 0, the base at its minimiser. */
static double loss_without(struct landscape *landscape)
{
    memset(landscape->moved, 0, landscape->unknowns * sizeof(double));
    return hessian_value(landscape->hessian, landscape->moved);
}

enum err_code landscape_stand(struct landscape *landscape, const struct point *point, const double *start,
                              struct landscape_place *place, struct err *err)
{
    struct hessian *hessian = landscape->hessian;
    hessian_coordinates(hessian, point, landscape->here);
    memcpy(landscape->start, start ? start : landscape->here, landscape->unknowns * sizeof(double));
    *place = (struct landscape_place){.loss_without = landscape->rank > 0 ? loss_without(landscape) : 0};
    if (!hessian_stand(hessian, point) ||
        !hessian_lowest(hessian, HESSIAN_LOWEST, place->eigenvalue, landscape->vectors, &place->eigenvalues))
        return err_set(err, ERR_MATH, "the Hessian could not be decomposed");
    landscape->eigenvalues = place->eigenvalues;
    place->loss = hessian_loss(hessian);
    if (landscape->rank == 0)
        place->loss_without = place->loss; /* the base alone is all there is, and it is not at its minimum */
    place->gradient_norm = linalg_norm(landscape->unknowns, hessian_gradient(hessian));
    place->adapters_norm = adapters_norm(landscape);
    place->unknowns = landscape->unknowns;
    place->idle = hessian_idle(hessian);
    judge(landscape, place);
    landscape->has_gradient = !gradient_vanishes(landscape, place);
    find_truth(landscape);
    return ERR_NONE;
}

/* ---- directions ---- */

/* Writes the way along a direction, of any length; false: there is none. */
static bool write_direction(const struct landscape *landscape, enum landscape_direction direction, double *way)
{
    size_t n = landscape->unknowns;
    const double *gradient = hessian_gradient(landscape->hessian), *to = landscape->start;
    switch (direction) {
    case LANDSCAPE_GRADIENT:
        for (size_t i = 0; i < n; i++)
            way[i] = -gradient[i];
        return landscape->has_gradient;
    case LANDSCAPE_LOWEST:
    case LANDSCAPE_SECOND: {
        int row = direction == LANDSCAPE_LOWEST ? 0 : 1;
        if (row >= landscape->eigenvalues)
            return false;
        memcpy(way, landscape->vectors + (size_t)row * n, n * sizeof *way);
        double sign = linalg_dot(n, way, gradient) > 0 ? -1 : 1; /* downhill, if anywhere */
        for (size_t i = 0; i < n; i++)
            way[i] *= sign;
        return true;
    }
    case LANDSCAPE_TRUTH:
        to = landscape->truth;
        if (isnan(to[0]))
            return false;
        break;
    case LANDSCAPE_START:
    case LANDSCAPE_DIRECTIONS:
        break;
    }
    double size = linalg_norm(n, to);
    for (size_t i = 0; i < n; i++)
        way[i] = to[i] - landscape->here[i];
    return linalg_norm(n, way) > 1e-9 * (1 + size);
}

/* axis[which] along the direction; false: there is no such way, or it is the other axis's. */
static bool take_direction(struct landscape *landscape, int which, enum landscape_direction direction)
{
    static const double parallel = 1e-6;
    size_t n = landscape->unknowns;
    double *way = landscape->axis[which];
    if (!write_direction(landscape, direction, way))
        return false;
    double length = linalg_norm(n, way);
    for (int pass = 0; which == 1 && pass < 2; pass++)
        linalg_axpy(n, -linalg_dot(n, landscape->axis[0], way), landscape->axis[0], way);
    double rest = linalg_norm(n, way);
    if (!(rest > parallel * length))
        return false;
    for (size_t i = 0; i < n; i++)
        way[i] /= rest;
    return true;
}

bool landscape_choose(struct landscape *landscape, enum landscape_direction wanted[2])
{
    static const enum landscape_direction others[] = {LANDSCAPE_TRUTH, LANDSCAPE_START, LANDSCAPE_LOWEST,
                                                      LANDSCAPE_SECOND, LANDSCAPE_GRADIENT};
    for (int which = 0; which < 2; which++) {
        bool taken = take_direction(landscape, which, wanted[which]);
        for (size_t i = 0; !taken && i < sizeof others / sizeof *others; i++) {
            taken = (which == 0 || others[i] != wanted[0]) && take_direction(landscape, which, others[i]);
            if (taken)
                wanted[which] = others[i];
        }
        if (!taken)
            return false;
    }
    return true;
}

void landscape_project(const struct landscape *landscape, const double *x, double at[2])
{
    for (int which = 0; which < 2; which++)
        at[which] = linalg_dot(landscape->unknowns, landscape->axis[which], x) -
                    linalg_dot(landscape->unknowns, landscape->axis[which], landscape->here);
}

void landscape_truth(const struct landscape *landscape, double at[2])
{
    at[0] = at[1] = (double)NAN;
    if (!isnan(landscape->truth[0]))
        landscape_project(landscape, landscape->truth, at);
}

double landscape_value(struct landscape *landscape, double across, double up)
{
    memcpy(landscape->moved, landscape->here, landscape->unknowns * sizeof(double));
    linalg_axpy(landscape->unknowns, across, landscape->axis[0], landscape->moved);
    linalg_axpy(landscape->unknowns, up, landscape->axis[1], landscape->moved);
    return hessian_value(landscape->hessian, landscape->moved);
}

double landscape_loss_at(struct landscape *landscape, const double *x)
{
    return hessian_value(landscape->hessian, x);
}
