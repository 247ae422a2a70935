/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/landscape.h"

#include "base/arena.h"
#include "model/linalg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const landscape_kind_names[LANDSCAPE_KINDS] = {"slope", "saddle", "minimum", "flat", "runaway"};
const char *const landscape_direction_names[LANDSCAPE_DIRECTIONS] = {"gradient", "lowest", "second", "truth", "start"};

/* The loss is 0 below this share of what it is at least without adapters, and next to nothing below the last one. */
static const double rounding = 1e-22, nearly = 1e-12;

/* Adapters are far away when they are so many times as large as what they are to hold. */
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
    double *values, *vectors;             /* hessian_most, and × unknowns */
    double *small;                        /* 4 × r × r */
    int eigenvalues;
    bool has_gradient;
};

static size_t memory(size_t unknowns, size_t most, size_t rank)
{
    size_t bytes = arena_add(arena_matrices_size(most, 1, unknowns), arena_doubles_size(most));
    for (int i = 0; i < 6; i++)
        bytes = arena_add(bytes, arena_doubles_size(unknowns));
    return arena_add(bytes, arena_matrices_size(4, rank, rank + 1));
}

struct landscape *landscape_new(const struct problem *problem, int rank, enum adapter_shape shape, struct err *err)
{
    bool network = problem->top != NULL; /* the one question of the kind: all else is asked of what is made here */
    struct hessian_setup setup = {.moments = &problem->retrain,
                                  .network = network ? &problem->network : NULL,
                                  .rank = rank,
                                  .shape = shape,
                                  .eliminated = rank > 0 && !network};
    struct landscape *landscape = calloc(1, sizeof *landscape);
    struct hessian *hessian = landscape ? hessian_new(&setup, err) : NULL;
    if (landscape && !hessian) {
        free(landscape);
        return NULL;
    }
    size_t unknowns = hessian ? hessian_unknowns(hessian) : 0, most = hessian ? (size_t)hessian_most(hessian) : 0;
    if (landscape)
        *landscape = (struct landscape){.problem = problem,
                                        .hessian = hessian,
                                        .svd = linalg_svd_new(rank, rank),
                                        .arena = arena_new(memory(unknowns, most, (size_t)rank)),
                                        .rank = rank,
                                        .shape = shape,
                                        .unknowns = unknowns};
    if (!landscape || !landscape->svd || !landscape->arena) {
        landscape_free(landscape);
        err_set(err, ERR_MEMORY, "no memory for the landscape");
        return NULL;
    }
    double **arrays[] = {&landscape->here,  &landscape->truth,   &landscape->start,
                         &landscape->moved, &landscape->axis[0], &landscape->axis[1]};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        *arrays[i] = arena_doubles(landscape->arena, landscape->unknowns);
    landscape->values = arena_doubles(landscape->arena, most);
    landscape->vectors = arena_doubles(landscape->arena, most * unknowns);
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

/* (Σ_t ‖U_t V_t^T‖²)^½ = (Σ_t Σ_lm (U^T U)_lm (V^T V)_lm)^½. */
static double adapters_norm(const struct landscape *landscape, const struct point *point)
{
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
static bool turn_task(struct landscape *landscape, size_t t, const struct point *truth)
{
    const struct problem *problem = landscape->problem;
    int d = problem->config.dimension, k = problem->config.rank, r = landscape->rank;
    size_t square = (size_t)r * (size_t)r, own = (size_t)d * (size_t)k, factor = (size_t)d * (size_t)r;
    size_t factors = factor * (size_t)problem->config.tasks;
    bool general = landscape->shape == ADAPTER_GENERAL;
    double *overlap = landscape->small, *u = overlap + square, *vt = u + square, *turn = vt + square;
    double values[64];
    if (r > (int)(sizeof values / sizeof *values))
        return false;
    memset(overlap, 0, square * sizeof *overlap);
    add_overlap(landscape, problem->left + t * own, landscape->here + t * factor, overlap);
    if (general)
        add_overlap(landscape, problem->right + t * own, landscape->here + factors + t * factor, overlap);
    if (!linalg_svd(landscape->svd, r, r, overlap, values, u, vt))
        return false;
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, r, r, r, 1, u, vt, 0, turn);
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, k, 1, problem->left + t * own, turn, 0, truth->left + t * factor);
    if (general)
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, k, 1, problem->right + t * own, turn, 0,
                    truth->right + t * factor);
    return true;
}

