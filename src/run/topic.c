/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/topic.h"

#include "run/explain.h"
#include "run/key.h"
#include "run/prose.h"
#include "run/result_state.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- where the run is ---- */

static void tell_state(const struct view *view, struct prose *prose)
{
    const struct snapshot *snapshot = view->snapshot;
    for (int row = 0; row < METHOD_COUNT; row++) {
        const struct method_snapshot *method = &snapshot->method[row];
        if (!method->active)
            continue;
        bool adapts = snapshot->stage == STAGE_ADAPT && method->status != SOLVER_DIVERGED;
        enum solver_status status = adapts ? method->adapt_status : method->status;
        prose_add(prose, "%s: %s step %ld of %d, loss %s%s%s. ", method_table[row].title,
                  adapts ? "fine-tuning" : "retraining", adapts ? method->adapt_step : method->step,
                  adapts ? snapshot->config.adapt.steps : snapshot->config.retrain.steps,
                  PROSE_NUMBER(adapts ? method->adapt_loss : method->train_loss), status == SOLVER_RUNNING ? "" : ", ",
                  status == SOLVER_RUNNING ? "" : result_status(status));
    }
    prose_add(prose, snapshot->done ? "The run is done." : "The run is not done.");
}

static void tell_parameters(const struct view *view, struct prose *prose)
{
    const struct config *config = &view->snapshot->config;
    for (int key = 0; key < key_count; key++) {
        char value[KEY_VALUE_SIZE];
        if (!key_applies(config, key))
            continue;
        key_format(config, key, value);
        prose_add(prose, "%s is %s. ", key_table[key].path, *value != '\0' ? value : "empty");
    }
}

/* ---- the theory ---- */

static void tell_ranks(struct prose *prose, const char *what, int theory, const char *formula, int measured)
{
    prose_add(prose, "%s %d", what, theory);
    if (*formula != '\0')
        prose_add(prose, " = %s", formula);
    if (measured == SPECTRA_UNKNOWN)
        prose_add(prose, ", which cannot be measured here");
    else if (measured == theory)
        prose_add(prose, ", and so it is measured");
    else
        prose_add(prose, ", and %d is measured", measured);
}

static void tell_theory_of(const struct snapshot *snapshot, int row, struct prose *prose)
{
    const struct method_snapshot *method = &snapshot->method[row];
    const struct config *config = &snapshot->config;
    const char *title = method_table[row].title;
    if (method->theory_error_rank == THEORY_SILENT || method->theory_rank_needed == THEORY_SILENT) {
        prose_add(prose, "%s: no theorem covers this problem. ", title);
        return;
    }
    const char *theorem = method_table[row].theorem(config);
    prose_add(prose, "%s%s%s%s: ", title, theorem != NULL ? ", by " : "", theorem != NULL ? theorem : "",
              method->step == 0 ? ", before its first step" : "");
    tell_ranks(prose, "the error of its base has rank", method->theory_error_rank,
               method_error_formula(config, row, method->theory_error_rank), method->spectra.error_rank);
    tell_ranks(prose, "; the next task needs an adapter of rank", method->theory_rank_needed,
               method_needed_formula(config, row, method->theory_rank_needed), method->spectra.rank_needed);
    prose_add(prose, ". ");
}

static void tell_theory(const struct view *view, struct prose *prose)
{
    for (int row = 0; row < METHOD_COUNT; row++)
        if (view->snapshot->method[row].active)
            tell_theory_of(view->snapshot, row, prose);
}

static void tell_explanation(const struct view *view, struct prose *prose)
{
    char text[EXPLANATION_SIZE];
    explain(view, text, sizeof text);
    prose_add(prose, "%s", text);
}

/* ---- charts ---- */

/* A curve by its first, least, greatest and last value. */
static void tell_curve(const struct view *view, int row, enum stage stage, enum series series, struct prose *prose)
{
    const struct curve *curve = &view->history[row][stage]->curve[series];
    const struct series_info *info = &series_table[series];
    const struct bucket *least = &curve->bucket[0];
    const struct bucket *last = &curve->bucket[curve->count > 0 ? curve->count - 1 : 0];
    const char *unit = info->unit;
    const char *blank = *unit != '\0' ? " " : "";
    if (curve->count == 0)
        return;
    double greatest = curve->bucket[0].max;
    for (size_t i = 0; i < curve->count; i++) {
        if (curve->bucket[i].min < least->min)
            least = &curve->bucket[i];
        greatest = fmax(greatest, curve->bucket[i].max);
    }
    prose_add(prose, "%s, %s%s: %s%s%s at step %ld", method_table[row].title, info->title,
              stage == STAGE_ADAPT ? " while fine-tuning" : "", PROSE_NUMBER(last->last), blank, unit, last->last_step);
    if (curve->count > 1)
        prose_add(prose, "; least %s, first near step %ld; greatest %s", PROSE_NUMBER(least->min), least->step,
                  PROSE_NUMBER(greatest));
    prose_add(prose, ". ");
}

static void tell_series(const struct view *view, enum series series, struct prose *prose)
{
    size_t before = prose->used;
    for (int row = 0; row < METHOD_COUNT; row++)
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            if (view->snapshot->method[row].active)
                tell_curve(view, row, (enum stage)stage, series, prose);
    if (prose->used == before)
        prose_add(prose, "Nothing is recorded of the %s. ", series_table[series].title);
}

