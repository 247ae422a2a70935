/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/adapt.h"

#include "model/random.h"

#include <string.h>

const char *const adapt_solver_names[] = {[ADAPT_EXACT] = "exact", [ADAPT_PAPER] = "paper", NULL};

static const double start_scale = 0.1; /* the paper's */

struct solver *adapt_solver_new(const struct problem *problem, const struct adapt_config *adapt, const double *base,
                                struct err *err)
{
    struct solver_setup setup = {
        .moments = &problem->unseen,
        .rank = adapt->rank,
        .shape = ADAPTER_GENERAL,
        .base_frozen = true,
        .rates = {.inner_steps = 1, .inner = adapt->rate},
    };
    struct solver *solver = solver_new(&solver_table[solver_find("gd")], &setup, err);
    if (!solver)
        return NULL;
    struct point *point = solver_point(solver);
    memcpy(point->base, base, point_base_size(point) * sizeof *base);
    if (solver_start(solver, problem->config.seed, RANDOM_ADAPT_START, start_scale, err) != ERR_NONE) {
        solver_free(solver);
        return NULL;
    }
    return solver;
}
