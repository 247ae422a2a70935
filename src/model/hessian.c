/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/hessian_state.h"

#include "model/gradient.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Steps of Lanczos's method: enough for a few eigenvalues at the end of the spectrum. */
enum { LANCZOS_STEPS = 160 };

static bool is_general(const struct hessian *hessian)
{
    return hessian->setup.shape == ADAPTER_GENERAL;
}

static size_t square_of(const struct hessian *hessian)
{
    return hessian->dimension * hessian->dimension;
}

static size_t factor_of(const struct hessian *hessian)
{
    return hessian->dimension * hessian->rank;
}

bool hessian_is_dense(const struct hessian *hessian)
{
    return hessian->unknowns <= HESSIAN_DENSE;
}

/* ---- memory ---- */

static size_t unknowns_of(const struct hessian_setup *setup)
{
    size_t d = (size_t)setup->moments->dimension;
    size_t factors = (size_t)setup->moments->tasks * d * (size_t)setup->rank;
    return factors * (setup->shape == ADAPTER_GENERAL ? 2 : 1) + (setup->eliminated ? 0 : d * d);
}

static size_t side_of(size_t unknowns)
{
    return unknowns <= HESSIAN_DENSE ? unknowns : LANCZOS_STEPS;
}

static size_t memory_of(const struct hessian_setup *setup)
{
    size_t d = (size_t)setup->moments->dimension, tasks = (size_t)setup->moments->tasks, r = (size_t)setup->rank;
    size_t unknowns = unknowns_of(setup), side = side_of(unknowns);
    size_t rows = unknowns <= HESSIAN_DENSE ? 2 : side + 1;
    size_t bytes = arena_matrices_size(tasks, d, d);
    for (int i = 0; i < 5; i++)
        bytes = arena_add(bytes, arena_matrices_size(1, d, d));
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
    return arena_add(bytes, arena_matrices_size(HESSIAN_LOWEST, 1, side));
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
    hessian->point.right = is_general(hessian) ? arena_doubles(arena, hessian->factors) : hessian->point.left;
    hessian->slope = arena_doubles(arena, tasks * square);
    hessian->gradient = arena_doubles(arena, hessian->unknowns);
    hessian->inverse = arena_doubles(arena, square);
    hessian->move = arena_doubles(arena, square);
    hessian->sum = arena_doubles(arena, square);
    hessian->work = arena_doubles(arena, square);
    hessian->left_values = arena_doubles(arena, tasks * r);
    hessian->left_vectors = arena_doubles(arena, tasks * r * r);
    hessian->right_values = is_general(hessian) ? arena_doubles(arena, tasks * r) : hessian->left_values;
    hessian->right_vectors = is_general(hessian) ? arena_doubles(arena, tasks * r * r) : hessian->left_vectors;
    hessian->small = arena_doubles(arena, 4 * r * r);
    hessian->square = arena_doubles(arena, hessian->side * hessian->side);
    hessian->basis = arena_doubles(arena, (hessian_is_dense(hessian) ? 2 : hessian->side + 1) * hessian->unknowns);
    hessian->ritz = arena_doubles(arena, HESSIAN_LOWEST * hessian->side);
    hessian->ritz_values = arena_doubles(arena, HESSIAN_LOWEST);
    hessian->diagonal = arena_doubles(arena, hessian->side);
    hessian->off = arena_doubles(arena, hessian->side);
}

/* (Σ_t S_t)^+, once. */
static bool invert_covariance(struct hessian *hessian)
{
    size_t square = square_of(hessian);
    int d = (int)hessian->dimension;
    const struct moments *moments = hessian->setup.moments;
    if (!moments->covariance || !hessian->setup.eliminated)
        return true;
    memset(hessian->sum, 0, square * sizeof(double));
    for (size_t t = 0; t < hessian->tasks; t++)
        linalg_axpy(square, 1, moments->covariance + t * square, hessian->sum);
    return linalg_pseudo_inverse(hessian->svd, d, hessian->sum, hessian->inverse, hessian->work, hessian->move,
                                 hessian->slope);
}

