/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/method.h"

#include "model/adamw.h"
#include "model/first_order.h"
#include "model/linalg.h"

#include <string.h>

static int capped(const struct config *config, long rank)
{
    return rank < config->problem.dimension ? (int)rank : config->problem.dimension;
}

/* The theorems are about infinitely many samples, which no noise disturbs, of tasks that are known to be A* + R_t. */
static bool in_population(const struct config *config)
{
    bool known = config->problem.source == PROBLEM_DRAWN || config->problem.source == PROBLEM_GIVEN_TRUTH;
    return known && config->problem.kind == PROBLEM_LINEAR && config->problem.samples == SAMPLES_POPULATION;
}

static int no_adapters(const struct retrain_config *retrain)
{
    (void)retrain;
    return 0;
}

static int standard_error_rank(const struct config *config)
{
    const struct problem_config *problem = &config->problem;
    return in_population(config) ? capped(config, (long)problem->rank * problem->tasks) : THEORY_SILENT;
}

static int standard_rank_needed(const struct config *config)
{
    const struct problem_config *problem = &config->problem;
    return in_population(config) ? capped(config, (long)problem->rank * (problem->tasks + 1L)) : THEORY_SILENT;
}

static const char *standard_theorem(const struct config *config)
{
    (void)config;
    return "Theorem 1";
}

/* Â − A* = (1/T) Σ_t R_t. */
static bool standard_predict_error(const struct config *config, const struct problem *problem, double *error)
{
    if (!in_population(config))
        return false;
    int d = problem->config.dimension, k = problem->config.rank, tasks = problem->config.tasks;
    size_t factor = (size_t)d * (size_t)k;
    memset(error, 0, (size_t)d * (size_t)d * sizeof *error);
    for (size_t t = 0; t < (size_t)tasks; t++)
        linalg_gemm(LINALG_PLAIN, LINALG_TRANSPOSED, d, d, k, 1.0 / tasks, problem->left + t * factor,
                    problem->right + t * factor, 1.0, error);
    return true;
}

static int meta_adapter_rank(const struct retrain_config *retrain)
{
    return retrain->rank;
}

/* The theorems have adapters of the true rank which can take the true value: U U^T is never negative. */
static bool adapters_fit(const struct config *config)
{
    bool shape_fits = config->retrain.adapter == ADAPTER_GENERAL || config->problem.truth == TRUTH_PSD;
    return in_population(config) && shape_fits && config->retrain.rank == config->problem.rank;
}

/* Theorem 3 asks for three tasks whose adapters are linearly independent, which takes 3 k dimensions: then the
 * column space of U_1 is what those of R_1 − R_2 and R_1 − R_3 have in common. With fewer dimensions there can be
 * whole families of minimisers. */
static bool recovers_exactly(const struct config *config)
{
    const struct problem_config *problem = &config->problem;
    return adapters_fit(config) && problem->tasks >= 3 && 3L * problem->rank <= problem->dimension;
}

/* One or two tasks are fitted exactly by a whole family of bases, Â = A* + R_1 − U_1 U_1^T among them. */
static bool fits_a_family(const struct config *config)
{
    return adapters_fit(config) && config->problem.tasks <= 2;
}

static int meta_error_rank(const struct config *config)
{
    if (recovers_exactly(config))
        return 0;
    return fits_a_family(config) ? capped(config, 2L * config->problem.rank) : THEORY_SILENT;
}

static int meta_rank_needed(const struct config *config)
{
    if (recovers_exactly(config))
        return config->problem.rank;
    return fits_a_family(config) ? capped(config, 3L * config->problem.rank) : THEORY_SILENT;
}

static const char *meta_theorem(const struct config *config)
{
    return fits_a_family(config) ? "Theorem 2" : "Theorem 3";
}

static bool meta_predict_error(const struct config *config, const struct problem *problem, double *error)
{
    if (!recovers_exactly(config))
        return false;
    size_t d = (size_t)problem->config.dimension;
    memset(error, 0, d * d * sizeof *error);
    return true;
}

