/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_LINALG_H
#define RANKSCOPE_MODEL_LINALG_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* The one door to BLAS and LAPACK. Every matrix is row-major and packed (leading dimension = columns). */

enum linalg_op { LINALG_PLAIN, LINALG_TRANSPOSED };

/* c (rows × columns) = alpha · op(a) op(b) + beta · c, with op(a) rows × inner and op(b) inner × columns. */
void linalg_gemm(enum linalg_op op_a, enum linalg_op op_b, int rows, int columns, int inner, double alpha,
                 const double *a, const double *b, double beta, double *c);

/* The same in single precision, of parts of matrices: a stride is from one row to the next, of a and b as they are
 * stored. */
void linalg_sgemm(enum linalg_op op_a, enum linalg_op op_b, int rows, int columns, int inner, float alpha,
                  const float *a, int a_stride, const float *b, int b_stride, float beta, float *c, int c_stride);

/* y (count) += alpha · x (count). */
void linalg_axpy(size_t count, double alpha, const double *x, double *y);

double linalg_dot(size_t count, const double *x, const double *y);
double linalg_norm(size_t count, const double *x); /* Euclidean, so Frobenius of a matrix */

/* Sets how many threads a BLAS call may use from now on, in every thread. One inside small steps. */
void linalg_set_threads(int threads);

/* Name and version of the library that a product really runs in, as its loader tells: "OpenBLAS 0.3.21 …".
 * The text lives as long as the program. */
const char *linalg_library(void);

/* inverse (d × d) of a symmetric positive definite a, by Cholesky's factors. False: a is not, or so nearly singular
 * that little of the inverse would be true (a diagonal entry of its factor below 1e-4 of the largest), and `inverse` is not to be used. */
bool linalg_invert_definite(int d, const double *a, double *inverse);

/* b (d) becomes a^-1 b for a symmetric positive definite a (d × d), of which the lower triangle is read; Cholesky's factor takes its
 * place. False: a is not, or only but for rounding, and neither is to be used. */
bool linalg_solve_definite(int d, double *a, double *b);

/* Workspace for singular value decompositions of matrices up to rows × columns. Decompositions allocate nothing. */
struct linalg_svd;
struct linalg_svd *linalg_svd_new(int rows, int columns); /* NULL: out of memory */

/* The same, but with vectors only for matrices whose smaller side is at most `thin`: far less memory. */
struct linalg_svd *linalg_svd_new_thin(int rows, int columns, int thin);
void linalg_svd_free(struct linalg_svd *svd); /* NULL is allowed */

/* a (rows × columns, kept as it is): singular values into values (min(rows, columns), descending), and where
 * asked left singular vectors u (rows × min) and right ones vt (min × columns), each NULL if not wanted.
 * Values alone of a symmetric matrix cost a quarter. False: it did not converge or a is not finite, and the outputs are not to be used. */
bool linalg_svd(struct linalg_svd *svd, int rows, int columns, const double *a, double *values, double *u, double *vt);

/* inverse (d × d) of a symmetric positive semidefinite a, or where it has none its pseudo-inverse V Σ^+ U^T, leaving
 * away what is zero but for rounding. left and right (d × d) and values (d) are for scratch. False as of linalg_svd. */
bool linalg_pseudo_inverse(struct linalg_svd *svd, int d, const double *a, double *inverse, double *left, double *right,
                           double *values);

/* Workspace for eigendecompositions of symmetric matrices up to d × d. They allocate nothing. */
struct linalg_eigen;
struct linalg_eigen *linalg_eigen_new(int d);       /* NULL: out of memory */
void linalg_eigen_free(struct linalg_eigen *eigen); /* NULL is allowed */

/* The `count` largest eigenvalues, descending, of the symmetric a (d × d, kept as it is) into values (count), and
 * eigenvectors of length 1 into vectors (count × d, one a row). False as for linalg_svd. */
bool linalg_eigen(struct linalg_eigen *eigen, int d, const double *a, int count, double *values, double *vectors);

#endif