struct hessian *hessian_new(const struct hessian_setup *setup, struct err *err)
{
    struct hessian *hessian = calloc(1, sizeof *hessian);
    bool inverts = setup->moments->covariance && setup->eliminated;
    int d = setup->moments->dimension;
    if (hessian) {
        hessian->setup = *setup;
        hessian->dimension = (size_t)d;
        hessian->tasks = (size_t)setup->moments->tasks;
        hessian->rank = (size_t)setup->rank;
        hessian->factors = hessian->tasks * factor_of(hessian);
        hessian->unknowns = unknowns_of(setup);
        hessian->side = side_of(hessian->unknowns);
        hessian->arena = arena_new(memory_of(setup));
        hessian->eigen = linalg_eigen_new((int)hessian->side);
        hessian->ranks = linalg_eigen_new(setup->rank);
        hessian->svd = inverts ? linalg_svd_new(d, d) : NULL;
    }
    if (!hessian || !hessian->arena || !hessian->eigen || !hessian->ranks || (inverts && !hessian->svd)) {
        hessian_free(hessian);
        err_set(err, ERR_MEMORY, "no memory for second derivatives in dimension %d with %d tasks", d,
                setup->moments->tasks);
        return NULL;
    }
    take_memory(hessian);
    if (!invert_covariance(hessian)) {
        hessian_free(hessian);
        err_set(err, ERR_MATH, "the samples' covariance could not be decomposed");
        return NULL;
    }
    return hessian;
}

void hessian_free(struct hessian *hessian)
{
    if (!hessian)
        return;
    linalg_svd_free(hessian->svd);
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

size_t hessian_idle(const struct hessian *hessian)
{
    return hessian->idle;
}

/* ---- pieces of products ---- */

/* out = a S_t, or a in population, where a may be out. */
static void times_covariance(const struct hessian *hessian, size_t t, const double *a, double *out)
{
    int d = (int)hessian->dimension;
    size_t square = square_of(hessian);
    if (hessian->setup.moments->covariance)
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, d, d, 1, a, hessian->setup.moments->covariance + t * square, 0, out);
    else if (out != a)
        memcpy(out, a, square * sizeof *a);
}

/* out = a (Σ_t S_t)^+. */
static void times_inverse(const struct hessian *hessian, const double *a, double *out)
{
    int d = (int)hessian->dimension;
    if (hessian->setup.moments->covariance) {
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, d, d, 1, a, hessian->inverse, 0, out);
        return;
    }
    for (size_t i = 0; i < square_of(hessian); i++)
        out[i] = a[i] / (double)hessian->tasks;
}

/* c (d × d) += M_t along v. */
static void add_change(const struct hessian *hessian, size_t t, const double *v, double *c)
{
    int d = (int)hessian->dimension, r = (int)hessian->rank;
    size_t at = t * factor_of(hessian);
    const double *right_move = is_general(hessian) ? v + hessian->factors : v;
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, r, 1, v + at, hessian->point.right + at, 1, c);
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, r, 1, hessian->point.left + at, right_move + at, 1, c);
}

/* out_U += scale · G V and out_V += scale · G^T U (symmetric: both into out_U) of task t, for factors `left`, `right` (T × d × r). */
static void add_factors(const struct hessian *hessian, size_t t, const double *g, const double *left,
                        const double *right, double *out)
{
    int d = (int)hessian->dimension, r = (int)hessian->rank;
    size_t at = t * factor_of(hessian);
    double share = 1.0 / (double)hessian->tasks;
    double *out_right = is_general(hessian) ? out + hessian->factors : out;
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, d, share, g, right + at, 1, out + at);
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, d, r, d, share, g, left + at, 1, out_right + at);
}

/* ---- standing somewhere ---- */

static void slopes(struct hessian *hessian)
{
    size_t square = square_of(hessian);
    memset(hessian->sum, 0, square * sizeof(double));
    for (size_t t = 0; t < hessian->tasks; t++) {
        gradient_task(hessian->setup.moments, &hessian->point, (int)t, hessian->slope + t * square, hessian->work);
        linalg_axpy(square, 1, hessian->slope + t * square, hessian->sum);
    }
}