/* ---- copies of the base: they rest where standard retraining does, unless their inner steps leave no slope at all, so that
 * the base stays where it is: first-order MAML's where one step fits every task, Reptile's where steps cancel. ---- */

static bool reptile_moves(const struct config *config)
{
    return config->retrain.inner_rate != 2 || config->retrain.inner_steps % 2 != 0;
}

static bool fomaml_moves(const struct config *config)
{
    return config->retrain.inner_rate != 1;
}

static int reptile_error_rank(const struct config *config)
{
    return reptile_moves(config) ? standard_error_rank(config) : THEORY_SILENT;
}

static int reptile_rank_needed(const struct config *config)
{
    return reptile_moves(config) ? standard_rank_needed(config) : THEORY_SILENT;
}

static bool reptile_predict_error(const struct config *config, const struct problem *problem, double *error)
{
    return reptile_moves(config) && standard_predict_error(config, problem, error);
}

static int fomaml_error_rank(const struct config *config)
{
    return fomaml_moves(config) ? standard_error_rank(config) : THEORY_SILENT;
}

static int fomaml_rank_needed(const struct config *config)
{
    return fomaml_moves(config) ? standard_rank_needed(config) : THEORY_SILENT;
}

static bool fomaml_predict_error(const struct config *config, const struct problem *problem, double *error)
{
    return fomaml_moves(config) && standard_predict_error(config, problem, error);
}

/* ---- an oracle, and no retraining: their bases are known before any step, whatever the samples ---- */

static bool knows_truth(const struct config *config)
{
    bool known = config->problem.source == PROBLEM_DRAWN || config->problem.source == PROBLEM_GIVEN_TRUTH;
    return known && config->problem.kind == PROBLEM_LINEAR;
}

static int oracle_error_rank(const struct config *config)
{
    return knows_truth(config) ? 0 : THEORY_SILENT;
}

static int oracle_rank_needed(const struct config *config)
{
    return knows_truth(config) ? config->problem.rank : THEORY_SILENT;
}

static void oracle_place(const struct problem *problem, const struct point *point)
{
    memcpy(point->base, problem->base, point_base_size(point) * sizeof(double));
    if (point->top)
        memcpy(point->top, problem->top, (size_t)point->dimension * sizeof(double));
}

static bool oracle_predict_error(const struct config *config, const struct problem *problem, double *error)
{
    size_t d = (size_t)problem->config.dimension;
    if (!knows_truth(config))
        return false;
    memset(error, 0, d * d * sizeof *error);
    return true;
}

/* rank A*, which of a drawn A* is d with probability one, as is then that of A* + R. Of a given A* it is not known
 * here. */
static int none_rank(const struct config *config)
{
    bool drawn = config->problem.source == PROBLEM_DRAWN && config->problem.kind == PROBLEM_LINEAR;
    return drawn ? config->problem.dimension : THEORY_SILENT;
}

static void none_place(const struct problem *problem, const struct point *point)
{
    (void)problem;
    memset(point->base, 0, point_base_size(point) * sizeof(double));
}

/* 0 − A*. */
static bool none_predict_error(const struct config *config, const struct problem *problem, double *error)
{
    size_t d = (size_t)problem->config.dimension;
    if (!knows_truth(config))
        return false;
    for (size_t i = 0; i < d * d; i++)
        error[i] = -problem->base[i];
    return true;
}

static const char *definition(const struct config *config)
{
    (void)config;
    return "its definition";
}

