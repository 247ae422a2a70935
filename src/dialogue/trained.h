/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_TRAINED_H
#define RANKSCOPE_DIALOGUE_TRAINED_H

#include "base/err.h"
#include "model/encoder/adamw.h"
#include "model/encoder/tensors.h"

#include <stdint.h>

/* A set of parameters that is trained, with all that has to be kept of it for the training to be taken up again. */
struct trained {
    struct tensors *set; /* somebody else's */
    struct adamw *adamw;
    struct tensors *best;   /* at the best epoch; NULL: not kept */
    struct tensors *anchor; /* reptile: before the inner steps; NULL: not kept */
    char prefix[32];        /* of its tensors in a file */
};

enum { TRAINED_BEST = 1, TRAINED_ANCHOR = 2 }; /* what is kept besides; bits */

/* Gives the set a gradient and makes the rest. After an error, as ever, trained_free. */
enum err_code trained_begin(struct trained *trained, struct tensors *set, const char *kind, int number, unsigned keep,
                            struct err *err);
void trained_free(struct trained *trained); /* but the set; zeroed is allowed */

/* What a training is in a file: sets, and whole numbers that its owner understands. */
struct trained_state {
    const char *format;   /* names the kind of file */
    uint64_t fingerprint; /* of what determines the training */
    struct trained *set;
    int sets;
    int64_t *number;
    size_t numbers;
};

/* Writes it, atomically, as safetensors. ERR_IO, ERR_MEMORY. */
enum err_code trained_write(const struct trained_state *state, const char *path, struct err *err);

/* Reads a file of the same format, fingerprint, sets and count of numbers into the sets and `number`. ERR_INPUT, ERR_IO, ERR_MEMORY; the sets are
 * then good for nothing. */
enum err_code trained_read(const struct trained_state *state, const char *path, struct err *err);

/* Doubles among the whole numbers, bit by bit. */
int64_t trained_bits(double value);
double trained_double(int64_t bits);

/* FNV-1a, for fingerprints; begin with TRAINED_HASH. */
#define TRAINED_HASH 0xcbf29ce484222325u
void trained_hash(uint64_t *hash, const void *data, size_t size);
void trained_hash_number(uint64_t *hash, double number);
void trained_hash_values(uint64_t *hash, const float *value, size_t count); /* by words, which is faster */

#endif
