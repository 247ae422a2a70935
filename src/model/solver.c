/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/solver.h"

#include "model/descent.h"
#include "model/linalg.h"
#include "model/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* An iterate this many times as large as the data has left for good. */
static const double bound_factor = 1e6;

struct solver {
    const struct solver_type *type;
    struct solver_state state;
    enum solver_status status;
    int phase;   /* the next one */
    long before; /* steps that another solver took */
};

static double adapter_flops(const struct solver_setup *setup, int inner_steps)
{
    double d = setup->moments->dimension;
    double r = setup->rank;
    double factors = setup->shape == ADAPTER_GENERAL ? 2 : 1;
    double thin = factors * 2 * d * d * r + 8 * d * r * r;
    double fix = factors * d * d;
    if (setup->moments->covariance) {
        thin += 2 * d * d * r;
        fix += 2 * d * d * d;
    }
    return r > 0 ? setup->moments->tasks * (fix + inner_steps * thin) : 0;
}

static double base_flops(const struct solver_setup *setup)
{
    double d = setup->moments->dimension;
    if (setup->base_frozen)
        return 0;
    double sum = d * d * (4 + 2.0 * setup->moments->tasks * setup->rank);
    return setup->moments->covariance ? sum + 2 * d * d * d : sum;
}

static double paper_flops(const struct solver_setup *setup)
{
    return adapter_flops(setup, setup->rates.inner_steps) + base_flops(setup);
}

static double gd_flops(const struct solver_setup *setup)
{
    return adapter_flops(setup, 1) + base_flops(setup);
}

static double adam_flops(const struct solver_setup *setup)
{
    enum { NUMBER_FLOPS = 16 }; /* for one number's averages, root and quotients */
    double d = setup->moments->dimension;
    double factors = setup->shape == ADAPTER_GENERAL ? 2 : 1;
    double moved = setup->moments->tasks * factors * d * setup->rank + (setup->base_frozen ? 0 : d * d);
    return gd_flops(setup) + NUMBER_FLOPS * moved;
}

/* A decomposition takes about as many operations as so many products of its size. */
static double altmin_flops(const struct solver_setup *setup)
{
    enum { SVD_PRODUCTS = 10, EIGEN_PRODUCTS = 2, MAJORISING_PRODUCTS = 12 };
    double d = setup->moments->dimension;
    double product = 2 * d * d * d;
    double fit = 0;
    if (setup->rank > 0 && setup->shape == ADAPTER_GENERAL)
        fit = SVD_PRODUCTS * product;
    else if (setup->rank > 0)
        fit = (setup->moments->covariance ? MAJORISING_PRODUCTS : EIGEN_PRODUCTS) * product;
    double look = setup->moments->covariance ? 3 * product : 0;
    return setup->moments->tasks * (fit + look + 8 * d * d * (1.0 + setup->rank));
}

const struct solver_type solver_table[] = {
    {.name = "paper",
     .summary = "several gradient steps on every adapter, then one on the base",
     .phases = 2,
     .phase_names = {"inner", "outer"},
     .workspace = descent_phases_workspace,
     .init = descent_phases_init,
     .phase = solver_paper_phase,
     .flops = paper_flops},
    {.name = "gd",
     .summary = "one gradient step on everything at once",
     .phases = 1,
     .phase_names = {"joint"},
     .workspace = descent_phases_workspace,
     .init = descent_phases_init,
     .phase = solver_gd_phase,
     .flops = gd_flops},
    {.name = "adam",
     .summary = "one step of Adam on everything at once",
     .phases = 1,
     .phase_names = {"joint"},
     .workspace = solver_adam_workspace,
     .init = solver_adam_init,
     .phase = solver_adam_phase,
     .flops = adam_flops},
    {.name = "altmin",
     .summary = "the best adapters for the base, then the best base for the adapters",
     .phases = 2,
     .phase_names = {"adapters", "base"},
     .workspace = solver_altmin_workspace,
     .init = solver_altmin_init,
     .end = solver_altmin_end,
     .phase = solver_altmin_phase,
     .flops = altmin_flops,
     .exact = true},
    {.name = "newton",
     .summary = "Gauss-Newton in a trust region on the adapters, the base in closed form",
     .phases = 1,
     .phase_names = {"joint"},
     .workspace = solver_newton_workspace,
     .init = solver_newton_init,
     .end = solver_newton_end,
     .phase = solver_newton_phase,
     .flops = solver_newton_flops,
     .exact = true},
    {.name = "lm",
     .summary = "Levenberg-Marquardt on the adapters, the base in closed form",
     .phases = 1,
     .phase_names = {"joint"},
     .workspace = solver_lm_workspace,
     .init = solver_lm_init,
     .phase = solver_lm_phase,
     .flops = solver_lm_flops,
     .exact = true,
     .most_unknowns = 2048}, /* which take 64 MB, and 0.15 s a step */
};

const int solver_count = sizeof solver_table / sizeof *solver_table;

int solver_find(const char *name)
{
    for (int i = 0; i < solver_count; i++)
        if (strcmp(solver_table[i].name, name) == 0)
            return i;
    return -1;
}

bool solver_should_spare(int tasks, int dimension, enum adapter_shape shape)
{
    static const double much = 256.0 * 1024 * 1024;
    double sides = shape == ADAPTER_GENERAL ? 2 : 1;
    return sides * tasks * dimension * dimension * sizeof(double) > much;
}

size_t solver_unknowns(int tasks, int dimension, int rank, enum adapter_shape shape)
{
    return (shape == ADAPTER_GENERAL ? 2 : 1) * (size_t)tasks * (size_t)dimension * (size_t)rank;
}

