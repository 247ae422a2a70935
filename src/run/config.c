/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"

#include "model/adapt.h"
#include "model/measure.h"
#include "model/method.h"
#include "model/solver.h"
#include "run/experiment.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void config_default(struct config *config)
{
    *config = (struct config){
        .title = "Untitled",
        .problem =
            {.dimension = 16, .rank = 2, .tasks = 3, .truth = TRUTH_PSD, .samples = SAMPLES_POPULATION, .seed = 7},
        .retrain = {.methods = 1u << METHOD_STANDARD | 1u << METHOD_META,
                    .adapter = ADAPTER_SYMMETRIC,
                    .rank = 2,
                    .solver = solver_find("paper"),
                    .steps = 3000,
                    .inner_steps = 10,
                    .inner_rate = 0.003,
                    .outer_rate = 0.03,
                    .init_scale = 0.1},
        .adapt = {.samples = SAMPLES_POPULATION,
                  .rank = 2,
                  .solver = ADAPT_EXACT,
                  .steps = 1000,
                  .rate = 0.005,
                  .tolerance = MEASURE_RISK_TOLERANCE},
    };
}

static bool is_rank(int key)
{
    const char *dot = strchr(key_table[key].path, '.');
    return dot && strcmp(dot, ".rank") == 0;
}

double key_limit(const struct config *config, int key)
{
    double maximum = key_table[key].maximum;
    return is_rank(key) && config->problem.dimension < maximum ? config->problem.dimension : maximum;
}

static enum err_code blame(int row, int *key)
{
    if (key)
        *key = row;
    return ERR_INPUT;
}

static enum err_code check_ranks(const struct config *config, int *key, struct err *err)
{
    for (int row = 0; row < key_count; row++) {
        if (!is_rank(row))
            continue;
        int rank;
        memcpy(&rank, (const char *)config + key_table[row].offset, sizeof rank);
        int dimension = config->problem.dimension;
        if (rank > dimension) {
            err_set(err, ERR_INPUT, "%s %d is above problem.dimension %d: a rank is at most the dimension",
                    key_table[row].path, rank, dimension);
            return blame(row, key);
        }
    }
    return ERR_NONE;
}

/* What a method's solver takes, with one thread. Of the moments it asks only how many there are, and whether there are
 * samples. */
static double solver_bytes(const struct config *config, int row)
{
    static const double some;
    const struct problem_config *problem = &config->problem;
    struct moments moments = {.tasks = problem->tasks,
                              .dimension = problem->dimension,
                              .samples = problem->samples,
                              .covariance = problem->samples == SAMPLES_POPULATION ? NULL : &some};
    struct shallow_data network = {.stride = shallow_padded(problem->samples)};
    bool is_network = problem->kind == PROBLEM_NETWORK;
    struct solver_setup setup = {.moments = &moments,
                                 .network = is_network ? &network : NULL,
                                 .rank = method_table[row].adapter_rank(&config->retrain),
                                 .shape = config->retrain.adapter,
                                 .sparing =
                                     solver_should_spare(problem->tasks, problem->dimension, config->retrain.adapter)};
    const struct solver_type *type = method_solver(row, config);
    double bytes = (double)solver_memory(type, &setup);
    if (config->adapt.solver == ADAPT_PAPER && !is_network) {
        moments.tasks = 1;
        moments.covariance = config->adapt.samples == SAMPLES_POPULATION ? NULL : &some;
        setup = (struct solver_setup){.moments = &moments,
                                      .rank = config->adapt.rank,
                                      .shape = ADAPTER_GENERAL,
                                      .base_frozen = true,
                                      .sparing = solver_should_spare(1, problem->dimension, ADAPTER_GENERAL)};
        bytes += (double)solver_memory(&solver_table[solver_find("gd")], &setup);
    }
    return bytes;
}

/* d × d matrices beside the solvers: the problem's own, what its moments add, what measuring takes, what a solver takes
 * that is not its arena's, as newton's vectors of residuals are GSL's, and each further thread's. Everything else is thin. */
double config_memory(const struct config *config)
{
    enum { OUTSIDE = 6, MEASURE = 5 };
    double d = config->problem.dimension;
    double tasks = config->problem.tasks;
    bool samples = config->problem.samples != SAMPLES_POPULATION;
    bool outside = solver_table[config->retrain.solver].end != NULL;
    double sides = config->retrain.adapter == ADAPTER_GENERAL ? 2 : 1;
    double matrices = tasks + 2 + MEASURE;
    double bytes = 0;
    if (samples)
        matrices += 4 * tasks; /* with their inverses */
    if (config->adapt.samples != SAMPLES_POPULATION)
        matrices += 3;
    for (int row = 0; row < METHOD_COUNT; row++)
        if (config->retrain.methods & 1u << row) {
            bool adapters = method_table[row].adapter_rank(&config->retrain) > 0;
            bytes += solver_bytes(config, row);
            matrices += adapters ? (experiment_threads(config, 0) - 1) * (sides + (samples ? 2 : 0)) : 0;
            matrices += outside && adapters ? OUTSIDE * tasks : 0;
        }
    if (config->problem.kind == PROBLEM_NETWORK) { /* no moments, but the samples themselves */
        double stride = (double)shallow_padded(config->problem.samples);
        double unseen = (double)shallow_padded(config->adapt.samples);
        bytes += sizeof(double) * ((tasks + 2) * (d + 1) * stride + (3 * d + 4) * unseen); /* and a measure's pass */
    }
    double thin = d * (tasks + 1) * (2.0 * config->problem.rank + 4.0 * config->retrain.rank);
    return bytes + sizeof(double) * (matrices * d * d + thin);
}

