/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_NPY_H
#define RANKSCOPE_RUN_NPY_H

#include "base/err.h"
#include "run/zip.h"

#include <stdbool.h>

/* The header of NumPy's .npy format, versions 1.0 to 3.0 (numpy.lib.format). */

enum { NPY_DIMS_MAX = 8, NPY_TYPE_SIZE = 32, NPY_SHAPE_SIZE = 192 };

struct npy {
    char type[NPY_TYPE_SIZE]; /* of an element: "<f8"; cut where it is long */
    int item;                 /* bytes of an element, 4 or 8; 0: no little-endian float */
    bool fortran;             /* the first index is fastest, not the last */
    int dims;
    uint64_t shape[NPY_DIMS_MAX];
};

/* Takes the header off the stream. ERR_INPUT: it is none, or it and the content's length disagree. */
enum err_code npy_read(struct npy *npy, struct zip_stream *stream, struct err *err);

/* "(3, 6, 40)" as Python has it. */
void npy_format_shape(char text[NPY_SHAPE_SIZE], int dims, const uint64_t *shape);

/* Version 1.0's header of a little-endian float64 array in C order, a multiple of 64 bytes: its length. */
enum { NPY_HEADER_MAX = 320 };
size_t npy_write(char header[NPY_HEADER_MAX], int dims, const uint64_t *shape);

#endif
