/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/measure_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double direction_tolerance = 1e-12; /* below it, a direction is rounding error */

static enum err_code svd_failed(struct err *err, const char *of)
{
    return err_set(err, ERR_MATH, "the singular value decomposition of %s did not converge", of);
}

/* S_t^+. Most S_t are definite, which is far cheaper; memory for the others is taken only when one is met. */
static enum err_code invert(struct measure *measure, const double *covariance, double *inverse, struct err *err)
{
    int d = measure->problem->config.dimension;
    if (linalg_invert_definite(d, covariance, inverse))
        return ERR_NONE;
    size_t square = (size_t)d * (size_t)d;
    struct linalg_svd *svd = linalg_svd_new(d, d);
    double *left = malloc(square * sizeof *left), *right = malloc(square * sizeof *right);
    enum err_code code = ERR_NONE;
    if (!svd || !left || !right)
        code = err_set(err, ERR_MEMORY, "no memory to invert a covariance of dimension %d", d);
    else if (!linalg_pseudo_inverse(svd, d, covariance, inverse, left, right, measure->values))
        code = svd_failed(err, "a covariance");
    linalg_svd_free(svd);
    free(left);
    free(right);
    return code;
}

enum err_code measure_prepare(struct measure *measure, struct err *err)
{
    const struct problem *problem = measure->problem;
    int d = problem->config.dimension, k = problem->config.rank;
    size_t tasks = (size_t)problem->config.tasks, square = (size_t)d * (size_t)d, factor = (size_t)d * (size_t)k;
    measure->base_norm_two = measure->unseen_square = (double)NAN;
    if (problem->base) {
        if (!linalg_svd(measure->svd, d, d, problem->base, measure->values, NULL, NULL))
            return svd_failed(err, "A*");
        measure->base_norm_two = measure->values[0];
    }
    if (problem->unseen_target)
        measure->unseen_square = linalg_dot(square, problem->unseen_target, problem->unseen_target);
    for (size_t t = 0; t < tasks && problem->left; t++) {
        if (!linalg_svd(measure->svd, d, k, problem->left + t * factor, measure->values, measure->truth + t * factor,
                        NULL))
            return svd_failed(err, "a true adapter");
        enum err_code code = ERR_NONE;
        if (measure->inverse)
            code = invert(measure, problem->retrain.covariance + t * square, measure->inverse + t * square, err);
        if (code)
            return code;
    }
    return ERR_NONE;
}

/* Best rank-k part of what fits task t's data best from Â, the shortest if several do: −G_t S_t^+, which is
 * W*_t − Â in population. Its directions go to measure->left as d × k; returns how many there are, −1 on failure. */
static int fitted_directions(struct measure *measure, const struct point *point, size_t task)
{
    int d = point->dimension;
    size_t square = point_base_size(point);
    const double *fit = measure_gradient(measure, &measure->problem->retrain, point, task);
    if (measure->inverse) {
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, d, d, 1, fit, measure->inverse + task * square, 0,
                    measure->difference);
        fit = measure->difference;
    }
    double tolerance = 4e-15 * sqrt(d); /* a few times rounding */
    if (!leading_find(measure->leading, fit, measure->problem->config.rank, tolerance, measure->values, measure->left,
                      NULL))
        return -1;
    int count = 0;
    double least = direction_tolerance * fmax(measure->values[0], measure->base_norm_two);
    while (count < measure->problem->config.rank && measure->values[count] > least)
        count++;
    return count;
}

/* Column space of U_t V_t^T, or of U_t: as with V = P Σ Q^T it is that of U Q Σ, one thin decomposition more does.
 * Its directions go to measure->left as d × r; returns how many there are, −1 on failure. */