size_t solver_memory(const struct solver_type *type, const struct solver_setup *setup)
{
    size_t d = (size_t)setup->moments->dimension;
    size_t factors = arena_matrices_size((size_t)setup->moments->tasks, d, (size_t)setup->rank);
    size_t bytes = arena_add(arena_matrices_size(1, d, d), factors);
    if (setup->shape == ADAPTER_GENERAL)
        bytes = arena_add(bytes, factors);
    if (setup->network)
        bytes = arena_add(bytes, arena_doubles_size(d));
    return arena_add(bytes, type->workspace(setup));
}

static bool solver_init(struct solver *solver, struct arena *arena)
{
    struct solver_state *state = &solver->state;
    const struct solver_setup *setup = &state->setup;
    size_t d = (size_t)setup->moments->dimension;
    size_t tasks = (size_t)setup->moments->tasks;
    size_t factors = tasks * d * (size_t)setup->rank;
    state->arena = arena;
    state->point = (struct point){.dimension = setup->moments->dimension,
                                  .tasks = setup->moments->tasks,
                                  .rank = setup->rank,
                                  .shape = setup->shape,
                                  .base = arena_doubles(arena, d * d),
                                  .left = arena_doubles(arena, factors)};
    state->point.right = setup->shape == ADAPTER_GENERAL ? arena_doubles(arena, factors) : state->point.left;
    state->point.top = setup->network ? arena_doubles(arena, d) : NULL;
    state->bound = bound_factor * (1.0 + linalg_norm(tasks * d * d, setup->moments->cross));
    return solver->type->init(state);
}

struct solver *solver_new(const struct solver_type *type, const struct solver_setup *setup, struct err *err)
{
    size_t bytes = solver_memory(type, setup);
    struct solver *solver = malloc(sizeof *solver);
    struct arena *arena = arena_new(bytes);
    bool ready = false;
    if (solver && arena) {
        *solver = (struct solver){.type = type, .state.setup = *setup, .status = SOLVER_RUNNING};
        ready = solver_init(solver, arena);
        if (!ready && type->end)
            type->end(&solver->state);
    }
    if (ready)
        return solver;
    free(solver);
    arena_free(arena);
    err_set(err, ERR_MEMORY, "solver %s needs %.4g MB of memory, more than there is", type->name, (double)bytes / 1e6);
    return NULL;
}

void point_copy(const struct point *to, const struct point *from)
{
    size_t factors = (size_t)from->tasks * point_factor_size(from);
    memcpy(to->base, from->base, point_base_size(from) * sizeof(double));
    memcpy(to->left, from->left, factors * sizeof(double));
    if (to->right != to->left)
        memcpy(to->right, from->right, factors * sizeof(double));
    if (to->top && from->top)
        memcpy(to->top, from->top, (size_t)from->dimension * sizeof(double));
}

struct solver *solver_resume(const struct solver *from, const struct solver_type *type, const struct point *point,
                             enum solver_status status, long steps, struct err *err)
{
    struct solver *solver = solver_new(type, &from->state.setup, err);
    if (!solver)
        return NULL;
    point_copy(&solver->state.point, point);
    solver->before = steps;
    solver->status = status;
    return solver;
}

struct solver *solver_take_over(const struct solver *from, const struct solver_type *type, long steps, struct err *err)
{
    return solver_resume(from, type, &from->state.point, SOLVER_RUNNING, steps, err);
}

void solver_free(struct solver *solver)
{
    if (!solver)
        return;
    if (solver->type->end)
        solver->type->end(&solver->state);
    arena_free(solver->state.arena);
    free(solver);
}

enum err_code solver_start(struct solver *solver, uint64_t seed, int purpose, double scale, struct err *err)
{
    struct point *point = &solver->state.point;
    size_t size = point_factor_size(point);
    for (int t = 0; t < point->tasks && size > 0; t++) {
        struct random_stream *stream = random_new(seed, (enum random_purpose)purpose, t);
        if (!stream)
            return err_set(err, ERR_MEMORY, "out of memory for the first values of the adapters");
        random_normal(stream, scale, size, point->left + (size_t)t * size);
        if (point->shape == ADAPTER_GENERAL)
            random_normal(stream, scale, size, point->right + (size_t)t * size);
        random_free(stream);
    }
    solver->status = SOLVER_RUNNING;
    solver->phase = 0;
    solver->before = 0;
    solver->state.steps = 0;
    return ERR_NONE;
}

enum solver_status solver_step_phase(struct solver *solver, int *phase)
{
    if (phase)
        *phase = solver->phase;
    if (solver->status != SOLVER_RUNNING)
        return solver->status;
    solver->status = solver->type->phase(&solver->state, solver->phase);
    if (solver->status == SOLVER_DIVERGED)
        return SOLVER_DIVERGED;
    if (++solver->phase == solver->type->phases || solver->status != SOLVER_RUNNING) {
        solver->phase = 0;
        solver->state.steps++;
    }
    return solver->status;
}

enum solver_status solver_step(struct solver *solver)
{
    long before = solver->state.steps;
    while (solver_step_phase(solver, NULL) == SOLVER_RUNNING && solver->state.steps == before)
        ;
    return solver->status;
}

struct point *solver_point(struct solver *solver)
{
    return &solver->state.point;
}

double solver_slope(struct solver *solver)
{
    return solver->type->slope ? solver->type->slope(&solver->state) : (double)NAN;
}

long solver_steps(const struct solver *solver)
{
    return solver->before + solver->state.steps;
}

enum solver_status solver_status(const struct solver *solver)
{
    return solver->status;
}

void solver_set_rates(struct solver *solver, const struct solver_rates *rates)
{
    solver->state.setup.rates = *rates;
}

double solver_step_flops(const struct solver *solver)
{
    return solver->type->flops(&solver->state.setup);
}
