/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/stability.h"

#include "base/arena.h"
#include "model/gradient.h"
#include "model/leading.h"
#include "model/linalg.h"
#include "model/random.h"

#include <math.h>
#include <string.h>

enum { ROUNDS = 300, HALVINGS = 60 };
static const double adapter_tolerance = 1e-6; /* of the best adapter, relative to what it is to be near to */
static const double settled = 1e-7;           /* relative change of λ from round to round */
static const double rounding = 1e-14;         /* of λ: a new vector this small is none */

/* Workspace; vectors of the adapters' block are two factors, U's part before V's. */
struct work {
    const struct solver_setup *setup;
    struct arena *arena;
    struct leading *leading; /* NULL without adapters */
    struct random_stream *stream;
    struct moments task; /* the one at hand */
    int d, r;
    size_t factor;               /* d r */
    double *gradient;            /* d × d: G_t */
    double *scratch;             /* d × d, with samples alone: for G_t, and the mean of the S_t */
    double *values;              /* r */
    double *left, *right;        /* d × r: U, V, the best adapter */
    double *smooth;              /* d × r: S V, or V in population */
    double *right_gram;          /* r × r: V^T S V */
    double *left_gram;           /* r × r: U^T U */
    double *small, *thin;        /* r × r and d × r */
    double *direction, *product; /* 2 × d × r, and d for the base */
    double *before;              /* the same: the last direction but one */
};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static bool take_workspace(struct work *work)
{
    size_t square = (size_t)work->d * (size_t)work->d, small = (size_t)work->r * (size_t)work->r;
    size_t factor = work->factor, block = larger(2 * factor, (size_t)work->d);
    struct {
        double **array;
        size_t count;
    } pieces[] = {
        {&work->gradient, work->r > 0 ? square : 0},
        {&work->scratch, work->setup->moments->covariance ? square : 0},
        {&work->values, (size_t)work->r},
        {&work->left, factor},
        {&work->right, factor},
        {&work->smooth, factor},
        {&work->thin, factor},
        {&work->small, small},
        {&work->right_gram, small},
        {&work->left_gram, small},
        {&work->direction, block},
        {&work->product, block},
        {&work->before, block},
    };
    size_t bytes = 0;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        bytes = arena_add(bytes, arena_doubles_size(pieces[i].count));
    work->arena = arena_new(bytes);
    work->leading = work->r > 0 ? leading_new(work->d, work->r) : NULL;
    work->stream = random_new(0, RANDOM_RETRAIN_START, 0);
    if (!work->arena || (work->r > 0 && !work->leading) || !work->stream)
        return false;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        *pieces[i].array = arena_doubles(work->arena, pieces[i].count);
    return true;
}

static void free_workspace(struct work *work)
{
    random_free(work->stream);
    leading_free(work->leading);
    arena_free(work->arena);
}

/* product = H direction, of `count` doubles. */
typedef void apply_fn(struct work *work, const double *direction, double *product);

/* Whether x I less the tridiagonal matrix of these diagonals is positive definite, so that all its eigenvalues lie below
 * x: by the signs of its pivots (Sturm). */
static bool all_below(const double *diagonal, const double *beside, int count, double x)
{
    double pivot = 1;
    for (int i = 0; i < count; i++) {
        pivot = x - diagonal[i] - (i > 0 ? beside[i - 1] * beside[i - 1] / pivot : 0);
        if (!(pivot > 0))
            return false;
    }
    return true;
}

/* Its largest eigenvalue by bisection, which is not below `least`. */
static double largest_of_tridiagonal(const double *diagonal, const double *beside, int count, double least)
{
    double high = least, low = least;
    for (int i = 0; i < count; i++) /* Gershgorin */
        high = fmax(high, diagonal[i] + (i > 0 ? beside[i - 1] : 0) + (i + 1 < count ? beside[i] : 0));
    for (int halving = 0; halving < HALVINGS; halving++) {
        double middle = 0.5 * (low + high);
        if (all_below(diagonal, beside, count, middle))
            high = middle;
        else
            low = middle;
    }
    return high;
}

/* The largest eigenvalue of a symmetric H, whatever the sizes of its negative ones, by Lanczos's iteration from
 * work->direction. It loses its vectors' orthogonality, which only repeats eigenvalues that are found already. */
