/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/small.h"

#include "model/linalg.h"
#include "model/thin.h"

#include <math.h>
#include <string.h>

/* Matrices are d rows of THIN_PANEL, factors r rows of it: U^T. `fixed` is what thin_step wants of each task. */
struct small {
    const struct thin_kernel *kernel;
    size_t d, rank, tasks;
    size_t matrix, factor; /* doubles of each, padded */
    bool general, samples;
    bool fixed_is_kept; /* it is that of `base` */

    double *seen;       /* d × d, packed: the base as it was taken over or shown last */
    double *base;       /* A^T */
    double *straight;   /* A + A^T, or A for general adapters; NULL with samples */
    double *anchor;     /* T: W°_t^T; in population W°_t + W°_t^T, or W°_t^T and after all T W°_t */
    double *covariance; /* T: S_t; NULL in population */
    double *residual;   /* T: −(D_t + D_t^T); general −D_t^T, and −D_t after all T; NULL in population */
    double *fixed;      /* T, and for general adapters T more */

    double *mean_anchor;     /* W̄^T */
    double *mean_covariance; /* S̄ */
    double *mean_residual;   /* −D̄^T */
    double *error;           /* A^T less an anchor */
    double *slope, *step;    /* of the base, transposed */

    double *left, *right, *weighted; /* T factors: U_t^T, V_t^T, (S_t V_t)^T */
};

bool small_fits(const struct solver_setup *setup)
{
    return setup->moments->dimension <= THIN_PANEL && setup->rank <= THIN_STEP_RANK;
}

struct piece {
    double **array;
    size_t count;
};

enum { PIECES = 16 };

/* What each array takes; one list for the size and for the layout. */
static void list_pieces(struct small *small, const struct solver_setup *setup, struct piece pieces[PIECES])
{
    size_t d = (size_t)setup->moments->dimension;
    size_t tasks = (size_t)setup->moments->tasks;
    size_t rank = (size_t)setup->rank;
    bool general = setup->shape == ADAPTER_GENERAL;
    bool samples = setup->moments->covariance != NULL;
    *small = (struct small){.kernel = thin_kernel_best(),
                            .d = d,
                            .rank = rank,
                            .tasks = tasks,
                            .matrix = d * THIN_PANEL,
                            .factor = rank * THIN_PANEL,
                            .general = general,
                            .samples = samples};
    size_t matrix = small->matrix;
    size_t all = rank > 0 ? tasks * matrix : 0;
    size_t sides = general ? 2 * all : all;
    size_t factors = tasks * small->factor;
    const struct piece list[PIECES] = {
        {&small->seen, d * d},
        {&small->base, matrix},
        {&small->straight, samples ? 0 : matrix},
        {&small->anchor, sides},
        {&small->covariance, samples ? all : 0},
        {&small->residual, samples ? sides : 0},
        {&small->fixed, sides},
        {&small->mean_anchor, matrix},
        {&small->mean_covariance, samples ? matrix : 0},
        {&small->mean_residual, samples ? matrix : 0},
        {&small->error, matrix},
        {&small->slope, matrix},
        {&small->step, matrix},
        {&small->left, factors},
        {&small->right, general ? factors : 0},
        {&small->weighted, samples ? factors : 0},
    };
    memcpy(pieces, list, sizeof list);
}

size_t small_workspace(const struct solver_setup *setup)
{
    struct small small;
    struct piece pieces[PIECES];
    list_pieces(&small, setup, pieces);
    size_t bytes = arena_struct_size(sizeof(struct small));
    for (int i = 0; i < PIECES; i++)
        bytes = arena_add(bytes, arena_doubles_size(pieces[i].count));
    return bytes;
}

/* out += scale · matrix (d × d, row-major), or its transpose. */
static void add_padded(size_t d, double scale, const double *matrix, bool transposed, double *out)
{
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            out[i * THIN_PANEL + j] += scale * (transposed ? matrix[j * d + i] : matrix[i * d + j]);
}

/* What a step needs of x, as `fixed` does: x + x^T, or x^T and after all tasks' x. */
static void add_sides(const struct small *small, double scale, const double *x, double *out)
{
    add_padded(small->d, scale, x, true, out);
    add_padded(small->d, scale, x, false, small->general ? out + small->tasks * small->matrix : out);
}

static void fill_task(struct small *small, const struct moments *moments, size_t t)
{
    const double *anchor = moments->anchor + t * small->d * small->d;
    if (!small->samples) {
        add_sides(small, 1, anchor, small->anchor + t * small->matrix);
        return;
    }
    add_padded(small->d, 1, anchor, true, small->anchor + t * small->matrix);
    add_padded(small->d, 1, moments->covariance + t * small->d * small->d, false,
               small->covariance + t * small->matrix);
    add_sides(small, -1, moments->residual + t * small->d * small->d, small->residual + t * small->matrix);
}

