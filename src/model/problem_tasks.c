/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/problem_state.h"

#include "model/linalg.h"

#include <stdlib.h>
#include <string.h>

/* What problem_from_tasks works on. */
struct intake {
    const struct problem_tasks *tasks;
    struct problem *problem;
    struct arena *arena; /* of the problem */
    size_t d, square;
    struct linalg_svd *svd;
    double *residual;                        /* d × N or d × n, whichever is more */
    double *inverse, *left, *right, *values; /* d × d, and d */
};

static bool targets_follow(const struct problem_tasks *tasks)
{
    return tasks->base && tasks->left;
}

static size_t intake_size(const struct problem_config *config, int adapt_samples, const struct problem_tasks *tasks)
{
    size_t d = (size_t)config->dimension, k = (size_t)config->rank, count = (size_t)config->tasks;
    size_t bytes = problem_moments_size(config->tasks, config->dimension, config->samples);
    bytes = arena_add(bytes, problem_moments_size(1, config->dimension, adapt_samples));
    if (tasks->base)
        bytes = arena_add(bytes, arena_matrices_size(1, d, d));
    for (int i = 0; tasks->left && i < (tasks->right == tasks->left ? 1 : 2); i++)
        bytes = arena_add(bytes, arena_matrices_size(count, d, k));
    /* targets or what stands for them in the losses */
    return arena_add(bytes, arena_matrices_size(count + 1, d, d) + arena_matrices_size(1, 1, 1));
}

static const double *keep(struct intake *intake, const double *array, size_t count)
{
    if (!array)
        return NULL;
    double *copy = arena_doubles(intake->arena, count);
    memcpy(copy, array, count * sizeof *copy);
    return copy;
}

static void keep_truth(struct intake *intake)
{
    const struct problem_tasks *tasks = intake->tasks;
    struct problem *problem = intake->problem;
    size_t count = (size_t)problem->config.tasks, factor = intake->d * (size_t)problem->config.rank;
    problem->base = keep(intake, tasks->base, intake->square);
    problem->left = keep(intake, tasks->left, count * factor);
    problem->right = tasks->right == tasks->left ? problem->left : keep(intake, tasks->right, count * factor);
    problem->target = keep(intake, tasks->target, count * intake->square);
    problem->unseen_target = keep(intake, tasks->unseen_target, intake->square);
    if (problem->target || !targets_follow(tasks))
        return;
    double *target = arena_doubles(intake->arena, count * intake->square);
    int d = (int)intake->d;
    for (size_t t = 0; t < count; t++) {
        memcpy(target + t * intake->square, problem->base, intake->square * sizeof *target);
        linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, problem->config.rank, 1, problem->left + t * factor,
                    problem->right + t * factor, 1, target + t * intake->square);
    }
    problem->target = target;
}

/* Least-squares fit C S^+, the shortest where several are. */
static enum err_code fit(struct intake *intake, const double *covariance, const double *cross, double *anchor,
                         struct err *err)
{
    int d = (int)intake->d;
    if (!linalg_pseudo_inverse(intake->svd, d, covariance, intake->inverse, intake->left, intake->right,
                               intake->values))
        return err_set(err, ERR_MATH, "the least-squares fit of a task did not converge");
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, d, d, 1, cross, intake->inverse, 0, anchor);
    return ERR_NONE;
}

/* Moments of one task with its inputs x and outputs y (d × samples); `fitted` (d × d) is filled where no `anchor` is. */
static enum err_code take_samples(struct intake *intake, const double *x, const double *y, int samples,
                                  const double *anchor, double *fitted, double *covariance, double *cross,
                                  double *residual, double *floor, struct err *err)
{
    int d = (int)intake->d;
    size_t count = intake->d * (size_t)samples;
    double share = 1.0 / samples;
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, samples, share, x, x, 0, covariance);
    problem_make_symmetric(intake->d, covariance);
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, samples, share, y, x, 0, cross);
    if (!anchor && fit(intake, covariance, cross, fitted, err))
        return ERR_MATH;
    double *rest = intake->residual;
    memcpy(rest, y, count * sizeof *rest);
    linalg_gemm(LINALG_PLAIN, LINALG_PLAIN, d, samples, d, -1, anchor ? anchor : fitted, x, 1, rest);
    linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, samples, share, rest, x, 0, residual);
    *floor = 0.5 * share * linalg_dot(count, rest, rest);
    return ERR_NONE;
}

