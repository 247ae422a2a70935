/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/headless.h"

#include "cmd/cmd.h"
#include "cmd/interrupt.h"
#include "cmd/output.h"
#include "cmd/progress.h"
#include "cmd/stop.h"
#include "run/recorder.h"
#include "run/replay.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SNAPSHOT_ALIGNMENT = 64 };

static void add(struct headless *headless, const struct sample *sample)
{
    history_add(headless->history[sample->method][sample->stage], sample);
}

/* A run on its way. */
struct drive {
    struct headless *headless;
    struct experiment *experiment;
    struct config config; /* with the steps of what a rule has ended */
    struct recorder recorder;
    struct progress progress;
    struct interrupt interrupt;
    const atomic_bool *stopped; /* NULL: signals end it */
    struct stop stop;
    double loss[METHOD_COUNT]; /* the newest of each method in this stage; NAN: none */
    enum stage stage;
};

/* Records this step; where a loss is waited for, every step is looked at, so that the run ends at the first one that is
 * there. False: nothing was measured. */
static bool record(struct drive *drive)
{
    struct sample samples[METHOD_COUNT];
    int count = recorder_record(&drive->recorder, drive->experiment, samples);
    if (count == 0 && !isnan(drive->stop.rules.until))
        for (int method = 0; method < METHOD_COUNT; method++)
            count += experiment_sample(drive->experiment, method, false, &samples[count]);
    if (experiment_stage(drive->experiment) != drive->stage) {
        drive->stage = experiment_stage(drive->experiment);
        for (int method = 0; method < METHOD_COUNT; method++)
            drive->loss[method] = (double)NAN;
    }
    for (int i = 0; i < count; i++) {
        add(drive->headless, &samples[i]);
        drive->loss[samples[i].method] = samples[i].value[SERIES_TRAIN_LOSS];
    }
    return count > 0;
}

/* Makes this step the last one of the stage, and the last step of a stage is measured wholly. */
static void end_stage(struct drive *drive, enum run_end end)
{
    int *steps = drive->stage == STAGE_RETRAIN ? &drive->config.retrain.steps : &drive->config.adapt.steps;
    *steps = (int)experiment_steps(drive->experiment);
    experiment_update(drive->experiment, &drive->config, NULL); /* asks for no memory, since the solver stays */
    record(drive);
    if (drive->headless->end == RUN_OPEN)
        drive->headless->end = end;
}

static void show_progress(struct drive *drive)
{
    if (!progress_due(&drive->progress))
        return;
    const struct config *config = &drive->config;
    struct progress_state state = {.stage = drive->stage,
                                   .step = experiment_steps(drive->experiment),
                                   .steps = drive->stage == STAGE_RETRAIN ? config->retrain.steps : config->adapt.steps,
                                   .seconds = stop_seconds_left(&drive->stop)};
    memcpy(state.loss, drive->loss, sizeof state.loss);
    progress_show(&drive->progress, &state);
}

/* False: it ends here, whatever is left to do. */
static bool look(struct drive *drive)
{
    bool measured = record(drive);
    if (drive->stopped ? atomic_load_explicit(drive->stopped, memory_order_relaxed) : interrupt_came(&drive->interrupt))
        drive->headless->end = RUN_INTERRUPTED;
    else if (stop_time_is_up(&drive->stop) && !experiment_done(drive->experiment))
        drive->headless->end = RUN_TIME;
    else {
        show_progress(drive);
        enum run_end end = RUN_OPEN;
        if (measured && !experiment_stage_done(drive->experiment))
            end = stop_judge(&drive->stop, &drive->config, drive->stage, experiment_steps(drive->experiment),
                             drive->loss);
        if (end != RUN_OPEN)
            end_stage(drive, end);
        return true;
    }
    return false;
}

/* Retraining may be ended anywhere, and where it ended is measured. */
static void measure_end(struct drive *drive)
{
    struct sample sample;
    for (int method = 0; method < METHOD_COUNT; method++)
        if (experiment_sample(drive->experiment, method, true, &sample))
            add(drive->headless, &sample);
}

/* Where the journal leads, and no further; the same records as a live run makes on this way. */
static enum err_code follow(struct drive *drive, const struct journal *way, struct err *err)
{
    struct replay replay = {.journal = way};
    while (look(drive)) {
        const struct journal_event *event = &way->event[replay.next];
        bool acts =
            replay.next < way->count && position_compare(experiment_position(drive->experiment), event->at) == 0;
        if (acts && event->kind == JOURNAL_ADAPT)
            measure_end(drive);
        enum replay_way moved = replay_step(&replay, drive->experiment, err);
        drive->config = *experiment_config(drive->experiment);
        if (moved == REPLAY_ASTRAY)
            return err->code;
        if (moved == REPLAY_ARRIVED)
            return ERR_NONE;
    }
    return ERR_NONE;
}

