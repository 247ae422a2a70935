/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/problem_state.h"

#include "model/linalg.h"
#include "model/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What problem_new works on: the same arrays as the problem shows, still to be written. */
struct draft {
    struct problem *problem;
    struct arena *arena;
    size_t d, k, tasks; /* tasks: with the unseen one */
    double *base, *left, *right, *target;
    double *inputs; /* d × min(d, N): L, below */
    double *noise;  /* d × min(d, N): E Q^T */
};

size_t problem_moments_size(int tasks, int dimension, int samples)
{
    if (samples == SAMPLES_POPULATION)
        return 0;
    size_t bytes = arena_doubles_size((size_t)tasks);
    for (int i = 0; i < 3; i++)
        bytes = arena_add(bytes, arena_matrices_size((size_t)tasks, (size_t)dimension, (size_t)dimension));
    return bytes;
}

static size_t problem_size(const struct problem_config *config, int adapt_samples)
{
    size_t d = (size_t)config->dimension;
    size_t k = (size_t)config->rank;
    size_t tasks = (size_t)config->tasks + 1;
    size_t bytes = arena_matrices_size(1, d, d);
    bytes = arena_add(bytes, arena_matrices_size(tasks, d, k));
    if (config->truth != TRUTH_PSD)
        bytes = arena_add(bytes, arena_matrices_size(tasks, d, k));
    bytes = arena_add(bytes, arena_matrices_size(tasks, d, d));
    if (config->kind == PROBLEM_NETWORK)
        return arena_add(bytes, problem_network_size(config, adapt_samples));
    bytes = arena_add(bytes, problem_moments_size(config->tasks, config->dimension, config->samples));
    return arena_add(bytes, problem_moments_size(1, config->dimension, adapt_samples));
}

static enum err_code draw_base(struct draft *draft)
{
    const struct problem_config *config = &draft->problem->config;
    struct random_stream *stream = random_new(config->seed, RANDOM_BASE, 0);
    if (!stream)
        return ERR_MEMORY;
    size_t d = draft->d;
    random_normal(stream, 1.0, d * d, draft->base);
    random_free(stream);
    if (config->truth == TRUTH_GENERAL || config->kind == PROBLEM_NETWORK)
        return ERR_NONE;
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < i; j++)
            draft->base[i * d + j] = draft->base[j * d + i] = 0.5 * (draft->base[i * d + j] + draft->base[j * d + i]);
    return ERR_NONE;
}

/* Factors of task t's adapter (the last one is the unseen task's) and its W*_t. */
static enum err_code draw_task(struct draft *draft, size_t t)
{
    const struct problem_config *config = &draft->problem->config;
    size_t d = draft->d;
    size_t k = draft->k;
    struct random_stream *stream = t + 1 < draft->tasks ? random_new(config->seed, RANDOM_ADAPTER, (int)t)
                                                        : random_new(config->seed, RANDOM_UNSEEN_ADAPTER, 0);
    if (!stream)
        return ERR_MEMORY;
    double *left = draft->left + t * d * k;
    double *right = draft->right + t * d * k;
    random_normal(stream, 1.0, d * k, left);
    if (config->truth == TRUTH_GENERAL)
        random_normal(stream, 1.0, d * k, right);
    if (config->truth == TRUTH_SYMMETRIC)
        for (size_t j = 0; j < k; j++) {
            double sign = random_sign(stream);
            for (size_t i = 0; i < d; i++)
                right[i * k + j] = sign * left[i * k + j];
        }
    random_free(stream);

    double *target = draft->target + t * d * d;
    memcpy(target, draft->base, d * d * sizeof *target);
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, (int)d, (int)d, (int)k, 1.0, left, right, 1.0, target);
    return ERR_NONE;
}

/* L of X = L Q, where the rows of Q are orthonormal: lower trapezoidal, d × m with m = min(d, N). For x ~ N(0, I) its entries are
 * independent, normal below the diagonal and L_ii² ~ χ²(N − i) on it (Bartlett 1933, "On the theory of statistical regression"). */
static void draw_inputs(struct draft *draft, struct random_stream *stream, size_t m, int samples)
{
    for (size_t i = 0; i < draft->d; i++) {
        double *row = draft->inputs + i * m;
        memset(row, 0, m * sizeof *row);
        random_normal(stream, 1.0, i < m ? i : m, row);
        if (i < m)
            row[i] = sqrt(random_chi_squared(stream, (double)samples - (double)i));
    }
}

/* X X^T / N = L L^T / N, E X^T / N = (E Q^T) L^T / N and ‖E‖² / (2N), drawn as they are distributed: the samples themselves, of
 * which nothing else is ever asked, would cost N / d times as much. E Q^T is normal as E is, and what ‖E‖² has beyond it is
 * independent, σ² χ²(d (N − m)). */
static void draw_moments(struct draft *draft, struct random_stream *inputs, struct random_stream *noise, int samples,
                         double *covariance, double *residual, double *floor)
{
    int d = (int)draft->d;
    int m = samples < d ? samples : d;
    size_t count = draft->d * (size_t)m;
    double deviation = draft->problem->config.noise;
    double share = 1.0 / samples;
    draw_inputs(draft, inputs, (size_t)m, samples);
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, m, share, draft->inputs, draft->inputs, 0.0, covariance);
    if (deviation == 0.0)
        return; /* the others are zero */
    random_normal(noise, deviation, count, draft->noise);
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, m, share, draft->noise, draft->inputs, 0.0, residual);
    double square = linalg_dot(count, draft->noise, draft->noise);
    if (samples > m)
        square += deviation * deviation * random_chi_squared(noise, (double)d * (samples - m));
    *floor = 0.5 * share * square;
}

