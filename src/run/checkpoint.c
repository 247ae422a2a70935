/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/checkpoint.h"

#include "run/experiment_state.h"

#include <string.h>

enum { CACHE_LINE = 64 };

static size_t whole_lines(size_t bytes)
{
    return (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
}

/* Doubles in one method's factors, U of all tasks. */
static size_t factors_of(const struct config *config, int row)
{
    int rank = method_table[row].adapter_rank(&config->retrain);
    return (size_t)config->problem.tasks * (size_t)config->problem.dimension * (size_t)rank;
}

static enum adapter_shape shape_of(const struct config *config)
{
    return config->problem.kind == PROBLEM_NETWORK ? ADAPTER_GENERAL : config->retrain.adapter;
}

static size_t method_size(const struct config *config, int row)
{
    size_t d = (size_t)config->problem.dimension;
    size_t sides = shape_of(config) == ADAPTER_GENERAL ? 2 : 1;
    if (!(config->retrain.methods & 1u << row))
        return 0;
    size_t top = config->problem.kind == PROBLEM_NETWORK ? whole_lines(d * sizeof(double)) : 0;
    return top + whole_lines(d * d * sizeof(double)) + sides * whole_lines(factors_of(config, row) * sizeof(double));
}

size_t checkpoint_size(const struct config *config)
{
    size_t bytes = whole_lines(sizeof(struct checkpoint));
    for (int row = 0; row < METHOD_COUNT; row++)
        bytes += method_size(config, row);
    return bytes;
}

/* The next piece of the block. */
static double *piece(unsigned char **next, size_t doubles)
{
    double *at = (double *)(void *)*next;
    *next += whole_lines(doubles * sizeof(double));
    return at;
}

struct checkpoint *checkpoint_bind(void *memory, const struct config *config)
{
    struct checkpoint *checkpoint = memory;
    unsigned char *next = (unsigned char *)memory + whole_lines(sizeof *checkpoint);
    size_t d = (size_t)config->problem.dimension;
    memset(checkpoint, 0, sizeof *checkpoint);
    for (int row = 0; row < METHOD_COUNT; row++) {
        if (!(config->retrain.methods & 1u << row))
            continue;
        struct point *point = &checkpoint->method[row].point;
        *point = (struct point){.dimension = config->problem.dimension,
                                .tasks = config->problem.tasks,
                                .rank = method_table[row].adapter_rank(&config->retrain),
                                .shape = shape_of(config),
                                .base = piece(&next, d * d),
                                .left = piece(&next, factors_of(config, row))};
        if (config->problem.kind == PROBLEM_NETWORK)
            point->top = piece(&next, d);
        bool general = point->shape == ADAPTER_GENERAL;
        point->right = general ? piece(&next, factors_of(config, row)) : point->left;
    }
    return checkpoint;
}

bool checkpoint_save(struct checkpoint *checkpoint, const struct experiment *experiment)
{
    if (experiment->stage != STAGE_RETRAIN || experiment->in_step)
        return false;
    checkpoint->step = experiment_steps(experiment);
    checkpoint->solver = experiment->config.retrain.solver;
    for (int row = 0; row < METHOD_COUNT; row++) {
        struct solver *solver = experiment->run[row].solver[STAGE_RETRAIN];
        checkpoint->method[row].there = solver != NULL;
        if (!solver)
            continue;
        checkpoint->method[row].status = solver_status(solver);
        checkpoint->method[row].steps = solver_steps(solver);
        point_copy(&checkpoint->method[row].point, solver_point(solver));
    }
    return true;
}

void checkpoint_copy(struct checkpoint *to, const struct checkpoint *from)
{
    to->step = from->step;
    to->solver = from->solver;
    for (int row = 0; row < METHOD_COUNT; row++) {
        to->method[row].there = from->method[row].there;
        to->method[row].status = from->method[row].status;
        to->method[row].steps = from->method[row].steps;
        if (from->method[row].there)
            point_copy(&to->method[row].point, &from->method[row].point);
    }
}

void experiment_drop_line(struct experiment_line *line)
{
    for (int row = 0; row < METHOD_COUNT && line->there; row++)
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            solver_free(line->run[row].solver[stage]);
    *line = (struct experiment_line){.there = false};
}

/* Takes the present line off the experiment, which has none then. */
static struct experiment_line take_line(struct experiment *experiment)
{
    struct experiment_line line = {.there = true,
                                   .stage = experiment->stage,
                                   .in_step = experiment->in_step,
                                   .phases = experiment->phases,
                                   .config = experiment->config};
    for (int row = 0; row < METHOD_COUNT; row++) {
        struct experiment_run *run = &experiment->run[row];
        memcpy(line.run[row].solver, run->solver, sizeof run->solver);
        memcpy(line.run[row].end_sampled, run->end_sampled, sizeof run->end_sampled);
        line.run[row].phase = run->phase;
        memset(run->solver, 0, sizeof run->solver);
    }
    return line;
}

static void put_line(struct experiment *experiment, const struct experiment_line *line)
{
    experiment->stage = line->stage;
    experiment->in_step = line->in_step;
    experiment->phases = line->phases;
    experiment->config = line->config;
    experiment->rates_stale = true; /* the solvers may be new */
    for (int row = 0; row < METHOD_COUNT; row++) {
        struct experiment_run *run = &experiment->run[row];
        memcpy(run->solver, line->run[row].solver, sizeof run->solver);
        memcpy(run->end_sampled, line->run[row].end_sampled, sizeof run->end_sampled);
        run->phase = line->run[row].phase;
        run->measured = false;
    }
}

/* The method's solver of the kind that is set now, where it stood at the checkpoint. One of another kind goes on from there as after a
 * switch, whatever the one before had come to. */
static struct solver *make_solver(const struct experiment *experiment, const struct checkpoint *checkpoint, int row,
                                  struct err *err)
{
    const struct solver *like = experiment->run[row].solver[STAGE_RETRAIN];
    const struct solver_type *type = method_solver(row, &experiment->config);
    struct config then = experiment->config;
    enum solver_status status = checkpoint->method[row].status;
    long steps = checkpoint->method[row].steps;
    then.retrain.solver = checkpoint->solver;
    if (type != method_solver(row, &then) && status != SOLVER_DIVERGED) {
        status = SOLVER_RUNNING;
        steps = checkpoint->step;
    }
    return solver_resume(like, type, &checkpoint->method[row].point, status, steps, err);
}

/* A line that stands at the checkpoint. */
static enum err_code make_line(const struct experiment *experiment, const struct checkpoint *checkpoint,
                               struct experiment_line *line, struct err *err)
{
    struct err why = {.code = ERR_NONE};
    *line = (struct experiment_line){.there = true, .stage = STAGE_RETRAIN, .config = experiment->config};
    for (int row = 0; row < METHOD_COUNT; row++) {
        if (!experiment->run[row].solver[STAGE_RETRAIN] || !checkpoint->method[row].there)
            continue;
        line->run[row].solver[STAGE_RETRAIN] = make_solver(experiment, checkpoint, row, &why);
        if (!line->run[row].solver[STAGE_RETRAIN]) {
            experiment_drop_line(line);
            return err_set(err, why.code, "%s", why.message);
        }
    }
    return ERR_NONE;
}

enum err_code experiment_rewind(struct experiment *experiment, const struct checkpoint *checkpoint,
                                struct experiment_line *left, struct err *err)
{
    struct experiment_line line;
    enum err_code code = make_line(experiment, checkpoint, &line, err);
    if (code)
        return code;
    *left = take_line(experiment);
    put_line(experiment, &line);
    return ERR_NONE;
}

void experiment_take_up(struct experiment *experiment, struct experiment_line *line, struct experiment_line *left)
{
    *left = take_line(experiment);
    put_line(experiment, line);
    *line = (struct experiment_line){.there = false};
}
