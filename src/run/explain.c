/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/explain.h"

#include "run/prose.h"

#include <math.h>
#include <stdio.h>

/* Below this quotient ‖∇L‖² / (2 L) the loss is taken to rest. Where the loss can reach 0, the quotient bounds the
 * curvature that is left from above (Polyak and Łojasiewicz), and in the theory's problems that is of order 1. */
static const double rest_quotient = 1e-7;

/* A loss below this share of ‖W*‖² is no loss, and a risk below the second one is rounding. */
static const double no_loss = 1e-15, rounding = 1e-22;

static bool is_network(const struct snapshot *snapshot)
{
    return snapshot->config.problem.kind == PROBLEM_NETWORK;
}

static bool has_adapters(const struct snapshot *snapshot, int method)
{
    return method_table[method].adapter_rank(&snapshot->config.retrain) > 0;
}

static bool at_rest(const struct method_snapshot *state)
{
    return state->status == SOLVER_CONVERGED || state->status == SOLVER_STALLED ||
           state->gradient_norm * state->gradient_norm <= 2 * rest_quotient * state->train_loss;
}

/* Where the unseen task is not known, what the loss was at first tells what is much. */
static bool loss_gone(const struct snapshot *snapshot, const struct method_snapshot *state)
{
    double much = snapshot->unseen_norm * snapshot->unseen_norm;
    return state->train_loss <= no_loss * (isnan(much) ? state->start_loss : much);
}

/* Whether Â is where the theory puts it for this draw, by its error's singular values. */
static bool sits_at_prediction(const struct snapshot *snapshot, const struct method_snapshot *state)
{
    if (!state->predicted)
        return false;
    for (int j = 0; j < snapshot->config.problem.dimension; j++)
        if (fabs(state->spectra.singular_values[j] - state->prediction.singular_values[j]) >
            MEASURE_RANK_TOLERANCE * snapshot->base_norm_two)
            return false;
    return true;
}

/* Where the theory knows Â for this draw, its place decides: some singular values can be so small that ranks, which
 * count those above a tolerance, fall short of the theorem's. */
static bool as_predicted(const struct snapshot *snapshot, const struct method_snapshot *state)
{
    return sits_at_prediction(snapshot, state) ||
           (state->theory_error_rank != THEORY_SILENT && state->spectra.error_rank == state->theory_error_rank &&
            state->spectra.rank_needed <= state->theory_rank_needed);
}

enum verdict explain_judge(const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *state = &snapshot->method[method];
    if (state->status == SOLVER_DIVERGED)
        return VERDICT_DIVERGED;
    if (state->status == SOLVER_UNBOUNDED)
        return VERDICT_UNBOUNDED;
    if (state->step == 0)
        return VERDICT_NOT_STARTED;
    bool gone = loss_gone(snapshot, state);
    bool adapters = has_adapters(snapshot, method);
    bool from_zero = adapters && !is_network(snapshot) && snapshot->config.retrain.init_scale == 0;
    if (from_zero && at_rest(state) && !gone)
        return VERDICT_AT_ZERO;
    if (as_predicted(snapshot, state))
        return VERDICT_AS_PREDICTED;
    if (from_zero && snapshot->config.problem.tasks == 1 &&
        state->spectra.error_rank == snapshot->config.problem.rank) /* a single task is fitted without adapters */
        return VERDICT_AT_ZERO;
    if (!gone && !at_rest(state))
        return VERDICT_UNDERWAY;
    if (state->theory_error_rank == THEORY_SILENT)
        return VERDICT_UNPREDICTED;
    return adapters && !gone ? VERDICT_SPURIOUS : VERDICT_DISAGREES;
}

/* " = kT" where one of the theory's formulas gives the rank, else "". */
struct formula {
    char text[16];
};

static struct formula formula_of(const char *name)
{
    struct formula formula = {""};
    if (*name != '\0')
        snprintf(formula.text, sizeof formula.text, " = %s", name);
    return formula;
}
#define ERROR_FORMULA(snapshot, method, rank) (formula_of(method_error_formula(&(snapshot)->config, method, rank)).text)
#define NEEDED_FORMULA(snapshot, method, rank)                                                                         \
    (formula_of(method_needed_formula(&(snapshot)->config, method, rank)).text)

/* ---- one method ---- */

