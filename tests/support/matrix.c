/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/matrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 64, SWEEPS = 30 };

void matrix_fill(uint64_t *seed, size_t count, double *x)
{
    for (size_t i = 0; i < count; i++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        x[i] = (double)(*seed >> 11) / 4503599627370496.0 - 1;
    }
}

void matrix_times_transposed(int rows, int columns, int inner, const double *a, const double *b, double *c)
{
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) {
            double sum = 0;
            for (int m = 0; m < inner; m++)
                sum += a[i * inner + m] * b[j * inner + m];
            c[i * columns + j] = sum;
        }
}

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* Turns rows and columns p and q so that a[p][q] vanishes. */
static void rotate(int n, double *a, int p, int q)
{
    double off = a[p * n + q];
    if (off == 0)
        return;
    double theta = 0.5 * atan2(2 * off, a[q * n + q] - a[p * n + p]);
    double c = cos(theta), s = sin(theta);
    for (int i = 0; i < n; i++) {
        double x = a[i * n + p], y = a[i * n + q];
        a[i * n + p] = c * x - s * y;
        a[i * n + q] = s * x + c * y;
    }
    for (int i = 0; i < n; i++) {
        double x = a[p * n + i], y = a[q * n + i];
        a[p * n + i] = c * x - s * y;
        a[q * n + i] = s * x + c * y;
    }
}

void matrix_eigenvalues(int n, const double *a, double *values)
{
    double work[MOST * MOST];
    if (n > MOST)
        abort();
    memcpy(work, a, (size_t)(n * n) * sizeof *a);
    for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (int p = 0; p < n; p++)
            for (int q = p + 1; q < n; q++)
                rotate(n, work, p, q);
    for (int i = 0; i < n; i++)
        values[i] = work[i * n + i];
    qsort(values, (size_t)n, sizeof *values, descending);
}

void matrix_squared_singular_values(int n, const double *a, double *squares)
{
    double gram[MOST * MOST];
    if (n > MOST)
        abort();
    matrix_times_transposed(n, n, n, a, a, gram);
    matrix_eigenvalues(n, gram, squares);
}
