/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/view_sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 };

/* Where a series starts, where it goes, and over how large a part of the run it falls by a factor e. */
struct decay {
    double start, end, time;
};

static const struct decay retraining[METHOD_COUNT][SERIES_COUNT] = {
    [METHOD_STANDARD] = {[SERIES_TRAIN_LOSS] = {95.4, 61.3, 0.04},
                         [SERIES_BASE_ERROR] = {23.85, 9.65, 0.05},
                         [SERIES_RECOVERY_ANGLE] = {88.5, 47.7, 0.1},
                         [SERIES_RISK] = {160.2, 89.1, 0.04}},
    [METHOD_META] = {[SERIES_TRAIN_LOSS] = {95.4, 0, 0.028},
                     [SERIES_BASE_ERROR] = {23.85, 0, 0.056},
                     [SERIES_RECOVERY_ANGLE] = {88.5, 0, 0.05},
                     [SERIES_RISK] = {160.2, 0, 0.027}},
    [METHOD_REPTILE] = {[SERIES_TRAIN_LOSS] = {95.4, 61.3, 0.14},
                        [SERIES_BASE_ERROR] = {23.85, 9.65, 0.15},
                        [SERIES_RECOVERY_ANGLE] = {88.5, 47.7, 0.2},
                        [SERIES_RISK] = {160.2, 89.1, 0.14}},
    [METHOD_FOMAML] = {[SERIES_TRAIN_LOSS] = {95.4, 61.3, 0.34},
                       [SERIES_BASE_ERROR] = {23.85, 9.65, 0.35},
                       [SERIES_RECOVERY_ANGLE] = {88.5, 47.7, 0.4},
                       [SERIES_RISK] = {160.2, 89.1, 0.34}},
    [METHOD_ORACLE] = {[SERIES_TRAIN_LOSS] = {77.2, 77.2, 1},
                       [SERIES_BASE_ERROR] = {0, 0, 1},
                       [SERIES_RECOVERY_ANGLE] = {0, 0, 1},
                       [SERIES_RISK] = {0, 0, 1}},
    [METHOD_NONE] = {[SERIES_TRAIN_LOSS] = {95.4, 95.4, 1},
                     [SERIES_BASE_ERROR] = {23.85, 23.85, 1},
                     [SERIES_RECOVERY_ANGLE] = {88.5, 88.5, 1},
                     [SERIES_RISK] = {160.2, 160.2, 1}},
};

static const struct decay fine_tuning[METHOD_COUNT][SERIES_COUNT] = {
    [METHOD_STANDARD] = {[SERIES_TRAIN_LOSS] = {120.3, 89.1, 0.05}, [SERIES_RISK] = {120.3, 89.1, 0.05}},
    [METHOD_META] = {[SERIES_TRAIN_LOSS] = {31.7, 0, 0.05}, [SERIES_RISK] = {31.7, 0, 0.05}},
};

static double decay_value(const struct decay *decay, double part)
{
    if (decay->time <= 0)
        return (double)NAN;
    return decay->end + (decay->start - decay->end) * exp(-part / decay->time);
}

static void record(struct history *history, const struct decay decay[SERIES_COUNT], int method, enum stage stage,
                   int steps)
{
    for (long step = 0; step <= steps; step++) {
        struct sample sample = {.step = step, .method = method, .stage = stage};
        for (int i = 0; i < SERIES_COUNT; i++)
            sample.value[i] = decay_value(&decay[i], (double)step / (double)steps);
        history_add(history, &sample);
    }
}

static int at_most(int rank, int dimension)
{
    return rank < dimension ? rank : dimension;
}

/* `rank` values that fall by a factor of 0.85 from 4.77, then `rest`; and the curve that belongs to values from 7.155
 * on, of which the unseen task needs `needed`. */
static void fill_spectra(struct spectra *spectra, int dimension, int rank, int needed, double rest)
{
    spectra->error_rank = rank;
    spectra->rank_needed = needed;
    for (int i = 0; i < dimension; i++)
        spectra->singular_values[i] = i < rank ? 4.77 * pow(0.85, i) : rest * pow(0.7, i - rank);
    spectra->curve[dimension] = 0;
    for (int i = dimension; i-- > 0;) {
        double value = i < needed ? 7.155 * pow(0.85, i) : rest * pow(0.7, i);
        spectra->curve[i] = spectra->curve[i + 1] + value * value / 2;
    }
}