/* Moments of all tasks of a kind. */
static enum err_code take_moments(struct intake *intake, const double *inputs, const double *outputs,
                                  const double *target, struct moments *moments, struct err *err)
{
    size_t count = (size_t)moments->tasks, square = intake->square;
    moments->cross = moments->anchor = target;
    if (!inputs)
        return ERR_NONE;
    size_t block = intake->d * (size_t)moments->samples;
    double *covariance = arena_doubles(intake->arena, count * square);
    double *cross = arena_doubles(intake->arena, count * square);
    double *residual = arena_doubles(intake->arena, count * square);
    double *floor = arena_doubles(intake->arena, count);
    double *fitted = target ? NULL : arena_doubles(intake->arena, count * square);
    moments->covariance = covariance;
    moments->cross = cross;
    moments->residual = residual;
    moments->floor = floor;
    moments->anchor = target ? target : fitted;
    enum err_code code = ERR_NONE;
    for (size_t t = 0; t < count && !code; t++)
        code = take_samples(intake, inputs + t * block, outputs + t * block, moments->samples,
                            target ? target + t * square : NULL, fitted ? fitted + t * square : NULL,
                            covariance + t * square, cross + t * square, residual + t * square, floor + t, err);
    return code;
}

static enum err_code take(struct intake *intake, struct err *err)
{
    const struct problem_tasks *tasks = intake->tasks;
    struct problem *problem = intake->problem;
    bool unseen = tasks->unseen_inputs || tasks->unseen_target;
    keep_truth(intake);
    problem->retrain = (struct moments){
        .tasks = problem->config.tasks, .dimension = problem->config.dimension, .samples = problem->config.samples};
    problem->unseen = (struct moments){
        .tasks = unseen ? 1 : 0, .dimension = problem->config.dimension, .samples = problem->adapt_samples};
    enum err_code code = take_moments(intake, tasks->inputs, tasks->outputs, problem->target, &problem->retrain, err);
    return code ? code
                : take_moments(intake, tasks->unseen_inputs, tasks->unseen_outputs, problem->unseen_target,
                               &problem->unseen, err);
}

/* The workspace lives only as long as the samples are looked at. */
static enum err_code take_with_workspace(struct intake *intake, struct err *err)
{
    const struct problem *problem = intake->problem;
    int samples = problem->config.samples;
    if (problem->adapt_samples > samples)
        samples = problem->adapt_samples;
    size_t block = arena_matrices_size(1, intake->d, (size_t)samples);
    size_t bytes = arena_add(block, 3 * arena_matrices_size(1, intake->d, intake->d) + arena_doubles_size(intake->d));
    struct arena *scratch = arena_new(bytes);
    intake->svd = linalg_svd_new((int)intake->d, (int)intake->d);
    enum err_code code = ERR_MEMORY;
    if (scratch && intake->svd) {
        intake->residual = arena_doubles(scratch, intake->d * (size_t)samples);
        intake->inverse = arena_doubles(scratch, intake->square);
        intake->left = arena_doubles(scratch, intake->square);
        intake->right = arena_doubles(scratch, intake->square);
        intake->values = arena_doubles(scratch, intake->d);
        code = take(intake, err);
    } else {
        err_set(err, ERR_MEMORY, "no memory for the samples of %d tasks", problem->config.tasks);
    }
    linalg_svd_free(intake->svd);
    arena_free(scratch);
    return code;
}

struct problem *problem_from_tasks(const struct problem_config *config, int adapt_samples,
                                   const struct problem_tasks *tasks, struct err *err)
{
    size_t bytes = intake_size(config, adapt_samples, tasks);
    struct owned_problem *owned = calloc(1, sizeof *owned);
    struct arena *arena = owned ? arena_new(bytes) : NULL;
    if (!arena) {
        free(owned);
        err_set(err, ERR_MEMORY, "%d tasks of dimension %d need %.4g MB of memory, more than there is", config->tasks,
                config->dimension, (double)bytes / 1e6);
        return NULL;
    }
    size_t d = (size_t)config->dimension;
    *owned = (struct owned_problem){.problem = {.config = *config, .adapt_samples = adapt_samples}, .arena = arena};
    struct intake intake = {.tasks = tasks, .problem = &owned->problem, .arena = arena, .d = d, .square = d * d};
    if (take_with_workspace(&intake, err) == ERR_NONE)
        return &owned->problem;
    problem_free(&owned->problem);
    return NULL;
}