/* out[c] += Σ_l y[l][c] · x[l], d rows each: y^T x. */
static void add_product(const struct small *small, const double *x, const double *y, double *out)
{
    small->kernel->multiply(small->d, x, THIN_PANEL, y, THIN_PANEL, small->d, out, THIN_PANEL, true);
}

/* The mean loss's gradient is (A − W̄) S̄ − D̄ with D̄ = mean D_t + (W°_t − W̄) S_t. */
static void average(struct small *small, const struct moments *moments)
{
    size_t square = small->d * small->d;
    double share = 1.0 / moments->tasks;
    for (size_t t = 0; t < small->tasks; t++)
        add_padded(small->d, share, moments->anchor + t * square, true, small->mean_anchor);
    for (size_t t = 0; t < small->tasks && small->samples; t++) {
        double *covariance = small->slope;
        memset(covariance, 0, small->matrix * sizeof *covariance);
        memset(small->error, 0, small->matrix * sizeof *small->error);
        add_padded(small->d, share, moments->covariance + t * square, false, covariance);
        add_padded(small->d, -1, moments->anchor + t * square, true, small->error);
        linalg_axpy(small->matrix, 1, small->mean_anchor, small->error);
        linalg_axpy(small->matrix, 1, covariance, small->mean_covariance);
        add_product(small, small->error, covariance, small->mean_residual);
        add_padded(small->d, -share, moments->residual + t * square, true, small->mean_residual);
    }
}

void small_init(struct solver_state *state)
{
    struct small *small = arena_struct(state->arena, sizeof(struct small));
    struct piece pieces[PIECES];
    list_pieces(small, &state->setup, pieces);
    for (int i = 0; i < PIECES; i++)
        *pieces[i].array = pieces[i].count > 0 ? arena_doubles(state->arena, pieces[i].count) : NULL;
    if (!small->general)
        small->right = small->left;
    if (!small->samples)
        small->weighted = small->right;
    state->own = small;
    for (size_t t = 0; t < small->tasks && small->rank > 0; t++)
        fill_task(small, state->setup.moments, t);
    average(small, state->setup.moments);
}

/* A factor of one column is its own transpose. */
static void transpose_in(const struct small *small, const double *factors, double *transposed)
{
    size_t d = small->d, rank = small->rank;
    for (size_t t = 0; t < small->tasks; t++, factors += d * rank, transposed += small->factor)
        if (rank == 1)
            memcpy(transposed, factors, d * sizeof *factors);
        else
            for (size_t i = 0; i < d; i++)
                for (size_t c = 0; c < rank; c++)
                    transposed[c * THIN_PANEL + i] = factors[i * rank + c];
}

static void transpose_out(const struct small *small, const double *transposed, double *factors)
{
    size_t d = small->d, rank = small->rank;
    for (size_t t = 0; t < small->tasks; t++, factors += d * rank, transposed += small->factor)
        if (rank == 1)
            memcpy(factors, transposed, d * sizeof *factors);
        else
            for (size_t i = 0; i < d; i++)
                for (size_t c = 0; c < rank; c++)
                    factors[i * rank + c] = transposed[c * THIN_PANEL + i];
}

/* Takes over the adapters as they are. */
static void begin(struct small *small, const struct point *point)
{
    if (small->rank == 0)
        return;
    transpose_in(small, point->left, small->left);
    if (small->general)
        transpose_in(small, point->right, small->right);
}

/* Takes over the base as it is. True: it is the same as last time. */
static bool begin_base(struct small *small, const double *base)
{
    size_t d = small->d;
    if (memcmp(small->seen, base, d * d * sizeof *base) == 0)
        return true;
    memcpy(small->seen, base, d * d * sizeof *base);
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            small->base[j * THIN_PANEL + i] = base[i * d + j];
    return false;
}

static void straighten(struct small *small, const double *base)
{
    size_t d = small->d;
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            small->straight[i * THIN_PANEL + j] = base[i * d + j] + (small->general ? 0 : base[j * d + i]);
}

/* M_t = (A − W°_t) S_t − D_t; its transpose S_t (A − W°_t)^T − D_t^T has the factors the other way round. */
static void fix_task(struct small *small, size_t t)
{
    const struct thin_kernel *kernel = small->kernel;
    size_t matrix = small->matrix;
    size_t other = small->general ? small->tasks * matrix : 0;
    double *fixed = small->fixed + t * matrix;
    const double *anchor = small->anchor + t * matrix;
    if (!small->samples) {
        kernel->subtract(matrix, small->general ? small->base : small->straight, anchor, fixed);
        if (small->general)
            kernel->subtract(matrix, small->straight, anchor + other, fixed + other);
        return;
    }
    const double *covariance = small->covariance + t * matrix;
    kernel->subtract(matrix, small->base, anchor, small->error);
    memcpy(fixed, small->residual + t * matrix, matrix * sizeof *fixed);
    if (small->general)
        memcpy(fixed + other, small->residual + other + t * matrix, matrix * sizeof *fixed);
    add_product(small, covariance, small->error, fixed + other);
    add_product(small, small->error, covariance, fixed);
}