const struct method method_table[METHOD_COUNT] = {
    [METHOD_STANDARD] =
        {
            .name = "standard",
            .brief = "std",
            .title = "Standard retraining",
            .way = "after standard retraining",
            .adapter_rank = no_adapters,
            .error_rank = standard_error_rank,
            .rank_needed = standard_rank_needed,
            .theorem = standard_theorem,
            .predict_error = standard_predict_error,
        },
    [METHOD_META] =
        {
            .name = "meta",
            .brief = "meta",
            .title = "Meta-LoRA retraining",
            .way = "after Meta-LoRA",
            .adapter_rank = meta_adapter_rank,
            .error_rank = meta_error_rank,
            .rank_needed = meta_rank_needed,
            .theorem = meta_theorem,
            .predict_error = meta_predict_error,
        },
    [METHOD_REPTILE] =
        {
            .name = "reptile",
            .brief = "rept",
            .title = "Reptile",
            .way = "after Reptile",
            .adapter_rank = no_adapters,
            .solver = &first_order_reptile,
            .error_rank = reptile_error_rank,
            .rank_needed = reptile_rank_needed,
            .theorem = standard_theorem,
            .predict_error = reptile_predict_error,
        },
    [METHOD_FOMAML] =
        {
            .name = "fomaml",
            .brief = "fom",
            .title = "First-order MAML",
            .way = "after first-order MAML",
            .adapter_rank = no_adapters,
            .solver = &first_order_fomaml,
            .error_rank = fomaml_error_rank,
            .rank_needed = fomaml_rank_needed,
            .theorem = standard_theorem,
            .predict_error = fomaml_predict_error,
        },
    [METHOD_ORACLE] =
        {
            .name = "oracle",
            .brief = "orac",
            .title = "The oracle",
            .way = "from A* itself",
            .adapter_rank = no_adapters,
            .solver = &solver_still,
            .place = oracle_place,
            .error_rank = oracle_error_rank,
            .rank_needed = oracle_rank_needed,
            .theorem = definition,
            .predict_error = oracle_predict_error,
        },
    [METHOD_NONE] =
        {
            .name = "none",
            .brief = "none",
            .title = "No retraining",
            .way = "without retraining",
            .adapter_rank = no_adapters,
            .solver = &solver_still,
            .place = none_place,
            .error_rank = none_rank,
            .rank_needed = none_rank,
            .theorem = definition,
            .predict_error = none_predict_error,
        },
};

const struct solver_type *method_solver(int method, const struct config *config)
{
    if (method_table[method].solver)
        return method_table[method].solver;
    return config->problem.kind == PROBLEM_NETWORK ? &solver_adamw : &solver_table[config->retrain.solver];
}

int method_find(const char *name)
{
    for (int method = 0; method < METHOD_COUNT && name; method++)
        if (strcmp(method_table[method].name, name) == 0)
            return method;
    return -1;
}

bool method_has_inner_steps(int method, const struct retrain_config *retrain)
{
    return method_table[method].adapter_rank(retrain) > 0 || method == METHOD_REPTILE || method == METHOD_FOMAML;
}

/* Standard retraining, and what rests where it does, sums all tasks' adapters up in its base. */
static bool sums_adapters(int method)
{
    return method == METHOD_STANDARD || method == METHOD_REPTILE || method == METHOD_FOMAML;
}

const char *method_error_formula(const struct config *config, int method, int rank)
{
    const struct problem_config *problem = &config->problem;
    if (problem->source == PROBLEM_GIVEN) /* k is not known */
        return "";
    if (sums_adapters(method) && rank == problem->rank * problem->tasks)
        return "kT";
    if (method == METHOD_META && rank == 2 * problem->rank)
        return "2k";
    return rank == problem->dimension ? "d" : "";
}

const char *method_needed_formula(const struct config *config, int method, int rank)
{
    const struct problem_config *problem = &config->problem;
    if (problem->source == PROBLEM_GIVEN)
        return "";
    if (rank == problem->rank && method != METHOD_NONE)
        return "k";
    if (sums_adapters(method) && rank == problem->rank * (problem->tasks + 1))
        return "k(T+1)";
    if (method == METHOD_META && rank == 3 * problem->rank)
        return "3k";
    return rank == problem->dimension ? "d" : "";
}
