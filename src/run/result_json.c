/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/config_json.h"
#include "run/explain.h"
#include "run/result_state.h"

#include <jansson.h>
#include <math.h>

/* jansson takes NULL for an object or a value and answers −1, so one flag tells of any failure. */
struct builder {
    bool failed;
};

static void put(struct builder *builder, json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0)
        builder->failed = true;
}

static void append(struct builder *builder, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        builder->failed = true;
}

static json_t *real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *whole(double value)
{
    return isfinite(value) ? json_integer((json_int_t)value) : json_null();
}

static json_t *reals(struct builder *builder, const double *values, int count)
{
    json_t *array = json_array();
    for (int i = 0; i < count; i++)
        append(builder, array, real(values[i]));
    return array;
}

static json_t *build_theory(struct builder *builder, const struct snapshot *snapshot, int row)
{
    const struct method_snapshot *method = &snapshot->method[row];
    int dimension = snapshot->config.problem.dimension;
    json_t *theory = json_object();
    bool silent = method->theory_error_rank == THEORY_SILENT;
    put(builder, theory, "theorem", silent ? json_null() : json_string(method_table[row].theorem(&snapshot->config)));
    put(builder, theory, "singular_values",
        method->predicted ? reals(builder, method->prediction.singular_values, dimension) : json_null());
    put(builder, theory, "adaptation_curve",
        method->predicted ? reals(builder, method->prediction.curve, dimension + 1) : json_null());
    return theory;
}

static json_t *build_curve(struct builder *builder, const struct curve *curve)
{
    json_t *object = json_object();
    json_t *step = json_array();
    json_t *value = json_array();
    json_t *min = json_array();
    json_t *max = json_array();
    for (size_t i = 0; i < curve->count; i++) {
        append(builder, step, json_integer(curve->bucket[i].last_step));
        append(builder, value, real(curve->bucket[i].last));
        append(builder, min, real(curve->bucket[i].min));
        append(builder, max, real(curve->bucket[i].max));
    }
    put(builder, object, "step", step);
    put(builder, object, "value", value);
    put(builder, object, "min", min);
    put(builder, object, "max", max);
    return object;
}

/* Series that were never measured are left out. */
static json_t *build_history(struct builder *builder, const struct history *const history[STAGE_COUNT])
{
    static const char *const stages[STAGE_COUNT] = {"retrain", "adapt"};
    json_t *root = json_object();
    for (int stage = 0; stage < STAGE_COUNT; stage++) {
        json_t *object = json_object();
        for (int i = 0; i < SERIES_COUNT; i++)
            if (history[stage]->curve[i].count > 0)
                put(builder, object, series_table[i].name, build_curve(builder, &history[stage]->curve[i]));
        put(builder, root, stages[stage], object);
    }
    return root;
}

static json_t *build_method(struct builder *builder, const struct view *view, int row)
{
    const struct snapshot *snapshot = view->snapshot;
    const struct method_snapshot *method = &snapshot->method[row];
    const struct problem_config *problem = &snapshot->config.problem;
    json_t *object = json_object();
    put(builder, object, "status", json_string(result_status(method->status)));
    put(builder, object, "adapt_status",
        method->adapt_step > 0 ? json_string(result_status(method->adapt_status)) : json_null());
    for (int i = 0; i < result_measure_count; i++) {
        double value = result_measure_value(&result_measures[i], method);
        put(builder, object, result_measures[i].name,
            result_measures[i].type == RESULT_REAL ? real(value) : whole(value));
    }
    put(builder, object, "stable_inner_rate", real(method->stability.inner));
    put(builder, object, "stable_outer_rate", real(method->stability.outer));
    put(builder, object, "angles", reals(builder, method->spectra.angles, problem->tasks));
    put(builder, object, "singular_values", reals(builder, method->spectra.singular_values, problem->dimension));
    put(builder, object, "adaptation_curve", reals(builder, method->spectra.curve, problem->dimension + 1));
    put(builder, object, "theory", build_theory(builder, snapshot, row));
    put(builder, object, "history", build_history(builder, view->history[row]));
    return object;
}

static json_t *build(struct builder *builder, const struct view *view)
{
    const struct snapshot *snapshot = view->snapshot;
    char text[EXPLANATION_SIZE];
    json_t *root = json_object();
    json_t *methods = json_object();
    put(builder, root, "rankscope", json_string(RANKSCOPE_VERSION));
    put(builder, root, "config", config_json(&snapshot->config));
    put(builder, root, "done", json_boolean(snapshot->done));
    put(builder, root, "ended", view->end == RUN_OPEN ? json_null() : json_string(result_end(view->end)));
    put(builder, root, "base_norm", real(snapshot->base_norm));
    put(builder, root, "base_norm_two", real(snapshot->base_norm_two));
    put(builder, root, "unseen_norm", real(snapshot->unseen_norm));
    explain(view, text, sizeof text);
    put(builder, root, "explanation", json_string(text));
    for (int row = 0; row < METHOD_COUNT; row++)
        if (snapshot->method[row].active)
            put(builder, methods, method_table[row].name, build_method(builder, view, row));
    put(builder, root, "methods", methods);
    return root;
}

enum err_code result_write_json(FILE *stream, const struct view *view, struct err *err)
{
    enum { DIGITS = 17 }; /* enough to read the same bits back */
    struct builder builder = {.failed = false};
    json_t *root = build(&builder, view);
    /* not json_dumps, which can lose text unheard when its buffer does not grow */
    bool whole = !builder.failed && json_dumpf(root, stream, JSON_REAL_PRECISION(DIGITS)) == 0;
    json_decref(root);
    if (!whole && !ferror(stream))
        return err_set(err, ERR_MEMORY, "no memory for the results as JSON");
    fputc('\n', stream);
    return ERR_NONE;
}
