/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_PLAN_H
#define RANKSCOPE_SWEEP_PLAN_H

#include "sweep/axis.h"

/* What a sweep asks for: a scenario, axes over some of its keys, and how many draws of each cell. A cell is one value of
 * every axis; a trial is one draw of a cell, with problem.seed as the scenario has it for the first, one more for the next. */

enum { PLAN_AXES = 4, PLAN_SEEDS = 100000 };

struct trial {
    size_t cell;
    int seed; /* from 0 */
};

struct plan {
    struct config base;
    int axes; /* at least 1 */
    struct axis axis[PLAN_AXES];
    int seeds; /* of every cell */
};

/* Adds the axis; ERR_INPUT also where a key is another axis's, or there are PLAN_AXES. */
enum err_code plan_add_axis(struct plan *plan, const char *text, struct err *err);
void plan_free(struct plan *plan); /* its axes; one that is all zero is allowed */

/* An independent copy. ERR_MEMORY. */
enum err_code plan_copy(struct plan *to, const struct plan *from, struct err *err);

/* Cells: the product of the axes' values, or SIZE_MAX where that overflows. The last axis varies fastest. */
size_t plan_cells(const struct plan *plan);
size_t plan_coordinate(const struct plan *plan, size_t cell, int axis); /* which of that axis's values it has */
size_t plan_cell(const struct plan *plan, const size_t coordinate[PLAN_AXES]);

/* The trial's configuration. ERR_INPUT says why there is none (a rank above the dimension, a seed beyond the last). */
enum err_code plan_config(const struct plan *plan, size_t cell, int seed, struct config *config, struct err *err);

/* Floating-point operations of one trial, roughly: to say how long a sweep will take, and which trials are the long ones. */
double plan_trial_flops(const struct config *config);

/* "tasks 4, rank 2": the cell's own values. At most `size` bytes. */
void plan_describe(const struct plan *plan, size_t cell, char *text, size_t size);

#endif
