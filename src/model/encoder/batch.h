/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_ENCODER_BATCH_H
#define RANKSCOPE_MODEL_ENCODER_BATCH_H

#include "base/err.h"
#include "model/encoder/shape.h"

#include <stdbool.h>
#include <stdint.h>

/* Sequences of tokens, packed one behind the other without padding. All of a batch's memory is taken when it is made.
 * */
struct batch {
    int sequences, tokens;
    int32_t *ids; /* tokens: of all sequences in turn */
    int *start;   /* sequences + 1: where each begins; start[sequences] = tokens */
    int sequences_max, tokens_max;
};

/* Room for so many; NULL and ERR_MEMORY. Begins empty. */
struct batch *batch_new(int sequences_max, int tokens_max, struct err *err);
void batch_free(struct batch *batch); /* NULL is allowed */
void batch_clear(struct batch *batch);

/* Adds a sequence; false, and nothing changes, where it does not fit any more. */
bool batch_add(struct batch *batch, const int32_t *ids, int count);

/* ERR_INPUT: a sequence that is empty or longer than the encoder's positions, an id that is none of the vocabulary, or
 * padding, which has no place in a packed sequence. Batches are checked by whoever fills them from outside data:
 * passes do not. */
enum err_code batch_check(const struct batch *batch, const struct encoder_shape *shape, struct err *err);

#endif