/* L_t = ½⟨W − W°, G_t − D_t⟩ + floor_t, exact near W° as G_t is. */
static double loss(const struct hessian *hessian)
{
    const struct moments *moments = hessian->setup.moments;
    size_t square = square_of(hessian);
    int d = (int)hessian->dimension, r = (int)hessian->rank;
    double sum = 0;
    for (size_t t = 0; t < hessian->tasks; t++) {
        const double *slope = hessian->slope + t * square;
        size_t at = t * factor_of(hessian);
        if (!moments->covariance) {
            sum += 0.5 * linalg_dot(square, slope, slope);
            continue;
        }
        for (size_t i = 0; i < square; i++)
            hessian->work[i] = hessian->point.base[i] - moments->anchor[t * square + i];
        if (r > 0)
            linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, r, 1, hessian->point.left + at,
                        hessian->point.right + at, 1, hessian->work);
        sum += 0.5 * (linalg_dot(square, hessian->work, slope) -
                      linalg_dot(square, hessian->work, moments->residual + t * square)) +
               moments->floor[t];
    }
    return sum / (double)hessian->tasks;
}

static bool decompose_factor(struct hessian *hessian, const double *factor, double *values, double *vectors)
{
    int d = (int)hessian->dimension, r = (int)hessian->rank;
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, r, r, d, 1, factor, factor, 0, hessian->small);
    return linalg_eigen(hessian->ranks, r, hessian->small, r, values, vectors);
}

/* Below this share of the largest, a factor's squared singular value is none, and its directions do not idle but move. */
static const double vanishing = 1e-14;

static bool decompose_factors(struct hessian *hessian)
{
    size_t r = hessian->rank;
    bool ready = true;
    hessian->idle = 0;
    for (size_t t = 0; t < hessian->tasks && ready; t++) {
        size_t at = t * factor_of(hessian);
        const double *left = hessian->left_values + t * r, *right = hessian->right_values + t * r;
        ready = decompose_factor(hessian, hessian->point.left + at, hessian->left_values + t * r,
                                 hessian->left_vectors + t * r * r);
        if (is_general(hessian) && ready)
            ready = decompose_factor(hessian, hessian->point.right + at, hessian->right_values + t * r,
                                     hessian->right_vectors + t * r * r);
        for (size_t i = 0; i < r; i++)
            for (size_t j = 0; j < (is_general(hessian) ? r : i); j++)
                hessian->idle += left[i] + right[j] > vanishing * (left[0] + right[0]);
    }
    return ready;
}

/* Slopes and loss at hessian->point, whose base moves to its minimiser where it is eliminated. */
static void settle(struct hessian *hessian)
{
    slopes(hessian);
    if (hessian->setup.eliminated) {
        times_inverse(hessian, hessian->sum, hessian->move);
        linalg_axpy(square_of(hessian), -1, hessian->move, hessian->point.base);
        slopes(hessian);
    }
    hessian->loss = loss(hessian);
}

void hessian_coordinates(const struct hessian *hessian, const struct point *point, double *x)
{
    memcpy(x, point->left, hessian->factors * sizeof *x);
    if (is_general(hessian))
        memcpy(x + hessian->factors, point->right, hessian->factors * sizeof *x);
    if (!hessian->setup.eliminated)
        memcpy(x + hessian->unknowns - square_of(hessian), point->base, square_of(hessian) * sizeof *x);
}

double hessian_value(struct hessian *hessian, const double *x)
{
    memcpy(hessian->point.left, x, hessian->factors * sizeof *x);
    if (is_general(hessian))
        memcpy(hessian->point.right, x + hessian->factors, hessian->factors * sizeof *x);
    if (!hessian->setup.eliminated)
        memcpy(hessian->point.base, x + hessian->unknowns - square_of(hessian), square_of(hessian) * sizeof *x);
    settle(hessian);
    return hessian->loss;
}

bool hessian_stand(struct hessian *hessian, const struct point *point)
{
    size_t square = square_of(hessian);
    memcpy(hessian->point.base, point->base, square * sizeof(double));
    memcpy(hessian->point.left, point->left, hessian->factors * sizeof(double));
    if (is_general(hessian))
        memcpy(hessian->point.right, point->right, hessian->factors * sizeof(double));
    settle(hessian);
    memset(hessian->gradient, 0, hessian->unknowns * sizeof(double));
    for (size_t t = 0; t < hessian->tasks && hessian->rank > 0; t++)
        add_factors(hessian, t, hessian->slope + t * square, hessian->point.left, hessian->point.right,
                    hessian->gradient);
    if (!hessian->setup.eliminated)
        linalg_axpy(square, 1.0 / (double)hessian->tasks, hessian->sum, hessian->gradient + hessian->unknowns - square);
    return decompose_factors(hessian);
}

