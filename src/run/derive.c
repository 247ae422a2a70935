/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/derive.h"

#include "run/explain.h"
#include "run/key.h"
#include "run/prose.h"

#include <math.h>
#include <stdio.h>

static bool has_adapters(const struct snapshot *snapshot, int method)
{
    return method_table[method].adapter_rank(&snapshot->config.retrain) > 0;
}

/* ‖Â − A*‖_F for this draw. */
static double predicted_error(const struct snapshot *snapshot, const struct method_snapshot *state)
{
    double squares = 0;
    for (int i = 0; i < snapshot->config.problem.dimension; i++)
        squares += state->prediction.singular_values[i] * state->prediction.singular_values[i];
    return sqrt(squares);
}

/* The risk of the best adapter of adapt.rank; what is but rounding is 0. */
static double predicted_risk(const struct snapshot *snapshot, const struct method_snapshot *state)
{
    static const double rounding = 1e-24;
    double risk = state->prediction.curve[snapshot->config.adapt.rank];
    return risk > rounding * snapshot->unseen_norm * snapshot->unseen_norm ? risk : 0;
}

double derive_limit(const struct snapshot *snapshot, int method, enum stage stage, enum series series)
{
    const struct method_snapshot *state = &snapshot->method[method];
    const struct adapt_config *adapt = &snapshot->config.adapt;
    if (!state->active)
        return (double)NAN;
    if (stage == STAGE_ADAPT) {
        bool known = state->predicted && adapt->samples == SAMPLES_POPULATION;
        bool reached = series == SERIES_TRAIN_LOSS || series == SERIES_RISK;
        return known && reached ? predicted_risk(snapshot, state) : (double)NAN;
    }
    switch (series) {
    case SERIES_TRAIN_LOSS:
        return state->predicted_loss;
    case SERIES_BASE_ERROR:
        return state->predicted ? predicted_error(snapshot, state) : (double)NAN;
    case SERIES_RECOVERY_ANGLE: /* a base at A* determines every adapter */
        return state->predicted && has_adapters(snapshot, method) ? 0 : (double)NAN;
    case SERIES_RISK:
        return state->predicted ? predicted_risk(snapshot, state) : (double)NAN;
    case SERIES_COUNT:
        break;
    }
    return (double)NAN;
}

/* ---- sentences ---- */

/* After what the theory says, what was measured: "; measured 6. " */
static void say_measured(struct prose *prose, const struct snapshot *snapshot, int method, const char *measured)
{
    switch (explain_judge(snapshot, method)) {
    case VERDICT_NOT_STARTED:
        prose_add(prose, "; it has not begun. ");
        break;
    case VERDICT_DIVERGED:
        prose_add(prose, "; but it diverged. ");
        break;
    case VERDICT_UNBOUNDED:
        prose_add(prose, "; but its adapters run off to infinity, where no minimum is. ");
        break;
    case VERDICT_UNDERWAY:
        prose_add(prose, "; so far %s. ", measured);
        break;
    case VERDICT_AT_ZERO:
        prose_add(prose, "; at U = 0 no gradient leads there: %s. ", measured);
        break;
    case VERDICT_AS_PREDICTED:
    case VERDICT_UNPREDICTED:
        prose_add(prose, "; measured %s. ", measured);
        break;
    case VERDICT_SPURIOUS:
        prose_add(prose, "; but it rests elsewhere, in no least loss: %s. ", measured);
        break;
    case VERDICT_DISAGREES:
        prose_add(prose, "; theory and measurement disagree: %s. ", measured);
        break;
    }
}

static const char *adapter_formula(const struct snapshot *snapshot)
{
    return snapshot->config.retrain.adapter == ADAPTER_SYMMETRIC ? "U_tU_tᵀ" : "U_tV_tᵀ";
}

/* "kT = 6", or the number alone where no formula gives it. */
struct rank_text {
    char text[32];
};

static struct rank_text rank_text(const char *formula, int rank)
{
    struct rank_text text;
    snprintf(text.text, sizeof text.text, *formula ? "%s = %d" : "%s%d", formula, rank);
    return text;
}
#define ERROR_RANK(snapshot, method)                                                                                   \
    (rank_text(method_error_formula(&(snapshot)->config, method, (snapshot)->method[method].theory_error_rank),        \
               (snapshot)->method[method].theory_error_rank)                                                           \
         .text)