/* "outer_rate 2.1 is above 2, the largest that is stable" of every rate that is not stable; false: both are. */
static bool say_unstable(struct prose *prose, const struct snapshot *snapshot, int method, const char *lead)
{
    const struct method_snapshot *state = &snapshot->method[method];
    const struct retrain_config *retrain = &snapshot->config.retrain;
    const struct {
        const char *name, *where;
        double rate, largest;
    } rates[] = {{"outer_rate", "", retrain->outer_rate, state->stability.outer},
                 {"inner_rate", " near the solution", retrain->inner_rate, state->stability.inner}};
    int said = 0;
    for (int i = 0; i < (method_has_inner_steps(method, retrain) ? 2 : 1); i++) {
        if (rates[i].rate < rates[i].largest)
            continue;
        prose_add(prose, "%s%s %s is ", said++ ? "; and " : lead, rates[i].name, PROSE_NUMBER(rates[i].rate));
        if (rates[i].rate > rates[i].largest)
            prose_add(prose, "above %s, the largest that is stable%s", PROSE_NUMBER(rates[i].largest), rates[i].where);
        else
            prose_add(prose, "just where steps stop being stable%s", rates[i].where);
    }
    return said > 0;
}

static void say_diverged(struct prose *prose, const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *state = &snapshot->method[method];
    prose_add(prose, "%s diverged at step %ld", method_table[method].title, state->step + 1);
    if (is_network(snapshot)) {
        prose_add(prose, ": outer_rate %s is too large. ", PROSE_NUMBER(snapshot->config.retrain.outer_rate));
        return;
    }
    if (!say_unstable(prose, snapshot, method, ": ")) {
        bool inner = method_has_inner_steps(method, &snapshot->config.retrain) && isfinite(state->stability.inner);
        prose_add(prose, ", though its rates are below ");
        if (inner)
            prose_add(prose, "%s (inner) and ", PROSE_NUMBER(state->stability.inner));
        prose_add(prose, "%s (outer), the estimate%s of what is stable near the solution: the way there is steeper",
                  PROSE_NUMBER(state->stability.outer), inner ? "s" : "");
    }
    prose_add(prose, ". ");
}

/* The rank that the unseen task needs, and the theory's where a tolerance makes the difference: one that hides
 * directions, or that is so small that rounding counts. */
static void say_needed(struct prose *prose, const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *state = &snapshot->method[method];
    int needed = state->spectra.rank_needed;
    int theory = state->theory_rank_needed;
    if (needed < theory)
        prose_add(prose, "rank %d (what the theory's %d%s would add is too small to count)", needed, theory,
                  NEEDED_FORMULA(snapshot, method, theory));
    else if (theory != THEORY_SILENT && needed > theory &&
             state->spectra.curve[theory] <= rounding * snapshot->unseen_norm * snapshot->unseen_norm)
        prose_add(prose, "rank %d (beyond the theory's %d%s there is rounding alone, which adapt.tolerance %s counts)",
                  needed, theory, NEEDED_FORMULA(snapshot, method, theory),
                  PROSE_NUMBER(snapshot->config.adapt.tolerance));
    else
        prose_add(prose, "rank %d%s", needed, NEEDED_FORMULA(snapshot, method, needed));
}

/* What an adapter of adapt.rank leaves on the unseen task, and the rank that leaves nothing. */
static void say_risk(struct prose *prose, const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *state = &snapshot->method[method];
    int rank = snapshot->config.adapt.rank;
    struct prose_number best = prose_number(state->spectra.curve[rank]);
    if (state->spectra.rank_needed == SPECTRA_UNKNOWN)
        prose_add(prose, "what the unseen task needs cannot be told without W_test");
    else if (state->spectra.rank_needed <= rank) {
        prose_add(prose, "the unseen task needs ");
        say_needed(prose, snapshot, method);
        prose_add(prose, ", and a rank-%d adapter leaves a risk of %s", rank, best.text);
    } else {
        prose_add(prose, "a rank-%d adapter leaves a risk of %s on the unseen task, which needs ", rank, best.text);
        say_needed(prose, snapshot, method);
    }
}

/* Where it says of a baseline all that there is to say. */
static bool sits_with_standard(const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *standard = &snapshot->method[METHOD_STANDARD];
    return (method == METHOD_REPTILE || method == METHOD_FOMAML) && standard->active &&
           sits_at_prediction(snapshot, standard) && sits_at_prediction(snapshot, &snapshot->method[method]);
}

