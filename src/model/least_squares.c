/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/least_squares.h"

#include "model/linalg.h"

#include <float.h>
#include <string.h>

/* What counts as rounding: of the residual and the gradient, in units of DBL_EPSILON times the terms they are sums of. */
static const double rounding = 32;

/* Where the loss no longer falls in the last digit, the gradient is as small as the loss can tell: its square root of a
 * digit, and some. */
static const double flat = 1e-6;

/* Adapters run off that are so many times as large as what they are to hold, and larger than where they began; or fewer
 * times, where from one mark to the next, twice as many steps on, they grew by this much and the loss kept this share. */
static const double far = 1e3, farther = 5, growth = 1.2, kept = 0.9;
enum { FIRST_MARK = 32 };

/* A residual below this share of the data, which can fall no further, is none. */
static const double vanished = 1e-11;

bool least_squares_init(struct least_squares *squares, const struct solver_setup *setup, struct arena *arena)
{
    if (!residual_init(&squares->residual, setup, arena))
        return false;
    squares->unknowns = residual_unknowns(&squares->residual);
    squares->count = residual_count(&squares->residual);
    return true;
}

/* Without spurious minima: a frozen base leaves a low-rank approximation of each task (Eckart and Young). With samples the
 * least loss is not known. */
static bool rest_is_minimum(const struct least_squares *squares, double adapters)
{
    return (squares->residual.frozen || squares->residual.root) && adapters > 0;
}

static double loss_norm(const struct least_squares *squares)
{
    return linalg_norm(squares->count, squares->f);
}

static double slope_norm(const struct least_squares *squares)
{
    return linalg_norm(squares->unknowns, squares->slope);
}

static double reach_norm(const struct least_squares *squares)
{
    return linalg_norm(squares->unknowns, squares->x);
}

/* `flattened`: no step was found that lowers the loss. */
static enum solver_status judge(const struct least_squares *squares, bool flattened)
{
    double loss = loss_norm(squares), slope = slope_norm(squares), reach = reach_norm(squares);
    double adapters = residual_adapters_norm(&squares->residual, squares->x);
    double digit = rounding * DBL_EPSILON * (squares->residual.size + adapters);
    if (loss <= digit || (flattened && loss <= vanished * squares->residual.size))
        return SOLVER_CONVERGED;
    if (slope <= flat * reach * loss && (flattened || slope <= digit * reach))
        return rest_is_minimum(squares, adapters) ? SOLVER_CONVERGED : SOLVER_STALLED;
    return SOLVER_RUNNING;
}

/* After step `step`: whether the adapters run off. The low-rank differences that the tasks' adapters span are no closed
 * set, so there need be no minimum. */
static bool runs_off(struct least_squares *squares, long step)
{
    double loss = loss_norm(squares), spread = squares->residual.spread;
    double adapters = residual_adapters_norm(&squares->residual, squares->x);
    if (adapters > far * spread && adapters > squares->begun)
        return true;
    if (step != squares->mark)
        return false;
    bool creeps = step > FIRST_MARK && adapters > farther * spread && adapters > growth * squares->adapters &&
                  loss * loss > kept * squares->loss * squares->loss;
    squares->mark = 2 * step;
    squares->loss = loss;
    squares->adapters = adapters;
    return creeps;
}

static void stand_at_point(struct least_squares *squares, const struct point *point)
{
    size_t factors = squares->residual.factors;
    memcpy(squares->move, point->left, factors * sizeof(double));
    if (squares->residual.general)
        memcpy(squares->move + factors, point->right, factors * sizeof(double));
    squares->stand(squares, squares->move);
}

static void begin(struct least_squares *squares, const struct point *point)
{
    residual_begin(&squares->residual, point->base);
    squares->mark = FIRST_MARK;
    if (squares->unknowns > 0) {
        stand_at_point(squares, point);
        squares->begun = residual_adapters_norm(&squares->residual, squares->x);
    }
}

/* Where the loss can tell no more, the gradient can: takes the step that was refused if it halves the gradient. */
static bool polish(struct least_squares *squares, const struct point *point)
{
    double before = slope_norm(squares);
    if (before > flat * reach_norm(squares) * loss_norm(squares))
        return false;
    linalg_axpy(squares->unknowns, 1, squares->x, squares->move);
    squares->stand(squares, squares->move);
    if (slope_norm(squares) < 0.5 * before)
        return true;
    stand_at_point(squares, point);
    return false;
}

static void take_point(struct least_squares *squares, const struct point *point)
{
    size_t factors = squares->residual.factors;
    if (squares->unknowns > 0)
        memcpy(point->left, squares->x, factors * sizeof(double));
    if (squares->unknowns > 0 && squares->residual.general)
        memcpy(point->right, squares->x + factors, factors * sizeof(double));
    residual_base(&squares->residual, squares->x, point->base);
}

enum solver_status least_squares_step(struct solver_state *state)
{
    struct least_squares *squares = state->own;
    if (state->steps == 0)
        begin(squares, &state->point);
    enum solver_status status = SOLVER_CONVERGED; /* without adapters the base is all there is */
    if (squares->unknowns > 0)
        status = state->steps == 0 ? judge(squares, false) : SOLVER_RUNNING;
    if (status == SOLVER_RUNNING) {
        bool fell = squares->advance(squares) || polish(squares, &state->point);
        status = judge(squares, !fell);
    }
    if (status == SOLVER_RUNNING && runs_off(squares, state->steps + 1))
        status = SOLVER_UNBOUNDED;
    take_point(squares, &state->point);
    return status;
}