#define NEEDED_RANK(snapshot, method)                                                                                  \
    (rank_text(method_needed_formula(&(snapshot)->config, method, (snapshot)->method[method].theory_rank_needed),      \
               (snapshot)->method[method].theory_rank_needed)                                                          \
         .text)

static void say_loss(struct prose *prose, const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *state = &snapshot->method[method];
    const char *theorem = method_table[method].theorem(&snapshot->config);
    if (!has_adapters(snapshot, method))
        prose_add(prose,
                  "one matrix for %d tasks is at best A* + mean(R), which leaves ½ mean ‖R_t − mean(R)‖² = %s (%s)",
                  snapshot->config.problem.tasks, PROSE_NUMBER(state->predicted_loss), theorem);
    else
        prose_add(prose, "A* + %s fits every task, so that nothing need be left (%s)", adapter_formula(snapshot),
                  theorem);
    say_measured(prose, snapshot, method, PROSE_NUMBER(state->train_loss));
}

static void say_adaptation(struct prose *prose, const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *state = &snapshot->method[method];
    const char *theorem = method_table[method].theorem(&snapshot->config);
    char measured[32];
    if (!has_adapters(snapshot, method))
        prose_add(prose, "R_{T+1} − mean(R) has rank %s (%s)", NEEDED_RANK(snapshot, method), theorem);
    else if (state->theory_error_rank == 0)
        prose_add(prose, "Â = A* leaves R_{T+1} alone, of rank %s (%s)", NEEDED_RANK(snapshot, method), theorem);
    else
        prose_add(prose, "an error of rank %s and R_{T+1} make %s (%s)", ERROR_RANK(snapshot, method),
                  NEEDED_RANK(snapshot, method), theorem);
    snprintf(measured, sizeof measured, "%d", state->spectra.rank_needed);
    say_measured(prose, snapshot, method, measured);
}

static void say_recovery(struct prose *prose, const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *state = &snapshot->method[method];
    const char *theorem = method_table[method].theorem(&snapshot->config);
    char measured[80];
    if (!has_adapters(snapshot, method))
        prose_add(prose, "‖Â − A*‖ = ‖mean(R)‖ = %s (%s)", PROSE_NUMBER(predicted_error(snapshot, state)), theorem);
    else if (state->predicted)
        prose_add(prose,
                  "from three tasks on the differences R_s − R_t tell every column space, so that angle and error "
                  "are 0 (%s)",
                  theorem);
    else
        prose_add(prose, "%d task%s fit many bases, so neither angle nor error is determined (%s)",
                  snapshot->config.problem.tasks, snapshot->config.problem.tasks > 1 ? "s" : "", theorem);
    if (has_adapters(snapshot, method))
        snprintf(measured, sizeof measured, "%s° and %s", PROSE_NUMBER(state->spectra.recovery_angle),
                 PROSE_NUMBER(state->base_error));
    else
        snprintf(measured, sizeof measured, "%s", PROSE_NUMBER(state->base_error));
    say_measured(prose, snapshot, method, measured);
}

static void say_spectrum(struct prose *prose, const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *state = &snapshot->method[method];
    const char *theorem = method_table[method].theorem(&snapshot->config);
    char measured[32];
    if (!has_adapters(snapshot, method))
        prose_add(prose, "mean(R) adds up %d matrices of rank %d: rank %s (%s)", snapshot->config.problem.tasks,
                  snapshot->config.problem.rank, ERROR_RANK(snapshot, method), theorem);
    else if (state->theory_error_rank == 0)
        prose_add(prose, "Â = A*, so that no singular value is left (%s)", theorem);
    else
        prose_add(prose, "Â = A* + R_1 − %s fits for many U_1: rank %s (%s)",
                  snapshot->config.retrain.adapter == ADAPTER_SYMMETRIC ? "U_1U_1ᵀ" : "U_1V_1ᵀ",
                  ERROR_RANK(snapshot, method), theorem);
    snprintf(measured, sizeof measured, "%d", state->spectra.error_rank);
    say_measured(prose, snapshot, method, measured);
}

