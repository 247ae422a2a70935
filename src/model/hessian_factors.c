/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/hessian_state.h"

#include <string.h>

void hessian_add_change(const struct hessian *hessian, size_t t, const double *v, double *c)
{
    int d = (int)hessian->dimension, r = (int)hessian->rank;
    size_t at = t * hessian_factor(hessian);
    const double *right_move = hessian_is_general(hessian) ? v + hessian->factors : v;
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, r, 1, v + at, hessian->point.right + at, 1, c);
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, r, 1, hessian->point.left + at, right_move + at, 1, c);
}

void hessian_add_factors(const struct hessian *hessian, size_t t, const double *g, const double *left,
                         const double *right, double *out)
{
    int d = (int)hessian->dimension, r = (int)hessian->rank;
    size_t at = t * hessian_factor(hessian);
    double share = 1.0 / (double)hessian->tasks;
    double *out_right = hessian_is_general(hessian) ? out + hessian->factors : out;
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, d, share, g, right + at, 1, out + at);
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, d, r, d, share, g, left + at, 1, out_right + at);
}

static bool decompose_factor(struct hessian *hessian, const double *factor, double *values, double *vectors)
{
    int d = (int)hessian->dimension, r = (int)hessian->rank;
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, r, r, d, 1, factor, factor, 0, hessian->small);
    return linalg_eigen(hessian->ranks, r, hessian->small, r, values, vectors);
}

/* Below this share of the largest, a factor's squared singular value is none, and its directions do not idle but
 * move. */
static const double vanishing = 1e-14;

bool hessian_decompose(struct hessian *hessian)
{
    size_t r = hessian->rank;
    bool ready = true;
    hessian->idle = 0;
    for (size_t t = 0; t < hessian->tasks && ready; t++) {
        size_t at = t * hessian_factor(hessian);
        const double *left = hessian->left_values + t * r, *right = hessian->right_values + t * r;
        ready = decompose_factor(hessian, hessian->point.left + at, hessian->left_values + t * r,
                                 hessian->left_vectors + t * r * r);
        if (hessian_is_general(hessian) && ready)
            ready = decompose_factor(hessian, hessian->point.right + at, hessian->right_values + t * r,
                                     hessian->right_vectors + t * r * r);
        for (size_t i = 0; i < r; i++)
            for (size_t j = 0; j < (hessian_is_general(hessian) ? r : i); j++)
                hessian->idle += left[i] + right[j] > vanishing * (left[0] + right[0]);
    }
    return ready;
}

/* ---- what idles ---- */

/* Q^T C P, with eigenvectors in the rows of q and p, so q C p^T. */
static void turn(size_t r, const double *q, const double *c, const double *p, bool back, double *work, double *out)
{
    int n = (int)r;
    linalg_gemm(back ? LINALG_TRANSPOSED : LINALG_PLAIN, LINALG_PLAIN, n, n, n, 1, q, c, 0, work);
    linalg_gemm(LINALG_PLAIN, back ? LINALG_PLAIN : LINALG_TRANSPOSED, n, n, n, 1, work, p, 0, out);
}

/* The nearest idle direction is (U Ω, −V Ω^T) with (U^T U) Ω + Ω (V^T V) = U^T u − v^T V; symmetric: (U Ω) with a
 * skew Ω and U^T u − u^T U. In the eigenvectors of U^T U and V^T V that is an entry by itself. */
void hessian_project(const struct hessian *hessian, double *v)
{
    int d = (int)hessian->dimension, r = (int)hessian->rank;
    size_t n = hessian->rank, factor = hessian_factor(hessian);
    double *c = hessian->small, *turned = c + n * n, *work = turned + n * n;
    double *right_move = hessian_is_general(hessian) ? v + hessian->factors : v;
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
        if (hessian_is_general(hessian))
            linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, r, r, 1, right, c, 1, right_move + t * factor);
    }
}
