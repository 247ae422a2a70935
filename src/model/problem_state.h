/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_PROBLEM_STATE_H
#define RANKSCOPE_MODEL_PROBLEM_STATE_H

#include "base/arena.h"
#include "model/problem.h"

/* What the problem's own files share. */

/* The problem and its memory in one allocation's worth of bookkeeping. */
struct owned_problem {
    struct problem problem;
    struct arena *arena;
};

/* Bytes of the arrays that the moments of samples have of their own; 0 in population. */
size_t problem_moments_size(int tasks, int dimension, int samples);

/* Bytes of a network's top layer and samples, 0 of what is linear; and drawing them, into arrays of the arena.
 * `target` is (T + 1) × d × d. ERR_NONE or ERR_MEMORY. */
size_t problem_network_size(const struct problem_config *config, int adapt_samples);
enum err_code problem_draw_network(struct problem *problem, struct arena *arena, const double *target);

/* Copies the lower triangle up. A product of a matrix with itself need not come out symmetric to the last bit; solvers
 * rely on it. */
void problem_make_symmetric(size_t d, double *matrix);

#endif
