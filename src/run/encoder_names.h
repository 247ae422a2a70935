/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_ENCODER_NAMES_H
#define RANKSCOPE_RUN_ENCODER_NAMES_H

#include "model/encoder/tensors.h"
#include "run/safetensors.h"

#include <stdbool.h>

/* Which tensor of a file is which of a set's. */

struct encoder_lookup {
    const char *front; /* before every name: "roberta." or "" */
    bool plain;        /* the front stands before heads' names too, and there are no old ones */
    bool peft;         /* names are an adapter's as PEFT has them, the front with them */
};

/* A file's own name of a tensor; `old` has layer norms' gamma and beta. */
void encoder_name(char name[SAFETENSORS_NAME_SIZE], const struct tensor *tensor, const struct encoder_lookup *lookup,
                  bool old);

/* Finds all tensors of a set in a file, compares kinds and shapes, and says which they are: found (set->count). `used`
 * (the file's count) is set for each; NULL: nobody asks. ERR_INPUT. */
enum err_code encoder_names_find(const struct safetensors *file, const struct tensors *set,
                                 const struct encoder_lookup *lookup, int *found, bool *used, struct err *err);

/* Reads what was found into a block of the set's layout. */
enum err_code encoder_names_read(struct safetensors *file, const struct tensors *set, const int *found, float *values,
                                 struct err *err);

/* Both at once, for a set of its own: nothing is in `values` where a name or a shape is wrong. */
enum err_code encoder_names_load(struct safetensors *file, const struct tensors *set,
                                 const struct encoder_lookup *lookup, float *values, bool *used, struct err *err);

#endif
