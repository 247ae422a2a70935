/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/descent_state.h"
#include "model/linalg.h"

#include <math.h>
#include <string.h>

void descent_pack(const struct descent *descent, const double *matrix, double *packed)
{
    if (descent->sides == 1) {
        thin_pack(descent->d, matrix, packed);
        thin_pack_add_transposed(descent->d, matrix, packed);
    } else {
        thin_pack_transposed(descent->d, matrix, packed);
        thin_pack(descent->d, matrix, packed + descent->packed);
    }
}

/* rows × columns, with padded columns of the transpose. */
static void transpose_in(const struct descent *descent, const double *factor, double *transposed)
{
    for (size_t i = 0; i < descent->d; i++)
        for (size_t c = 0; c < descent->rank; c++)
            transposed[c * descent->padded + i] = factor[i * descent->rank + c];
}

static void transpose_out(const struct descent *descent, const double *transposed, double *factor)
{
    for (size_t i = 0; i < descent->d; i++)
        for (size_t c = 0; c < descent->rank; c++)
            factor[i * descent->rank + c] = transposed[c * descent->padded + i];
}

void descent_begin(struct solver_state *state)
{
    struct descent *descent = state->own;
    const struct point *point = &state->point;
    if (descent->rank == 0)
        return;
    size_t size = point_factor_size(point);
    for (size_t t = 0; t < descent->tasks; t++) {
        transpose_in(descent, point->left + t * size, descent->left + t * descent->factor);
        if (descent->right != descent->left)
            transpose_in(descent, point->right + t * size, descent->right + t * descent->factor);
    }
    memcpy(descent->saved_left, point->left, descent->tasks * size * sizeof *point->left);
    if (descent->right != descent->left)
        memcpy(descent->saved_right, point->right, descent->tasks * size * sizeof *point->right);
}

/* Packed in population: a difference of what is packed already, or packed anew. */
static void fix_in_population(const struct descent *descent, const struct descent_lane *lane, const double *base,
                              size_t t)
{
    size_t d = descent->d, size = descent->sides * descent->packed;
    if (descent->anchor) {
        descent->kernel->subtract(size, descent->base, descent->anchor + t * size, lane->fixed);
        return;
    }
    const double *anchor = descent->moments->anchor + t * d * d;
    descent_pack(descent, base, lane->fixed);
    thin_pack_subtract_transposed(d, anchor, lane->fixed);
    thin_pack_subtract(d, anchor, descent->sides == 1 ? lane->fixed : lane->fixed + descent->packed);
}

static void fix_task(struct solver_state *state, const struct descent_lane *lane, size_t t)
{
    struct descent *descent = state->own;
    const struct moments *moments = descent->moments;
    size_t square = descent->d * descent->d;
    if (descent->keeps_base) {
        if (descent->kept && memcmp(descent->kept_base, state->point.base, square * sizeof(double)) == 0)
            return;
        memcpy(descent->kept_base, state->point.base, square * sizeof(double));
        descent->kept = true;
    }
    if (!moments->covariance) {
        fix_in_population(descent, lane, state->point.base, t);
        return;
    }
    const double *anchor = moments->anchor + t * square;
    for (size_t i = 0; i < square; i++)
        lane->error[i] = state->point.base[i] - anchor[i];
    memcpy(lane->slope, moments->residual + t * square, square * sizeof(double));
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, moments->dimension, moments->dimension, moments->dimension, 1.0,
                lane->error, moments->covariance + t * square, -1.0, lane->slope);
    descent_pack(descent, lane->slope, lane->fixed);
}

static void pack_base(struct solver_state *state)
{
    const struct descent *descent = state->own;
    if (descent->base)
        descent_pack(descent, state->point.base, descent->base);
}

void descent_fix_task(struct solver_state *state, int task)
{
    const struct descent *descent = state->own;
    if (task == 0)
        pack_base(state);
    fix_task(state, &descent->lane[0], (size_t)task);
}

