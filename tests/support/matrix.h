/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_MATRIX_H
#define RANKSCOPE_TESTS_SUPPORT_MATRIX_H

#include <stddef.h>
#include <stdint.h>

/* Plain matrix routines, slow and obvious, to hold the program's against. Matrices are row-major and packed. */

/* Numbers between −1 and 1 that look random and are the same everywhere; *seed moves on. */
void matrix_fill(uint64_t *seed, size_t count, double *x);

/* c (rows × columns) = a (rows × inner) b^T, b being columns × inner. */
void matrix_times_transposed(int rows, int columns, int inner, const double *a, const double *b, double *c);

/* Eigenvalues, descending, of the symmetric a (n × n, n ≤ 64) by cyclic Jacobi rotations. */
void matrix_eigenvalues(int n, const double *a, double *values);

/* Squared singular values, descending, of a (n × n, n ≤ 64): the eigenvalues of a a^T. */
void matrix_squared_singular_values(int n, const double *a, double *squares);

#endif
