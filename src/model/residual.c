/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/residual.h"

#include "model/linalg.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Below so many terms a product is faster without BLAS. */
enum { SMALL = 4096 };

static size_t square_of(const struct residual *residual)
{
    return residual->dimension * residual->dimension;
}

static size_t factor_of(const struct residual *residual)
{
    return residual->dimension * residual->rank;
}

size_t residual_count(const struct residual *residual)
{
    return residual->root ? residual->tasks * square_of(residual) : residual->contrast.count;
}

size_t residual_unknowns(const struct residual *residual)
{
    return residual->factors * (residual->general ? 2 : 1);
}

size_t residual_workspace(const struct solver_setup *setup)
{
    size_t d = (size_t)setup->moments->dimension, tasks = (size_t)setup->moments->tasks;
    bool samples = setup->moments->covariance != NULL;
    size_t bytes = arena_matrices_size(1, d, thin_padded(d));
    for (int i = 0; i < (samples ? 5 : 2); i++)
        bytes = arena_add(bytes, arena_matrices_size(1, d, d));
    if (!samples)
        return arena_add(bytes, arena_add(contrast_workspace(setup), contrast_size(setup)));
    for (int i = 0; i < 3; i++)
        bytes = arena_add(bytes, arena_matrices_size(tasks, d, d));
    return bytes;
}

size_t residual_size(const struct solver_setup *setup)
{
    size_t d = (size_t)setup->moments->dimension, tasks = (size_t)setup->moments->tasks;
    return setup->moments->covariance ? arena_matrices_size(tasks, d, d) : contrast_size(setup);
}

double residual_pair_flops(const struct solver_setup *setup)
{
    double d = setup->moments->dimension;
    bool half = setup->shape == ADAPTER_SYMMETRIC && !setup->moments->covariance;
    double pair = (half ? 0.5 : 1) * d * d * (8.0 * setup->rank + 6);
    if (setup->moments->covariance)
        pair += (setup->base_frozen ? 4 : 6) * d * d * d;
    return setup->moments->tasks * pair;
}

/* ---- what is made once ---- */

/* c = a b, all d × d. */
static void multiply(const struct residual *residual, const double *a, const double *b, double beta, double *c)
{
    int d = (int)residual->dimension;
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, d, d, 1, a, b, beta, c);
}

/* Eigenvectors Q (in columns) and eigenvalues λ of a symmetric matrix without negative ones. */
struct spectrum {
    int dimension;
    struct linalg_svd *svd;
    double *values;  /* d */
    double *vectors; /* d × d */
    double *scaled;  /* d × d */
};

/* out = Q λ^exponent Q^T, 0 where λ is rounding. */
static void power(const struct spectrum *spectrum, double exponent, double *out)
{
    int d = spectrum->dimension;
    size_t n = (size_t)d;
    double least = spectrum->values[0] * d * DBL_EPSILON;
    for (size_t j = 0; j < n; j++) {
        double factor = spectrum->values[j] > least ? pow(spectrum->values[j], exponent / 2) : 0;
        for (size_t i = 0; i < n; i++)
            spectrum->scaled[i * n + j] = factor * spectrum->vectors[i * n + j];
    }
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, d, 1, spectrum->scaled, spectrum->scaled, 0, out);
}

static bool decompose(struct residual *residual, const struct spectrum *spectrum)
{
    int d = spectrum->dimension;
    size_t square = square_of(residual);
    memset(residual->sum, 0, square * sizeof(double));
    for (size_t t = 0; t < residual->tasks; t++) {
        const double *covariance = residual->moments->covariance + t * square;
        linalg_axpy(square, 1, covariance, residual->sum);
        if (!linalg_svd(spectrum->svd, d, d, covariance, spectrum->values, spectrum->vectors, NULL))
            return false;
        power(spectrum, 0.5, residual->root + t * square);
        power(spectrum, -0.5, residual->back + t * square);
    }
    if (!linalg_svd(spectrum->svd, d, d, residual->sum, spectrum->values, spectrum->vectors, NULL))
        return false;
    power(spectrum, -1, residual->inverse);
    return true;
}

bool residual_init(struct residual *residual, const struct solver_setup *setup, struct arena *arena)
{
    const struct moments *moments = setup->moments;
    *residual = (struct residual){.moments = moments,
                                  .dimension = (size_t)moments->dimension,
                                  .tasks = (size_t)moments->tasks,
                                  .rank = (size_t)setup->rank,
                                  .general = setup->shape == ADAPTER_GENERAL,
                                  .frozen = setup->base_frozen};
    size_t square = square_of(residual);
    residual->factors = residual->tasks * factor_of(residual);
    residual->start = arena_doubles(arena, square);
    residual->sum = arena_doubles(arena, residual->dimension * thin_padded(residual->dimension));
    residual->product = arena_doubles(arena, square);
    if (!moments->covariance) {
        contrast_init(&residual->contrast, setup, arena);
        residual->target = arena_doubles(arena, residual->contrast.count);
        return true;
    }
    residual->target = arena_doubles(arena, residual->tasks * square);
    residual->root = arena_doubles(arena, residual->tasks * square);
    residual->back = arena_doubles(arena, residual->tasks * square);
    residual->inverse = arena_doubles(arena, square);
    struct spectrum spectrum = {.dimension = moments->dimension,
                                .svd = linalg_svd_new(moments->dimension, moments->dimension),
                                .values = residual->product,
                                .vectors = arena_doubles(arena, square),
                                .scaled = arena_doubles(arena, square)};
    bool ready = spectrum.svd && decompose(residual, &spectrum);
    linalg_svd_free(spectrum.svd);
    return ready;
}