static void say_as_predicted(struct prose *prose, const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *state = &snapshot->method[method];
    const struct method *info = &method_table[method];
    int rank = state->spectra.error_rank;
    if (sits_with_standard(snapshot, method)) {
        prose_add(prose, "%s rests at the same base as standard retraining. ", info->title);
        return;
    }
    if (rank == 0)
        prose_add(prose, "%s should recover A* exactly (%s): it has, to %s of \u2016A*\u2016; ", info->title,
                  info->theorem(&snapshot->config), PROSE_NUMBER(state->base_error / snapshot->base_norm));
    else if (!has_adapters(snapshot, method) && sits_at_prediction(snapshot, state))
        prose_add(prose, "%s sits at A* + mean(R): its error has rank %d%s (%s); ", info->title, rank,
                  ERROR_FORMULA(snapshot, method, rank), info->theorem(&snapshot->config));
    else
        prose_add(prose, "%s leaves an error of rank %d%s, as %s says; ", info->title, rank,
                  ERROR_FORMULA(snapshot, method, rank), info->theorem(&snapshot->config));
    say_risk(prose, snapshot, method);
    prose_add(prose, ". ");
}

/* Why more steps would be of no use; false: they would. */
static bool say_hindrance(struct prose *prose, const struct snapshot *snapshot, int method)
{
    const struct retrain_config *retrain = &snapshot->config.retrain;
    if (method_solver(method, &snapshot->config)->exact)
        return false;
    if (retrain->outer_rate == 0)
        prose_add(prose, "; with outer_rate 0 the base stands still");
    if (has_adapters(snapshot, method) && retrain->inner_rate == 0)
        prose_add(prose, "; with inner_rate 0 the adapters stand still");
    else if (retrain->outer_rate > 0)
        return say_unstable(prose, snapshot, method, "; ");
    return true;
}

static void say_underway(struct prose *prose, const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *state = &snapshot->method[method];
    prose_add(prose, "%s has not converged %s %ld steps: its loss is %s and its gradient still %s",
              method_table[method].title, snapshot->done ? "in" : "yet after", state->step,
              PROSE_NUMBER(state->train_loss), PROSE_NUMBER(state->gradient_norm));
    if (state->theory_error_rank != THEORY_SILENT)
        prose_add(prose, "; its error has rank %d, in the end it should be %d%s", state->spectra.error_rank,
                  state->theory_error_rank,
                  state->theory_error_rank ? ERROR_FORMULA(snapshot, method, state->theory_error_rank) : "");
    if (!say_hindrance(prose, snapshot, method) && snapshot->done)
        prose_add(prose, ". More steps would help");
    prose_add(prose, ". ");
}

static void say_zero(struct prose *prose, const struct snapshot *snapshot, int method)
{
    bool saddle = snapshot->config.problem.tasks > 1; /* a single task is fitted there */
    prose_add(
        prose,
        "%s started at U = 0%s: no gradient moves the adapters from there, so it goes where standard retraining goes",
        method_table[method].title, saddle ? ", a saddle" : "");
    if (snapshot->method[method].spectra.error_rank != SPECTRA_UNKNOWN)
        prose_add(prose, ", and its error has rank %d", snapshot->method[method].spectra.error_rank);
    prose_add(prose, saddle ? ". Any other start leaves the saddle. " : ". ");
}

static void say_spurious(struct prose *prose, const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *state = &snapshot->method[method];
    prose_add(prose, "%s has come to rest at a loss of %s with a gradient of %s, where 0 can be had: ",
              method_table[method].title, PROSE_NUMBER(state->train_loss), PROSE_NUMBER(state->gradient_norm));
    if (snapshot->config.problem.tasks == 1)
        prose_add(prose, "a single task can always be fitted, so it is a plateau. ");
    else if (snapshot->config.problem.tasks == 2)
        prose_add(prose, "Theorem 4 knows no such minimum for T = 2, so it is a saddle or a plateau. ");
    else
        prose_add(prose, "a spurious minimum or a plateau, which happens from T = 3 on. Another seed will differ. ");
}

static void say_unbounded(struct prose *prose, const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *state = &snapshot->method[method];
    prose_add(prose,
              "%s runs off: its adapters grow without bound, while its loss creeps down to an infimum that no adapters "
              "attain, and is %s. The differences of low-rank matrices are no closed set. Another seed will differ. ",
              method_table[method].title, PROSE_NUMBER(state->train_loss));
}

static void say_disagrees(struct prose *prose, const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *state = &snapshot->method[method];
    prose_add(prose, "%s has come to rest, but theory and measurement disagree: ", method_table[method].title);
    if (state->spectra.error_rank != state->theory_error_rank)
        prose_add(prose, "its error has rank %d, where %s says %d. ", state->spectra.error_rank,
                  method_table[method].theorem(&snapshot->config), state->theory_error_rank);
    else
        prose_add(prose, "the unseen task needs rank %d, where %s says %d. ", state->spectra.rank_needed,
                  method_table[method].theorem(&snapshot->config), state->theory_rank_needed);
}

