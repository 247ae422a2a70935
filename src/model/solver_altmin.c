/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "model/gradient.h"
#include "model/linalg.h"
#include "model/solver_state.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Exact block minimisation. While the base stands still, the tasks' adapters are problems of their own. With E = W°_t − A,
 * L_t is up to a constant ½ ‖(M − M*) S_t^½‖²_F for M = U V^T and M* = E + D_t S_t^+, so that
 *
 *     population, symmetric:  M is the best positive semidefinite one of rank r: of (E + E^T)/2 the r largest eigenvalues,
 *                             as far as they are positive
 *     population, general:    M is E's truncated singular value decomposition
 *     samples, general:       with S_t = Q Λ Q^T and B = Q Λ^½, M B is the truncated decomposition of M* B
 *     samples, symmetric:     no closed form. L_t(M) lies below L_t(M₀) + ⟨G_t, M − M₀⟩ + ½ λ_max(S_t) ‖M − M₀‖²_F, whose
 *                             least M among the symmetric ones is as in population, from M₀ − (G_t + G_t^T)/(2 λ_max): a
 *                             few such steps, each of which lowers the loss
 *
 * (Eckart and Young; Higham 1988 for the symmetric case). While the adapters stand still, the base is a least-squares
 * problem: A − Ḡ S̄^+, with Ḡ the mean of G_t and S̄ of S_t. In population this is the iteration of Spectral DeTuning
 * (Horwitz et al., ICML 2024). */

enum { MAJORISING_STEPS = 4 };

/* Eigenvalues below this share of the largest are none: their directions were not seen in the data. */
static const double unseen = 1e-12;

struct altmin {
    struct linalg_svd *svd;     /* of general adapters */
    struct linalg_eigen *eigen; /* of symmetric ones, and of covariances */
    double *root;               /* T × d × d: B_t; general adapters with samples, else NULL */
    double *inverse;            /* T × d: 1/Λ_t, 0 for directions not seen; like root */
    double *steepest;           /* T: λ_max(S_t); symmetric adapters with samples, else NULL */
    double *mean_inverse;       /* d × d: S̄^+; NULL in population */
    double *target;             /* d × d: what an adapter shall be near */
    double *gradient, *error;   /* d × d */
    double *sum;                /* d × d: Ḡ, or other products */
    double *left, *right;       /* d × d: singular vectors, or eigenvectors in rows */
    double *values;             /* d */
    double least_loss, least_gradient;
    int idle; /* steps since either fell */
};

struct piece {
    double **array;
    size_t count, rows, columns;
};
enum { PIECES = 11 };

static bool whitens(const struct solver_setup *setup)
{
    return setup->moments->covariance && setup->rank > 0 && setup->shape == ADAPTER_GENERAL;
}

static bool majorises(const struct solver_setup *setup)
{
    return setup->moments->covariance && setup->rank > 0 && setup->shape == ADAPTER_SYMMETRIC;
}

/* One list for the size and for the layout. */
static void list_pieces(struct altmin *altmin, const struct solver_setup *setup, struct piece pieces[PIECES])
{
    size_t d = (size_t)setup->moments->dimension;
    size_t tasks = (size_t)setup->moments->tasks;
    size_t roots = whitens(setup) ? tasks : 0;
    const struct piece list[PIECES] = {
        {&altmin->root, roots, d, d},
        {&altmin->inverse, roots, d, 1},
        {&altmin->steepest, majorises(setup) ? tasks : 0, 1, 1},
        {&altmin->mean_inverse, setup->moments->covariance ? 1 : 0, d, d},
        {&altmin->target, 1, d, d},
        {&altmin->gradient, 1, d, d},
        {&altmin->error, 1, d, d},
        {&altmin->sum, 1, d, d},
        {&altmin->left, 1, d, d},
        {&altmin->right, 1, d, d},
        {&altmin->values, 1, d, 1},
    };
    memcpy(pieces, list, sizeof list);
}

size_t solver_altmin_workspace(const struct solver_setup *setup)
{
    struct altmin altmin;
    struct piece pieces[PIECES];
    list_pieces(&altmin, setup, pieces);
    size_t bytes = arena_struct_size(sizeof(struct altmin));
    for (int i = 0; i < PIECES; i++)
        bytes = arena_add(bytes, arena_matrices_size(pieces[i].count, pieces[i].rows, pieces[i].columns));
    return bytes;
}