static double largest_eigenvalue(struct work *work, apply_fn *apply, size_t count)
{
    double diagonal[ROUNDS], beside[ROUNDS], lambda = 0;
    double norm = linalg_norm(count, work->direction);
    memset(work->before, 0, count * sizeof(double));
    for (int round = 0; round < ROUNDS && norm > 0; round++) {
        for (size_t i = 0; i < count; i++)
            work->direction[i] /= norm;
        apply(work, work->direction, work->product);
        diagonal[round] = linalg_dot(count, work->direction, work->product);
        linalg_axpy(count, -diagonal[round], work->direction, work->product);
        if (round > 0)
            linalg_axpy(count, -norm, work->before, work->product);
        double last = lambda;
        lambda = largest_of_tridiagonal(diagonal, beside, round + 1, round > 0 ? last : diagonal[0]);
        beside[round] = norm = linalg_norm(count, work->product);
        if ((round > 10 && fabs(lambda - last) <= settled * fabs(lambda)) || norm <= rounding * fabs(lambda))
            break;
        memcpy(work->before, work->direction, count * sizeof(double));
        memcpy(work->direction, work->product, count * sizeof(double));
    }
    return lambda;
}

static double largest_rate(double lambda)
{
    return lambda > 0 ? 2 / lambda : (double)INFINITY;
}

/* Row by row, the base's block is the mean of the S_t: one row stands for all. */
static void apply_base(struct work *work, const double *direction, double *product)
{
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, 1, work->d, work->d, 1, direction, work->scratch, 0, product);
}

static double base_rate(struct work *work)
{
    const struct moments *moments = work->setup->moments;
    if (work->setup->base_frozen)
        return (double)INFINITY;
    if (!moments->covariance)
        return largest_rate(1);
    size_t square = (size_t)work->d * (size_t)work->d;
    memset(work->scratch, 0, square * sizeof(double));
    for (size_t t = 0; t < (size_t)moments->tasks; t++)
        linalg_axpy(square, 1.0 / moments->tasks, moments->covariance + t * square, work->scratch);
    random_normal(work->stream, 1, (size_t)work->d, work->direction);
    return largest_rate(largest_eigenvalue(work, apply_base, (size_t)work->d));
}

static struct moments one_task(const struct moments *all, size_t task)
{
    size_t offset = task * (size_t)all->dimension * (size_t)all->dimension;
    struct moments one = *all;
    one.tasks = 1;
    one.cross += offset;
    one.anchor += offset;
    if (all->covariance) {
        one.covariance += offset;
        one.residual += offset;
        one.floor += task;
    }
    return one;
}

/* U V^T or U U^T nearest to `wanted` (d × d): the leading part of its singular decomposition; the leading positive
 * part of the eigendecomposition of its symmetric half, which a shift makes a singular decomposition. */
static bool best_adapter(struct work *work, double *wanted)
{
    size_t d = (size_t)work->d, r = (size_t)work->r;
    bool symmetric = work->setup->shape == ADAPTER_SYMMETRIC;
    double shift = symmetric ? linalg_norm(d * d, wanted) : 0;
    for (size_t i = 0; symmetric && i < d; i++) {
        for (size_t j = 0; j < i; j++)
            wanted[i * d + j] = wanted[j * d + i] = 0.5 * (wanted[i * d + j] + wanted[j * d + i]);
        wanted[i * d + i] += shift;
    }
    double *rows = work->thin; /* V^T, r × d */
    if (!leading_find(work->leading, wanted, work->r, adapter_tolerance, work->values, work->left, rows))
        return false;
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < r; j++) {
            double root = sqrt(fmax(work->values[j] - shift, 0));
            work->left[i * r + j] *= root;
            work->right[i * r + j] = symmetric ? work->left[i * r + j] : root * rows[j * d + i];
        }
    return true;
}

/* Where a task's Hessian is taken: its best adapter, the gradient there, and the small matrices. */
static bool prepare_task(struct work *work, const double *base)
{
    const struct moments *task = &work->task;
    int d = work->d, r = work->r;
    size_t square = (size_t)d * (size_t)d;
    memcpy(work->gradient, task->anchor, square * sizeof(double));
    linalg_axpy(square, -1, base, work->gradient);
    if (!best_adapter(work, work->gradient))
        return false;
    struct point point = {.dimension = d,
                          .tasks = 1,
                          .rank = r,
                          .shape = work->setup->shape,
                          .base = (double *)base, /* it is only read */
                          .left = work->left,
                          .right = work->right};
    gradient_task(task, &point, 0, work->gradient, work->scratch);
    memcpy(work->smooth, work->right, work->factor * sizeof(double));
    if (task->covariance)
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, d, 1, task->covariance, work->right, 0, work->smooth);
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, r, r, d, 1, work->right, work->smooth, 0, work->right_gram);
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, r, r, d, 1, work->left, work->left, 0, work->left_gram);
    return true;
}

