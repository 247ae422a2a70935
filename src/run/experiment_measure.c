/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/experiment_state.h"

#include <math.h>
#include <string.h>

/* The adaptation curve's point at adapt.rank. */
static double reachable_risk(const struct experiment *experiment, const struct spectra *spectra)
{
    int rank = experiment->config.adapt.rank;
    int dimension = experiment->config.problem.dimension;
    return spectra->curve[rank < dimension ? rank : dimension];
}

static void blank(const struct problem_config *problem, struct spectra *spectra)
{
    spectra->error_rank = spectra->rank_needed = SPECTRA_UNKNOWN;
    spectra->recovery_angle = (double)NAN;
    for (int i = 0; i < problem->tasks; i++)
        spectra->angles[i] = (double)NAN;
    for (int i = 0; i < problem->dimension; i++)
        spectra->singular_values[i] = spectra->curve[i] = (double)NAN;
    spectra->curve[problem->dimension] = (double)NAN;
}

static void copy_spectra(const struct problem_config *problem, const struct spectra *from, struct spectra *to)
{
    size_t d = (size_t)problem->dimension;
    to->error_rank = from->error_rank;
    to->rank_needed = from->rank_needed;
    to->recovery_angle = from->recovery_angle;
    memcpy(to->angles, from->angles, (size_t)problem->tasks * sizeof *to->angles);
    memcpy(to->singular_values, from->singular_values, d * sizeof *to->singular_values);
    memcpy(to->curve, from->curve, (d + 1) * sizeof *to->curve);
}

/* A run that was measured at the same base, as all are at the start; NULL: there is none. */
static const struct experiment_run *measured_alike(const struct experiment *experiment, const struct point *point)
{
    for (int row = 0; row < METHOD_COUNT; row++) {
        const struct experiment_run *run = &experiment->run[row];
        if (run->measured && memcmp(solver_point(run->solver[STAGE_RETRAIN])->base, point->base,
                                    point_base_size(point) * sizeof *point->base) == 0)
            return run;
    }
    return NULL;
}

/* Decomposes once for each place where retraining stands: what ends a run is sampled and shown, and fine-tuning shows it
 * over and over. Decompositions that fail give numbers that are none, so that nothing stale is shown. */
static enum err_code measure_run(struct experiment *experiment, struct experiment_run *run, struct err *err)
{
    if (run->measured)
        return ERR_NONE;
    const struct point *point = solver_point(run->solver[STAGE_RETRAIN]);
    const struct experiment_run *alike = measured_alike(experiment, point);
    if (alike)
        copy_spectra(&experiment->config.problem, &alike->spectra, &run->spectra);
    enum err_code code = alike ? measure_angles(experiment->measure, point, &run->spectra, err)
                               : measure_spectra(experiment->measure, point, &run->spectra, err);
    run->measured = !code;
    if (code)
        blank(&experiment->config.problem, &run->spectra);
    return code;
}

static void sample_retraining(struct experiment *experiment, struct experiment_run *run, bool spectra,
                              struct sample *sample)
{
    struct measure *measure = experiment->measure;
    const struct point *point = solver_point(run->solver[STAGE_RETRAIN]);
    sample->value[SERIES_TRAIN_LOSS] = measure_train_loss(measure, &experiment->problem->retrain, point);
    sample->value[SERIES_BASE_ERROR] = measure_base_error(measure, experiment->problem, point);
    if (!spectra)
        return;
    measure_run(experiment, run, NULL);
    sample->value[SERIES_RECOVERY_ANGLE] = run->spectra.recovery_angle;
    sample->value[SERIES_RISK] = reachable_risk(experiment, &run->spectra);
}

/* Of a network, its error on the unseen task's samples without noise. */
static double unseen_risk(struct experiment *experiment, const struct point *point)
{
    return point->top ? measure_clean_loss(experiment->measure, point)
                      : measure_excess_risk(experiment->measure, experiment->problem->unseen_target, point);
}

static void sample_adapting(struct experiment *experiment, const struct point *point, struct sample *sample)
{
    struct measure *measure = experiment->measure;
    sample->value[SERIES_TRAIN_LOSS] = measure_train_loss(measure, &experiment->problem->unseen, point);
    sample->value[SERIES_RISK] = unseen_risk(experiment, point);
}

bool experiment_sample(struct experiment *experiment, int method, bool spectra, struct sample *sample)
{
    struct solver *solver = experiment_solver(experiment, method);
    bool *end_sampled = &experiment->run[method].end_sampled[experiment->stage];
    if (!solver || *end_sampled)
        return false;
    *end_sampled = solver_status(solver) != SOLVER_RUNNING;
    *sample = (struct sample){.step = solver_steps(solver), .method = method, .stage = experiment->stage};
    for (int series = 0; series < SERIES_COUNT; series++)
        sample->value[series] = (double)NAN;
    if (experiment->stage == STAGE_RETRAIN)
        sample_retraining(experiment, &experiment->run[method], spectra, sample);
    else
        sample_adapting(experiment, solver_point(solver), sample);
    return true;
}