/* Eigenvalues of a covariance, descending, into `values`; its eigenvectors into `left`, one a row. */
static void decompose(struct altmin *altmin, int d, const double *covariance)
{
    if (!linalg_eigen(altmin->eigen, d, covariance, d, altmin->values, altmin->left))
        memset(altmin->values, 0, (size_t)d * sizeof(double)); /* nothing was seen, so nothing moves */
    for (int j = 0; j < d; j++)
        if (!(altmin->values[j] > unseen * altmin->values[0]))
            altmin->values[j] = 0;
}

/* B_t = Q Λ^½ and 1/Λ_t. */
static void take_root(struct altmin *altmin, int d, size_t task)
{
    size_t n = (size_t)d;
    double *root = altmin->root + task * n * n;
    double *inverse = altmin->inverse + task * n;
    for (size_t j = 0; j < n; j++) {
        double value = altmin->values[j];
        inverse[j] = value > 0 ? 1 / value : 0;
        for (size_t i = 0; i < n; i++)
            root[i * n + j] = sqrt(value) * altmin->left[j * n + i];
    }
}

/* S̄^+ = (Λ^+ Q^T)^T Q^T. */
static void invert_mean(struct altmin *altmin, const struct moments *moments)
{
    int d = moments->dimension;
    size_t square = (size_t)d * (size_t)d;
    for (int t = 0; t < moments->tasks; t++)
        linalg_axpy(square, 1.0 / moments->tasks, moments->covariance + (size_t)t * square, altmin->sum);
    decompose(altmin, d, altmin->sum);
    for (int j = 0; j < d; j++)
        for (int i = 0; i < d; i++) {
            double value = altmin->values[j];
            altmin->right[j * d + i] = value > 0 ? altmin->left[j * d + i] / value : 0;
        }
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, d, d, d, 1.0, altmin->right, altmin->left, 0.0, altmin->mean_inverse);
}

bool solver_altmin_init(struct solver_state *state)
{
    const struct solver_setup *setup = &state->setup;
    const struct moments *moments = setup->moments;
    int d = moments->dimension;
    struct altmin *altmin = arena_struct(state->arena, sizeof(struct altmin));
    struct piece pieces[PIECES];
    list_pieces(altmin, setup, pieces);
    for (int i = 0; i < PIECES; i++)
        if (pieces[i].count > 0)
            *pieces[i].array = arena_doubles(state->arena, pieces[i].count * pieces[i].rows * pieces[i].columns);
    state->own = altmin;
    bool general = setup->rank > 0 && setup->shape == ADAPTER_GENERAL;
    bool symmetric = setup->rank > 0 && setup->shape == ADAPTER_SYMMETRIC;
    if (general)
        altmin->svd = linalg_svd_new(d, d);
    if (symmetric || moments->covariance)
        altmin->eigen = linalg_eigen_new(d);
    if ((general && !altmin->svd) || ((symmetric || moments->covariance) && !altmin->eigen))
        return false;
    for (int t = 0; t < moments->tasks && moments->covariance && setup->rank > 0; t++) {
        decompose(altmin, d, moments->covariance + (size_t)t * point_base_size(&state->point));
        if (general)
            take_root(altmin, d, (size_t)t);
        else
            altmin->steepest[t] = altmin->values[0];
    }
    if (moments->covariance)
        invert_mean(altmin, moments);
    return true;
}

void solver_altmin_end(struct solver_state *state)
{
    struct altmin *altmin = state->own;
    linalg_svd_free(altmin->svd);
    linalg_eigen_free(altmin->eigen);
}

/* ---- the adapters ---- */

/* U U^T is the best rank-r positive semidefinite part of `target`. */
static void fit_symmetric(struct altmin *altmin, const struct point *point, int task)
{
    int d = point->dimension;
    int r = point->rank;
    double *left = point->left + (size_t)task * point_factor_size(point);
    for (int i = 0; i < d; i++)
        for (int j = 0; j < i; j++) {
            double *above = &altmin->target[j * d + i];
            double *below = &altmin->target[i * d + j];
            *above = *below = 0.5 * (*above + *below);
        }
    if (!linalg_eigen(altmin->eigen, d, altmin->target, r, altmin->values, altmin->left))
        return; /* the adapter stays as it is, which raises no loss */
    for (int c = 0; c < r; c++) {
        double root = sqrt(fmax(altmin->values[c], 0));
        for (int i = 0; i < d; i++)
            left[i * r + c] = root * altmin->left[c * d + i];
    }
}

static void majorise(struct solver_state *state, int task)
{
    struct altmin *altmin = state->own;
    const struct point *point = &state->point;
    int d = point->dimension;
    const double *left = point->left + (size_t)task * point_factor_size(point);
    if (!(altmin->steepest[task] > 0))
        return;
    for (int step = 0; step < MAJORISING_STEPS; step++) {
        gradient_task(state->setup.moments, point, task, altmin->gradient, altmin->error);
        linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, point->rank, 1.0, left, left, 0.0, altmin->target);
        linalg_axpy(point_base_size(point), -1 / altmin->steepest[task], altmin->gradient, altmin->target);
        fit_symmetric(altmin, point, task);
    }
}