void problem_make_symmetric(size_t d, double *matrix)
{
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < i; j++)
            matrix[i * d + j] = matrix[j * d + i];
}

static enum err_code draw_samples(struct draft *draft, bool unseen, struct moments *moments)
{
    size_t d = draft->d;
    size_t count = (size_t)moments->tasks;
    uint64_t seed = draft->problem->config.seed;
    double *covariance = arena_doubles(draft->arena, count * d * d);
    double *residual = arena_doubles(draft->arena, count * d * d);
    double *cross = arena_doubles(draft->arena, count * d * d);
    double *floor = arena_doubles(draft->arena, count);
    for (size_t t = 0; t < count; t++) {
        struct random_stream *inputs = random_new(seed, unseen ? RANDOM_UNSEEN_INPUTS : RANDOM_INPUTS, (int)t);
        struct random_stream *noise = random_new(seed, unseen ? RANDOM_UNSEEN_NOISE : RANDOM_NOISE, (int)t);
        bool drawn = inputs && noise;
        if (drawn) {
            double *s = covariance + t * d * d;
            double *c = cross + t * d * d;
            draw_moments(draft, inputs, noise, moments->samples, s, residual + t * d * d, floor + t);
            problem_make_symmetric(d, s);
            memcpy(c, residual + t * d * d, d * d * sizeof *c);
            linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, (int)d, (int)d, (int)d, 1.0, moments->anchor + t * d * d, s, 1.0,
                        c);
        }
        random_free(inputs);
        random_free(noise);
        if (!drawn)
            return ERR_MEMORY;
    }
    moments->covariance = covariance;
    moments->residual = residual;
    moments->cross = cross;
    moments->floor = floor;
    return ERR_NONE;
}

static enum err_code fill_moments(struct draft *draft)
{
    struct problem *problem = draft->problem;
    problem->retrain = (struct moments){.tasks = problem->config.tasks,
                                        .dimension = problem->config.dimension,
                                        .samples = problem->config.samples,
                                        .cross = problem->target,
                                        .anchor = problem->target};
    problem->unseen = (struct moments){.tasks = 1,
                                       .dimension = problem->config.dimension,
                                       .samples = problem->adapt_samples,
                                       .cross = problem->unseen_target,
                                       .anchor = problem->unseen_target};
    if (problem->config.kind == PROBLEM_NETWORK) {
        problem->target = problem->unseen_target = NULL;
        return problem_draw_network(problem, draft->arena, draft->target);
    }
    if (problem->config.samples == SAMPLES_POPULATION && problem->adapt_samples == SAMPLES_POPULATION)
        return ERR_NONE;

    size_t most = problem->config.samples > problem->adapt_samples ? (size_t)problem->config.samples
                                                                   : (size_t)problem->adapt_samples;
    size_t count = draft->d * (most < draft->d ? most : draft->d);
    struct arena *scratch = arena_new(2 * arena_doubles_size(count));
    if (!scratch)
        return ERR_MEMORY;
    draft->inputs = arena_doubles(scratch, count);
    draft->noise = arena_doubles(scratch, count);
    enum err_code code = ERR_NONE;
    if (problem->config.samples != SAMPLES_POPULATION)
        code = draw_samples(draft, false, &problem->retrain);
    if (code == ERR_NONE && problem->adapt_samples != SAMPLES_POPULATION)
        code = draw_samples(draft, true, &problem->unseen);
    arena_free(scratch);
    return code;
}

static enum err_code fill(struct draft *draft)
{
    struct problem *problem = draft->problem;
    size_t d = draft->d;
    size_t factors = draft->tasks * d * draft->k;
    problem->base = draft->base = arena_doubles(draft->arena, d * d);
    problem->left = draft->left = arena_doubles(draft->arena, factors);
    draft->right = problem->config.truth == TRUTH_PSD ? draft->left : arena_doubles(draft->arena, factors);
    problem->right = draft->right;
    problem->target = draft->target = arena_doubles(draft->arena, draft->tasks * d * d);
    problem->unseen_left = draft->left + (factors - d * draft->k);
    problem->unseen_right = draft->right + (factors - d * draft->k);
    problem->unseen_target = draft->target + (draft->tasks - 1) * d * d;

    enum err_code code = draw_base(draft);
    for (size_t t = 0; t < draft->tasks && code == ERR_NONE; t++)
        code = draw_task(draft, t);
    return code == ERR_NONE ? fill_moments(draft) : code;
}

struct problem *problem_new(const struct problem_config *config, int adapt_samples, struct err *err)
{
    size_t bytes = problem_size(config, adapt_samples);
    struct owned_problem *owned = calloc(1, sizeof *owned);
    struct arena *arena = owned ? arena_new(bytes) : NULL;
    if (arena) {
        *owned = (struct owned_problem){.problem = {.config = *config, .adapt_samples = adapt_samples}, .arena = arena};
        struct draft draft = {.problem = &owned->problem,
                              .arena = arena,
                              .d = (size_t)config->dimension,
                              .k = (size_t)config->rank,
                              .tasks = (size_t)config->tasks + 1};
        if (fill(&draft) == ERR_NONE)
            return &owned->problem;
    }
    arena_free(arena);
    free(owned);
    err_set(err, ERR_MEMORY, "a problem of dimension %d with %d tasks needs %.4g MB of memory, more than there is",
            config->dimension, config->tasks, (double)bytes / 1e6);
    return NULL;
}

void problem_free(struct problem *problem)
{
    if (!problem)
        return;
    struct owned_problem *owned = (struct owned_problem *)problem; /* its first member */
    arena_free(owned->arena);
    free(owned);
}