static void fix_tasks(struct small *small, const double *base)
{
    if (begin_base(small, base) && small->fixed_is_kept)
        return;
    if (!small->samples)
        straighten(small, base);
    for (size_t t = 0; t < small->tasks; t++)
        fix_task(small, t);
    small->fixed_is_kept = true;
}

static void move_adapters(struct small *small, const struct solver_setup *setup, int steps)
{
    struct thin_step step = {.d = small->d, .rank = setup->rank, .rate = setup->rates.inner};
    for (int i = 0; i < steps; i++)
        for (size_t t = 0; t < small->tasks; t++) {
            step.fixed = small->fixed + t * small->matrix;
            step.fixed_right = small->general ? step.fixed + small->tasks * small->matrix : NULL;
            step.covariance = small->samples ? small->covariance + t * small->matrix : NULL;
            step.left = small->left + t * small->factor;
            step.right = small->right + t * small->factor;
            small->kernel->step(&step);
        }
}

/* Gradient of the mean loss by the base, transposed, in two parts: slope + step / T. */
static void find_slope(struct small *small, const struct point *point)
{
    const struct thin_kernel *kernel = small->kernel;
    size_t matrix = small->matrix, rank = small->rank;
    if (small->samples) {
        kernel->subtract(matrix, small->base, small->mean_anchor, small->error);
        memcpy(small->slope, small->mean_residual, matrix * sizeof *small->slope);
        add_product(small, small->error, small->mean_covariance, small->slope);
        for (size_t t = 0; t < small->tasks && rank > 0; t++)
            kernel->multiply(small->d, small->covariance + t * matrix, THIN_PANEL, point->right + t * small->d * rank,
                             rank, rank, small->weighted + t * small->factor, THIN_PANEL, false);
    } else {
        kernel->subtract(matrix, small->base, small->mean_anchor, small->slope);
    }
    kernel->multiply(small->tasks * rank, small->left, THIN_PANEL, small->weighted, THIN_PANEL, small->d, small->step,
                     THIN_PANEL, false);
}

static double norm(const struct small *small, const double *factors)
{
    double sum = 0;
    small->kernel->gram(1, small->tasks * small->factor, 1.0, factors, factors, &sum);
    return sqrt(sum);
}

static void show_adapters(const struct small *small, const struct point *point)
{
    transpose_out(small, small->left, point->left);
    if (small->general)
        transpose_out(small, small->right, point->right);
}

static void show_base(struct small *small, const struct point *point)
{
    memcpy(small->base, small->step, small->matrix * sizeof *small->base);
    for (size_t i = 0; i < small->d; i++)
        for (size_t j = 0; j < small->d; j++)
            point->base[i * small->d + j] = small->base[j * THIN_PANEL + i];
    memcpy(small->seen, point->base, small->d * small->d * sizeof *small->seen);
}

enum solver_status small_descend_adapters(struct solver_state *state, int steps)
{
    struct small *small = state->own;
    if (small->rank == 0)
        return SOLVER_RUNNING;
    begin(small, &state->point);
    fix_tasks(small, state->point.base);
    move_adapters(small, &state->setup, steps);
    if (!(norm(small, small->left) <= state->bound && norm(small, small->right) <= state->bound))
        return SOLVER_DIVERGED;
    show_adapters(small, &state->point);
    return SOLVER_RUNNING;
}

enum solver_status small_descend_base(struct solver_state *state)
{
    struct small *small = state->own;
    double rate = state->setup.rates.outer;
    begin(small, &state->point);
    begin_base(small, state->point.base);
    small->fixed_is_kept = false;
    find_slope(small, &state->point);
    double square =
        small->kernel->propose(small->matrix, small->base, rate, small->slope, rate / state->point.tasks, small->step);
    if (!(sqrt(square) <= state->bound))
        return SOLVER_DIVERGED;
    show_base(small, &state->point);
    return SOLVER_RUNNING;
}

enum solver_status small_descend_jointly(struct solver_state *state)
{
    struct small *small = state->own;
    if (state->setup.base_frozen)
        return small_descend_adapters(state, 1);
    double rate = state->setup.rates.outer;
    begin(small, &state->point);
    begin_base(small, state->point.base);
    find_slope(small, &state->point);
    double square =
        small->kernel->propose(small->matrix, small->base, rate, small->slope, rate / state->point.tasks, small->step);
    if (!(sqrt(square) <= state->bound) || small_descend_adapters(state, 1) != SOLVER_RUNNING)
        return SOLVER_DIVERGED;
    small->fixed_is_kept = false;
    show_base(small, &state->point);
    return SOLVER_RUNNING;
}