static void tell_loss(const struct view *view, struct prose *prose)
{
    tell_series(view, SERIES_TRAIN_LOSS, prose);
}

static void tell_recovery(const struct view *view, struct prose *prose)
{
    tell_series(view, SERIES_RECOVERY_ANGLE, prose);
    tell_series(view, SERIES_BASE_ERROR, prose);
}

/* Numbers up to the first that is next to nothing: "12, 3.4, 0.5, then nothing above 1.0e-15". */
static void tell_falling(struct prose *prose, const double *values, int count, double nothing)
{
    enum { MOST = 24 };
    int told = 0;
    while (told < count && told < MOST && values[told] > nothing) {
        prose_add(prose, "%s%s", told > 0 ? ", " : "", PROSE_NUMBER(values[told]));
        told++;
    }
    if (told == count)
        return;
    int rest = count - told;
    double most = values[told];
    if (told == 0)
        prose_add(prose, "all %d are at most %s", rest, PROSE_NUMBER(most));
    else if (rest == 1)
        prose_add(prose, "; the last is at most %s", PROSE_NUMBER(most));
    else
        prose_add(prose, "; the other %d are at most %s", rest, PROSE_NUMBER(most));
}

static bool tell_missing(const struct view *view, enum snapshot_need need, struct prose *prose)
{
    const char *missing = snapshot_missing(view->snapshot, need);
    if (*missing != '\0')
        prose_add(prose, "This %s.", missing);
    return *missing != '\0';
}

static void tell_adaptation(const struct view *view, struct prose *prose)
{
    const struct snapshot *snapshot = view->snapshot;
    double nothing = snapshot_no_risk(snapshot);
    if (tell_missing(view, SNAPSHOT_UNSEEN, prose))
        return;
    prose_add(prose, "The least risk on the unseen task with an adapter of rank 0, 1, 2 and so on. ");
    for (int row = 0; row < METHOD_COUNT; row++) {
        const struct method_snapshot *method = &snapshot->method[row];
        if (!method->active)
            continue;
        prose_add(prose, "%s: ", method_table[row].title);
        tell_falling(prose, method->spectra.curve, snapshot->config.problem.dimension + 1, nothing);
        prose_add(prose, ". It needs rank %d. ", method->spectra.rank_needed);
    }
}

static void tell_spectrum(const struct view *view, struct prose *prose)
{
    const struct snapshot *snapshot = view->snapshot;
    double nothing = MEASURE_RANK_TOLERANCE * snapshot->base_norm_two;
    if (tell_missing(view, SNAPSHOT_BASE, prose))
        return;
    prose_add(prose, "The singular values of the base's error, Â − A*. ");
    for (int row = 0; row < METHOD_COUNT; row++) {
        const struct method_snapshot *method = &snapshot->method[row];
        if (!method->active)
            continue;
        prose_add(prose, "%s: ", method_table[row].title);
        tell_falling(prose, method->spectra.singular_values, snapshot->config.problem.dimension, nothing);
        prose_add(prose, ". The error has rank %d. ", method->spectra.error_rank);
    }
}

/* ---- measures ---- */

static void tell_measure(const struct view *view, const struct result_measure *measure, struct prose *prose)
{
    prose_add(prose, "%s: ", measure->name);
    int told = 0;
    for (int row = 0; row < METHOD_COUNT; row++) {
        const struct method_snapshot *method = &view->snapshot->method[row];
        if (!method->active)
            continue;
        double value = result_measure_value(measure, method);
        prose_add(prose, "%s%s %s", told++ > 0 ? ", " : "", method_table[row].name,
                  isnan(value) ? "is not known" : PROSE_NUMBER(value));
    }
    prose_add(prose, told > 0 ? "." : "no method is asked for.");
}

/* ---- the table ---- */

static const struct topic {
    const char *name;
    void (*tell)(const struct view *view, struct prose *prose);
} topic_table[] = {
    {"state", tell_state},           {"parameters", tell_parameters},   {"loss", tell_loss},
    {"adaptation", tell_adaptation}, {"recovery", tell_recovery},       {"spectrum", tell_spectrum},
    {"theory", tell_theory},         {"explanation", tell_explanation},
};
enum { TOPICS = sizeof topic_table / sizeof *topic_table };

const char *topic_name(int index)
{
    if (index < TOPICS)
        return topic_table[index].name;
    return index - TOPICS < result_measure_count ? result_measures[index - TOPICS].name : NULL;
}

int topic_find(const char *name)
{
    for (int index = 0; topic_name(index) != NULL; index++)
        if (strcmp(topic_name(index), name) == 0)
            return index;
    return TOPIC_NONE;
}

void topic_tell(const struct view *view, int index, char *text, size_t size)
{
    struct prose prose;
    prose_begin(&prose, text, size);
    if (view->snapshot == NULL)
        prose_add(&prose, "The problem is being drawn.");
    else if (index < TOPICS)
        topic_table[index].tell(view, &prose);
    else
        tell_measure(view, &result_measures[index - TOPICS], &prose);
    prose_end(&prose);
}
