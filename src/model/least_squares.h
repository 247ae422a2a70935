/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_LEAST_SQUARES_H
#define RANKSCOPE_MODEL_LEAST_SQUARES_H

#include "model/residual.h"

/* What the solvers of the least-squares problem of residual.h share: where they begin, how they tell what they are at the end
 * of, and the last digits. A solver's own struct begins with this one; it says how it stands somewhere and how it goes on. */
struct least_squares {
    struct residual residual;
    size_t unknowns; /* 0: without adapters, and nothing below is there */
    size_t count;    /* of f */
    double *x;       /* unknowns: where it stands; of these four the solver's init says where they are */
    double *f;       /* count: the residual there, and zeros if it is longer */
    double *slope;   /* unknowns: J^T f */
    double *move;    /* unknowns: after an advance that failed the step that the linear model would take; else free */
    /* Moves to the adapters x, which may be `move`. */
    void (*stand)(struct least_squares *squares, const double *x);
    /* A step to a lower loss; false: there is none, and x has stayed. */
    bool (*advance)(struct least_squares *squares);
    long mark;             /* the step after which to compare with the last mark */
    double loss, adapters; /* norms at the last mark */
    double begun;          /* norm of the adapters where it began */
};

/* The residual, `unknowns` and `count`. False: out of memory. */
bool least_squares_init(struct least_squares *squares, const struct solver_setup *setup, struct arena *arena);

/* A step of a solver whose state->own is one. */
enum solver_status least_squares_step(struct solver_state *state);

#endif
