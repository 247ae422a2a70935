/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/descent.h"

#include "model/linalg.h"
#include "model/thin.h"

#include <math.h>
#include <string.h>

/* The adapters are kept transposed as well, each row padded to whole panels: long vectors whatever the rank. Packed is
 * as in thin.h, and `sides` says that a packed matrix comes twice: symmetric adapters need M + M^T alone; general ones
 * need M^T for U's gradient and then M for V's. */
struct descent {
    const struct thin_kernel *kernel;
    const struct moments *moments;
    size_t d;
    size_t padded; /* d in whole panels */
    size_t rank;
    size_t tasks;
    size_t sides;
    size_t factor; /* rank × padded */
    size_t packed; /* d × padded */

    double *mean_anchor;     /* d × d: W̄ */
    double *mean_covariance; /* d × d: S̄; NULL in population */
    double *mean_residual;   /* d × d: D̄; NULL in population */
    double *anchor;          /* T × sides × packed: W°_t; NULL with samples */
    double *covariance;      /* T × packed: S_t; NULL in population */

    double *base;  /* sides × packed: A; NULL with samples */
    double *fixed; /* sides × packed: M_t */
    double *error; /* d × d: A less an anchor */
    double *slope; /* d × d: M_t; NULL in population */

    double *left;           /* T × rank × padded: U_t^T */
    double *right;          /* T × rank × padded: V_t^T; the same as left when symmetric */
    double *weighted;       /* T × rank × padded: (S_t V_t)^T; the same as right in population */
    double *left_gradient;  /* rank × padded */
    double *right_gradient; /* rank × padded */
    double *gram;           /* rank × rank */
    double *base_slope;     /* d × d: (A − W̄) S̄ − D̄ */
    double *base_step;      /* d × padded: Σ_t U_t (S_t V_t)^T, then the base one step on */
    double *saved_left;     /* T × d × rank: where the phase began */
    double *saved_right;    /* T × d × rank */

    bool keeps_base;   /* M_t is worth keeping: one task and a frozen base */
    double *kept_base; /* d × d: for which `fixed` was computed */
    bool kept;
};

/* Hands out arrays, or only adds up what they take, so that size and layout cannot differ. */
struct layout {
    struct arena *arena;
    bool adds_up;
    size_t bytes;
};

static double *take(struct layout *layout, size_t count, size_t rows, size_t columns)
{
    layout->bytes = arena_add(layout->bytes, arena_matrices_size(count, rows, columns));
    return layout->adds_up ? NULL : arena_doubles(layout->arena, count * rows * columns);
}

static void lay_out_data(struct descent *descent, struct layout *layout)
{
    size_t d = descent->d;
    size_t padded = descent->padded;
    size_t tasks = descent->rank > 0 ? descent->tasks : 0;
    descent->mean_anchor = take(layout, 1, d, d);
    descent->error = take(layout, 1, d, d);
    descent->fixed = take(layout, descent->sides, d, padded);
    descent->base_slope = take(layout, 1, d, d);
    descent->base_step = take(layout, 1, d, padded);
    if (descent->keeps_base)
        descent->kept_base = take(layout, 1, d, d);
    if (descent->moments->covariance) {
        descent->mean_covariance = take(layout, 1, d, d);
        descent->mean_residual = take(layout, 1, d, d);
        descent->slope = take(layout, 1, d, d);
        descent->covariance = take(layout, tasks, d, padded);
    } else {
        descent->base = take(layout, descent->sides, d, padded);
        descent->anchor = take(layout, tasks * descent->sides, d, padded);
    }
}

static void lay_out_adapters(struct descent *descent, struct layout *layout, bool general)
{
    size_t tasks = descent->tasks;
    size_t d = descent->d;
    size_t r = descent->rank;
    size_t padded = descent->padded;
    descent->left = descent->right = take(layout, tasks, r, padded);
    descent->saved_left = descent->saved_right = take(layout, tasks, d, r);
    descent->left_gradient = take(layout, 1, r, padded);
    descent->gram = take(layout, 1, r, r);
    if (general) {
        descent->right = take(layout, tasks, r, padded);
        descent->saved_right = take(layout, tasks, d, r);
        descent->right_gradient = take(layout, 1, r, padded);
    }
    descent->weighted = descent->moments->covariance ? take(layout, tasks, r, padded) : descent->right;
}