/* The true adapters' size, or where none are known NAN. */
static double find_truth(struct landscape *landscape)
{
    const struct problem *problem = landscape->problem;
    bool known = truth_fits(landscape);
    struct point truth = *hessian_point(landscape->hessian);
    truth.base = (double *)problem->base; /* they are only read */
    truth.top = (double *)problem->top;
    truth.left = landscape->moved;
    truth.right = landscape->shape == ADAPTER_GENERAL
                      ? landscape->moved + (size_t)truth.tasks * point_factor_size(&truth)
                      : truth.left;
    for (size_t t = 0; known && landscape->rank > 0 && t < (size_t)truth.tasks; t++)
        known = turn_task(landscape, t, &truth);
    if (known)
        hessian_coordinates(landscape->hessian, &truth, landscape->truth);
    else
        landscape->truth[0] = (double)NAN;
    return known ? adapters_norm(landscape, &truth) : (double)NAN;
}

/* ---- what kind of place ---- */

/* What to second order lies between here and where the gradient is 0: ½ Σ ⟨g, v⟩² / |λ| over the eigenvectors that
 * are known, none counted as less than `nothing`; of the rest, whose eigenvalues are above these, at most. */
static double decrement(const struct landscape *landscape, double nothing)
{
    size_t n = landscape->unknowns;
    const double *gradient = hessian_gradient(landscape->hessian);
    double sum = 0, rest = linalg_dot(n, gradient, gradient), last = 0;
    for (int i = 0; i < landscape->eigenvalues; i++) {
        double along = linalg_dot(n, gradient, landscape->vectors + (size_t)i * n);
        last = landscape->values[i];
        sum += 0.5 * along * along / fmax(fabs(last), nothing);
        rest -= along * along;
    }
    return sum + 0.5 * fmax(rest, 0) / fmax(last, nothing);
}

static void judge(const struct landscape *landscape, const struct hessian_limits *limits, struct landscape_place *place)
{
    double least = place->eigenvalues > 0 ? place->eigenvalue[0] : 0;
    bool stands = place->gradient_norm <= limits->still || place->decrement <= limits->decrement;
    bool down = least < -limits->nothing;
    place->global = !place->convex && (place->loss <= rounding * place->loss_without ||
                                       (!stands && place->loss <= nearly * place->loss_without));
    if (down && (stands || place->gradient_norm <= limits->beside))
        place->kind = LANDSCAPE_SADDLE;
    else if (stands || place->global)
        place->kind = least > limits->nothing ? LANDSCAPE_MINIMUM : LANDSCAPE_FLAT;
    else
        place->kind =
            landscape->rank > 0 && place->adapters_norm > far * place->held ? LANDSCAPE_RUNAWAY : LANDSCAPE_SLOPE;
}

/* How large things are there. */
static void measure_place(struct landscape *landscape, struct landscape_place *place, struct hessian_limits *limits)
{
    const struct hessian *hessian = landscape->hessian;
    double tasks = landscape->problem->config.tasks, held = find_truth(landscape);
    place->loss = hessian_loss(hessian);
    place->eliminated = hessian_is_eliminated(hessian);
    place->convex = hessian_is_convex(hessian);
    if (place->convex)
        place->loss_without = place->loss; /* the base alone is all there is, and it is not at its minimum */
    hessian_limits(hessian, place->loss_without, landscape->here, limits);
    place->gradient_norm = linalg_norm(landscape->unknowns, hessian_gradient(hessian));
    place->base_gradient = hessian_base_slope(hessian);
    place->decrement = isnan(limits->decrement) ? limits->decrement : decrement(landscape, limits->nothing);
    place->adapters_norm = adapters_norm(landscape, hessian_point(hessian));
    place->held = isnan(place->loss_without) ? held : sqrt(2 * tasks * place->loss_without);
    place->nothing = limits->nothing;
    place->size = limits->size;
    place->unknowns = landscape->unknowns;
    place->idle = hessian_idle(hessian);
}

enum err_code landscape_stand(struct landscape *landscape, const struct point *point, const double *start,
                              const atomic_bool *stop, struct landscape_place *place, struct err *err)
{
    struct hessian *hessian = landscape->hessian;
    struct hessian_limits limits;
    hessian_coordinates(hessian, point, landscape->here);
    memcpy(landscape->start, start ? start : landscape->here, landscape->unknowns * sizeof(double));
    *place = (struct landscape_place){.loss_without = hessian_loss_without(hessian)};
    if (!hessian_stand(hessian, point) || !hessian_lowest(hessian, hessian_most(hessian), stop, landscape->values,
                                                          landscape->vectors, &landscape->eigenvalues))
        return halt_asked(stop, err) ? err->code : err_set(err, ERR_MATH, "the Hessian could not be decomposed");
    place->eigenvalues = landscape->eigenvalues < HESSIAN_LOWEST ? landscape->eigenvalues : HESSIAN_LOWEST;
    memcpy(place->eigenvalue, landscape->values, (size_t)place->eigenvalues * sizeof(double));
    measure_place(landscape, place, &limits);
    judge(landscape, &limits, place);
    landscape->has_gradient = !(place->gradient_norm <= limits.still);
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
