/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_NPZ_H
#define RANKSCOPE_RUN_NPZ_H

#include "base/err.h"
#include "run/npy.h"

/* NumPy's .npz files: a ZIP archive of arrays, each in the .npy format. */

/* An array of finite numbers in C order. */
struct npz_array {
    char name[ZIP_NAME_SIZE]; /* without .npy */
    int dims;
    uint64_t shape[NPY_DIMS_MAX];
    double *data;
};

struct npz {
    int count;
    struct npz_array *array;
    int passed_count; /* arrays of numbers that were not wanted */
    char (*passed)[ZIP_NAME_SIZE];
};

/* Reads the arrays that `wanted` names, a list that ends with NULL, as far as they are there, from float64 or float32
 * in C or Fortran order; of others the header is looked at, and what is no .npy is passed over. Objects, strings and
 * records are refused in all of them. Memory is bounded by the file's size. ERR_INPUT: the message is
 * "PATH: array NAME: found …, wanted …"; else ERR_IO or ERR_MEMORY. After ERR_NONE npz_free is the caller's. */
enum err_code npz_read(struct npz *npz, const char *path, const char *const *wanted, struct err *err);
void npz_free(struct npz *npz); /* of one that is all zero, too */

/* The same from bytes in memory; the messages have no path. */
enum err_code npz_parse(struct npz *npz, const void *data, size_t size, const char *const *wanted, struct err *err);

const struct npz_array *npz_find(const struct npz *npz, const char *name); /* NULL: not there */

/* An array to be written: borrowed. */
struct npz_field {
    char name[ZIP_NAME_SIZE];
    int dims;
    uint64_t shape[NPY_DIMS_MAX];
    const double *data;
};

/* The archive's bytes, each array stored as little-endian float64; the caller frees *data. From `large` bytes on sizes
 * and places take ZIP64's form; NPZ_LARGE is the format's own limit. ERR_MEMORY. */
#define NPZ_LARGE UINT32_MAX
enum err_code npz_format(const struct npz_field *fields, int count, uint64_t large, char **data, size_t *size,
                         struct err *err);

/* Writes them to `path`, wholly or not at all. ERR_IO or ERR_MEMORY. */
enum err_code npz_write(const char *path, const struct npz_field *fields, int count, struct err *err);

#endif
