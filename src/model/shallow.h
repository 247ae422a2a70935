/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_SHALLOW_H
#define RANKSCOPE_MODEL_SHALLOW_H

#include "base/arena.h"
#include "model/point.h"

#include <stdbool.h>

/* Two-layer networks: ŷ = cᵀ sigmoid((A + U_t V_tᵀ) x), with a base A (d × d) and a top layer c (d) that all tasks
 * share. The loss of some tasks is the sum of their mean squared errors, as the paper's code has it. */

/* Samples of some tasks. A plain view; whoever made the arrays owns them. Rows are padded to whole vectors, and the
 * weights tell samples (1) from padding (0). Arrays begin on cache lines. */
struct shallow_data {
    int dimension;         /* d */
    int tasks;             /* T */
    int samples;           /* N of each */
    size_t stride;         /* shallow_padded(N) */
    const double *inputs;  /* T × d × stride: X_t, a sample in each column */
    const double *outputs; /* T × stride */
    const double *weight;  /* stride */
};

size_t shallow_padded(int samples);

/* What gradients and losses are computed in. */
struct shallow_work {
    double *hidden; /* d × stride: before and behind the sigmoid, and its gradient */
    double *matrix; /* d × d: A + U_t V_tᵀ */
    double *slope;  /* d × d: gradient by it */
    double *sums;   /* d × SHALLOW_LINE: of the top layer's gradient */
};
size_t shallow_work_size(int dimension, size_t stride);
struct shallow_work shallow_work_take(struct arena *arena, int dimension, size_t stride);

/* Mean squared error of a task at a point with a top layer, and if `top_slope` (d) is not NULL its gradient: by the
 * matrix into work->slope, by c added to top_slope. */
double shallow_task(struct shallow_work *work, const struct shallow_data *data, const struct point *point, int task,
                    double *top_slope);

/* Mean over the tasks of the mean squared errors. */
double shallow_loss(struct shallow_work *work, const struct shallow_data *data, const struct point *point);

/* The hidden layer behind the sigmoid, of a task at a point: hidden is d × stride. */
void shallow_hidden(struct shallow_work *work, const struct shallow_data *data, const struct point *point, int task,
                    double *hidden);

/* How shallow_task's gradients change, to first order, where the task's matrix moves by `move` (d × d) and c by
 * top_move (d), from a hidden layer as shallow_hidden has it and `top` on: of that by the matrix into work->slope,
 * of that by c added to top_bend (d). The derivative of both passes along a direction (Pearlmutter, Neural
 * Computation 6, 1994). */
void shallow_bend(struct shallow_work *work, const struct shallow_data *data, int task, const double *hidden,
                  const double *top, const double *move, const double *top_move, double *top_bend);

/* One instruction set's way through the hidden layer. For count samples (a multiple of SHALLOW_LINE), their z in d
 * rows, `stride` apart: h = sigmoid(z), to a few units in the last place for |z| ≤ 700, ŷ = Σ_j c_j h_j, e = w (ŷ −
 * y). With `back`, z becomes the gradient of scale · Σ e² / 2 by z, and sums (d × SHALLOW_LINE) get that by c added,
 * a part in each column; else z becomes h. Returns Σ e². */
enum { SHALLOW_LINE = 8 };
typedef double shallow_pass(size_t d, size_t count, size_t stride, double *z, const double *outputs,
                            const double *weight, const double *top, double scale, bool back, double *sums);

/* And of the change of what a pass with `back` leaves, where z changes by `move` (d rows, `stride` apart) and c by
 * top_move, h being sigmoid(z): move becomes that of the gradient by z, and sums get that of the gradient by c
 * added. */
typedef void shallow_bending(size_t d, size_t count, size_t stride, const double *h, double *move,
                             const double *outputs, const double *weight, const double *top, const double *top_move,
                             double scale, double *sums);
struct shallow_kernel {
    const char *name;
    shallow_pass *pass;
    shallow_bending *bend;
};

/* The i-th that this machine can run, the fastest first; NULL: there are no more. */
const struct shallow_kernel *shallow_kernel_at(int i);

#endif
