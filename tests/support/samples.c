/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/samples.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* Column j of X is the j-th of Cholesky's factor of N S. */
static void make_inputs(struct samples *samples, int columns, const double *covariance, double count)
{
    int d = samples->dimension;
    double *x = samples->x;
    for (int j = 0; j < columns; j++)
        for (int i = j; i < d; i++) {
            double sum = count * covariance[i * d + j];
            for (int l = 0; l < j; l++)
                sum -= x[l * d + i] * x[l * d + j];
            assert_true(i > j || sum > 0);
            x[j * d + i] = i == j ? sqrt(sum) : sum / x[j * d + j];
        }
}

/* E X^T = N D, whose first columns determine E. */
static double make_noise(struct samples *samples, int columns, const double *residual, double count)
{
    int d = samples->dimension;
    double *e = samples->noise;
    double square = 0;
    for (int j = 0; j < columns; j++)
        for (int i = 0; i < d; i++) {
            double sum = count * residual[i * d + j];
            for (int l = 0; l < j; l++)
                sum -= e[l * d + i] * samples->x[l * d + j];
            e[j * d + i] = sum / samples->x[j * d + j];
            square += e[j * d + i] * e[j * d + i];
        }
    return square;
}

struct samples samples_of(const struct moments *moments, int task)
{
    int d = moments->dimension;
    int columns = moments->samples < d ? moments->samples : d;
    double count = moments->samples;
    size_t at = (size_t)task * (size_t)d * (size_t)d;
    size_t numbers = (size_t)(columns + 1) * (size_t)d;
    struct samples samples = {.count = columns + 1,
                              .dimension = d,
                              .x = calloc(numbers, sizeof(double)),
                              .noise = calloc(numbers, sizeof(double))};
    assert_true(samples.x && samples.noise);
    make_inputs(&samples, columns, moments->covariance + at, count);
    double rest = 2 * count * moments->floor[task] - make_noise(&samples, columns, moments->residual + at, count);
    assert_true(rest > -1e-9 * (1 + 2 * count * moments->floor[task]));
    samples.noise[(ptrdiff_t)columns * d] = sqrt(fmax(rest, 0)); /* on an input of zero */
    return samples;
}

void samples_free(struct samples *samples)
{
    free(samples->x);
    free(samples->noise);
}