static void say_unpredicted(struct prose *prose, const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *state = &snapshot->method[method];
    if (state->spectra.error_rank == SPECTRA_UNKNOWN)
        prose_add(prose, "%s has come to rest at a loss of %s; ", method_table[method].title,
                  PROSE_NUMBER(state->train_loss));
    else
        prose_add(prose, "%s ends %s of \u2016A*\u2016 away from A*, an error of rank %d; ", method_table[method].title,
                  PROSE_NUMBER(state->base_error / snapshot->base_norm), state->spectra.error_rank);
    say_risk(prose, snapshot, method);
    prose_add(prose, ". ");
}

/* Of a network no theorem says where it should be: how far it is, and where that is once its hidden units are paired. */
static void say_network(struct prose *prose, const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *state = &snapshot->method[method];
    double noise = snapshot->config.problem.noise * snapshot->config.problem.noise;
    prose_add(prose, "%s has a loss of %s after %ld epoch%s", method_table[method].title,
              PROSE_NUMBER(state->train_loss), state->step, state->step == 1 ? "" : "s");
    if (noise > 0)
        prose_add(prose, ", of which the noise makes %s", PROSE_NUMBER(noise));
    prose_add(prose,
              "; its base is %s of \u2016A*\u2016 away from A*, and what %s for adapters lies %s degrees from the true "
              "ones. ",
              PROSE_NUMBER(state->base_error / snapshot->base_norm),
              has_adapters(snapshot, method) ? "it has" : "is left", PROSE_NUMBER(state->spectra.recovery_angle));
}

/* The oracle and no retraining are where they are before any step. */
static void say_placed(struct prose *prose, const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *state = &snapshot->method[method];
    int rank = state->spectra.error_rank;
    prose_add(prose, method == METHOD_ORACLE ? "%s knows A*" : "%s leaves A at 0", method_table[method].title);
    if (is_network(snapshot)) {
        prose_add(prose, " and c*. ");
        return;
    }
    if (method != METHOD_ORACLE && rank != SPECTRA_UNKNOWN)
        prose_add(prose, ", an error of rank %d%s", rank, ERROR_FORMULA(snapshot, method, rank));
    prose_add(prose, "; ");
    say_risk(prose, snapshot, method);
    prose_add(prose, ". ");
}

static void say_not_started(struct prose *prose, const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *state = &snapshot->method[method];
    const struct method *info = &method_table[method];
    if (state->theory_error_rank == THEORY_SILENT)
        return;
    if (state->theory_error_rank == 0)
        prose_add(prose, "%s should recover A* exactly (%s), so that rank %d%s is enough for the unseen task. ",
                  info->title, info->theorem(&snapshot->config), state->theory_rank_needed,
                  NEEDED_FORMULA(snapshot, method, state->theory_rank_needed));
    else
        prose_add(prose, "%s should leave an error of rank %d%s, so that the unseen task needs rank %d%s (%s). ",
                  info->title, state->theory_error_rank, ERROR_FORMULA(snapshot, method, state->theory_error_rank),
                  state->theory_rank_needed, NEEDED_FORMULA(snapshot, method, state->theory_rank_needed),
                  info->theorem(&snapshot->config));
}

/* ---- what concerns all of them ---- */

/* Why the theory has nothing good, or nothing at all, to say of adapters in training. */
static void say_adapters(struct prose *prose, const struct config *config)
{
    const struct problem_config *problem = &config->problem;
    int k = problem->rank;
    int rank = config->retrain.rank;
    if (rank < k)
        prose_add(prose, "Adapters of rank %d cannot hold tasks of rank k = %d. ", rank, k);
    if (rank > k)
        prose_add(prose, "Adapters of rank %d hold more than tasks of rank k = %d ask for: no theorem covers that. ",
                  rank, k);
    if (config->retrain.adapter == ADAPTER_SYMMETRIC && problem->truth != TRUTH_PSD)
        prose_add(prose, "Symmetric adapters UU\u1d40 are never negative, so they cannot hold these tasks. ");
    if (problem->tasks == 1)
        prose_add(prose, "A single task does not tell what is the base's and what the adapter's. ");
    if (problem->tasks > 2 && 3 * k > problem->dimension)
        prose_add(prose, "3k = %d is more than d = %d: Theorem 3 needs more dimensions. ", 3 * k, problem->dimension);
}