/* ---- products ---- */

/* hessian->move: how the base goes with v. */
static void move_base(struct hessian *hessian, const double *v)
{
    size_t square = square_of(hessian);
    if (!hessian->setup.eliminated) {
        memcpy(hessian->move, v + hessian->unknowns - square, square * sizeof *v);
        return;
    }
    memset(hessian->sum, 0, square * sizeof(double));
    for (size_t t = 0; t < hessian->tasks; t++) {
        memset(hessian->work, 0, square * sizeof(double));
        add_change(hessian, t, v, hessian->work);
        times_covariance(hessian, t, hessian->work, hessian->move);
        linalg_axpy(square, 1, hessian->move, hessian->sum);
    }
    times_inverse(hessian, hessian->sum, hessian->move);
    for (size_t i = 0; i < square; i++)
        hessian->move[i] = -hessian->move[i];
}

void hessian_times(struct hessian *hessian, const double *v, double *out)
{
    size_t square = square_of(hessian);
    const double *right_move = is_general(hessian) ? v + hessian->factors : v;
    double *base = hessian->setup.eliminated ? NULL : out + hessian->unknowns - square;
    move_base(hessian, v);
    memset(out, 0, hessian->unknowns * sizeof *out);
    for (size_t t = 0; t < hessian->tasks; t++) {
        memcpy(hessian->work, hessian->move, square * sizeof *v);
        if (hessian->rank > 0)
            add_change(hessian, t, v, hessian->work);
        double *slope = hessian->setup.moments->covariance ? hessian->sum : hessian->work;
        times_covariance(hessian, t, hessian->work, slope);
        if (base)
            linalg_axpy(square, 1.0 / (double)hessian->tasks, slope, base);
        if (hessian->rank == 0)
            continue;
        add_factors(hessian, t, slope, hessian->point.left, hessian->point.right, out);
        add_factors(hessian, t, hessian->slope + t * square, v, right_move, out);
    }
}

/* ---- what idles ---- */

/* Q^T C P, with eigenvectors in the rows of q and p, so q C p^T. */
static void turn(size_t r, const double *q, const double *c, const double *p, bool back, double *work, double *out)
{
    int n = (int)r;
    linalg_gemm(back ? LINALG_TRANSPOSED : LINALG_PLAIN, LINALG_PLAIN, n, n, n, 1, q, c, 0, work);
    linalg_gemm(LINALG_PLAIN, back ? LINALG_PLAIN : LINALG_TRANSPOSED, n, n, n, 1, work, p, 0, out);
}

/* The nearest idle direction is (U Ω, −V Ω^T) with (U^T U) Ω + Ω (V^T V) = U^T u − v^T V; symmetric: (U Ω) with a skew Ω and
 * U^T u − u^T U. In the eigenvectors of U^T U and V^T V that is an entry by itself. */
void hessian_project(const struct hessian *hessian, double *v)
{
    int d = (int)hessian->dimension, r = (int)hessian->rank;
    size_t n = hessian->rank, factor = factor_of(hessian);
    double *c = hessian->small, *turned = c + n * n, *work = turned + n * n;
    double *right_move = is_general(hessian) ? v + hessian->factors : v;
    for (size_t t = 0; t < hessian->tasks && n > 0; t++) {
        const double *left = hessian->point.left + t * factor, *right = hessian->point.right + t * factor;
        const double *left_values = hessian->left_values + t * n, *right_values = hessian->right_values + t * n;
        const double *q = hessian->left_vectors + t * n * n, *p = hessian->right_vectors + t * n * n;
        linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, r, r, d, 1, left, v + t * factor, 0, c);
        linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, r, r, d, -1, right_move + t * factor, right, 1, c);
        turn(n, q, c, p, false, work, turned);
        double least = vanishing * (left_values[0] + right_values[0]);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                double both = left_values[i] + right_values[j];
                turned[i * n + j] = both > least ? turned[i * n + j] / both : 0;
            }
        turn(n, q, turned, p, true, work, c);
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, r, -1, left, c, 1, v + t * factor);
        if (is_general(hessian))
            linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, r, r, 1, right, c, 1, right_move + t * factor);
    }
}