/* Both factors of a term are made equally long, so that solvers that follow gradients can go on from here. */
static void balance(const struct point *point, double *left, double *right)
{
    int d = point->dimension;
    int r = point->rank;
    for (int c = 0; c < r; c++) {
        double u = 0, v = 0;
        for (int i = 0; i < d; i++) {
            u += left[i * r + c] * left[i * r + c];
            v += right[i * r + c] * right[i * r + c];
        }
        double scale = u > 0 && v > 0 ? sqrt(sqrt(v / u)) : 0; /* 0 where the term is none */
        for (int i = 0; i < d; i++) {
            left[i * r + c] *= scale;
            right[i * r + c] = scale > 0 ? right[i * r + c] / scale : 0;
        }
    }
}

/* `target` B + D B Λ^+, which is M* B, in place of `target`. */
static void whiten(const struct altmin *altmin, const struct moments *moments, int task)
{
    int d = moments->dimension;
    size_t square = (size_t)d * (size_t)d;
    const double *root = altmin->root + (size_t)task * square;
    const double *inverse = altmin->inverse + (size_t)task * (size_t)d;
    const double *residual = moments->residual + (size_t)task * square;
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, d, d, 1.0, residual, root, 0.0, altmin->sum);
    for (int i = 0; i < d; i++)
        for (int j = 0; j < d; j++)
            altmin->sum[i * d + j] *= inverse[j];
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, d, d, 1.0, altmin->target, root, 1.0, altmin->sum);
    memcpy(altmin->target, altmin->sum, square * sizeof(double));
}

/* V = B Λ^+ R in place of V = R. */
static void unwhiten(const struct altmin *altmin, const struct point *point, int task, double *right)
{
    int d = point->dimension;
    int r = point->rank;
    const double *root = altmin->root + (size_t)task * point_base_size(point);
    const double *inverse = altmin->inverse + (size_t)task * (size_t)d;
    for (int i = 0; i < d; i++)
        for (int c = 0; c < r; c++)
            altmin->sum[i * r + c] = inverse[i] * right[i * r + c];
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, d, 1.0, root, altmin->sum, 0.0, right);
}

static void fit_general(const struct altmin *altmin, const struct moments *moments, const struct point *point, int task)
{
    int d = point->dimension;
    int r = point->rank;
    double *left = point->left + (size_t)task * point_factor_size(point);
    double *right = point->right + (size_t)task * point_factor_size(point);
    if (altmin->root)
        whiten(altmin, moments, task);
    if (!linalg_svd(altmin->svd, d, d, altmin->target, altmin->values, altmin->left, altmin->right))
        return; /* as it is */
    for (int c = 0; c < r; c++)
        for (int i = 0; i < d; i++) {
            left[i * r + c] = sqrt(altmin->values[c]) * altmin->left[i * d + c];
            right[i * r + c] = sqrt(altmin->values[c]) * altmin->right[c * d + i];
        }
    if (!altmin->root)
        return;
    unwhiten(altmin, point, task, right);
    balance(point, left, right);
}

static void fit_adapters(struct solver_state *state)
{
    struct altmin *altmin = state->own;
    const struct moments *moments = state->setup.moments;
    const struct point *point = &state->point;
    size_t square = point_base_size(point);
    for (int t = 0; t < point->tasks && point->rank > 0; t++) {
        if (altmin->steepest) {
            majorise(state, t);
            continue;
        }
        for (size_t i = 0; i < square; i++)
            altmin->target[i] = moments->anchor[(size_t)t * square + i] - point->base[i];
        if (point->shape == ADAPTER_SYMMETRIC)
            fit_symmetric(altmin, point, t);
        else
            fit_general(altmin, moments, point, t);
    }
}

/* ---- the base, and where that has led ---- */

/* What the point is worth. */
struct standing {
    double loss;
    double gradient; /* norm with respect to everything that moves */
    double rounding; /* what the gradient's own rounding errors come to */
};

/* ‖∂L/∂U_t‖² and ‖∂L/∂V_t‖², from G_t in `gradient`. */
static double adapter_slope(const struct altmin *altmin, const struct point *point, int task)
{
    int d = point->dimension;
    int r = point->rank;
    size_t size = point_factor_size(point);
    const double *left = point->left + (size_t)task * size;
    const double *right = point->right + (size_t)task * size;
    bool general = point->shape == ADAPTER_GENERAL;
    double *slope = altmin->right;
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, r, d, 1.0, altmin->gradient, right, 0.0, slope);
    double square = general ? linalg_dot(size, slope, slope) : 0;
    linalg_gemm(LINALG_TRANSPOSED, LINALG_PLAIN, d, r, d, 1.0, altmin->gradient, left, general ? 0.0 : 1.0, slope);
    return square + linalg_dot(size, slope, slope);
}

