/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/solver_state.h"

#include "model/least_squares.h"
#include "model/linalg.h"
#include "model/normal.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The method of Levenberg (1944) and Marquardt (1963) as textbooks have it: a step solves
 *
 *     (J^T J + λ diag(J^T J)) move = −J^T f
 *
 * with little damping λ at first, a tenth of it after a step that lowers the loss, ten times as much after one that does not
 * (Press, Teukolsky, Vetterling and Flannery, Numerical Recipes, 15.5). J^T J is a matrix here, and decomposed. */
struct lm {
    struct least_squares squares;
    struct normal normal;
    double damping;  /* λ of the next step */
    double *square;  /* unknowns × unknowns: J^T J where it stands, the lower triangle */
    double *factor;  /* unknowns × unknowns */
    double *trial;   /* unknowns */
    double *step;    /* unknowns */
    double *trial_f; /* count */
};

/* λ at first and between which it stays: less is rounding of J^T J, and more than any step takes. */
static const double first_damping = 1e-3, damping_factor = 10, least_damping = DBL_EPSILON, most_damping = 1e40;

/* ---- a step ---- */

/* All that belongs to where it stands, once x and f do. */
static void look(struct lm *lm)
{
    struct least_squares *squares = &lm->squares;
    residual_back(&squares->residual, squares->x, squares->f, squares->slope);
    normal_fill(&lm->normal, squares->x, lm->square);
}

static void stand(struct least_squares *squares, const double *x)
{
    memcpy(squares->x, x, squares->unknowns * sizeof *x);
    residual_value(&squares->residual, squares->x, squares->f);
    look((struct lm *)squares);
}

/* lm->step for this damping; false: J^T J is too singular for it. A parameter that moves nothing is damped as the one that
 * moves most. */
static bool solve(struct lm *lm, double damping)
{
    const struct least_squares *squares = &lm->squares;
    size_t unknowns = squares->unknowns;
    double most = 0;
    for (size_t i = 0; i < unknowns; i++)
        most = fmax(most, lm->square[i * unknowns + i]);
    memcpy(lm->factor, lm->square, unknowns * unknowns * sizeof(double));
    for (size_t i = 0; i < unknowns; i++) {
        double *own = lm->factor + i * unknowns + i;
        *own += damping * (*own > 0 ? *own : most);
        lm->step[i] = -squares->slope[i];
    }
    return linalg_solve_definite((int)unknowns, lm->factor, lm->step);
}

/* Whether the step leads to a lower loss, and then takes it. */
static bool try_step(struct lm *lm)
{
    struct least_squares *squares = &lm->squares;
    size_t unknowns = squares->unknowns, count = squares->count;
    memcpy(lm->trial, squares->x, unknowns * sizeof(double));
    linalg_axpy(unknowns, 1, lm->step, lm->trial);
    residual_value(&squares->residual, lm->trial, lm->trial_f);
    if (!(linalg_norm(count, lm->trial_f) < linalg_norm(count, squares->f)))
        return false;
    memcpy(squares->x, lm->trial, unknowns * sizeof(double));
    memcpy(squares->f, lm->trial_f, count * sizeof(double));
    look(lm);
    return true;
}

/* The damping stays where no step lowers the loss, up to one that even the linear model promises nothing of that could be
 * seen; then the least damped step is in `move`. */
static bool advance(struct least_squares *squares)
{
    struct lm *lm = (struct lm *)squares;
    size_t unknowns = squares->unknowns;
    double loss = linalg_norm(squares->count, squares->f), visible = DBL_EPSILON * loss * loss;
    double damping = lm->damping;
    bool first = true, promising = true;
    memset(squares->move, 0, unknowns * sizeof(double));
    while (promising && damping < most_damping) {
        if (solve(lm, damping)) {
            if (first)
                memcpy(squares->move, lm->step, unknowns * sizeof(double));
            first = false;
            promising =
                -linalg_dot(unknowns, squares->slope, lm->step) > visible; /* it promises half of that at least */
            if (try_step(lm)) {
                lm->damping = fmax(damping / damping_factor, least_damping);
                return true;
            }
        }
        damping *= damping_factor;
    }
    return false;
}

/* ---- the solver ---- */

static size_t unknowns_of(const struct solver_setup *setup)
{
    return solver_unknowns(setup->moments->tasks, setup->moments->dimension, setup->rank, setup->shape);
}

size_t solver_lm_workspace(const struct solver_setup *setup)
{
    size_t unknowns = unknowns_of(setup);
    size_t bytes = arena_add(residual_workspace(setup), normal_workspace(setup));
    bytes = arena_add(bytes, arena_struct_size(sizeof(struct lm)));
    for (int i = 0; i < 2; i++) {
        bytes = arena_add(bytes, arena_matrices_size(1, unknowns, unknowns));
        bytes = arena_add(bytes, residual_size(setup));
    }
    for (int i = 0; i < 5; i++)
        bytes = arena_add(bytes, arena_doubles_size(unknowns));
    return bytes;
}

double solver_lm_flops(const struct solver_setup *setup)
{
    enum { TRIES = 2, SUMS = 8 }; /* in a step; in an entry of J^T J */
    double d = setup->moments->dimension, unknowns = (double)unknowns_of(setup);
    if (setup->rank == 0)
        return setup->moments->tasks * d * d;
    return residual_pair_flops(setup) + unknowns * unknowns * (TRIES * unknowns / 3 + SUMS);
}

bool solver_lm_init(struct solver_state *state)
{
    struct arena *arena = state->arena;
    struct lm *lm = arena_struct(arena, sizeof(struct lm));
    struct least_squares *squares = &lm->squares;
    state->own = lm;
    if (!least_squares_init(squares, &state->setup, arena))
        return false;
    size_t unknowns = squares->unknowns, count = squares->count;
    if (unknowns == 0)
        return true;
    normal_init(&lm->normal, &squares->residual, arena);
    lm->square = arena_doubles(arena, unknowns * unknowns);
    lm->factor = arena_doubles(arena, unknowns * unknowns);
    lm->step = arena_doubles(arena, unknowns);
    lm->trial = arena_doubles(arena, unknowns);
    lm->trial_f = arena_doubles(arena, count);
    squares->x = arena_doubles(arena, unknowns);
    squares->f = arena_doubles(arena, count);
    squares->slope = arena_doubles(arena, unknowns);
    squares->move = arena_doubles(arena, unknowns);
    squares->stand = stand;
    squares->advance = advance;
    return true;
}

/* What is carried from step to step besides the point. */
enum solver_status solver_lm_phase(struct solver_state *state, int phase)
{
    (void)phase;
    if (state->steps == 0)
        ((struct lm *)state->own)->damping = first_damping;
    return least_squares_step(state);
}