static void fill_method(struct method_snapshot *method, int row, const struct config *config)
{
    const struct problem_config *problem = &config->problem;
    int d = problem->dimension;
    int rank = row == METHOD_NONE                           ? d
               : row == METHOD_META || row == METHOD_ORACLE ? 0
                                                            : at_most(problem->rank * problem->tasks, d);
    int needed = at_most(rank + problem->rank, d);
    const struct decay *decay = retraining[row];

    method->active = true;
    method->step = config->retrain.steps;
    method->phase = "outer";
    method->stability = (struct stability){.inner = 0.02385, .outer = 1.9};
    method->start_loss = decay[SERIES_TRAIN_LOSS].start;
    method->train_loss = method->excess_risk = decay_value(&decay[SERIES_TRAIN_LOSS], 1);
    method->paper_loss = (double)NAN;
    method->gradient_norm = 3.1e-9;
    method->base_error = decay_value(&decay[SERIES_BASE_ERROR], 1);
    fill_spectra(&method->spectra, d, rank, needed, 3.3e-8);
    method->spectra.recovery_angle = decay_value(&decay[SERIES_RECOVERY_ANGLE], 1);
    for (int t = 0; t < problem->tasks; t++)
        method->spectra.angles[t] = method->spectra.recovery_angle / (1 + t);
    method->risk = method->spectra.curve[at_most(config->adapt.rank, d)];
    method->adapt_loss = method->adapt_paper_loss = (double)NAN;
    method->theory_error_rank = rank;
    method->theory_rank_needed = needed;
    method->predicted_loss = decay[SERIES_TRAIN_LOSS].end;
    method->predicted = true;
    fill_spectra(&method->prediction, d, rank, needed, 0);
}

static void fill(struct view_sample *sample, const struct config *config)
{
    struct snapshot *snapshot = snapshot_bind(sample->snapshot, config);
    bool adapts = config->adapt.solver == ADAPT_PAPER;
    snapshot->stage = adapts ? STAGE_ADAPT : STAGE_RETRAIN;
    snapshot->done = true;
    snapshot->base_norm = 23.85;
    snapshot->base_norm_two = 10.6;
    snapshot->unseen_norm = 27.1;
    for (int row = 0; row < METHOD_COUNT; row++) {
        if (!(config->retrain.methods & 1u << row))
            continue;
        struct method_snapshot *method = &snapshot->method[row];
        fill_method(method, row, config);
        record(sample->history[row][STAGE_RETRAIN], retraining[row], row, STAGE_RETRAIN,
               method_table[row].place ? 1 : config->retrain.steps);
        if (!adapts)
            continue;
        record(sample->history[row][STAGE_ADAPT], fine_tuning[row], row, STAGE_ADAPT, config->adapt.steps);
        method->adapt_step = config->adapt.steps;
        method->adapt_loss = method->risk = decay_value(&fine_tuning[row][SERIES_RISK], 1);
    }
}

struct view_sample *view_sample_new(const struct config *config)
{
    struct view_sample *sample = calloc(1, sizeof *sample);
    if (!sample)
        return NULL;
    size_t size = (snapshot_size(config) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    sample->snapshot = aligned_alloc(ALIGNMENT, size);
    bool complete = sample->snapshot != NULL;
    for (int row = 0; row < METHOD_COUNT; row++)
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            complete = (sample->history[row][stage] = history_new()) && complete;
    if (!complete) {
        view_sample_free(sample);
        return NULL;
    }
    memset(sample->snapshot, 0, size);
    fill(sample, config);
    return sample;
}

void view_sample_free(struct view_sample *sample)
{
    if (!sample)
        return;
    for (int row = 0; row < METHOD_COUNT; row++)
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            history_free(sample->history[row][stage]);
    free(sample->snapshot);
    free(sample);
}

struct view view_sample_view(const struct view_sample *sample)
{
    struct view view = {.snapshot = sample->snapshot};
    for (int row = 0; row < METHOD_COUNT; row++)
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            view.history[row][stage] = sample->history[row][stage];
    return view;
}

static void forget(struct method_snapshot *method, const struct problem_config *problem)
{
    method->predicted = false;
    method->theory_error_rank = method->theory_rank_needed = THEORY_SILENT;
    method->base_error = method->risk = method->spectra.recovery_angle = (double)NAN;
    method->spectra.error_rank = method->spectra.rank_needed = SPECTRA_UNKNOWN;
    for (int t = 0; t < problem->tasks; t++)
        method->spectra.angles[t] = (double)NAN;
    for (int i = 0; i < problem->dimension; i++)
        method->spectra.singular_values[i] = (double)NAN;
    for (int r = 0; r <= problem->dimension; r++)
        method->spectra.curve[r] = (double)NAN;
}

void view_sample_forget_truth(struct view_sample *sample)
{
    struct snapshot *snapshot = sample->snapshot;
    struct problem_config *problem = &snapshot->config.problem;
    problem->source = PROBLEM_GIVEN;
    snapshot->base_norm = snapshot->base_norm_two = snapshot->unseen_norm = (double)NAN;
    for (int row = 0; row < METHOD_COUNT; row++) {
        forget(&snapshot->method[row], problem);
        struct decay known[SERIES_COUNT] = {{0}}; /* of the others there is nothing */
        known[SERIES_TRAIN_LOSS] = retraining[row][SERIES_TRAIN_LOSS];
        history_clear(sample->history[row][STAGE_RETRAIN]);
        record(sample->history[row][STAGE_RETRAIN], known, row, STAGE_RETRAIN, snapshot->config.retrain.steps);
    }
}
