/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_POINT_H
#define RANKSCOPE_MODEL_POINT_H

#include "model/config.h"

#include <stddef.h>

/* Where a solver stands: the base and one adapter a task. A plain view; whoever made the arrays owns them. */
struct point {
    int dimension; /* d */
    int tasks;     /* T */
    int rank;      /* r; 0: no adapters, which is standard retraining */
    enum adapter_shape shape;
    double *base;  /* d × d */
    double *left;  /* T × d × r: U_t */
    double *right; /* T × d × r: V_t; the same array as left when the shape is symmetric */
    double *top;   /* d: the top layer of a two-layer network; NULL: linear */
};

/* Doubles in one task's factor and in one task's matrix. */
static inline size_t point_factor_size(const struct point *point)
{
    return (size_t)point->dimension * (size_t)point->rank;
}

static inline size_t point_base_size(const struct point *point)
{
    return (size_t)point->dimension * (size_t)point->dimension;
}

#endif
