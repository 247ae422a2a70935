/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/ending.h"

#include "model/hessian.h"
#include "model/linalg.h"
#include "model/method.h"
#include "model/problem.h"
#include "model/random.h"
#include "model/solver.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const ending_names[ENDING_KINDS] = {"missing", "global", "spurious", "saddle", "runaway", "unfinished"};

const struct ending_limits ending_limits = {
    .loss = 1e-12, .rounding = 1e-22, .gradient = 1e-5, .eigenvalue = 1e-6, .far = 5};

enum ending_kind ending_classify(const struct config *config, const struct ending *ending, double start_loss,
                                 double factors_norm, bool unbounded)
{
    double tasks = config->problem.tasks, loss = ending->train_loss;
    if (loss <= ending_limits.rounding * start_loss)
        return ENDING_GLOBAL;
    bool still = ending->gradient_norm <= ending_limits.gradient * sqrt(2 * loss / tasks) * factors_norm;
    if (unbounded || (!still && ending->adapters_norm > ending_limits.far * sqrt(2 * tasks * start_loss)))
        return ENDING_RUNAWAY;
    if (!still)
        return loss <= ending_limits.loss * start_loss ? ENDING_GLOBAL : ENDING_UNFINISHED;
    return ending->lowest_eigenvalue < -ending_limits.eigenvalue * sqrt(2 * start_loss) ? ENDING_SADDLE
                                                                                        : ENDING_SPURIOUS;
}

/* All that one start needs. */
struct attempt {
    struct problem *problem;
    struct solver *solver;
    struct hessian *hessian;
    double *vector; /* unknowns */
};

static void end(struct attempt *attempt)
{
    free(attempt->vector);
    hessian_free(attempt->hessian);
    solver_free(attempt->solver);
    problem_free(attempt->problem);
}

/* As experiment_new.c does for the method of meta retraining: the lab comes to the same point. */
static enum err_code begin(const struct config *config, struct attempt *attempt, struct err *err)
{
    const struct retrain_config *retrain = &config->retrain;
    attempt->problem = problem_new(&config->problem, SAMPLES_POPULATION, err);
    if (!attempt->problem)
        return err->code;
    struct solver_setup setup = {
        .moments = &attempt->problem->retrain,
        .rank = method_table[METHOD_META].adapter_rank(retrain),
        .shape = retrain->adapter,
        .rates = {.inner_steps = retrain->inner_steps, .inner = retrain->inner_rate, .outer = retrain->outer_rate}};
    struct hessian_setup second = {
        .moments = setup.moments, .rank = setup.rank, .shape = setup.shape, .eliminated = true};
    attempt->solver = solver_new(&solver_table[retrain->solver], &setup, err);
    attempt->hessian = attempt->solver ? hessian_new(&second, err) : NULL;
    if (!attempt->hessian)
        return err->code;
    attempt->vector = malloc(hessian_unknowns(attempt->hessian) * sizeof *attempt->vector);
    if (!attempt->vector)
        return err_set(err, ERR_MEMORY, "no memory for a start");
    return solver_start(attempt->solver, config->problem.seed, RANDOM_RETRAIN_START, retrain->init_scale, err);
}

/* The least loss without adapters, ½ mean ‖W*_t − mean W*‖². */
static double loss_without(const struct problem *problem)
{
    size_t square = (size_t)problem->config.dimension * (size_t)problem->config.dimension;
    size_t tasks = (size_t)problem->config.tasks;
    double sum = 0;
    for (size_t i = 0; i < square; i++) {
        double mean = 0, apart = 0;
        for (size_t t = 0; t < tasks; t++)
            mean += problem->target[t * square + i] / (double)tasks;
        for (size_t t = 0; t < tasks; t++)
            apart += pow(problem->target[t * square + i] - mean, 2);
        sum += apart;
    }
    return 0.5 * sum / (double)tasks;
}

/* ‖U V^T‖² = Σ_lm (U^T U)_lm (V^T V)_lm, of all tasks. */
static double adapters_norm(const struct point *point)
{
    size_t d = (size_t)point->dimension, r = (size_t)point->rank;
    double square = 0;
    for (size_t t = 0; t < (size_t)point->tasks; t++)
        for (size_t l = 0; l < r; l++)
            for (size_t m = 0; m < r; m++) {
                const double *left = point->left + t * d * r, *right = point->right + t * d * r;
                double u = 0, v = 0;
                for (size_t i = 0; i < d; i++) {
                    u += left[i * r + l] * left[i * r + m];
                    v += right[i * r + l] * right[i * r + m];
                }
                square += u * v;
            }
    return sqrt(fmax(square, 0));
}

static enum err_code look(const struct config *config, struct attempt *attempt, struct ending *ending, struct err *err)
{
    int found = 0;
    const struct point *point = solver_point(attempt->solver);
    if (!hessian_stand(attempt->hessian, point) ||
        !hessian_lowest(attempt->hessian, 1, NULL, &ending->lowest_eigenvalue, attempt->vector, &found))
        return err_set(err, ERR_MATH, "the Hessian of seed %llu could not be decomposed",
                       (unsigned long long)config->problem.seed);
    if (found < 1) /* every direction idles */
        ending->lowest_eigenvalue = 0;
    size_t factors = (size_t)point->tasks * point_factor_size(point);
    double norm = linalg_norm(factors, point->left);
    if (point->shape == ADAPTER_GENERAL)
        norm = hypot(norm, linalg_norm(factors, point->right));
    ending->steps = solver_steps(attempt->solver);
    ending->train_loss = hessian_loss(attempt->hessian);
    ending->gradient_norm = linalg_norm(hessian_unknowns(attempt->hessian), hessian_gradient(attempt->hessian));
    ending->adapters_norm = adapters_norm(point);
    ending->kind = ending_classify(config, ending, loss_without(attempt->problem), norm,
                                   solver_status(attempt->solver) == SOLVER_UNBOUNDED);
    return ERR_NONE;
}

enum err_code ending_compute(const struct config *config, struct ending *ending, struct err *err)
{
    struct attempt attempt = {.problem = NULL};
    *ending = (struct ending){.kind = ENDING_MISSING};
    enum err_code code = begin(config, &attempt, err);
    if (!code) {
        while (solver_steps(attempt.solver) < config->retrain.steps && solver_step(attempt.solver) == SOLVER_RUNNING)
            ;
        code = look(config, &attempt, ending, err);
    }
    end(&attempt);
    return code;
}
