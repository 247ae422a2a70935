/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_RANDOM_H
#define RANKSCOPE_MODEL_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* One stream of random numbers per purpose and index: what one purpose draws never moves what another draws, so
 * raising T leaves task 0 as it was, and the unseen task does not depend on T. */
enum random_purpose {
    RANDOM_BASE,           /* A* */
    RANDOM_ADAPTER,        /* U_t*, V_t*, signs; index t */
    RANDOM_INPUTS,         /* moments of X_t; index t */
    RANDOM_NOISE,          /* moments of the noise on Y_t; index t */
    RANDOM_UNSEEN_ADAPTER, /* of the unseen task */
    RANDOM_UNSEEN_INPUTS,
    RANDOM_UNSEEN_NOISE,
    RANDOM_RETRAIN_START, /* first values of task t's adapter in retraining; index t */
    RANDOM_ADAPT_START,   /* first values of the unseen task's adapter in fine-tuning */
    RANDOM_ENCODER_START, /* first values of an encoder's tensor; index: which */
    RANDOM_TASK_START,    /* first values of a task's adapter and head on an encoder; index: task and tensor */
    RANDOM_TOP,           /* c* of a two-layer network */
    RANDOM_NETWORK_START, /* first values of its base and its top layer */
};

/* A GSL generator seeded from (seed, purpose, index); NULL: out of memory. The caller frees it with random_free. */
struct random_stream;
struct random_stream *random_new(uint64_t seed, enum random_purpose purpose, int index);
void random_free(struct random_stream *stream); /* NULL is allowed */

/* x (count) ~ N(0, deviation²), independent. */
void random_normal(struct random_stream *stream, double deviation, size_t count, double *x);

/* χ² with so many degrees of freedom, above 0. */
double random_chi_squared(struct random_stream *stream, double freedom);

/* x (count) uniform between −bound and bound, independent. */
void random_uniform(struct random_stream *stream, double bound, size_t count, double *x);

/* +1 or −1, each with probability ½. */
double random_sign(struct random_stream *stream);

#endif
