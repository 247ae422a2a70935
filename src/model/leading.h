/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_LEADING_H
#define RANKSCOPE_MODEL_LEADING_H

#include <stdbool.h>

/* The leading part of a singular value decomposition of a large square matrix, where all of it would cost too much: by
 * subspace iteration with Rayleigh-Ritz (Golub and Van Loan, Matrix Computations, 8.2.4), which needs products with a
 * few columns more than are wanted. */
struct leading;

/* For d × d matrices and up to `most` triplets. NULL: out of memory. The caller frees it. */
struct leading *leading_new(int d, int most);
void leading_free(struct leading *leading); /* NULL is allowed */

/* The `count` largest singular values of a (d × d), descending, with their left vectors u (d × count) and right ones
 * vt (count × d; NULL if not wanted), so that ‖A v_j − σ_j u_j‖ ≤ tolerance · σ_1. Allocates nothing, unless the values
 * fall so slowly that the whole decomposition is the shorter way: that takes some 8 d² of memory for a moment. False: it
 * did not converge, a is not finite, or there is no memory. */
bool leading_find(struct leading *leading, const double *a, int count, double tolerance, double *values, double *u,
                  double *vt);

/* All singular values of a (d × d), descending, if but for rounding its rank is less than about twice `most`: those that are
 * found, and zeros for the rest, which is rounding. A small part of what all values cost, so it may be tried; where it would
 * be more than that, it is not. `rest` (d × d) is for scratch. False: the rank is higher, or a is not finite. */
bool leading_exhausts(struct leading *leading, const double *a, double *rest, double *values);

#endif