/* out (rank × padded) = factor^T P for a packed P, the factor being d × rank. */
static void multiply_packed(const struct descent *descent, const double *packed, const double *factor, double *out)
{
    size_t r = descent->rank;
    for (size_t i = 0; i < descent->padded; i += THIN_PANEL)
        descent->kernel->multiply(descent->d, packed + i * descent->d, THIN_PANEL, factor, r, r, out + i,
                                  descent->padded, false);
}

/* out += scale · (x y^T)^T rows, all rank × padded: out_c += Σ_l rows_l · scale · ⟨x_l, y_c⟩. */
static void add_combination(const struct descent *descent, double *gram, const double *rows, double scale,
                            const double *x, const double *y, double *out)
{
    size_t r = descent->rank;
    descent->kernel->gram(r, descent->padded, scale, x, y, gram);
    for (size_t i = 0; i < descent->padded; i += THIN_PANEL)
        descent->kernel->multiply(r, rows + i, descent->padded, gram, r, r, out + i, descent->padded, true);
}

/* (S_t V_t)^T; in population it is V_t^T itself. */
static double *weigh(const struct solver_state *state, size_t t)
{
    const struct descent *descent = state->own;
    double *weighted = descent->weighted + t * descent->factor;
    if (descent->covariance)
        multiply_packed(descent, descent->covariance + t * descent->packed,
                        state->point.right + t * point_factor_size(&state->point), weighted);
    return weighted;
}

/* Where M_t comes from: it is there; or it is found panel by panel, each multiplied while it is in cache, and kept or
 * not. */
enum source { THERE, FOUND, PASSING };

/* multiply_packed for side 0 or 1 of M_t. */
static void multiply_fixed(const struct descent *descent, const struct descent_lane *lane, size_t t, size_t side,
                           enum source source, const double *factor, double *out)
{
    size_t r = descent->rank, panel = descent->d * THIN_PANEL;
    double *fixed = lane->fixed + side * descent->packed;
    if (source == THERE) {
        multiply_packed(descent, fixed, factor, out);
        return;
    }
    const double *base = descent->base + side * descent->packed;
    const double *anchor = descent->anchor + (t * descent->sides + side) * descent->packed;
    for (size_t i = 0; i < descent->padded; i += THIN_PANEL, base += panel, anchor += panel) {
        descent->kernel->subtract(panel, base, anchor, fixed);
        descent->kernel->multiply(descent->d, fixed, THIN_PANEL, factor, r, r, out + i, descent->padded, false);
        fixed += source == FOUND ? panel : 0;
    }
}

static void find_adapter_gradient(const struct solver_state *state, const struct descent_lane *lane, size_t t,
                                  enum source source)
{
    const struct descent *descent = state->own;
    const double *left = descent->left + t * descent->factor;
    const double *right = descent->right + t * descent->factor;
    const double *weighted = weigh(state, t);
    size_t size = point_factor_size(&state->point);

    multiply_fixed(descent, lane, t, 0, source, state->point.right + t * size, lane->left_gradient);
    if (descent->sides == 2) {
        add_combination(descent, lane->gram, left, 1.0, weighted, right, lane->left_gradient);
        multiply_fixed(descent, lane, t, 1, source, state->point.left + t * size, lane->right_gradient);
        add_combination(descent, lane->gram, weighted, 1.0, left, left, lane->right_gradient);
    } else if (descent->covariance) {
        add_combination(descent, lane->gram, left, 1.0, weighted, left, lane->left_gradient);
        add_combination(descent, lane->gram, weighted, 1.0, left, left, lane->left_gradient);
    } else {
        add_combination(descent, lane->gram, left, 2.0, left, left, lane->left_gradient);
    }
}

void descent_adapter_gradient(struct solver_state *state, int task)
{
    const struct descent *descent = state->own;
    find_adapter_gradient(state, &descent->lane[0], (size_t)task, THERE);
}

