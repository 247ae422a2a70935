/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/measure.h"

#include "model/align.h"
#include "model/gradient.h"
#include "model/measure_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of whatever samples are looked at. */
static size_t network_stride(const struct problem *problem)
{
    size_t retrain = problem->network.stride, unseen = problem->network_unseen.stride;
    return retrain > unseen ? retrain : unseen;
}

static size_t measure_size(const struct problem *problem)
{
    size_t d = (size_t)problem->config.dimension, tasks = (size_t)problem->config.tasks;
    size_t bytes = problem->left ? arena_matrices_size(tasks, d, (size_t)problem->config.rank) : 0;
    if (problem->left && problem->retrain.covariance)
        bytes = arena_add(bytes, arena_matrices_size(tasks, d, d));
    for (int i = 0; i < 3; i++)
        bytes = arena_add(bytes, arena_matrices_size(1, d, d));
    if (problem->top) {
        bytes = arena_add(bytes, shallow_work_size(problem->config.dimension, network_stride(problem)));
        bytes = arena_add(bytes, arena_matrices_size(1, d, d));
        bytes = arena_add(bytes, arena_matrices_size(1, d, d));
    }
    return arena_add(bytes, arena_doubles_size(d));
}

static void take_arrays(struct measure *measure)
{
    const struct problem *problem = measure->problem;
    size_t d = (size_t)problem->config.dimension, tasks = (size_t)problem->config.tasks;
    if (problem->left)
        measure->truth = arena_doubles(measure->arena, tasks * d * (size_t)problem->config.rank);
    if (problem->left && problem->retrain.covariance)
        measure->inverse = arena_doubles(measure->arena, tasks * d * d);
    double **square[] = {&measure->difference, &measure->gradient, &measure->sum};
    for (size_t i = 0; i < sizeof square / sizeof *square; i++)
        *square[i] = arena_doubles(measure->arena, d * d);
    measure->values = arena_doubles(measure->arena, d);
    if (problem->top) {
        measure->network = shallow_work_take(measure->arena, problem->config.dimension, network_stride(problem));
        measure->aligned = arena_doubles(measure->arena, d * d);
        measure->distance = arena_doubles(measure->arena, d * d);
    }
}

bool measure_widen(struct measure *measure, int rank)
{
    int d = measure->problem->config.dimension;
    if (rank <= measure->thin)
        return true;
    size_t count = (size_t)d * (size_t)rank;
    struct linalg_svd *svd = linalg_svd_new_thin(d, d, rank);
    struct arena *arena = arena_new(2 * arena_doubles_size(count));
    if (!svd || !arena) {
        linalg_svd_free(svd);
        arena_free(arena);
        return false;
    }
    linalg_svd_free(measure->svd);
    arena_free(measure->thin_arena);
    measure->svd = svd;
    measure->thin_arena = arena;
    measure->left = arena_doubles(arena, count);
    measure->right = arena_doubles(arena, count);
    measure->thin = rank;
    return true;
}

/* Where it costs little, room for factors of any rank from the start. */
static int first_room(const struct problem *problem)
{
    enum { CHEAP = 256 };
    return problem->config.dimension <= CHEAP ? problem->config.dimension : 1 + problem->config.rank;
}

/* Errors and differences of a problem in population may be of rank k(T+1) and less, which is then looked for first; but not
 * where that would take much memory. */
static int triplets(const struct problem *problem)
{
    enum { LARGE = 40 }; /* parts of d */
    long k = problem->config.rank, low = (k * (problem->config.tasks + 1L) + 1) / 2;
    return low > k && LARGE * low <= problem->config.dimension ? (int)low : (int)k;
}

struct measure *measure_new(const struct problem *problem, struct err *err)
{
    int d = problem->config.dimension;
    size_t bytes = measure_size(problem);
    struct measure *measure = calloc(1, sizeof *measure);
    if (measure) {
        measure->problem = problem;
        measure->tolerance = MEASURE_RISK_TOLERANCE;
        measure->leading = leading_new(d, triplets(problem));
        measure->arena = arena_new(bytes);
    }
    if (!measure || !measure->leading || !measure->arena || !measure_widen(measure, first_room(problem))) {
        err_set(err, ERR_MEMORY, "measuring in dimension %d with %d tasks needs %.4g MB of memory, more than there is",
                d, problem->config.tasks, (double)bytes / 1e6);
        measure_free(measure);
        return NULL;
    }
    take_arrays(measure);
    if (measure_prepare(measure, err) != ERR_NONE) {
        measure_free(measure);
        return NULL;
    }
    return measure;
}

void measure_set_tolerance(struct measure *measure, double share)
{
    measure->tolerance = share;
}

void measure_free(struct measure *measure)
{
    if (!measure)
        return;
    linalg_svd_free(measure->svd);
    leading_free(measure->leading);
    arena_free(measure->thin_arena);
    arena_free(measure->arena);
    free(measure);
}

/* W_t − target into measure->difference. */
static void subtract(struct measure *measure, const double *target, const struct point *point, size_t task)
{
    size_t square = point_base_size(point), factor = point_factor_size(point);
    memcpy(measure->difference, point->base, square * sizeof *target);
    linalg_axpy(square, -1, target, measure->difference);
    if (point->rank > 0)
        linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, point->dimension, point->dimension, point->rank, 1,
                    point->left + task * factor, point->right + task * factor, 1, measure->difference);
}

