/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/recorder.h"

/* Records until the stride doubles: four strides over a few thousand steps. */
enum { RECORDS_PER_STRIDE = 256 };

/* Steps that are recorded whatever it costs, and the part of all steps so far that may pass without spectra while the
 * advance lasts: about eight records where the steps double. */
enum { FIRST_STEPS = 16, SPECTRA_SPACING = 8 };

/* Share of stepping's operations that each kind of measuring may take, and what it may take before any were earned:
 * some ten milliseconds' worth, some hundred where decompositions are large. An operation of a decomposition takes about five times as long as one of a product. */
static const double scalars_share = 0.02, scalars_advance = 1e8;
static const double spectra_share = 0.02 / 5, spectra_advance = 4e9;

void recorder_init(struct recorder *recorder)
{
    *recorder = (struct recorder){.step = -1};
}

static void begin_stage(struct recorder *recorder, enum stage stage)
{
    *recorder = (struct recorder){
        .stage = stage, .stride = 1, .scalars_credit = scalars_advance, .spectra_credit = spectra_advance};
}

/* Few spectra early on, from the advance; as many as the stride allows once stepping has paid for them. */
static bool spectra_due(const struct recorder *recorder, double cost)
{
    long apart = recorder->step - recorder->spectra_step;
    bool spaced = recorder->step <= FIRST_STEPS || apart * SPECTRA_SPACING >= recorder->step;
    return recorder->spectra_credit >= cost + (spaced ? 0 : spectra_advance);
}

static void count_record(struct recorder *recorder)
{
    recorder->scalars_step = recorder->step;
    if (++recorder->records < RECORDS_PER_STRIDE)
        return;
    recorder->records = 0;
    recorder->stride *= 2;
}

unsigned recorder_due(struct recorder *recorder, const struct experiment *experiment)
{
    long step = experiment_steps(experiment);
    enum stage stage = experiment_stage(experiment);
    if (recorder->step < 0 || stage != recorder->stage) {
        begin_stage(recorder, stage);
        return RECORD_SCALARS | RECORD_SPECTRA;
    }
    bool ended = experiment_stage_done(experiment);
    if (step == recorder->step && !ended)
        return RECORD_NOTHING;
    recorder->step = step;
    if (ended)
        return RECORD_SCALARS | RECORD_SPECTRA;
    if (step - recorder->scalars_step < recorder->stride)
        return RECORD_NOTHING;

    struct experiment_flops flops = experiment_flops(experiment);
    double stepped = flops.step * (double)(step - recorder->credited_step);
    recorder->credited_step = step;
    recorder->scalars_credit += scalars_share * stepped;
    recorder->spectra_credit += spectra_share * stepped;
    bool affordable = step <= FIRST_STEPS || recorder->scalars_credit >= flops.scalars;
    if (!affordable)
        return RECORD_NOTHING;
    recorder->scalars_credit -= flops.scalars;
    count_record(recorder);
    if (!spectra_due(recorder, flops.spectra))
        return RECORD_SCALARS;
    recorder->spectra_credit -= flops.spectra;
    recorder->spectra_step = step;
    return RECORD_SCALARS | RECORD_SPECTRA;
}

static void at_most(long *value, long most)
{
    if (*value > most)
        *value = most;
}

void recorder_rewind(struct recorder *recorder, long step)
{
    at_most(&recorder->step, step);
    at_most(&recorder->scalars_step, step);
    at_most(&recorder->spectra_step, step);
    at_most(&recorder->credited_step, step);
}

int recorder_record(struct recorder *recorder, struct experiment *experiment, struct sample samples[METHOD_COUNT])
{
    unsigned due = recorder_due(recorder, experiment);
    int count = 0;
    for (int method = 0; due && method < METHOD_COUNT; method++)
        count += experiment_sample(experiment, method, due & RECORD_SPECTRA, &samples[count]);
    return count;
}
