/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/export.h"

#include "base/arena.h"
#include "model/adapt.h"
#include "model/method.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FIELDS_MAX = 16 + METHOD_COUNT * 12 };

struct exporting {
    const struct experiment *experiment;
    const struct view *view;
    struct npz_field field[FIELDS_MAX];
    int count;
    struct arena *arena; /* of what is made for the export */
    const char *prefix;  /* "meta_" */
};

/* NULL data: what is not known is left out. */
static void add(struct exporting *exporting, const char *name, const double *data, int dims, const int *shape)
{
    if (!data)
        return;
    struct npz_field *field = &exporting->field[exporting->count++];
    *field = (struct npz_field){.dims = dims, .data = data};
    snprintf(field->name, sizeof field->name, "%s%s", exporting->prefix, name);
    for (int i = 0; i < dims; i++)
        field->shape[i] = (uint64_t)shape[i];
}

#define ADD(exporting, name, data, ...)                                                                                \
    add(exporting, name, data, (int)(sizeof((int[]){__VA_ARGS__}) / sizeof(int)), (int[]){__VA_ARGS__})

/* Doubles that a method's losses and closed-form adapter take. */
static size_t method_size(const struct config *config)
{
    size_t d = (size_t)config->problem.dimension, rank = (size_t)config->adapt.rank;
    size_t losses = arena_matrices_size(4, 1, HISTORY_BUCKETS + 1) + 4 * arena_doubles_size(1);
    size_t factor = arena_matrices_size(1, d, rank);
    return arena_add(losses, arena_add(factor, factor));
}

/* A loss at every recorded step, and those steps. Where the curve is so long that its buckets span several steps, the
 * first entry is put in front, so that it is always that of step 0. */
static void add_loss(struct exporting *exporting, const char *name, const struct curve *curve, double start_loss)
{
    char step_name[ZIP_NAME_SIZE];
    double *value = arena_doubles(exporting->arena, curve->count + 1);
    double *step = arena_doubles(exporting->arena, curve->count + 1);
    int count = 0;
    if (curve->count > 0 && curve->bucket[0].last_step > 0 && isfinite(start_loss)) {
        value[0] = start_loss;
        step[count++] = 0;
    }
    for (size_t i = 0; i < curve->count; i++, count++) {
        value[count] = curve->bucket[i].last;
        step[count] = (double)curve->bucket[i].last_step;
    }
    snprintf(step_name, sizeof step_name, "%s_step", name);
    if (count > 0) {
        ADD(exporting, name, value, count);
        ADD(exporting, step_name, step, count);
    }
}

static bool fits_exactly(const struct exporting *exporting)
{
    const struct config *config = experiment_config(exporting->experiment);
    return config->adapt.solver == ADAPT_EXACT && config->adapt.samples == SAMPLES_POPULATION &&
           experiment_problem(exporting->experiment)->unseen_target;
}

/* The best adapter in population, and its loss, which is the risk, without it and with it. */
static enum err_code add_exact(struct exporting *exporting, int row, struct err *err)
{
    const struct problem *problem = experiment_problem(exporting->experiment);
    const double *curve = exporting->view->snapshot->method[row].spectra.curve;
    int d = problem->config.dimension, rank = experiment_config(exporting->experiment)->adapt.rank;
    size_t factor = (size_t)d * (size_t)rank;
    double *left = arena_doubles(exporting->arena, factor);
    double *right = arena_doubles(exporting->arena, factor);
    double *loss = arena_doubles(exporting->arena, 4);
    enum err_code code = adapt_best_factors(
        problem, rank, experiment_point(exporting->experiment, row, STAGE_RETRAIN)->base, left, right, err);
    if (code)
        return code;
    loss[0] = curve[0];
    loss[1] = curve[rank];
    loss[2] = 0;
    loss[3] = 1;
    ADD(exporting, "Ut", left, d, rank);
    ADD(exporting, "Vt", right, d, rank);
    ADD(exporting, "test_loss", loss, 2);
    ADD(exporting, "test_loss_step", loss + 2, 2);
    return ERR_NONE;
}