const double *measure_gradient(struct measure *measure, const struct moments *moments, const struct point *point,
                               size_t task)
{
    gradient_task(moments, point, (int)task, measure->gradient, measure->difference);
    return measure->gradient;
}

double measure_train_loss(struct measure *measure, const struct moments *moments, const struct point *point)
{
    size_t square = point_base_size(point);
    double sum = 0;
    if (point->top)
        return shallow_loss(&measure->network,
                            moments == &measure->problem->unseen ? &measure->problem->network_unseen
                                                                 : &measure->problem->network,
                            point);
    for (size_t t = 0; t < (size_t)moments->tasks; t++) {
        const double *gradient = measure_gradient(measure, moments, point, t);
        const double *difference = moments->covariance ? measure->difference : gradient;
        sum += 0.5 * linalg_dot(square, gradient, difference);
        if (moments->covariance) /* ½ ⟨E S − D, E⟩ − ½ ⟨D, E⟩ is the loss without its floor */
            sum += moments->floor[t] - 0.5 * linalg_dot(square, moments->residual + t * square, difference);
    }
    return sum / moments->tasks;
}

double measure_clean_loss(struct measure *measure, const struct point *point)
{
    return shallow_loss(&measure->network, &measure->problem->network_clean, point);
}

double measure_excess_risk(struct measure *measure, const double *target, const struct point *point)
{
    size_t square = point_base_size(point);
    double sum = 0;
    if (!target)
        return (double)NAN;
    for (size_t t = 0; t < (size_t)point->tasks; t++) {
        subtract(measure, target + t * square, point, t);
        sum += 0.5 * linalg_dot(square, measure->difference, measure->difference);
    }
    return sum / point->tasks;
}

double measure_paper_loss(struct measure *measure, const struct moments *moments, const double *target,
                          const struct point *point)
{
    if (!moments->covariance || !target)
        return (double)NAN;
    int d = point->dimension;
    size_t square = point_base_size(point);
    double sum = 0;
    for (size_t t = 0; t < (size_t)moments->tasks; t++) {
        subtract(measure, target + t * square, point, t);
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, d, d, moments->samples, measure->difference,
                    moments->covariance + t * square, 0, measure->gradient);
        sum += linalg_dot(square, measure->gradient, measure->difference);
    }
    return sum / moments->tasks;
}

/* ‖G V‖² + ‖G^T U‖², or ‖(G + G^T) U‖² of one factor that is both. */
static double adapter_gradient_square(struct measure *measure, const double *gradient, const struct point *point,
                                      size_t task)
{
    int d = point->dimension, rank = point->rank;
    size_t factor = point_factor_size(point);
    const double *left = point->left + task * factor, *right = point->right + task * factor;
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, rank, d, 1, gradient, right, 0, measure->left);
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, d, rank, d, 1, gradient, left, 0, measure->right);
    if (point->shape == ADAPTER_SYMMETRIC) {
        linalg_axpy(factor, 1, measure->right, measure->left);
        return linalg_dot(factor, measure->left, measure->left);
    }
    return linalg_dot(factor, measure->left, measure->left) + linalg_dot(factor, measure->right, measure->right);
}

double measure_gradient_norm(struct measure *measure, const struct moments *moments, const struct point *point)
{
    size_t square = point_base_size(point);
    double adapters = 0;
    if (!measure_widen(measure, point->rank))
        return (double)NAN;
    memset(measure->sum, 0, square * sizeof(double));
    for (size_t t = 0; t < (size_t)moments->tasks; t++) {
        const double *gradient = measure_gradient(measure, moments, point, t);
        linalg_axpy(square, 1, gradient, measure->sum);
        if (point->rank > 0)
            adapters += adapter_gradient_square(measure, gradient, point, t);
    }
    return hypot(linalg_norm(square, measure->sum), sqrt(adapters)) / moments->tasks;
}

struct point measure_seen(struct measure *measure, const struct point *point)
{
    struct point seen = *point;
    if (!point->top)
        return seen;
    align_units((size_t)point->dimension, point->base, measure->problem->base, measure->aligned, measure->distance);
    seen.base = measure->aligned;
    seen.left = point->right;
    seen.right = point->left;
    return seen;
}

double measure_base_error(struct measure *measure, const struct problem *problem, const struct point *point)
{
    size_t square = point_base_size(point);
    if (!problem->base)
        return (double)NAN;
    struct point seen = measure_seen(measure, point);
    memcpy(measure->difference, seen.base, square * sizeof(double));
    linalg_axpy(square, -1, problem->base, measure->difference);
    return linalg_norm(square, measure->difference);
}

double measure_base_norm_two(const struct measure *measure)
{
    return measure->base_norm_two;
}

double measure_scalar_flops(const struct measure *measure, const struct point *point)
{
    double d = point->dimension, tasks = point->tasks;
    double one = 2 * d * d * point->rank + 4 * d * d;
    if (point->top)
        return tasks * (double)measure->problem->network.stride * d * (2 * d + 25);
    return tasks * (2 * one + (measure->inverse ? 2 * d * d * d : 0));
}
