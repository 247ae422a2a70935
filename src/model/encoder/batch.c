/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/batch.h"

#include <stdlib.h>
#include <string.h>

struct batch *batch_new(int sequences_max, int tokens_max, struct err *err)
{
    struct batch *batch = calloc(1, sizeof *batch);
    if (batch) {
        batch->ids = calloc((size_t)tokens_max + 1, sizeof *batch->ids);
        batch->start = calloc((size_t)sequences_max + 1, sizeof *batch->start);
        batch->sequences_max = sequences_max;
        batch->tokens_max = tokens_max;
    }
    if (!batch || !batch->ids || !batch->start) {
        batch_free(batch);
        err_set(err, ERR_MEMORY, "no memory for a batch of %d tokens", tokens_max);
        return NULL;
    }
    return batch;
}

void batch_free(struct batch *batch)
{
    if (!batch)
        return;
    free(batch->ids);
    free(batch->start);
    free(batch);
}

void batch_clear(struct batch *batch)
{
    batch->sequences = batch->tokens = 0;
}

bool batch_add(struct batch *batch, const int32_t *ids, int count)
{
    if (batch->sequences == batch->sequences_max || count > batch->tokens_max - batch->tokens)
        return false;
    if (count > 0)
        memcpy(batch->ids + batch->tokens, ids, (size_t)count * sizeof *ids);
    batch->tokens += count;
    batch->start[++batch->sequences] = batch->tokens;
    return true;
}

enum err_code batch_check(const struct batch *batch, const struct encoder_shape *shape, struct err *err)
{
    for (int s = 0; s < batch->sequences; s++) {
        int length = batch->start[s + 1] - batch->start[s];
        if (length < 1)
            return err_set(err, ERR_INPUT, "sequence %d has no tokens", s + 1);
        if (length > encoder_shape_longest(shape))
            return err_set(err, ERR_INPUT, "sequence %d has %d tokens, and the encoder positions for %d", s + 1, length,
                           encoder_shape_longest(shape));
        for (int i = batch->start[s]; i < batch->start[s + 1]; i++) {
            if (batch->ids[i] < 0 || batch->ids[i] >= shape->vocabulary)
                return err_set(err, ERR_INPUT, "sequence %d, token %d: %d is none of the vocabulary's %d tokens", s + 1,
                               i - batch->start[s] + 1, (int)batch->ids[i], shape->vocabulary);
            if (batch->ids[i] == shape->pad)
                return err_set(err, ERR_INPUT,
                               "sequence %d, token %d is padding (%d), which has no place in a sequence", s + 1,
                               i - batch->start[s] + 1, shape->pad);
        }
    }
    return ERR_NONE;
}
