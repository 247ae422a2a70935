/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_SAFETENSORS_H
#define RANKSCOPE_RUN_SAFETENSORS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Hugging Face's safetensors: eight bytes with the header's length, a header in JSON, and little-endian numbers. A
 * file is hostile until shown otherwise: on opening, every tensor's shape, kind and place are held against each other
 * and against the file's size; tensors may not overlap, and no byte is left over. Numbers are read tensor by tensor
 * into the caller's memory, so that a checkpoint of any size takes no more than that. */

enum { SAFETENSORS_DIMS_MAX = 4, SAFETENSORS_NAME_SIZE = 160 };

enum safetensors_kind {
    SAFETENSORS_F64,
    SAFETENSORS_F32,
    SAFETENSORS_F16,
    SAFETENSORS_BF16,
    SAFETENSORS_I64,
    SAFETENSORS_I32,
    SAFETENSORS_U8,
    SAFETENSORS_OTHER, /* of the format, but nothing that is read here */
};
const char *safetensors_kind_name(enum safetensors_kind kind);

struct safetensors_entry {
    char name[SAFETENSORS_NAME_SIZE];
    enum safetensors_kind kind;
    int dims;
    uint64_t shape[SAFETENSORS_DIMS_MAX];
    uint64_t count; /* of numbers */
    uint64_t begin; /* bytes from the file's beginning */
    uint64_t bytes;
};

struct safetensors;

/* Opens a file and reads its header. Messages name the path, and where one is meant the tensor. ERR_INPUT, ERR_IO,
 * ERR_MEMORY. */
enum err_code safetensors_open(struct safetensors **file, const char *path, struct err *err);
void safetensors_close(struct safetensors *file); /* NULL is allowed */

const char *safetensors_path(const struct safetensors *file);
int safetensors_count(const struct safetensors *file);
const struct safetensors_entry *safetensors_entry(const struct safetensors *file, int i);
int safetensors_find(const struct safetensors *file, const char *name); /* −1: there is none */

/* A value of the header's `__metadata__`, or NULL; the file's. */
const char *safetensors_metadata(const struct safetensors *file, const char *key);

/* Tensor i as floats (count), from F32, F16, BF16 or F64. ERR_INPUT: another kind, or a number that is not finite or
 * does not fit a float, told with its place; the file has become shorter. */
enum err_code safetensors_read_floats(struct safetensors *file, int i, float *values, struct err *err);

/* Tensor i as doubles or as whole numbers (I64, I32, U8). */
enum err_code safetensors_read_doubles(struct safetensors *file, int i, double *values, struct err *err);
enum err_code safetensors_read_integers(struct safetensors *file, int i, int64_t *values, struct err *err);

/* What is written: numbers are borrowed. `data` has floats, doubles, int64_t, int32_t or bytes by `kind`; F16 and
 * BF16 are not written. */
struct safetensors_field {
    const char *name;
    enum safetensors_kind kind;
    int dims;
    uint64_t shape[SAFETENSORS_DIMS_MAX];
    const void *data;
};

struct safetensors_note {
    const char *key, *value; /* UTF-8 */
};

/* Writes the fields in their order, so that `path` holds either its old content or all of the new; needs no memory of
 * the size of the numbers. ERR_IO, ERR_MEMORY. */
enum err_code safetensors_write(const char *path, const struct safetensors_field *fields, int count,
                                const struct safetensors_note *notes, int note_count, struct err *err);

#endif
