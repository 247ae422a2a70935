/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/config_json.h"
#include "run/explain.h"
#include "run/result_state.h"
#include "run/tree.h"

static json_t *build_theory(bool *failed, const struct snapshot *snapshot, int row)
{
    const struct method_snapshot *method = &snapshot->method[row];
    int dimension = snapshot->config.problem.dimension;
    json_t *theory = json_object();
    bool silent = method->theory_error_rank == THEORY_SILENT;
    tree_put(theory, "theorem", silent ? json_null() : json_string(method_table[row].theorem(&snapshot->config)),
             failed);
    tree_put(theory, "singular_values",
             method->predicted ? tree_numbers(method->prediction.singular_values, dimension, failed) : json_null(),
             failed);
    tree_put(theory, "adaptation_curve",
             method->predicted ? tree_numbers(method->prediction.curve, dimension + 1, failed) : json_null(), failed);
    return theory;
}

static json_t *build_curve(bool *failed, const struct curve *curve)
{
    json_t *object = json_object();
    json_t *step = json_array();
    json_t *value = json_array();
    json_t *min = json_array();
    json_t *max = json_array();
    for (size_t i = 0; i < curve->count; i++) {
        tree_append(step, json_integer(curve->bucket[i].last_step), failed);
        tree_append(value, tree_number(curve->bucket[i].last), failed);
        tree_append(min, tree_number(curve->bucket[i].min), failed);
        tree_append(max, tree_number(curve->bucket[i].max), failed);
    }
    tree_put(object, "step", step, failed);
    tree_put(object, "value", value, failed);
    tree_put(object, "min", min, failed);
    tree_put(object, "max", max, failed);
    return object;
}

/* Series that were never measured are left out. */
static json_t *build_history(bool *failed, const struct history *const history[STAGE_COUNT])
{
    static const char *const stages[STAGE_COUNT] = {"retrain", "adapt"};
    json_t *root = json_object();
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        json_t *object = json_object();
        for (int i = 0; i < SERIES_COUNT; i++)
            if (history[stage]->curve[i].count > 0)
                tree_put(object, series_table[i].name, build_curve(failed, &history[stage]->curve[i]), failed);
        tree_put(root, stages[stage], object, failed);
    }
    return root;
}

static json_t *build_method(bool *failed, const struct view *view, int row)
{
    const struct snapshot *snapshot = view->snapshot;
    const struct method_snapshot *method = &snapshot->method[row];
    const struct problem_config *problem = &snapshot->config.problem;
    json_t *object = json_object();
    tree_put(object, "status", json_string(result_status(method->status)), failed);
    tree_put(object, "adapt_status",
             method->adapt_step > 0 ? json_string(result_status(method->adapt_status)) : json_null(), failed);
    for (int i = 0; i < result_measure_count; i++) {
        double value = result_measure_value(&result_measures[i], method);
        tree_put(object, result_measures[i].name,
                 result_measures[i].type == RESULT_REAL ? tree_number(value) : tree_whole(value), failed);
    }
    tree_put(object, "stable_inner_rate", tree_number(method->stability.inner), failed);
    tree_put(object, "stable_outer_rate", tree_number(method->stability.outer), failed);
    tree_put(object, "angles", tree_numbers(method->spectra.angles, problem->tasks, failed), failed);
    tree_put(object, "singular_values", tree_numbers(method->spectra.singular_values, problem->dimension, failed),
             failed);
    tree_put(object, "adaptation_curve", tree_numbers(method->spectra.curve, problem->dimension + 1, failed), failed);
    tree_put(object, "theory", build_theory(failed, snapshot, row), failed);
    tree_put(object, "history", build_history(failed, view->history[row]), failed);
    return object;
}

static json_t *build(bool *failed, const struct view *view)
{
    const struct snapshot *snapshot = view->snapshot;
    char text[EXPLANATION_SIZE];
    json_t *root = json_object();
    json_t *methods = json_object();
    tree_put(root, "rankscope", json_string(RANKSCOPE_VERSION), failed);
    tree_put(root, "config", config_json(&snapshot->config), failed);
    tree_put(root, "done", json_boolean(snapshot->done), failed);
    tree_put(root, "ended", view->end == RUN_OPEN ? json_null() : json_string(result_end(view->end)), failed);
    tree_put(root, "base_norm", tree_number(snapshot->base_norm), failed);
    tree_put(root, "base_norm_two", tree_number(snapshot->base_norm_two), failed);
    tree_put(root, "unseen_norm", tree_number(snapshot->unseen_norm), failed);
    explain(view, text, sizeof text);
    tree_put(root, "explanation", json_string(text), failed);
    for (int row = 0; row < METHOD_COUNT; row++)
        if (snapshot->method[row].active)
            tree_put(methods, method_table[row].name, build_method(failed, view, row), failed);
    tree_put(root, "methods", methods, failed);
    return root;
}

enum err_code result_write_json(FILE *stream, const struct view *view, struct err *err)
{
    bool failed = false;
    json_t *root = build(&failed, view);
    return tree_write(stream, root, failed, "the results", err);
}
