/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/start.h"

#include <string.h>

static const double usual_deviation = 0.02;

/* FNV-1a: a stream for each name, so that a set's draws do not depend on what else it holds. */
static int stream_index(const char *name, int task)
{
    uint32_t hash = 2166136261U;
    for (const char *c = name; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619U;
    for (int i = 0; i < 4; i++)
        hash = (hash ^ (((uint32_t)task >> (8 * i)) & 0xff)) * 16777619U;
    return (int)((hash ^ (hash >> 27)) & 0x7ffffff);
}

enum distribution { NORMAL, UNIFORM };

static enum err_code draw(struct tensors *set, int index, enum distribution distribution, double scale, uint64_t seed,
                          enum random_purpose purpose, int task, struct err *err)
{
    enum { PART = 256 };
    double drawn[PART];
    struct random_stream *stream = random_new(seed, purpose, stream_index(set->of[index].name, task));
    if (!stream)
        return err_set(err, ERR_MEMORY, "no memory for random numbers");
    float *value = tensors_at(set, index);
    size_t length = tensors_length(&set->of[index]);
    for (size_t i = 0; i < length; i += PART) {
        size_t count = length - i < PART ? length - i : PART;
        if (distribution == NORMAL)
            random_normal(stream, scale, count, drawn);
        else
            random_uniform(stream, scale, count, drawn);
        for (size_t j = 0; j < count; j++)
            value[i + j] = (float)drawn[j];
    }
    random_free(stream);
    return ERR_NONE;
}

enum err_code start_normal(struct tensors *set, int index, double deviation, uint64_t seed, enum random_purpose purpose,
                           int task, struct err *err)
{
    return draw(set, index, NORMAL, deviation, seed, purpose, task, err);
}

enum err_code start_uniform(struct tensors *set, int index, double bound, uint64_t seed, enum random_purpose purpose,
                            int task, struct err *err)
{
    return draw(set, index, UNIFORM, bound, seed, purpose, task, err);
}

static bool is_norm_weight(const struct tensor *tensor)
{
    return tensor->dims == 1 &&
           (strstr(tensor->name, "LayerNorm.weight") != NULL || strstr(tensor->name, "layer_norm.weight") != NULL);
}

enum err_code start_usual(struct tensors *set, uint64_t seed, enum random_purpose purpose, int task, struct err *err)
{
    for (int i = 0; i < set->count; i++) {
        float *value = tensors_at(set, i);
        size_t length = tensors_length(&set->of[i]);
        if (set->of[i].dims == 2) {
            enum err_code code = start_normal(set, i, usual_deviation, seed, purpose, task, err);
            if (code)
                return code;
            continue;
        }
        for (size_t j = 0; j < length; j++)
            value[j] = is_norm_weight(&set->of[i]) ? 1 : 0;
    }
    return ERR_NONE;
}

enum err_code encoder_start(struct tensors *set, const struct encoder_shape *shape, uint64_t seed, struct err *err)
{
    enum err_code code = start_usual(set, seed, RANDOM_ENCODER_START, 0, err);
    int words = tensors_find(set, "embeddings.word_embeddings.weight");
    int positions = tensors_find(set, "embeddings.position_embeddings.weight");
    size_t row = (size_t)shape->width, pad = (size_t)shape->pad;
    if (words >= 0)
        memset(tensors_at(set, words) + pad * row, 0, row * sizeof(float));
    if (positions >= 0)
        memset(tensors_at(set, positions) + pad * row, 0, row * sizeof(float));
    return code;
}
