/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_MOMENTS_H
#define RANKSCOPE_MODEL_MOMENTS_H

/* All that a solver sees of the data of some tasks: their second moments. A plain view; whoever made the arrays
 * owns them (a struct problem, in its arena).
 *
 * With W° any fixed matrix, the loss of task t,
 *
 *     L_t(W) = ‖Y_t − W X_t‖²_F / (2N)
 *            = ½ tr((W − W°) S_t (W − W°)^T) − tr((W − W°) D_t^T) + floor_t,     D_t = C_t − W° S_t,
 *
 * is exact to the last digits near W°, where the textbook form with C_t alone cancels. W° = W*_t, so without noise
 * D_t and floor_t vanish. In population S_t = I and C_t = W*_t. */
struct moments {
    int tasks;                /* T */
    int dimension;            /* d */
    int samples;              /* N, or SAMPLES_POPULATION */
    const double *covariance; /* T × d × d: S_t = X_t X_t^T / N; NULL in population */
    const double *cross;      /* T × d × d: C_t = Y_t X_t^T / N; in population W*_t */
    const double *anchor;     /* T × d × d: W° */
    const double *residual;   /* T × d × d: D_t; NULL in population */
    const double *floor;      /* T: ‖Y_t − W° X_t‖² / (2N); NULL in population, where it is 0 */
};

#endif
