/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_ENCODER_SHAPE_H
#define RANKSCOPE_MODEL_ENCODER_SHAPE_H

#include "base/err.h"

/* The shape of a RoBERTa encoder (Liu et al., 2019), by the names of this program; `config.json` has Hugging Face's. */
struct encoder_shape {
    int vocabulary;   /* vocab_size */
    int width;        /* hidden_size, w */
    int layers;       /* num_hidden_layers */
    int heads;        /* num_attention_heads; divides width */
    int intermediate; /* intermediate_size, f */
    int positions;    /* max_position_embeddings; a sequence may have positions − pad − 1 tokens */
    int types;        /* type_vocab_size; all tokens are of type 0 */
    int pad;          /* pad_token_id: a sequence's tokens have the positions pad + 1, pad + 2, … */
    int labels;       /* num_labels of the classification head */
    double epsilon;   /* layer_norm_eps */
};

/* ERR_INPUT: a number that no encoder has, or one so large that sizes could overflow; the message begins with its
 * name. */
enum err_code encoder_shape_check(const struct encoder_shape *shape, struct err *err);

/* The most tokens a sequence may have. */
int encoder_shape_longest(const struct encoder_shape *shape);

#endif
