/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/layout.h"

#include "model/encoder/tensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* `columns` 0: a vector. */
static void name_tensor(struct tensor *tensor, const char *prefix, const char *name, int rows, int columns)
{
    snprintf(tensor->name, sizeof tensor->name, "%s%s", prefix, name);
    tensor->dims = columns ? 2 : 1;
    tensor->rows = (size_t)rows;
    tensor->columns = columns ? (size_t)columns : 1;
}

static void name_layer(struct tensor *list, const struct encoder_shape *shape, int layer)
{
    enum { PREFIX_SIZE = 32 };
    int w = shape->width, f = shape->intermediate;
    const struct {
        const char *name;
        int rows, columns;
    } of[LAYER_TENSORS] = {
        [LAYER_QUERY] = {"attention.self.query.weight", w, w},
        [LAYER_QUERY_BIAS] = {"attention.self.query.bias", w, 0},
        [LAYER_KEY] = {"attention.self.key.weight", w, w},
        [LAYER_VALUE] = {"attention.self.value.weight", w, w},
        [LAYER_KEY_BIAS] = {"attention.self.key.bias", w, 0},
        [LAYER_VALUE_BIAS] = {"attention.self.value.bias", w, 0},
        [LAYER_ATTENTION] = {"attention.output.dense.weight", w, w},
        [LAYER_ATTENTION_BIAS] = {"attention.output.dense.bias", w, 0},
        [LAYER_ATTENTION_NORM] = {"attention.output.LayerNorm.weight", w, 0},
        [LAYER_ATTENTION_SHIFT] = {"attention.output.LayerNorm.bias", w, 0},
        [LAYER_INTERMEDIATE] = {"intermediate.dense.weight", f, w},
        [LAYER_INTERMEDIATE_BIAS] = {"intermediate.dense.bias", f, 0},
        [LAYER_OUTPUT] = {"output.dense.weight", w, f},
        [LAYER_OUTPUT_BIAS] = {"output.dense.bias", w, 0},
        [LAYER_OUTPUT_NORM] = {"output.LayerNorm.weight", w, 0},
        [LAYER_OUTPUT_SHIFT] = {"output.LayerNorm.bias", w, 0},
    };
    char prefix[PREFIX_SIZE];
    snprintf(prefix, sizeof prefix, "encoder.layer.%d.", layer);
    for (int i = 0; i < LAYER_TENSORS; i++)
        name_tensor(&list[i], prefix, of[i].name, of[i].rows, of[i].columns);
    list[LAYER_VALUE].joined = list[LAYER_VALUE_BIAS].joined = true;
}

struct tensors *encoder_base_new(const struct encoder_shape *shape, struct err *err)
{
    int count = BASE_EMBEDDINGS + shape->layers * LAYER_TENSORS;
    struct tensor *list = calloc((size_t)count, sizeof *list);
    if (!list) {
        err_set(err, ERR_MEMORY, "no memory for the names of %d tensors", count);
        return NULL;
    }
    static const char prefix[] = "embeddings.";
    name_tensor(&list[BASE_WORDS], prefix, "word_embeddings.weight", shape->vocabulary, shape->width);
    name_tensor(&list[BASE_POSITIONS], prefix, "position_embeddings.weight", shape->positions, shape->width);
    name_tensor(&list[BASE_TYPES], prefix, "token_type_embeddings.weight", shape->types, shape->width);
    name_tensor(&list[BASE_NORM], prefix, "LayerNorm.weight", shape->width, 0);
    name_tensor(&list[BASE_NORM_SHIFT], prefix, "LayerNorm.bias", shape->width, 0);
    for (int layer = 0; layer < shape->layers; layer++)
        name_layer(&list[BASE_EMBEDDINGS + layer * LAYER_TENSORS], shape, layer);
    struct tensors *set = tensors_new(list, count, err);
    free(list);
    return set;
}

struct tensors *encoder_head_new(const struct encoder_shape *shape, struct err *err)
{
    struct tensor list[HEAD_TENSORS] = {{.dims = 0}};
    name_tensor(&list[HEAD_DENSE], "classifier.", "dense.weight", shape->width, shape->width);
    name_tensor(&list[HEAD_DENSE_BIAS], "classifier.", "dense.bias", shape->width, 0);
    name_tensor(&list[HEAD_OUT], "classifier.", "out_proj.weight", shape->labels, shape->width);
    name_tensor(&list[HEAD_OUT_BIAS], "classifier.", "out_proj.bias", shape->labels, 0);
    return tensors_new(list, HEAD_TENSORS, err);
}

struct tensors *encoder_lm_head_new(const struct encoder_shape *shape, struct err *err)
{
    struct tensor list[LM_TENSORS] = {{.dims = 0}};
    name_tensor(&list[LM_DENSE], "lm_head.", "dense.weight", shape->width, shape->width);
    name_tensor(&list[LM_DENSE_BIAS], "lm_head.", "dense.bias", shape->width, 0);
    name_tensor(&list[LM_NORM], "lm_head.", "layer_norm.weight", shape->width, 0);
    name_tensor(&list[LM_NORM_SHIFT], "lm_head.", "layer_norm.bias", shape->width, 0);
    name_tensor(&list[LM_BIAS], "lm_head.", "bias", shape->vocabulary, 0);
    return tensors_new(list, LM_TENSORS, err);
}