/* With D and F the directions of U and V, dG = (D V^T + U F^T) S, and the block takes them to
 *     dG V + G F = D (V^T S V) + U (F^T S V) + G F,    dG^T U + G^T D = S V (D^T U) + S F (U^T U) + G^T D. */
static void add_left(struct work *work, const double *left_direction, const double *right_direction, double *product)
{
    int d = work->d, r = work->r;
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, r, 1, left_direction, work->right_gram, 1, product);
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, r, r, d, 1, right_direction, work->smooth, 0, work->small);
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, r, 1, work->left, work->small, 1, product);
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, d, 1, work->gradient, right_direction, 1, product);
}

static void add_right(struct work *work, const double *left_direction, const double *right_direction, double *product)
{
    const struct moments *task = &work->task;
    int d = work->d, r = work->r;
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, r, r, d, 1, left_direction, work->left, 0, work->small);
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, r, 1, work->smooth, work->small, 1, product);
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, d, r, d, 1, work->gradient, left_direction, 1, product);
    if (!task->covariance) {
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, r, 1, right_direction, work->left_gram, 1, product);
        return;
    }
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, r, 1, right_direction, work->left_gram, 0, work->thin);
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, d, 1, task->covariance, work->thin, 1, product);
}

static void apply_adapter(struct work *work, const double *direction, double *product)
{
    size_t factor = work->factor;
    bool symmetric = work->setup->shape == ADAPTER_SYMMETRIC;
    const double *right_direction = symmetric ? direction : direction + factor;
    memset(product, 0, (symmetric ? 1 : 2) * factor * sizeof *product);
    add_left(work, direction, right_direction, product);
    add_right(work, direction, right_direction, symmetric ? product : product + factor);
}

/* The sharpest direction is near the adapter's own, so it starts there, and a little beside it to miss none. */
static void start_at_adapter(struct work *work, size_t count)
{
    random_normal(work->stream, 1, count, work->direction);
    double beside = 0.1 * linalg_norm(work->factor, work->left) / linalg_norm(count, work->direction);
    for (size_t i = 0; beside > 0 && i < count; i++)
        work->direction[i] *= beside;
    linalg_axpy(work->factor, 1, work->left, work->direction);
    if (count > work->factor)
        linalg_axpy(work->factor, 1, work->right, work->direction + work->factor);
}

static bool adapter_rate(struct work *work, const double *base, double *rate)
{
    size_t count = (work->setup->shape == ADAPTER_SYMMETRIC ? 1 : 2) * work->factor;
    *rate = (double)INFINITY;
    for (size_t t = 0; work->r > 0 && t < (size_t)work->setup->moments->tasks; t++) {
        work->task = one_task(work->setup->moments, t);
        if (!prepare_task(work, base))
            return false;
        start_at_adapter(work, count);
        *rate = fmin(*rate, largest_rate(largest_eigenvalue(work, apply_adapter, count)));
    }
    return true;
}

enum err_code stability_estimate(const struct solver_setup *setup, const double *base, struct stability *stability,
                                 struct err *err)
{
    int d = setup->moments->dimension;
    struct work work = {.setup = setup, .d = d, .r = setup->rank, .factor = (size_t)d * (size_t)setup->rank};
    enum err_code code = ERR_NONE;
    if (!take_workspace(&work)) {
        code = err_set(err, ERR_MEMORY, "no memory to estimate stable step sizes in dimension %d", d);
    } else {
        stability->outer = base_rate(&work);
        if (!adapter_rate(&work, base, &stability->inner))
            code = err_set(err, ERR_MATH, "the singular value decomposition of a task's adapter did not converge");
    }
    free_workspace(&work);
    return code;
}

enum err_code stability_estimate_copies(const struct solver_setup *setup, double share, struct stability *stability,
                                        struct err *err)
{
    enum err_code code = ERR_NONE;
    size_t square = (size_t)setup->moments->dimension * (size_t)setup->moments->dimension;
    for (size_t t = 0; t < (size_t)setup->moments->tasks && !code; t++) {
        struct moments moments = *setup->moments;
        struct solver_setup task = {.moments = &moments};
        struct stability own = {.outer = (double)INFINITY};
        moments.tasks = 1;
        moments.covariance = moments.covariance ? moments.covariance + t * square : NULL;
        code = stability_estimate(&task, NULL, &own, err);
        if (!code)
            stability->inner = fmin(stability->inner, share * own.outer);
        if (!moments.covariance)
            break; /* all tasks alike */
    }
    return code;
}
