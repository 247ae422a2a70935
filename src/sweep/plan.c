/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/plan.h"

#include "model/method.h"
#include "model/solver.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum err_code check_apart(const struct plan *plan, const struct axis *added, struct err *err)
{
    for (int i = 0; i < plan->axes; i++)
        for (int j = 0; j < plan->axis[i].keys; j++)
            for (int l = 0; l < added->keys; l++)
                if (plan->axis[i].key[j] == added->key[l])
                    return err_set(err, ERR_INPUT, "the axes %s and %s are both over %s", plan->axis[i].name,
                                   added->name, key_table[added->key[l]].path);
    return ERR_NONE;
}

enum err_code plan_add_axis(struct plan *plan, const char *text, struct err *err)
{
    if (plan->axes == PLAN_AXES)
        return err_set(err, ERR_INPUT, "a sweep has at most %d axes", PLAN_AXES);
    struct axis axis;
    enum err_code code = axis_parse(&axis, text, err);
    if (code)
        return code;
    code = check_apart(plan, &axis, err);
    if (code) {
        axis_free(&axis);
        return code;
    }
    plan->axis[plan->axes++] = axis;
    return ERR_NONE;
}

void plan_free(struct plan *plan)
{
    for (int i = 0; i < plan->axes; i++)
        axis_free(&plan->axis[i]);
    plan->axes = 0;
}

enum err_code plan_copy(struct plan *to, const struct plan *from, struct err *err)
{
    *to = *from;
    for (int i = 0; i < from->axes; i++)
        to->axis[i].value = NULL;
    for (int i = 0; i < from->axes; i++) {
        size_t bytes = from->axis[i].count * sizeof *from->axis[i].value;
        to->axis[i].value = malloc(bytes);
        if (!to->axis[i].value) {
            plan_free(to);
            return err_set(err, ERR_MEMORY, "no memory for the axes of a sweep");
        }
        memcpy(to->axis[i].value, from->axis[i].value, bytes);
    }
    return ERR_NONE;
}

size_t plan_cells(const struct plan *plan)
{
    size_t cells = 1;
    for (int i = 0; i < plan->axes; i++)
        if (__builtin_mul_overflow(cells, plan->axis[i].count, &cells))
            return SIZE_MAX;
    return cells;
}

size_t plan_coordinate(const struct plan *plan, size_t cell, int axis)
{
    for (int i = plan->axes - 1; i > axis; i--)
        cell /= plan->axis[i].count;
    return cell % plan->axis[axis].count;
}

size_t plan_cell(const struct plan *plan, const size_t coordinate[PLAN_AXES])
{
    size_t cell = 0;
    for (int i = 0; i < plan->axes; i++)
        cell = cell * plan->axis[i].count + coordinate[i];
    return cell;
}

enum err_code plan_config(const struct plan *plan, size_t cell, int seed, struct config *config, struct err *err)
{
    *config = plan->base;
    for (int i = 0; i < plan->axes; i++)
        axis_apply(&plan->axis[i], plan_coordinate(plan, cell, i), config);
    if (config->problem.seed > UINT64_MAX - (uint64_t)seed)
        return err_set(err, ERR_INPUT, "problem.seed %" PRIu64 " has no %d seeds after it", config->problem.seed, seed);
    config->problem.seed += (uint64_t)seed;
    return config_check(config, NULL, err);
}

double plan_trial_flops(const struct config *config)
{
    enum { DECOMPOSITION = 25 }; /* of a d × d matrix, times d³ */
    static const double some;
    const struct problem_config *problem = &config->problem;
    double d = problem->dimension, samples = problem->samples;
    struct moments moments = {.tasks = problem->tasks,
                              .dimension = problem->dimension,
                              .samples = problem->samples,
                              .covariance = problem->samples == SAMPLES_POPULATION ? NULL : &some};
    double flops = problem->tasks * d * d * (4 * samples + 2 * problem->rank);
    for (int row = 0; row < METHOD_COUNT; row++) {
        if (!(config->retrain.methods & 1u << row))
            continue;
        struct shallow_data network = {.stride = shallow_padded(problem->samples)};
        struct solver_setup setup = {.moments = &moments,
                                     .network = problem->kind == PROBLEM_NETWORK ? &network : NULL,
                                     .rank = method_table[row].adapter_rank(&config->retrain),
                                     .shape = config->retrain.adapter,
                                     .rates = {.inner_steps = config->retrain.inner_steps}};
        flops += config->retrain.steps * method_solver(row, config)->flops(&setup);
        flops += (problem->tasks + 3) * DECOMPOSITION * d * d * d;
        if (config->adapt.solver == ADAPT_PAPER)
            flops += config->adapt.steps * (8.0 * config->adapt.rank * d * d);
    }
    return flops;
}

void plan_describe(const struct plan *plan, size_t cell, char *text, size_t size)
{
    size_t used = 0;
    if (size > 0)
        text[0] = '\0';
    for (int i = 0; i < plan->axes && used < size; i++) {
        int wrote = snprintf(text + used, size - used, "%s%s %s", i > 0 ? ", " : "", plan->axis[i].name,
                             plan->axis[i].value[plan_coordinate(plan, cell, i)]);
        used += wrote > 0 ? (size_t)wrote : 0;
    }
}
