/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_ENCODER_TENSORS_H
#define RANKSCOPE_MODEL_ENCODER_TENSORS_H

#include "base/err.h"
#include "model/encoder/shape.h"
#include "model/random.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Named matrices and vectors of floats in one block, with a gradient of the same layout where they are trained: the
 * base (an encoder's own parameters), a head, or one task's adapter. What belongs together is one set: an optimizer
 * steps a set whole or leaves it alone. Names are Hugging Face's without "roberta.", as in
 * "encoder.layer.0.attention.self.query.weight". */

enum { TENSOR_NAME_SIZE = 80 };

struct tensor {
    char name[TENSOR_NAME_SIZE];
    int dims;             /* 1: a vector; 2: a matrix, row-major and packed */
    size_t rows, columns; /* a vector is rows × 1 */
    size_t offset;        /* of its first number in `value` and in `gradient` */
    bool joined;          /* begins right behind the one before; otherwise it begins at a cache line */
};

struct tensors {
    int count;
    struct tensor *of; /* count */
    size_t size;       /* floats in the block, those between tensors included, which are zero and stay so */
    float *value;      /* size */
    float *gradient;   /* size, added to by passes; NULL: frozen, and no pass spends time on it */
    void *owned;       /* of tensors.c */
};

/* A set of zeros with the layout of `list` (count; name, dims, rows, columns and joined are read). NULL and
 * ERR_MEMORY. */
struct tensors *tensors_new(const struct tensor *list, int count, struct err *err);
void tensors_free(struct tensors *set); /* NULL is allowed */

/* Another set of the same layout and values, without a gradient. NULL and ERR_MEMORY. */
struct tensors *tensors_copy(const struct tensors *set, struct err *err);

/* Gives the set a gradient of zeros, or takes it away (frozen). ERR_MEMORY. */
enum err_code tensors_train(struct tensors *set, bool trained, struct err *err);

/* The values of one of the same layout. */
void tensors_assign(struct tensors *set, const struct tensors *from);

/* Sets the gradient to zero; nothing where there is none. adamw_step does so itself. */
void tensors_clear_gradient(struct tensors *set);

/* Index of a name, or −1; its values; how many they are. */
int tensors_find(const struct tensors *set, const char *name);
float *tensors_at(const struct tensors *set, int index);
size_t tensors_length(const struct tensor *tensor);

/* ---- the encoder's sets ---- */

/* The base: embeddings and layers, zero. Its order: the five of BASE_EMBEDDINGS, then sixteen a layer. */
struct tensors *encoder_base_new(const struct encoder_shape *shape, struct err *err);

/* The classification head, zero: "classifier.dense.weight" (w × w), its bias, "classifier.out_proj.weight" (labels ×
 * w), its bias. */
struct tensors *encoder_head_new(const struct encoder_shape *shape, struct err *err);

/* The head of masked language modelling, zero: "lm_head.dense.weight" (w × w) and bias, "lm_head.layer_norm.weight" and
 * bias, "lm_head.bias" (vocabulary). Its last map is the base's word embeddings. */
struct tensors *encoder_lm_head_new(const struct encoder_shape *shape, struct err *err);

/* Starting values as BERT's: weights ~ N(0, 0.02²), biases 0, layer norms 1 and 0, the word embedding of padding 0.
 * Works on any of the three, by names. Draws from a stream of its own for each tensor. ERR_MEMORY. */
enum err_code encoder_start(struct tensors *set, const struct encoder_shape *shape, uint64_t seed, struct err *err);

#endif
