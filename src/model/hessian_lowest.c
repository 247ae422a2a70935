/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/hessian_state.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* Idle directions get an eigenvalue above all others, the sum of all columns' lengths, and so do not come first. */
static bool lowest_dense(struct hessian *hessian, int count, const atomic_bool *stop, double *values, double *vectors,
                         int *found)
{
    size_t n = hessian->unknowns;
    double *direction = hessian->basis, *product = hessian->basis + n, *square = hessian->square, *idle = NULL;
    double height = 0;
    for (size_t i = 0; i < n; i++) {
        if (halt_asked(stop, NULL))
            return false;
        memset(direction, 0, n * sizeof(double));
        direction[i] = 1;
        hessian_project(hessian, direction);
        hessian_times(hessian, direction, product);
        hessian_project(hessian, product);
        memcpy(square + i * n, product, n * sizeof(double));
        height += linalg_norm(n, product);
    }
    for (size_t i = 0; i < n && hessian->idle > 0; i++) {
        idle = direction;
        memset(idle, 0, n * sizeof(double));
        idle[i] = 1;
        hessian_project(hessian, idle);
        for (size_t j = 0; j < n; j++)
            square[i * n + j] += height * ((i == j) - idle[j]);
    }
    for (size_t i = 0; i < n; i++) /* LAPACK's largest are ours with the other sign */
        for (size_t j = 0; j <= i; j++)
            square[i * n + j] = square[j * n + i] = -0.5 * (square[i * n + j] + square[j * n + i]);
    hessian->resolution = DBL_EPSILON * height;
    size_t left = n - hessian->idle;
    *found = (size_t)count < left ? count : (int)left;
    if (!linalg_eigen(hessian->eigen, (int)n, square, *found, values, vectors))
        return false;
    hessian->largest = 0;
    for (int i = 0; i < *found; i++) {
        values[i] = -values[i];
        hessian->largest = fmax(hessian->largest, fabs(values[i]));
    }
    return true;
}

/* ---- Lanczos ---- */

/* A direction that is the same everywhere. False: there is none. */
static bool first_direction(struct hessian *hessian)
{
    size_t n = hessian->unknowns;
    double *v = hessian->basis;
    uint32_t state = 2385;
    for (size_t i = 0; i < n; i++) {
        state = state * 1664525U + 1013904223U; /* Knuth and Lewis */
        v[i] = (double)state / (double)UINT32_MAX - 0.5;
    }
    hessian_project(hessian, v);
    double length = linalg_norm(n, v);
    for (size_t i = 0; i < n; i++)
        v[i] /= length;
    return isfinite(length) && length > 0;
}

/* Row step + 1 of the basis, orthogonal to all before, twice over since once leaves rounding. */
static void extend(struct hessian *hessian, size_t step)
{
    size_t n = hessian->unknowns;
    double *next = hessian->basis + (step + 1) * n;
    hessian_times(hessian, hessian->basis + step * n, next);
    hessian_project(hessian, next);
    hessian->diagonal[step] = linalg_dot(n, next, hessian->basis + step * n);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i <= step; i++)
            linalg_axpy(n, -linalg_dot(n, next, hessian->basis + i * n), hessian->basis + i * n, next);
    hessian->off[step] = linalg_norm(n, next);
    for (size_t i = 0; i < n && hessian->off[step] > 0; i++)
        next[i] /= hessian->off[step];
    hessian_project(hessian, next); /* else rounding along idle directions grows, and their 0 comes as an eigenvalue */
}

/* Eigenpairs of the tridiagonal matrix of so many steps; how many of the lowest are there to `tolerance` of the largest. */
static int converged(struct hessian *hessian, size_t steps, int count, bool *failed)
{
    static const double tolerance = 1e-5; /* of the vector: eigenvalues are true to its square */
    double *square = hessian->square, largest = 0;
    int there = 0, wanted = (size_t)count < steps ? count : (int)steps;
    memset(square, 0, steps * steps * sizeof(double));
    for (size_t i = 0; i < steps; i++) {
        square[i * steps + i] = -hessian->diagonal[i];
        if (i + 1 < steps)
            square[i * steps + i + 1] = square[(i + 1) * steps + i] = -hessian->off[i];
        largest = fmax(largest, fabs(hessian->diagonal[i]) + hessian->off[i]);
    }
    hessian->largest = largest;
    hessian->resolution = tolerance * largest;
    *failed = !linalg_eigen(hessian->eigen, (int)steps, square, wanted, hessian->ritz_values, hessian->ritz);
    while (!*failed && there < wanted &&
           hessian->off[steps - 1] * fabs(hessian->ritz[(size_t)there * steps + steps - 1]) <= tolerance * largest)
        there++;
    return there;
}

static bool lowest_by_lanczos(struct hessian *hessian, int count, const atomic_bool *stop, double *values,
                              double *vectors, int *found)
{
    enum { LOOK = 20 };
    size_t n = hessian->unknowns, steps = 0;
    bool failed = !first_direction(hessian), ended = false;
    *found = 0;
    while (!failed && !ended && steps < hessian->side) {
        if (halt_asked(stop, NULL))
            return false;
        extend(hessian, steps++);
        ended = !(hessian->off[steps - 1] > DBL_EPSILON * fabs(hessian->diagonal[0])) || steps == hessian->side;
        if (ended || steps % LOOK == 0) {
            *found = converged(hessian, steps, count, &failed);
            ended = ended || *found == count;
        }
    }
    if (*found == 0 && !failed && steps > 0)
        *found = 1; /* the lowest, as near as it has come */
    for (int i = 0; i < *found && !failed; i++) {
        double *vector = vectors + (size_t)i * n;
        values[i] = -hessian->ritz_values[i];
        memset(vector, 0, n * sizeof *vector);
        for (size_t j = 0; j < steps; j++)
            linalg_axpy(n, hessian->ritz[(size_t)i * steps + j], hessian->basis + j * n, vector);
    }
    return !failed;
}

bool hessian_lowest(struct hessian *hessian, int count, const atomic_bool *stop, double *values, double *vectors,
                    int *found)
{
    if (count > hessian_most(hessian))
        count = hessian_most(hessian);
    return hessian_is_dense(hessian) ? lowest_dense(hessian, count, stop, values, vectors, found)
                                     : lowest_by_lanczos(hessian, count, stop, values, vectors, found);
}
