/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/shape.h"

#include <stddef.h>

/* So large that any encoder in use is far below, and so small that no size of a tensor overflows. */
enum {
    VOCABULARY_MAX = 1 << 22,
    WIDTH_MAX = 1 << 14,
    LAYERS_MAX = 256,
    INTERMEDIATE_MAX = 1 << 17,
    POSITIONS_MAX = 1 << 17,
    TYPES_MAX = 1 << 10,
    LABELS_MAX = 1 << 12,
};

int encoder_shape_longest(const struct encoder_shape *shape)
{
    return shape->positions - shape->pad - 1;
}

enum err_code encoder_shape_check(const struct encoder_shape *shape, struct err *err)
{
    const struct {
        const char *name;
        int value, least, most;
    } ranges[] = {
        {"vocab_size", shape->vocabulary, 2, VOCABULARY_MAX},
        {"hidden_size", shape->width, 1, WIDTH_MAX},
        {"num_hidden_layers", shape->layers, 1, LAYERS_MAX},
        {"num_attention_heads", shape->heads, 1, WIDTH_MAX},
        {"intermediate_size", shape->intermediate, 1, INTERMEDIATE_MAX},
        {"max_position_embeddings", shape->positions, 2, POSITIONS_MAX},
        {"type_vocab_size", shape->types, 1, TYPES_MAX},
        {"pad_token_id", shape->pad, 0, VOCABULARY_MAX},
        {"num_labels", shape->labels, 1, LABELS_MAX},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (ranges[i].value < ranges[i].least || ranges[i].value > ranges[i].most)
            return err_set(err, ERR_INPUT, "%s: %d is not between %d and %d", ranges[i].name, ranges[i].value,
                           ranges[i].least, ranges[i].most);
    if (shape->width % shape->heads != 0)
        return err_set(err, ERR_INPUT, "num_attention_heads: %d does not divide hidden_size, %d", shape->heads,
                       shape->width);
    if (shape->pad >= shape->vocabulary)
        return err_set(err, ERR_INPUT, "pad_token_id: %d is none of the %d tokens", shape->pad, shape->vocabulary);
    if (encoder_shape_longest(shape) < 1)
        return err_set(err, ERR_INPUT, "max_position_embeddings: %d leaves no position behind pad_token_id, %d",
                       shape->positions, shape->pad);
    if (!(shape->epsilon > 0 && shape->epsilon < 1))
        return err_set(err, ERR_INPUT, "layer_norm_eps: %g is not between 0 and 1", shape->epsilon);
    return ERR_NONE;
}
