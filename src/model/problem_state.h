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

/* Copies the lower triangle up. A product of a matrix with itself need not come out symmetric to the last bit; solvers
 * rely on it. */
void problem_make_symmetric(size_t d, double *matrix);

#endif