static enum err_code add_adapted(struct exporting *exporting, int row, struct err *err)
{
    const struct point *point = experiment_point(exporting->experiment, row, STAGE_ADAPT);
    if (!point)
        return fits_exactly(exporting) ? add_exact(exporting, row, err) : ERR_NONE;
    ADD(exporting, "Ut", point->left, point->dimension, point->rank);
    ADD(exporting, "Vt", point->right, point->dimension, point->rank);
    add_loss(exporting, "test_loss", &exporting->view->history[row][STAGE_ADAPT]->curve[SERIES_TRAIN_LOSS],
             (double)NAN);
    return ERR_NONE;
}

static enum err_code add_method(struct exporting *exporting, int row, struct err *err)
{
    const struct point *point = experiment_point(exporting->experiment, row, STAGE_RETRAIN);
    const struct method_snapshot *method = &exporting->view->snapshot->method[row];
    const struct problem *problem = experiment_problem(exporting->experiment);
    int d = point->dimension, tasks = point->tasks;
    ADD(exporting, "A", point->base, d, d);
    ADD(exporting, "c", point->top, d);
    if (point->rank > 0) {
        ADD(exporting, "U", point->left, tasks, d, point->rank);
        ADD(exporting, "V", point->right, tasks, d, point->rank);
    }
    ADD(exporting, "singular_values", problem->base ? method->spectra.singular_values : NULL, d);
    ADD(exporting, "adaptation_curve", problem->unseen_target ? method->spectra.curve : NULL, d + 1);
    add_loss(exporting, "train_loss", &exporting->view->history[row][STAGE_RETRAIN]->curve[SERIES_TRAIN_LOSS],
             method->start_loss);
    return add_adapted(exporting, row, err);
}

bool export_writes(const char *name)
{
    static const char *const known[] = {"A",
                                        "c",
                                        "U",
                                        "V",
                                        "Ut",
                                        "Vt",
                                        "singular_values",
                                        "train_loss",
                                        "train_loss_step",
                                        "test_loss",
                                        "test_loss_step",
                                        "adaptation_curve"};
    for (int row = 0; row < METHOD_COUNT; row++) {
        size_t length = strlen(method_table[row].name);
        if (strncmp(name, method_table[row].name, length) != 0 || name[length] != '_')
            continue;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (strcmp(name + length + 1, known[i]) == 0)
                return true;
    }
    return false;
}

/* What a later run can read as its tasks. */
static void add_problem(struct exporting *exporting, const struct given *given)
{
    const struct problem *problem = experiment_problem(exporting->experiment);
    int d = problem->config.dimension, tasks = problem->config.tasks, k = problem->config.rank;
    exporting->prefix = "";
    ADD(exporting, "A_star", problem->base, d, d);
    ADD(exporting, "c_star", problem->top, d);
    ADD(exporting, "U_star", problem->left, tasks, d, k);
    ADD(exporting, "V_star", problem->right == problem->left ? NULL : problem->right, tasks, d, k);
    ADD(exporting, "W", given ? given->tasks.target : problem->target, tasks, d, d);
    ADD(exporting, "W_test", problem->unseen_target, d, d);
    if (!given)
        return;
    ADD(exporting, "X", given->tasks.inputs, tasks, d, problem->config.samples);
    ADD(exporting, "Y", given->tasks.outputs, tasks, d, problem->config.samples);
    ADD(exporting, "X_test", given->tasks.unseen_inputs, d, problem->adapt_samples);
    ADD(exporting, "Y_test", given->tasks.unseen_outputs, d, problem->adapt_samples);
}

enum err_code export_write(const char *path, const struct experiment *experiment, const struct view *view,
                           const struct given *given, struct err *err)
{
    struct exporting exporting = {.experiment = experiment, .view = view};
    enum err_code code = ERR_NONE;
    exporting.arena = arena_new(METHOD_COUNT * method_size(experiment_config(experiment)));
    if (!exporting.arena)
        return err_set(err, ERR_MEMORY, "no memory for an export");
    add_problem(&exporting, given);
    for (int row = 0; row < METHOD_COUNT && !code; row++) {
        char prefix[ZIP_NAME_SIZE / 2];
        if (!view->snapshot->method[row].active)
            continue;
        snprintf(prefix, sizeof prefix, "%s_", method_table[row].name);
        exporting.prefix = prefix;
        code = add_method(&exporting, row, err);
    }
    if (!code)
        code = npz_write(path, exporting.field, exporting.count, err);
    arena_free(exporting.arena);
    return code;
}