static struct descent lay_out(const struct solver_setup *setup, struct layout *layout)
{
    size_t d = (size_t)setup->moments->dimension;
    size_t padded = thin_padded(d);
    bool general = setup->shape == ADAPTER_GENERAL;
    struct descent descent = {.kernel = thin_kernel_best(),
                              .moments = setup->moments,
                              .d = d,
                              .padded = padded,
                              .rank = (size_t)setup->rank,
                              .tasks = (size_t)setup->moments->tasks,
                              .sides = general ? 2 : 1,
                              .factor = (size_t)setup->rank * padded,
                              .packed = d * padded,
                              .keeps_base = setup->base_frozen && setup->moments->tasks == 1};
    lay_out_data(&descent, layout);
    lay_out_adapters(&descent, layout, general);
    return descent;
}

static size_t own_size(void)
{
    return (sizeof(struct descent) + sizeof(double) - 1) / sizeof(double);
}

size_t descent_workspace(const struct solver_setup *setup)
{
    struct layout layout = {.adds_up = true};
    lay_out(setup, &layout);
    return arena_add(layout.bytes, arena_doubles_size(own_size()));
}

static void pack(const struct descent *descent, const double *matrix, double *packed)
{
    if (descent->sides == 1) {
        thin_pack(descent->d, matrix, packed);
        thin_pack_add_transposed(descent->d, matrix, packed);
    } else {
        thin_pack_transposed(descent->d, matrix, packed);
        thin_pack(descent->d, matrix, packed + descent->packed);
    }
}

/* Means over the tasks, so that the base's gradient costs no more for many. */
static void average(struct descent *descent)
{
    const struct moments *moments = descent->moments;
    size_t square = descent->d * descent->d;
    double share = 1.0 / moments->tasks;
    for (size_t t = 0; t < descent->tasks; t++)
        linalg_axpy(square, share, moments->anchor + t * square, descent->mean_anchor);
    if (!moments->covariance)
        return;
    int d = moments->dimension;
    for (size_t t = 0; t < descent->tasks; t++) {
        const double *covariance = moments->covariance + t * square;
        for (size_t i = 0; i < square; i++)
            descent->error[i] = moments->anchor[t * square + i] - descent->mean_anchor[i];
        linalg_axpy(square, share, covariance, descent->mean_covariance);
        linalg_axpy(square, share, moments->residual + t * square, descent->mean_residual);
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, d, d, share, descent->error, covariance, 1.0,
                    descent->mean_residual);
    }
}