static int adapter_directions(struct measure *measure, const struct point *point, size_t task)
{
    int d = point->dimension, rank = point->rank;
    size_t factor = point_factor_size(point), r = (size_t)rank;
    const double *columns = point->left + task * factor;
    if (point->shape == ADAPTER_GENERAL) {
        double *turn = measure->right; /* r × r: Q^T, its rows times Σ */
        if (!linalg_svd(measure->svd, d, rank, point->right + task * factor, measure->values, NULL, turn))
            return -1;
        for (size_t i = 0; i < r * r; i++)
            turn[i] *= measure->values[i / r];
        linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, rank, rank, 1, columns, turn, 0, measure->difference);
        columns = measure->difference;
    }
    if (!linalg_svd(measure->svd, d, rank, columns, measure->values, measure->left, NULL))
        return -1;
    int count = 0;
    while (count < rank && measure->values[count] > direction_tolerance * measure->values[0])
        count++;
    return count;
}

/* Largest principal angle, in degrees, from span(truth) (d × k) to the first `count` columns of measure->left
 * (d × stride): its cosine is the least singular value of Q^T Q*, its sine the largest of Q* − Q Q^T Q*. With both,
 * no angle is lost to rounding (Björck and Golub 1973). */
static double largest_angle(struct measure *measure, const double *truth, int count, int stride)
{
    int d = measure->problem->config.dimension, k = measure->problem->config.rank;
    if (count < k)
        return 90;
    double *found = measure->gradient, *overlap = measure->right, *rest = measure->difference;
    for (size_t i = 0; i < (size_t)d; i++)
        memcpy(found + i * (size_t)count, measure->left + i * (size_t)stride, (size_t)count * sizeof *found);
    memcpy(rest, truth, (size_t)d * (size_t)k * sizeof *rest);
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, count, k, d, 1, found, truth, 0, overlap);
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, k, count, -1, found, overlap, 1, rest);
    if (!linalg_svd(measure->svd, count, k, overlap, measure->values, NULL, NULL))
        return (double)NAN;
    double cosine = measure->values[k - 1];
    if (!linalg_svd(measure->svd, d, k, rest, measure->values, NULL, NULL))
        return (double)NAN;
    double degrees = 180 / acos(-1.0);
    return atan2(measure->values[0], cosine) * degrees;
}

enum err_code measure_angles(struct measure *measure, const struct point *point, struct spectra *spectra,
                             struct err *err)
{
    size_t factor = (size_t)point->dimension * (size_t)measure->problem->config.rank;
    if (!measure_widen(measure, point->rank))
        return err_set(err, ERR_MEMORY, "no memory to measure adapters of rank %d", point->rank);
    bool known = measure->problem->left != NULL;
    struct point seen = measure_seen(measure, point);
    spectra->recovery_angle = known ? 0 : (double)NAN;
    for (int t = 0; t < point->tasks && !known; t++)
        spectra->angles[t] = (double)NAN;
    for (size_t t = 0; known && t < (size_t)point->tasks; t++) {
        int stride = point->rank > 0 ? point->rank : measure->problem->config.rank;
        int count = point->rank > 0 ? adapter_directions(measure, &seen, t) : fitted_directions(measure, &seen, t);
        double angle = (double)NAN;
        if (count >= 0)
            angle = largest_angle(measure, measure->truth + t * factor, count, stride);
        if (isnan(angle))
            return svd_failed(err, "an adapter");
        spectra->angles[t] = angle;
        spectra->recovery_angle = fmax(spectra->recovery_angle, angle);
    }
    return ERR_NONE;
}

static int error_rank(const struct measure *measure, const double *values)
{
    int rank = 0;
    while (rank < measure->problem->config.dimension && values[rank] > MEASURE_RANK_TOLERANCE * measure->base_norm_two)
        rank++;
    return rank;
}

/* curve[r] = ½ Σ_{j>r} σ_j², the small ones first so that none is lost. */
static void fill_curve(int d, const double *values, double *curve)
{
    curve[d] = 0;
    for (int r = d - 1; r >= 0; r--)
        curve[r] = curve[r + 1] + 0.5 * values[r] * values[r];
}

/* All singular values of a d × d matrix that is not measure->gradient. With samples none is of low rank. */
static bool find_values(struct measure *measure, const double *matrix, double *values)
{
    int d = measure->problem->config.dimension;
    bool may_be_low = !measure->problem->retrain.covariance;
    return (may_be_low && leading_exhausts(measure->leading, matrix, measure->gradient, values)) ||
           linalg_svd(measure->svd, d, d, matrix, values, NULL, NULL);
}