/* Of a method whose base is where it is by definition, not by retraining. */
static void say_placed(struct prose *prose, const struct snapshot *snapshot, int method, enum derive_topic topic)
{
    const struct method_snapshot *state = &snapshot->method[method];
    bool oracle = method == METHOD_ORACLE; /* at A*; else at 0 */
    char measured[32] = "";
    switch (topic) {
    case DERIVE_LOSS:
        prose_add(prose, "%s = %s", oracle ? "Â = A* leaves ½ mean ‖R_t‖²" : "Â = 0 leaves ½ mean ‖A* + R_t‖²",
                  PROSE_NUMBER(state->predicted_loss));
        snprintf(measured, sizeof measured, "%s", PROSE_NUMBER(state->train_loss));
        break;
    case DERIVE_ADAPTATION:
        prose_add(prose, "%s, of rank %s", oracle ? "Â = A* leaves R_{T+1} alone" : "Â = 0 leaves all of A* + R_{T+1}",
                  NEEDED_RANK(snapshot, method));
        snprintf(measured, sizeof measured, "%d", state->spectra.rank_needed);
        break;
    case DERIVE_RECOVERY:
        prose_add(prose, "%s %s", oracle ? "Â = A* is off by" : "Â = 0 is off by ‖A*‖ =",
                  PROSE_NUMBER(predicted_error(snapshot, state)));
        snprintf(measured, sizeof measured, "%s", PROSE_NUMBER(state->base_error));
        break;
    case DERIVE_SPECTRUM:
        prose_add(prose, "%s rank %s", oracle ? "Â = A* has an error of" : "Â = 0 lacks all of A*, of",
                  ERROR_RANK(snapshot, method));
        snprintf(measured, sizeof measured, "%d", state->spectra.error_rank);
        break;
    }
    say_measured(prose, snapshot, method, measured);
}

static const struct {
    const char *lead;
    void (*say)(struct prose *prose, const struct snapshot *snapshot, int method);
} topics[] = {
    [DERIVE_LOSS] = {"", say_loss},
    [DERIVE_ADAPTATION] = {"Rank r takes the r largest singular values σ_j of W* − Â off the risk ½ Σ σ_j². ",
                           say_adaptation},
    [DERIVE_RECOVERY] = {"", say_recovery},
    [DERIVE_SPECTRUM] = {"", say_spectrum},
};

void derive_explain(const struct view *view, enum derive_topic topic, char *text, size_t size)
{
    struct prose prose;
    const struct snapshot *snapshot = view->snapshot;
    bool silent = false;
    prose_begin(&prose, text, size);
    if (snapshot == NULL) {
        prose_add(&prose, "The problem is being drawn.");
        return;
    }
    if (snapshot->config.problem.kind != PROBLEM_NETWORK)
        prose_add(&prose, "%s", topics[topic].lead);
    for (int i = 0; i < METHOD_COUNT; i++) { /* Meta-LoRA before standard retraining, then what they are held against */
        int method = i == 0 ? METHOD_META : i == 1 ? METHOD_STANDARD : i;
        const struct method_snapshot *state = &snapshot->method[method];
        if (!state->active)
            continue;
        if (state->theory_error_rank == THEORY_SILENT) {
            prose_add(&prose, "%s: the theory is silent. ", method_table[method].name);
            silent = true;
        } else {
            prose_add(&prose, "%s: ", method_table[method].name);
            if (method_table[method].place != NULL)
                say_placed(&prose, snapshot, method, topic);
            else
                topics[topic].say(&prose, snapshot, method);
        }
    }
    if (silent)
        explain_circumstances(&prose, &snapshot->config);
    prose_end(&prose);
}

void derive_change(const struct config *config, int key, char *text, size_t size)
{
    struct prose prose;
    struct config next = *config;
    int said = 0;
    text[0] = '\0';
    if (key_nudge(&next, key, 1, NULL))
        return;
    prose_begin(&prose, text, size);
    for (int method = 0; method < METHOD_COUNT; method++) {
        int now = method_table[method].rank_needed(config), then = method_table[method].rank_needed(&next);
        if (!(config->retrain.methods & 1u << method) || now == then || now == THEORY_SILENT || then == THEORY_SILENT)
            continue;
        prose_add(&prose, "%s %s needs rank %d, not %d", said++ ? "," : "One up:", method_table[method].name, then,
                  now);
    }
    if (said)
        prose_add(&prose, ".");
}