static void move_adapter(const struct solver_state *state, const struct descent_lane *lane, size_t t)
{
    const struct descent *descent = state->own;
    size_t size = point_factor_size(&state->point);
    double rate = state->setup.rates.inner;
    double *left = descent->left + t * descent->factor;
    descent->kernel->descend(descent->factor, rate, lane->left_gradient, left);
    transpose_out(descent, left, state->point.left + t * size);
    if (descent->sides == 1)
        return;
    double *right = descent->right + t * descent->factor;
    descent->kernel->descend(descent->factor, rate, lane->right_gradient, right);
    transpose_out(descent, right, state->point.right + t * size);
}

void descent_move_adapter(struct solver_state *state, int task)
{
    const struct descent *descent = state->own;
    move_adapter(state, &descent->lane[0], (size_t)task);
}

/* ---- shared out to the pool ---- */

struct walk {
    struct solver_state *state;
    int steps;
};

static void walk_task(void *context, int item, int lane)
{
    const struct walk *walk = context;
    const struct descent *descent = walk->state->own;
    size_t t = (size_t)item;
    enum source source = THERE;
    if (descent->anchor && !descent->keeps_base)
        source = walk->steps == 1 ? PASSING : FOUND;
    else
        fix_task(walk->state, &descent->lane[lane], t);
    for (int i = 0; i < walk->steps; i++) {
        find_adapter_gradient(walk->state, &descent->lane[lane], t, source);
        move_adapter(walk->state, &descent->lane[lane], t);
        source = THERE;
    }
}

static struct pool *pool_for(const struct solver_state *state, int lanes)
{
    return pool_lanes(state->setup.pool) <= lanes ? state->setup.pool : NULL;
}

void descent_walk(struct solver_state *state, int steps)
{
    const struct descent *descent = state->own;
    struct walk walk = {.state = state, .steps = steps};
    pack_base(state);
    pool_run(pool_for(state, descent->lanes), state->point.tasks, walk_task, &walk);
}

static void weigh_task(void *context, int item, int lane)
{
    (void)lane;
    weigh(context, (size_t)item);
}

static void add_panel(void *context, int item, int lane)
{
    (void)lane;
    const struct solver_state *state = context;
    const struct descent *descent = state->own;
    size_t j = (size_t)item * THIN_PANEL;
    descent->kernel->multiply(descent->tasks * descent->rank, descent->weighted + j, descent->padded, descent->left,
                              descent->padded, descent->d, descent->base_step + j, descent->padded, false);
}

static int blocks(const struct descent *descent)
{
    return (int)((descent->d + DESCENT_BLOCK - 1) / DESCENT_BLOCK);
}

static size_t block_rows(const struct descent *descent, int item)
{
    size_t rest = descent->d - (size_t)item * DESCENT_BLOCK;
    return rest < DESCENT_BLOCK ? rest : DESCENT_BLOCK;
}

/* (A − W̄) S̄ − D̄, some rows of it: always the same ones, so that the products have the same bits on any number of
 * threads. */
static void find_slope(void *context, int item, int lane)
{
    (void)lane;
    const struct solver_state *state = context;
    const struct descent *descent = state->own;
    size_t d = descent->d, from = (size_t)item * DESCENT_BLOCK * d, count = block_rows(descent, item) * d;
    const double *base = state->point.base + from, *anchor = descent->mean_anchor + from;
    double *slope = descent->base_slope + from;
    if (!descent->mean_covariance) {
        descent->kernel->subtract(count, base, anchor, slope);
        return;
    }
    double *error = descent->base_step + (size_t)item * DESCENT_BLOCK * descent->padded; /* free as yet */
    descent->kernel->subtract(count, base, anchor, error);
    memcpy(slope, descent->mean_residual + from, count * sizeof *slope);
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, (int)block_rows(descent, item), (int)d, (int)d, 1.0, error,
                descent->mean_covariance, -1.0, slope);
}