/* Singular values and rank of Â − A*; NULL: A* is not known. */
static enum err_code fill_error(struct measure *measure, const double *error, struct spectra *spectra, struct err *err)
{
    int d = measure->problem->config.dimension;
    if (!error) {
        spectra->error_rank = SPECTRA_UNKNOWN;
        for (int i = 0; i < d; i++)
            spectra->singular_values[i] = (double)NAN;
        return ERR_NONE;
    }
    if (!find_values(measure, error, spectra->singular_values))
        return svd_failed(err, "the base's error");
    spectra->error_rank = error_rank(measure, spectra->singular_values);
    return ERR_NONE;
}

/* The adaptation curve from W*_{T+1} − Â in measure->sum. */
static enum err_code fill_adaptation(struct measure *measure, struct spectra *spectra, struct err *err)
{
    int d = measure->problem->config.dimension;
    if (!measure->problem->unseen_target) {
        spectra->rank_needed = SPECTRA_UNKNOWN;
        for (int r = 0; r <= d; r++)
            spectra->curve[r] = (double)NAN;
        return ERR_NONE;
    }
    if (!find_values(measure, measure->sum, measure->values))
        return svd_failed(err, "the unseen task's difference");
    fill_curve(d, measure->values, spectra->curve);
    spectra->rank_needed = 0;
    while (spectra->curve[spectra->rank_needed] > measure->tolerance * measure->unseen_square)
        spectra->rank_needed++;
    return ERR_NONE;
}

enum err_code measure_error_spectra(struct measure *measure, const double *error, struct spectra *spectra,
                                    struct err *err)
{
    const struct problem *problem = measure->problem;
    int d = problem->config.dimension, k = problem->config.rank;
    size_t square = (size_t)d * (size_t)d;
    enum err_code code = fill_error(measure, error, spectra, err);
    if (code)
        return code;
    if (problem->unseen_left) { /* R − (Â − A*): A* cancels */
        memcpy(measure->sum, error, square * sizeof *error);
        linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, k, 1, problem->unseen_left, problem->unseen_right, -1,
                    measure->sum);
    } else if (problem->unseen_target) {
        memcpy(measure->sum, problem->unseen_target, square * sizeof *error);
        linalg_axpy(square, -1, problem->base, measure->sum);
        linalg_axpy(square, -1, error, measure->sum);
    }
    return fill_adaptation(measure, spectra, err);
}

/* Without A* there is no error, but what the unseen task needs can be told if W*_{T+1} is known. */
static enum err_code spectra_without_base(struct measure *measure, const struct point *point, struct spectra *spectra,
                                          struct err *err)
{
    size_t square = point_base_size(point);
    fill_error(measure, NULL, spectra, err);
    if (measure->problem->unseen_target) {
        memcpy(measure->sum, measure->problem->unseen_target, square * sizeof(double));
        linalg_axpy(square, -1, point->base, measure->sum);
    }
    return fill_adaptation(measure, spectra, err);
}

enum err_code measure_spectra(struct measure *measure, const struct point *point, struct spectra *spectra,
                              struct err *err)
{
    size_t square = point_base_size(point);
    enum err_code code;
    if (measure->problem->base) {
        struct point seen = measure_seen(measure, point);
        memcpy(measure->difference, seen.base, square * sizeof(double));
        linalg_axpy(square, -1, measure->problem->base, measure->difference);
        code = measure_error_spectra(measure, measure->difference, spectra, err);
    } else {
        code = spectra_without_base(measure, point, spectra, err);
    }
    return code ? code : measure_angles(measure, point, spectra, err);
}

double measure_spectra_flops(const struct measure *measure, const struct point *point)
{
    double d = point->dimension, r = point->rank, tasks = point->tasks, k = measure->problem->config.rank;
    double cube = d * d * d;
    double values_only = 4 * cube, with_vectors = 22 * cube;
    double standard = with_vectors + (measure->inverse ? 4 * cube : 0);
    double directions = point->rank > 0 ? 30 * d * r * r : standard;
    return 2 * values_only + tasks * (directions + 4 * d * k * fmax(r, k) + 10 * d * k * k);
}
