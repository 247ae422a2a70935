/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_PROBLEM_H
#define RANKSCOPE_MODEL_PROBLEM_H

#include "base/err.h"
#include "model/config.h"
#include "model/moments.h"
#include "model/shallow.h"

/* One draw of the theory's world, or tasks from outside: the truth as far as it is known, and what the data says of it.
 * Read-only once made. NULL: not known, which is for tasks from outside alone. */
struct problem {
    struct problem_config config;
    int adapt_samples;                        /* n of the unseen task, or SAMPLES_POPULATION */
    const double *base;                       /* d × d: A* */
    const double *left;                       /* T × d × k: U_t* */
    const double *right;                      /* T × d × k: R_t = left right^T; equal to left for psd truth */
    const double *target;                     /* T × d × d: W*_t = A* + R_t */
    const double *unseen_left, *unseen_right; /* d × k: of the unseen task, here and below */
    const double *unseen_target;              /* d × d: W*_{T+1} */
    struct moments retrain;                   /* of the T retraining tasks */
    struct moments unseen;                    /* of the unseen task alone: tasks is 1, or 0 where there is none */

    /* Of a two-layer network. Its targets are NULL, since no risk is a norm of them; its moments have targets alone,
     * as in population, for what is said of bases. Linear: top is NULL, and tasks are 0. */
    const double *top;                  /* d: c* */
    struct shallow_data network;        /* of the T retraining tasks */
    struct shallow_data network_unseen; /* of the unseen task */
    struct shallow_data network_clean;  /* the same without noise: what fine-tuning is judged by */
};

/* Tasks from outside as plain arrays, row-major, all borrowed; NULL: not given. Needed are inputs and outputs, or the
 * targets: with both, the samples are what is learned from, and the targets what it is measured against. */
struct problem_tasks {
    const double *inputs, *outputs;               /* T × d × N: X_t, Y_t */
    const double *target;                         /* T × d × d: W*_t */
    const double *base;                           /* d × d: A* */
    const double *left, *right;                   /* T × d × k; right may be left */
    const double *unseen_inputs, *unseen_outputs; /* d × n */
    const double *unseen_target;                  /* d × d */
};

/* Draws the problem: A* is (G + G^T)/2 for psd and symmetric truth and G for general, G and the adapters' factors
 * from N(0, 1). Of samples x ~ N(0, I) the second moments alone are drawn, from their own distribution, so neither time nor
 * memory depends on N or n beyond the dimension. adapt_samples: n, or SAMPLES_POPULATION. The caller frees it with
 * problem_free. NULL: *err says why (ERR_MEMORY with the size that was wanted). */
struct problem *problem_new(const struct problem_config *config, int adapt_samples, struct err *err);
void problem_free(struct problem *problem); /* NULL is allowed */

/* The same of given tasks, whose sizes `config` and `adapt_samples` say; samples are reduced to their moments, and no
 * array is needed afterwards. Where targets are not given but A* and the adapters are, they are A* + R_t. NULL: *err
 * says why (ERR_MEMORY, or ERR_MATH where a least-squares fit failed). */
struct problem *problem_from_tasks(const struct problem_config *config, int adapt_samples,
                                   const struct problem_tasks *tasks, struct err *err);

#endif