/* Why the theory is silent, or why its numbers are smaller than its formulas. */
void explain_circumstances(struct prose *prose, const struct config *config)
{
    const struct problem_config *problem = &config->problem;
    int k = problem->rank;
    if (problem->kind == PROBLEM_NETWORK) {
        prose_add(prose, "The theorems are about linear models, so they say nothing of a network. ");
        return;
    }
    if (problem->source == PROBLEM_GIVEN || problem->source == PROBLEM_GIVEN_ADAPTERS) {
        prose_add(prose,
                  "These tasks come without %s, so the theory does not speak of them, and what needs the truth "
                  "is left out. ",
                  problem->source == PROBLEM_GIVEN ? "their true adapters" : "A*");
        return;
    }
    if (problem->samples != SAMPLES_POPULATION)
        prose_add(prose, "With N = %d samples a task%s the theorems' ranks hold only in the limit. ", problem->samples,
                  problem->noise > 0 ? " and noise" : "");
    if (config->retrain.methods & 1u << METHOD_META)
        say_adapters(prose, config);
    if (config->retrain.methods & 1u << METHOD_STANDARD && k * (problem->tasks + 1) > problem->dimension)
        prose_add(prose,
                  "k(T+1) = %d is more than d = %d, so after standard retraining only a full-rank adapter is "
                  "enough. ",
                  k * (problem->tasks + 1), problem->dimension);
}

static bool is_tuned(const struct method_snapshot *state, bool diverged)
{
    return state->active && state->adapt_step > 0 && (state->adapt_status == SOLVER_DIVERGED) == diverged;
}

static void say_adapted(struct prose *prose, const struct snapshot *snapshot)
{
    const char *lead = "Fine-tuned at rank";
    for (int m = 0; m < METHOD_COUNT; m++) {
        const struct method_snapshot *state = &snapshot->method[m];
        if (!is_tuned(state, false))
            continue;
        bool known = !isnan(state->risk);
        if (!lead)
            prose_add(prose, ", ");
        else if (state->adapt_status == SOLVER_CONVERGED)
            prose_add(prose, "%s %d in closed form", lead, snapshot->config.adapt.rank);
        else
            prose_add(prose, "%s %d by %ld %s", lead, snapshot->config.adapt.rank, state->adapt_step,
                      is_network(snapshot) ? "epochs of AdamW" : "steps of gradient descent");
        if (lead)
            prose_add(prose, ", the %s is ",
                      is_network(snapshot) ? "error on the unseen task without its noise"
                      : known              ? "risk"
                                           : "loss on the unseen task's samples");
        lead = NULL;
        prose_add(prose, "%s %s", PROSE_NUMBER(known ? state->risk : state->adapt_loss), method_table[m].way);
    }
    if (!lead)
        prose_add(prose, ". ");
    for (int m = 0; m < METHOD_COUNT; m++)
        if (is_tuned(&snapshot->method[m], true))
            prose_add(prose, "Fine-tuning %s diverged: adapt.rate %s is too large. ", method_table[m].way,
                      PROSE_NUMBER(snapshot->config.adapt.rate));
}

static void say_method(struct prose *prose, const struct snapshot *snapshot, int method)
{
    const struct method_snapshot *state = &snapshot->method[method];
    static void (*const say[])(struct prose *, const struct snapshot *, int) = {
        [VERDICT_NOT_STARTED] = say_not_started,
        [VERDICT_DIVERGED] = say_diverged,
        [VERDICT_AS_PREDICTED] = say_as_predicted,
        [VERDICT_UNDERWAY] = say_underway,
        [VERDICT_AT_ZERO] = say_zero,
        [VERDICT_SPURIOUS] = say_spurious,
        [VERDICT_DISAGREES] = say_disagrees,
        [VERDICT_UNPREDICTED] = say_unpredicted,
        [VERDICT_UNBOUNDED] = say_unbounded,
    };
    if (method_table[method].place)
        say_placed(prose, snapshot, method);
    else if (is_network(snapshot) && state->status != SOLVER_DIVERGED && state->step > 0)
        say_network(prose, snapshot, method);
    else
        say[explain_judge(snapshot, method)](prose, snapshot, method);
}

void explain(const struct view *view, char *text, size_t size)
{
    struct prose prose;
    prose_begin(&prose, text, size);
    const struct snapshot *snapshot = view->snapshot;
    if (!snapshot) {
        prose_add(&prose, "The problem is being drawn.");
        return;
    }
    say_adapted(&prose, snapshot);
    if (snapshot->method[METHOD_META].active) /* what the theory argues for comes first */
        say_method(&prose, snapshot, METHOD_META);
    for (int m = 0; m < METHOD_COUNT; m++)
        if (snapshot->method[m].active && m != METHOD_META)
            say_method(&prose, snapshot, m);
    explain_circumstances(&prose, &snapshot->config);
    prose_end(&prose);
}