/* Tasks from outside may come without A*. */
static enum err_code check_oracle(const struct config *config, int *key, struct err *err)
{
    bool known = config->problem.source == PROBLEM_DRAWN || config->problem.source == PROBLEM_GIVEN_TRUTH;
    if (known || !(config->retrain.methods & 1u << METHOD_ORACLE))
        return ERR_NONE;
    err_set(err, ERR_INPUT,
            "retrain.methods names oracle, which needs A_star and U_star, and these tasks come without");
    return blame(key_find("retrain.methods"), key);
}

/* A network has nothing but samples to be trained on, and what is known of quadratic losses alone does not go with
 * it. */
static enum err_code check_network(const struct config *config, int *key, struct err *err)
{
    static const char *const samples[] = {"problem.samples", "adapt.samples"};
    if (config->problem.kind != PROBLEM_NETWORK)
        return ERR_NONE;
    const int count[] = {config->problem.samples, config->adapt.samples};
    for (int i = 0; i < 2; i++)
        if (count[i] == SAMPLES_POPULATION) {
            err_set(err, ERR_INPUT, "%s is population, and problem.kind network wants a number of samples", samples[i]);
            return blame(key_find(samples[i]), key);
        }
    if (config->problem.source != PROBLEM_DRAWN) {
        err_set(err, ERR_INPUT, "problem.kind network is for tasks that are drawn, not for those of a file");
        return blame(key_find("problem.kind"), key);
    }
    unsigned possible = 1u << METHOD_STANDARD | 1u << METHOD_META | 1u << METHOD_ORACLE;
    for (int row = 0; row < METHOD_COUNT; row++)
        if (config->retrain.methods & 1u << row & ~possible) {
            err_set(err, ERR_INPUT, "retrain.methods names %s, and a network is retrained by standard, meta or oracle",
                    method_table[row].name);
            return blame(key_find("retrain.methods"), key);
        }
    return ERR_NONE;
}

/* A solver with a matrix of unknowns × unknowns is for small problems. */
static enum err_code check_unknowns(const struct config *config, int *key, struct err *err)
{
    const struct problem_config *problem = &config->problem;
    for (int row = 0; row < METHOD_COUNT && problem->kind != PROBLEM_NETWORK; row++) {
        const struct solver_type *type = method_solver(row, config);
        size_t unknowns = solver_unknowns(problem->tasks, problem->dimension,
                                          method_table[row].adapter_rank(&config->retrain), config->retrain.adapter);
        if (!(config->retrain.methods & 1u << row) || type->most_unknowns == 0 ||
            unknowns <= (size_t)type->most_unknowns)
            continue;
        err_set(
            err, ERR_INPUT,
            "retrain.solver %s is for at most %d unknowns, and problem.tasks, problem.dimension and retrain.rank make "
            "%zu; newton takes any number",
            type->name, type->most_unknowns, unknowns);
        return blame(key_find("retrain.solver"), key);
    }
    return ERR_NONE;
}

static enum err_code check_memory(const struct config *config, int *key, struct err *err)
{
    static const double gibibyte = 1024.0 * 1024.0 * 1024.0, little = 16.0 * 1024.0 * 1024.0;
    double wanted = config_memory(config);
    if (wanted <=
        little) /* any machine has it, and a sweep asks of thousands of cells: the system's answer takes microseconds */
        return ERR_NONE;
    double there = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    if (there <= 0 || wanted <= there)
        return ERR_NONE;
    err_set(err, ERR_INPUT,
            "problem.dimension %d with problem.tasks %d takes %.1f GiB of memory, and this machine has %.1f GiB",
            config->problem.dimension, config->problem.tasks, wanted / gibibyte, there / gibibyte);
    return blame(key_find("problem.dimension"), key);
}

enum err_code config_check(const struct config *config, int *key, struct err *err)
{
    enum err_code code = check_ranks(config, key, err);
    if (code)
        return code;
    code = check_oracle(config, key, err);
    if (!code)
        code = check_network(config, key, err);
    if (!code)
        code = check_unknowns(config, key, err);
    if (code)
        return code;
    return check_memory(config, key, err);
}