/* Why a run ended that no rule has ended. */
static enum run_end natural_end(const struct snapshot *snapshot)
{
    enum run_end end = RUN_DIVERGED;
    for (int row = 0; row < METHOD_COUNT; row++) {
        const struct method_snapshot *method = &snapshot->method[row];
        if (!method->active || (snapshot->stage == STAGE_ADAPT && method->status == SOLVER_DIVERGED))
            continue;
        enum solver_status status = snapshot->stage == STAGE_ADAPT ? method->adapt_status : method->status;
        if (status == SOLVER_RUNNING)
            return RUN_STEPS;
        if (status != SOLVER_DIVERGED)
            end = RUN_CONVERGED;
    }
    return end;
}

static enum err_code run_steps(struct headless *headless, const struct headless_job *job, struct err *err)
{
    struct drive drive = {
        .headless = headless, .experiment = headless->experiment, .config = *job->config, .stopped = job->stop};
    for (int method = 0; method < METHOD_COUNT; method++)
        drive.loss[method] = (double)NAN;
    recorder_init(&drive.recorder);
    if (!job->stop) {
        progress_begin(&drive.progress);
        interrupt_begin(&drive.interrupt);
    }
    stop_begin(&drive.stop, &job->rules);
    enum err_code code = ERR_NONE;
    if (job->way)
        code = follow(&drive, job->way, err);
    else
        while (look(&drive) && experiment_step(drive.experiment))
            ;
    if (!job->stop) {
        progress_end(&drive.progress);
        interrupt_end(&drive.interrupt);
    }
    if (code)
        return code;
    if (experiment_error(drive.experiment)->code) {
        *err = *experiment_error(drive.experiment);
        return err->code;
    }
    code = experiment_snapshot(drive.experiment, headless->snapshot, err);
    if (job->way)
        headless->snapshot->journal = *job->way;
    if (headless->end == RUN_OPEN && experiment_done(drive.experiment))
        headless->end = natural_end(headless->snapshot);
    return code;
}

static enum err_code take_memory(struct headless *headless, const struct config *config, struct err *err)
{
    size_t size = (snapshot_size(config) + SNAPSHOT_ALIGNMENT - 1) / SNAPSHOT_ALIGNMENT * SNAPSHOT_ALIGNMENT;
    void *memory = aligned_alloc(SNAPSHOT_ALIGNMENT, size);
    if (!memory)
        return err_set(err, ERR_MEMORY, "no memory for the results");
    memset(memory, 0, size);
    headless->snapshot = snapshot_bind(memory, config);
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int stage = 0; stage < STAGE_COUNT; stage++) {
            headless->history[method][stage] = history_new();
            if (!headless->history[method][stage])
                return err_set(err, ERR_MEMORY, "no memory for the results");
        }
    return ERR_NONE;
}

static struct experiment *begin(const struct headless_job *job, struct err *err)
{
    struct given *given = job->given;
    struct experiment *experiment = given ? experiment_new_from(job->config, given->has_tasks ? &given->tasks : NULL,
                                                                &given->start, job->threads, err)
                                          : experiment_new_from(job->config, NULL, NULL, job->threads, err);
    if (given && !job->keep_tasks)
        given_release_tasks(given);
    return experiment;
}

enum err_code headless_open(struct headless *headless, const struct headless_job *job, struct err *err)
{
    *headless = (struct headless){0};
    enum err_code code = take_memory(headless, job->config, err);
    if (code)
        return code;
    headless->experiment = begin(job, err);
    return headless->experiment ? ERR_NONE : err->code;
}

enum err_code headless_run(struct headless *headless, const struct headless_job *job, struct err *err)
{
    enum err_code code = headless_open(headless, job, err);
    if (code)
        return code;
    return run_steps(headless, job, err);
}

void headless_free(struct headless *headless)
{
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            history_free(headless->history[method][stage]);
    free(headless->snapshot);
    experiment_free(headless->experiment);
    *headless = (struct headless){0};
}

struct view headless_view(const struct headless *headless)
{
    struct view view = {.snapshot = headless->snapshot, .end = headless->end};
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            view.history[method][stage] = headless->history[method][stage];
    return view;
}

int headless_print(const struct headless *headless, enum result_format format)
{
    struct output output;
    struct err err;
    if (headless->end == RUN_INTERRUPTED)
        cmd_complain("interrupted; the results are of the step that it was at");
    if (!output_begin(&output))
        return CMD_FAILURE;
    struct view view = headless_view(headless);
    if (result_write(output.stream, format, &view, &err)) {
        output_drop(&output);
        return cmd_fail(&err);
    }
    return output_end(&output);
}
