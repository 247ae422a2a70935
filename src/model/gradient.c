/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gradient.h"

#include "model/linalg.h"

#include <string.h>

void gradient_task(const struct moments *moments, const struct point *point, int task, double *gradient,
                   double *scratch)
{
    int d = point->dimension;
    size_t square = point_base_size(point);
    const double *anchor = moments->anchor + (size_t)task * square;
    size_t factors = (size_t)task * point_factor_size(point);
    double *error = moments->covariance ? scratch : gradient;
    for (size_t i = 0; i < square; i++)
        error[i] = point->base[i] - anchor[i];
    if (point->rank > 0)
        linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, point->rank, 1.0, point->left + factors,
                    point->right + factors, 1.0, error);
    if (!moments->covariance)
        return;
    memcpy(gradient, moments->residual + (size_t)task * square, square * sizeof *gradient);
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, d, d, 1.0, error, moments->covariance + (size_t)task * square, -1.0,
                gradient);
}