/* ---- where it begins ---- */

static void symmetrise(size_t d, double *matrix)
{
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < i; j++)
            matrix[i * d + j] = matrix[j * d + i] = 0.5 * (matrix[i * d + j] + matrix[j * d + i]);
}

static void begin_in_population(struct residual *residual)
{
    size_t square = square_of(residual);
    for (size_t t = 0; t < residual->tasks; t++) {
        for (size_t i = 0; i < square; i++)
            residual->product[i] = residual->moments->anchor[t * square + i] - residual->start[i];
        if (!residual->general)
            symmetrise(residual->dimension, residual->product);
        contrast_load(&residual->contrast, t, residual->product, residual->target);
    }
}

static void begin_with_samples(struct residual *residual)
{
    size_t square = square_of(residual);
    for (size_t t = 0; t < residual->tasks; t++) {
        const double *anchor = residual->moments->anchor + t * square;
        double *target = residual->target + t * square;
        for (size_t i = 0; i < square; i++)
            residual->product[i] = anchor[i] - residual->start[i];
        multiply(residual, residual->product, residual->root + t * square, 0, target);
        multiply(residual, residual->moments->residual + t * square, residual->back + t * square, 1, target);
    }
}

/* start = A0 + δ. */
static void move_start(struct residual *residual)
{
    size_t square = square_of(residual);
    const struct moments *moments = residual->moments;
    memset(residual->sum, 0, square * sizeof(double));
    for (size_t t = 0; t < residual->tasks; t++) {
        const double *anchor = moments->anchor + t * square;
        if (!moments->covariance) {
            linalg_axpy(square, 1.0 / moments->tasks, anchor, residual->sum);
            continue;
        }
        for (size_t i = 0; i < square; i++)
            residual->product[i] = anchor[i] - residual->start[i];
        linalg_axpy(square, 1, moments->residual + t * square, residual->sum);
        multiply(residual, residual->product, moments->covariance + t * square, 1, residual->sum);
    }
    if (moments->covariance)
        multiply(residual, residual->sum, residual->inverse, 1, residual->start);
    else
        memcpy(residual->start, residual->sum, square * sizeof(double));
}

void residual_begin(struct residual *residual, const double *base)
{
    memcpy(residual->start, base, square_of(residual) * sizeof *base);
    if (!residual->frozen)
        move_start(residual);
    if (residual->moments->covariance)
        begin_with_samples(residual);
    else
        begin_in_population(residual);
    residual->spread = linalg_norm(residual_count(residual), residual->target);
    residual->size =
        hypot(residual->spread, linalg_norm(residual->tasks * square_of(residual), residual->moments->anchor));
}

/* ---- products ---- */

/* c = a b^T + beta · c; a and b are d × r. */
static void outer(size_t d, size_t r, const double *a, const double *b, double beta, double *c)
{
    if (d * d * r > SMALL) {
        linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, (int)d, (int)d, (int)r, 1, a, b, beta, c);
        return;
    }
    if (beta == 0)
        memset(c, 0, d * d * sizeof *c);
    for (size_t i = 0; i < d; i++)
        for (size_t l = 0; l < r; l++)
            for (size_t j = 0; j < d; j++)
                c[i * d + j] += a[i * r + l] * b[j * r + l];
}

/* c = op(g) b + beta · c; b and c are d × r. */
static void thin(enum linalg_op op, size_t d, size_t r, const double *g, const double *b, double beta, double *c)
{
    if (d * d * r > SMALL) {
        linalg_gemm(op, LINALG_PLAIN, (int)d, (int)r, (int)d, 1, g, b, beta, c);
        return;
    }
    size_t row = op == LINALG_PLAIN ? d : 1, column = op == LINALG_PLAIN ? 1 : d;
    for (size_t i = 0; i < d; i++)
        for (size_t l = 0; l < r; l++) {
            double sum = 0;
            for (size_t j = 0; j < d; j++)
                sum += g[i * row + j * column] * b[j * r + l];
            c[i * r + l] = sum + (beta == 0 ? 0 : c[i * r + l]);
        }
}