void descent_init(struct solver_state *state)
{
    struct descent *descent = (struct descent *)(void *)arena_doubles(state->arena, own_size());
    struct layout layout = {.arena = state->arena};
    *descent = lay_out(&state->setup, &layout);
    state->own = descent;
    average(descent);
    size_t square = descent->d * descent->d;
    for (size_t t = 0; t < descent->tasks && descent->rank > 0; t++)
        if (descent->covariance)
            thin_pack(descent->d, descent->moments->covariance + t * square, descent->covariance + t * descent->packed);
        else
            pack(descent, descent->moments->anchor + t * square,
                 descent->anchor + t * descent->sides * descent->packed);
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

void descent_fix_task(struct solver_state *state, int task)
{
    struct descent *descent = state->own;
    const struct moments *moments = descent->moments;
    size_t t = (size_t)task;
    size_t square = descent->d * descent->d;
    if (descent->keeps_base) {
        if (descent->kept && memcmp(descent->kept_base, state->point.base, square * sizeof(double)) == 0)
            return;
        memcpy(descent->kept_base, state->point.base, square * sizeof(double));
        descent->kept = true;
    }
    if (!moments->covariance) {
        if (t == 0)
            pack(descent, state->point.base, descent->base);
        size_t size = descent->sides * descent->packed;
        descent->kernel->subtract(size, descent->base, descent->anchor + t * size, descent->fixed);
        return;
    }
    const double *anchor = moments->anchor + t * square;
    for (size_t i = 0; i < square; i++)
        descent->error[i] = state->point.base[i] - anchor[i];
    memcpy(descent->slope, moments->residual + t * square, square * sizeof(double));
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, moments->dimension, moments->dimension, moments->dimension, 1.0,
                descent->error, moments->covariance + t * square, -1.0, descent->slope);
    pack(descent, descent->slope, descent->fixed);
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
static void add_combination(const struct descent *descent, const double *rows, double scale, const double *x,
                            const double *y, double *out)
{
    size_t r = descent->rank;
    descent->kernel->gram(r, descent->padded, scale, x, y, descent->gram);
    for (size_t i = 0; i < descent->padded; i += THIN_PANEL)
        descent->kernel->multiply(r, rows + i, descent->padded, descent->gram, r, r, out + i, descent->padded, true);
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

void descent_adapter_gradient(struct solver_state *state, int task)
{
    struct descent *descent = state->own;
    size_t t = (size_t)task;
    const double *left = descent->left + t * descent->factor;
    const double *right = descent->right + t * descent->factor;
    const double *weighted = weigh(state, t);
    size_t size = point_factor_size(&state->point);

    multiply_packed(descent, descent->fixed, state->point.right + t * size, descent->left_gradient);
    if (descent->sides == 2) {
        add_combination(descent, left, 1.0, weighted, right, descent->left_gradient);
        multiply_packed(descent, descent->fixed + descent->packed, state->point.left + t * size,
                        descent->right_gradient);
        add_combination(descent, weighted, 1.0, left, left, descent->right_gradient);
    } else if (descent->covariance) {
        add_combination(descent, left, 1.0, weighted, left, descent->left_gradient);
        add_combination(descent, weighted, 1.0, left, left, descent->left_gradient);
    } else {
        add_combination(descent, left, 2.0, left, left, descent->left_gradient);
    }
}

void descent_move_adapter(struct solver_state *state, int task)
{
    struct descent *descent = state->own;
    size_t t = (size_t)task;
    size_t size = point_factor_size(&state->point);
    double rate = state->setup.rates.inner;
    double *left = descent->left + t * descent->factor;
    descent->kernel->descend(descent->factor, rate, descent->left_gradient, left);
    transpose_out(descent, left, state->point.left + t * size);
    if (descent->sides == 1)
        return;
    double *right = descent->right + t * descent->factor;
    descent->kernel->descend(descent->factor, rate, descent->right_gradient, right);
    transpose_out(descent, right, state->point.right + t * size);
}

void descent_base_gradient(struct solver_state *state)
{
    struct descent *descent = state->own;
    int d = state->point.dimension;
    size_t square = descent->d * descent->d;
    double *difference = descent->mean_covariance ? descent->error : descent->base_slope;
    descent->kernel->subtract(square, state->point.base, descent->mean_anchor, difference);
    if (descent->mean_covariance) {
        memcpy(descent->base_slope, descent->mean_residual, square * sizeof(double));
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, d, d, 1.0, difference, descent->mean_covariance, -1.0,
                    descent->base_slope);
    }
    for (size_t t = 0; t < descent->tasks && descent->rank > 0; t++)
        weigh(state, t);
    for (size_t j = 0; j < descent->padded; j += THIN_PANEL)
        descent->kernel->multiply(descent->tasks * descent->rank, descent->weighted + j, descent->padded, descent->left,
                                  descent->padded, descent->d, descent->base_step + j, descent->padded, false);
}

struct descent_slopes descent_adapter_slopes(struct solver_state *state, int task)
{
    const struct descent *descent = state->own;
    (void)task;
    return (struct descent_slopes){
        .left = descent->left_gradient, .right = descent->right_gradient, .count = descent->factor};
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

/* The base one step on, in the place of the adapters' part of its gradient; its squared Frobenius norm. */
static double propose_base(const struct solver_state *state)
{
    const struct descent *descent = state->own;
    double rate = state->setup.rates.outer;
    double sum = 0;
    for (size_t i = 0; i < descent->d; i++)
        sum += descent->kernel->propose(descent->d, state->point.base + i * descent->d, rate,
                                        descent->base_slope + i * descent->d, rate / state->point.tasks,
                                        descent->base_step + i * descent->padded);
    return sum;
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
    for (size_t i = 0; i < descent->d && base; i++)
        memcpy(point->base + i * descent->d, descent->base_step + i * descent->padded, descent->d * sizeof(double));
    return SOLVER_RUNNING;
}
