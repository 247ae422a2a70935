/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_PROBLEM_H
#define RANKSCOPE_MODEL_PROBLEM_H

#include "base/err.h"
#include "model/config.h"
#include "model/moments.h"

/* One draw of the theory's world: the truth, and what the data says of it. Read-only once made. */
struct problem {
    struct problem_config config;
    int adapt_samples;      /* n of the unseen task, or SAMPLES_POPULATION */
    const double *base;     /* d × d: A* */
    const double *left;     /* (T+1) × d × k: U_t*; row T is the unseen task, here and below */
    const double *right;    /* (T+1) × d × k: R_t = left right^T; equal to left for psd truth */
    const double *target;   /* (T+1) × d × d: W*_t = A* + R_t */
    struct moments retrain; /* of the T retraining tasks */
    struct moments unseen;  /* of the unseen task alone (tasks = 1) */
};

/* Draws the problem: A* is (G + G^T)/2 for psd and symmetric truth and G for general, G and the adapters' factors
 * from N(0, 1). Samples are drawn task by task, reduced to their moments and let go, so memory does not depend on
 * N or n beyond one block of samples. adapt_samples: n, or SAMPLES_POPULATION. The caller frees it with
 * problem_free. NULL: *err says why (ERR_MEMORY with the size that was wanted). */
struct problem *problem_new(const struct problem_config *config, int adapt_samples, struct err *err);
void problem_free(struct problem *problem); /* NULL is allowed */

#endif