/* Leaves Ḡ in `sum`. */
static struct standing look(struct solver_state *state)
{
    struct altmin *altmin = state->own;
    const struct moments *moments = state->setup.moments;
    const struct point *point = &state->point;
    size_t square = point_base_size(point);
    size_t size = point_factor_size(point);
    double share = 1.0 / point->tasks;
    struct standing standing = {0};
    memset(altmin->sum, 0, square * sizeof(double));
    for (int t = 0; t < point->tasks; t++) {
        size_t task = (size_t)t;
        const double *error = moments->covariance ? altmin->error : altmin->gradient;
        gradient_task(moments, point, t, altmin->gradient, altmin->error);
        linalg_axpy(square, share, altmin->gradient, altmin->sum);
        double loss = 0.5 * linalg_dot(square, error, altmin->gradient);
        if (moments->covariance)
            loss += moments->floor[t] - 0.5 * linalg_dot(square, error, moments->residual + task * square);
        standing.loss += share * loss;
        double data = linalg_norm(square, moments->cross + task * square);
        double reach = 1;
        if (point->rank > 0) {
            standing.gradient += share * share * adapter_slope(altmin, point, t);
            reach = hypot(linalg_norm(size, point->left + task * size), linalg_norm(size, point->right + task * size));
        }
        standing.rounding += share * DBL_EPSILON * data * fmax(reach, 1);
    }
    if (!state->setup.base_frozen)
        standing.gradient += linalg_dot(square, altmin->sum, altmin->sum);
    standing.gradient = sqrt(standing.gradient);
    return standing;
}

static void fit_base(struct solver_state *state)
{
    struct altmin *altmin = state->own;
    const struct moments *moments = state->setup.moments;
    const struct point *point = &state->point;
    int d = point->dimension;
    size_t square = point_base_size(point);
    memset(altmin->sum, 0, square * sizeof(double));
    for (int t = 0; t < point->tasks; t++) {
        gradient_task(moments, point, t, altmin->gradient, altmin->error);
        linalg_axpy(square, 1.0 / point->tasks, altmin->gradient, altmin->sum);
    }
    if (moments->covariance)
        linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, d, d, -1.0, altmin->sum, altmin->mean_inverse, 1.0, point->base);
    else
        linalg_axpy(square, -1.0, altmin->sum, point->base);
}

/* A gradient below its own rounding errors is none, and where neither it nor the loss has fallen for so many steps, that
 * is as far as numbers go. Then a loss of so small a part of the data is none either. */
static const double no_loss = 1e-16;
enum { IDLE_STEPS = 16 };

static void count_idle(struct altmin *altmin, const struct standing *standing, bool first)
{
    bool fell = standing->loss < altmin->least_loss * (1 - 4 * DBL_EPSILON);
    bool flattened = standing->gradient < 0.9 * altmin->least_gradient;
    altmin->idle = first || fell || flattened ? 0 : altmin->idle + 1;
    if (first || fell)
        altmin->least_loss = standing->loss;
    if (first || flattened)
        altmin->least_gradient = standing->gradient;
}

static enum solver_status judge(struct solver_state *state)
{
    struct altmin *altmin = state->own;
    const struct solver_setup *setup = &state->setup;
    const struct moments *moments = setup->moments;
    size_t count = (size_t)moments->tasks * point_base_size(&state->point);
    struct standing standing = look(state);
    bool can_vanish = !moments->covariance && setup->rank > 0 && !setup->base_frozen;
    double data = linalg_dot(count, moments->cross, moments->cross) / moments->tasks;
    count_idle(altmin, &standing, state->steps == 0);
    bool closed_form = setup->rank == 0 || (setup->base_frozen && !altmin->steepest);
    if (!closed_form && standing.gradient > standing.rounding && altmin->idle < IDLE_STEPS)
        return SOLVER_RUNNING;
    return can_vanish && standing.loss > no_loss * data ? SOLVER_STALLED : SOLVER_CONVERGED;
}

enum solver_status solver_altmin_phase(struct solver_state *state, int phase)
{
    if (phase == 0) {
        fit_adapters(state);
        return SOLVER_RUNNING;
    }
    if (!state->setup.base_frozen)
        fit_base(state);
    return judge(state);
}