void descent_base_gradient(struct solver_state *state)
{
    const struct descent *descent = state->own;
    struct pool *pool = state->setup.pool;
    if (!descent->slope_late)
        pool_run(pool, blocks(descent), find_slope, state);
    if (descent->covariance && descent->rank > 0)
        pool_run(pool, state->point.tasks, weigh_task, state);
    pool_run(pool, (int)(descent->padded / THIN_PANEL), add_panel, state);
}

struct descent_slopes descent_adapter_slopes(struct solver_state *state, int task)
{
    const struct descent *descent = state->own;
    (void)task;
    return (struct descent_slopes){
        .left = descent->lane[0].left_gradient, .right = descent->lane[0].right_gradient, .count = descent->factor};
}

size_t descent_slope_count(const struct solver_setup *setup)
{
    return (size_t)setup->rank * thin_padded((size_t)setup->moments->dimension);
}

double *descent_base_slope(struct solver_state *state)
{
    const struct descent *descent = state->own;
    double share = 1.0 / state->point.tasks;
    for (size_t i = 0; i < descent->d; i++)
        linalg_axpy(descent->d, share, descent->base_step + i * descent->padded, descent->base_slope + i * descent->d);
    memset(descent->base_step, 0, descent->packed * sizeof(double));
    return descent->base_slope;
}

/* The base one step on, in the place of the adapters' part of its gradient. */
static void propose_rows(void *context, int item, int lane)
{
    const struct solver_state *state = context;
    const struct descent *descent = state->own;
    double rate = state->setup.rates.outer;
    double sum = 0;
    if (descent->slope_late)
        find_slope(context, item, lane);
    for (size_t i = (size_t)item * DESCENT_BLOCK; i < (size_t)item * DESCENT_BLOCK + block_rows(descent, item); i++)
        sum += descent->kernel->propose(descent->d, state->point.base + i * descent->d, rate,
                                        descent->base_slope + i * descent->d, rate / state->point.tasks,
                                        descent->base_step + i * descent->padded);
    descent->squares[item] = sum;
}

/* Its squared Frobenius norm. */
static double propose_base(struct solver_state *state)
{
    const struct descent *descent = state->own;
    double sum = 0;
    pool_run(state->setup.pool, blocks(descent), propose_rows, state);
    for (int i = 0; i < blocks(descent); i++)
        sum += descent->squares[i];
    return sum;
}

static void show_rows(void *context, int item, int lane)
{
    (void)lane;
    const struct solver_state *state = context;
    const struct descent *descent = state->own;
    for (size_t i = (size_t)item * DESCENT_BLOCK; i < (size_t)item * DESCENT_BLOCK + block_rows(descent, item); i++)
        memcpy(state->point.base + i * descent->d, descent->base_step + i * descent->padded,
               descent->d * sizeof(double));
}

static double adapters_norm(const struct descent *descent, const double *factors)
{
    double sum = 0;
    descent->kernel->gram(1, descent->tasks * descent->factor, 1.0, factors, factors, &sum);
    return sqrt(sum);
}

enum solver_status descent_settle(struct solver_state *state, bool base)
{
    const struct descent *descent = state->own;
    const struct point *point = &state->point;
    size_t count = descent->tasks * point_factor_size(point);
    bool within =
        adapters_norm(descent, descent->left) <= state->bound && adapters_norm(descent, descent->right) <= state->bound;
    if (base)
        within = sqrt(propose_base(state)) <= state->bound && within;
    if (!within) {
        if (count > 0) {
            memcpy(point->left, descent->saved_left, count * sizeof(double));
            memcpy(point->right, descent->saved_right, count * sizeof(double));
        }
        return SOLVER_DIVERGED;
    }
    if (base)
        pool_run(state->setup.pool, blocks(descent), show_rows, state);
    return SOLVER_RUNNING;
}
