/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_ENCODER_ENCODER_H
#define RANKSCOPE_MODEL_ENCODER_ENCODER_H

#include "base/err.h"
#include "base/pool.h"
#include "model/encoder/adapter.h"
#include "model/encoder/batch.h"
#include "model/encoder/shape.h"
#include "model/encoder/tensors.h"

#include <stddef.h>
#include <stdint.h>

/* RoBERTa's encoder (post-norm, Vaswani et al., 2017; Liu et al., 2019), its classification head and its head of masked
 * language modelling, forward and backward in single precision. An encoder holds no parameters: it is the memory of a
 * pass. A pass allocates nothing, cannot fail, and gives the same bits on any number of threads.
 *
 * Numbers that leave the floats show as a loss that is not finite; the caller then does not step. */

/* The largest batch, and which kinds of passes there will be: what is not asked for takes no memory. */
struct encoder_limits {
    int sequences; /* of a batch */
    int tokens;    /* at a time, no fewer than the longest sequence has: see encoder_score */
    int rank;      /* the largest of an adapter; 0: none */
    bool learns;   /* backward passes too */
    int masked;    /* tokens to be guessed at a time in masked modelling; 0: none */
};

/* Bytes that encoder_new takes; SIZE_MAX: more than can be. */
size_t encoder_memory(const struct encoder_shape *shape, const struct encoder_limits *limits);

/* `pool` shares the work and stays the caller's; NULL: this thread alone. NULL: ERR_MEMORY. */
struct encoder;
struct encoder *encoder_new(const struct encoder_shape *shape, const struct encoder_limits *limits, struct pool *pool,
                            struct err *err);
void encoder_free(struct encoder *encoder); /* NULL is allowed */

/* Probabilities of dropping, and what determines which. Two passes with the same seed and step drop the same; let the
 * step count up. */
struct encoder_dropout {
    double hidden;     /* of embeddings, attention's and the layer's output */
    double attention;  /* of attention's weights */
    double adapter;    /* of what an adapter reads */
    double classifier; /* of the head's two inputs */
    uint64_t seed, step;
};
extern const struct encoder_dropout encoder_dropout_usual; /* 0.1 each, seed and step 0 */

/* What a pass is made with. An adapter's own base takes the place of `base`. Sets with a gradient are trained, and
 * only the part of the backward pass that they need is done. */
struct encoder_pass {
    struct tensors *base;
    const struct adapter *adapter;         /* maps and head; NULL: neither */
    const struct batch *batch;             /* within the limits, checked, at least one sequence */
    const struct encoder_dropout *dropout; /* NULL: none, as when evaluating */
};

/* The last hidden states (tokens × w) of all tokens, valid until the next pass. */
const float *encoder_forward(struct encoder *encoder, const struct encoder_pass *pass);

/* Logits (sequences × labels) of the adapter's head on each sequence's first token, valid until the next pass. The
 * score of a candidate is its logit 1. This and encoder_learn take a batch with more tokens than the limit in parts, so
 * that memory can be bounded; the other passes want it to fit. */
const float *encoder_score(struct encoder *encoder, const struct encoder_pass *pass);

/* Cross-entropy of labels (one a sequence), summed and divided by `divisor` (the number of sequences gives the mean;
 * a batch that the caller divides has the whole's). Adds its gradient to those of the sets that have one. Returns
 * this part of the loss; logits as from encoder_score are in encoder_logits. */
double encoder_learn(struct encoder *encoder, const struct encoder_pass *pass, const int *labels, double divisor);
const float *encoder_logits(const struct encoder *encoder);

/* Tokens to be guessed: their places in the batch, ascending, and what they were. The batch has the masked ids. */
struct encoder_masked {
    int count;
    const int *place;    /* count */
    const int32_t *want; /* count */
};

/* Mean over what is to be guessed of the cross-entropy over the vocabulary, by `head` (encoder_lm_head_new); adds
 * gradients as encoder_learn does. With `learn` false it only tells the loss. The pass's adapter may be NULL. */
double encoder_guess(struct encoder *encoder, const struct encoder_pass *pass, struct tensors *head,
                     const struct encoder_masked *masked, bool learn);

/* Floating-point operations in matrix products of the last pass, adapters' included: for rates. */
double encoder_operations(const struct encoder *encoder);

#endif