static const double *right_of(const struct residual *residual, const double *x)
{
    return residual->general ? x + residual->factors : x;
}

/* residual->sum = M of the matrices in `stack` (T × d × d). */
static void eliminate(struct residual *residual, const double *stack)
{
    size_t square = square_of(residual);
    for (size_t t = 0; t < residual->tasks; t++)
        multiply(residual, stack + t * square, residual->moments->covariance + t * square, t > 0, residual->product);
    multiply(residual, residual->product, residual->inverse, 0, residual->sum);
}

/* L_t to (L_t − M(L)) S_t^½, in place. */
static void project(struct residual *residual, double *stack)
{
    size_t square = square_of(residual);
    if (!residual->frozen) {
        eliminate(residual, stack);
        for (size_t t = 0; t < residual->tasks; t++)
            linalg_axpy(square, -1, residual->sum, stack + t * square);
    }
    for (size_t t = 0; t < residual->tasks; t++) {
        memcpy(residual->product, stack + t * square, square * sizeof *stack);
        multiply(residual, residual->product, residual->root + t * square, 0, stack + t * square);
    }
}

void residual_value(struct residual *residual, const double *x, double *f)
{
    if (!residual->root) {
        contrast_value(&residual->contrast, x, residual->target, f);
        return;
    }
    size_t factor = factor_of(residual), square = square_of(residual);
    const double *right = right_of(residual, x);
    for (size_t t = 0; t < residual->tasks; t++)
        outer(residual->dimension, residual->rank, x + t * factor, right + t * factor, 0, f + t * square);
    project(residual, f);
    linalg_axpy(residual_count(residual), -1, residual->target, f);
}

void residual_along(struct residual *residual, const double *x, const double *u, double *v)
{
    if (!residual->root) {
        contrast_along(&residual->contrast, x, u, v);
        return;
    }
    size_t d = residual->dimension, r = residual->rank;
    size_t factor = factor_of(residual), square = square_of(residual);
    const double *right = right_of(residual, x), *right_move = right_of(residual, u);
    for (size_t t = 0; t < residual->tasks; t++) {
        outer(d, r, u + t * factor, right + t * factor, 0, v + t * square);
        outer(d, r, x + t * factor, right_move + t * factor, 1, v + t * square);
    }
    project(residual, v);
}

void residual_back(struct residual *residual, const double *x, const double *v, double *u)
{
    if (!residual->root) {
        contrast_back(&residual->contrast, x, v, u);
        return;
    }
    size_t d = residual->dimension, r = residual->rank;
    size_t factor = factor_of(residual), square = square_of(residual);
    const double *right = right_of(residual, x);
    for (size_t t = 0; t < residual->tasks; t++) {
        double *out = u + t * factor, *g = residual->product;
        multiply(residual, v + t * square, residual->root + t * square, 0, g);
        thin(LINALG_PLAIN, d, r, g, right + t * factor, 0, out);
        if (residual->general)
            thin(LINALG_TRANSPOSED, d, r, g, x + t * factor, 0, out + residual->factors);
        else
            thin(LINALG_TRANSPOSED, d, r, g, x + t * factor, 1, out);
    }
}

void residual_base(struct residual *residual, const double *x, double *base)
{
    size_t d = residual->dimension, padded = thin_padded(d), square = square_of(residual);
    size_t factor = factor_of(residual);
    memcpy(base, residual->start, square * sizeof *base);
    if (residual->frozen || residual->rank == 0)
        return;
    if (!residual->root) {
        contrast_sum(&residual->contrast, x, residual->sum);
        double share = 1.0 / (double)residual->tasks;
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < d; j++)
                base[i * d + j] -= share * residual->sum[i * padded + j];
        return;
    }
    const double *right = right_of(residual, x);
    for (size_t t = 0; t < residual->tasks; t++) {
        outer(d, residual->rank, x + t * factor, right + t * factor, 0, residual->product);
        multiply(residual, residual->product, residual->moments->covariance + t * square, t > 0, residual->sum);
    }
    multiply(residual, residual->sum, residual->inverse, 0, residual->product);
    linalg_axpy(square, -1, residual->product, base);
}

/* ‖U V^T‖² = Σ_lm (U^T U)_lm (V^T V)_lm. */
double residual_adapters_norm(const struct residual *residual, const double *x)
{
    size_t d = residual->dimension, r = residual->rank;
    double square = 0;
    for (size_t t = 0; t < residual->tasks; t++) {
        const double *left = x + t * factor_of(residual);
        const double *right = right_of(residual, left);
        for (size_t l = 0; l < r; l++)
            for (size_t m = 0; m <= l; m++) {
                double u = 0, v = 0;
                for (size_t i = 0; i < d; i++) {
                    u += left[i * r + l] * left[i * r + m];
                    v += right[i * r + l] * right[i * r + m];
                }
                square += (l == m ? 1 : 2) * u * v;
            }
    }
    return sqrt(fmax(square, 0));
}