static void snapshot_prediction(const struct experiment *experiment, int row, struct method_snapshot *method)
{
    const struct experiment_run *run = &experiment->run[row];
    size_t d = (size_t)experiment->config.problem.dimension;
    method->theory_error_rank = method_table[row].error_rank(&experiment->config);
    method->theory_rank_needed = method_table[row].rank_needed(&experiment->config);
    method->predicted_loss = run->predicted_loss;
    method->predicted = run->predicted;
    method->prediction.error_rank = run->prediction.error_rank;
    method->prediction.rank_needed = run->prediction.rank_needed;
    method->prediction.recovery_angle = (double)NAN;
    memcpy(method->prediction.singular_values, run->prediction.singular_values, d * sizeof(double));
    memcpy(method->prediction.curve, run->prediction.curve, (d + 1) * sizeof(double));
}

static enum err_code snapshot_retraining(struct experiment *experiment, struct experiment_run *run,
                                         struct method_snapshot *method, struct err *err)
{
    struct solver *solver = run->solver[STAGE_RETRAIN];
    const struct point *point = solver_point(solver);
    const struct problem *problem = experiment->problem;
    struct measure *measure = experiment->measure;
    method->step = solver_steps(solver);
    method->phase = run->phase;
    method->status = solver_status(solver);
    method->stability = run->stability;
    method->start_loss = run->start_loss;
    method->train_loss = measure_train_loss(measure, &problem->retrain, point);
    method->excess_risk = measure_excess_risk(measure, problem->target, point);
    method->paper_loss = measure_paper_loss(measure, &problem->retrain, problem->target, point);
    method->gradient_norm = solver_slope(solver);
    if (isnan(method->gradient_norm))
        method->gradient_norm = measure_gradient_norm(measure, &problem->retrain, point);
    method->base_error = measure_base_error(measure, problem, point);
    enum err_code code = measure_run(experiment, run, err);
    copy_spectra(&experiment->config.problem, &run->spectra, &method->spectra);
    return code;
}

static void snapshot_adapting(struct experiment *experiment, const struct experiment_run *run,
                              struct method_snapshot *method)
{
    struct solver *solver = run->solver[STAGE_ADAPT];
    method->adapt_step = 0;
    method->adapt_status = SOLVER_RUNNING;
    method->adapt_loss = method->adapt_paper_loss = (double)NAN;
    method->risk = reachable_risk(experiment, &method->spectra);
    if (!solver)
        return;
    const struct point *point = solver_point(solver);
    const struct moments *moments = &experiment->problem->unseen;
    method->adapt_step = solver_steps(solver);
    method->adapt_status = solver_status(solver);
    method->adapt_loss = measure_train_loss(experiment->measure, moments, point);
    method->adapt_paper_loss =
        measure_paper_loss(experiment->measure, moments, experiment->problem->unseen_target, point);
    method->risk = unseen_risk(experiment, point);
}

enum err_code experiment_snapshot(struct experiment *experiment, struct snapshot *snapshot, struct err *err)
{
    enum err_code code = ERR_NONE;
    snapshot->config = experiment->config;
    snapshot->stage = experiment->stage;
    snapshot->done = experiment_done(experiment);
    snapshot->base_norm = experiment->base_norm;
    snapshot->base_norm_two = experiment->base_norm_two;
    snapshot->unseen_norm = experiment->unseen_norm;
    for (int row = 0; row < METHOD_COUNT; row++) {
        struct method_snapshot *method = &snapshot->method[row];
        struct experiment_run *run = &experiment->run[row];
        method->active = run->active;
        if (!run->active)
            continue;
        enum err_code failed = snapshot_retraining(experiment, run, method, code ? NULL : err);
        code = code ? code : failed;
        snapshot_adapting(experiment, run, method);
        snapshot_prediction(experiment, row, method);
    }
    return code;
}

struct experiment_flops experiment_flops(const struct experiment *experiment)
{
    struct experiment_flops flops = {0};
    for (int row = 0; row < METHOD_COUNT; row++) {
        struct solver *solver = experiment_solver(experiment, row);
        if (!solver || solver_status(solver) != SOLVER_RUNNING)
            continue;
        const struct point *point = solver_point(solver);
        flops.step += solver_step_flops(solver);
        flops.scalars += measure_scalar_flops(experiment->measure, point);
        if (experiment->stage == STAGE_RETRAIN) /* fine-tuning has no spectra to follow */
            flops.spectra += measure_spectra_flops(experiment->measure, point);
    }
    return flops;
}
