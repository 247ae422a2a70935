/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_ENCODER_FILE_H
#define RANKSCOPE_RUN_ENCODER_FILE_H

#include "base/err.h"
#include "model/encoder/shape.h"
#include "model/encoder/tensors.h"
#include "run/safetensors.h"

#include <stdbool.h>

/* Encoders as Hugging Face has them: a folder with config.json and model.safetensors. Names of tensors may have
 * "roberta." in front or not, and layer norms the old "gamma" and "beta". Nothing is partly loaded: names, kinds and
 * shapes are compared before the first number is read, and what fails leaves nothing behind. */

struct encoder_file {
    struct encoder_shape shape;
    struct tensors *base;
    struct tensors *head;    /* the classifier; NULL: the file has none */
    struct tensors *lm_head; /* of masked modelling; NULL: the file has none */
};

/* Reads a folder's two files. A pooler, position_ids and a decoder that only repeats the word embeddings are passed
 * over; any other tensor that does not belong is an error, and so is a missing one. ERR_INPUT, ERR_IO, ERR_MEMORY. */
enum err_code encoder_file_read(struct encoder_file *file, const char *folder, struct err *err);
void encoder_file_free(struct encoder_file *file); /* of what was read; all NULL is allowed */

/* Writes a folder, which is made where it is not there. head and lm_head may be NULL. */
enum err_code encoder_file_write(const struct encoder_file *file, const char *folder, struct err *err);

/* config.json alone: from a file, and as text that the caller frees (NULL: out of memory). */
enum err_code encoder_config_read(struct encoder_shape *shape, const char *path, struct err *err);
char *encoder_config_format(const struct encoder_shape *shape);

/* For files of one's own, such as a run's state: fields for all tensors of a set with `prefix` before their names,
 * which are put into `names` (the caller frees both; NULL: out of memory), and their reading. `values` is a block of
 * the set's layout: its own, or a moment of AdamW. */
struct encoder_fields {
    int count;
    struct safetensors_field *field;
    char (*name)[SAFETENSORS_NAME_SIZE];
};
enum err_code encoder_fields_add(struct encoder_fields *fields, const struct tensors *set, const char *prefix,
                                 const float *values, struct err *err);
void encoder_fields_free(struct encoder_fields *fields);
enum err_code encoder_fields_read(struct safetensors *file, const struct tensors *set, const char *prefix,
                                  float *values, struct err *err);

#endif
