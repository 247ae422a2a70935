/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/headless.h"

#include "base/clock.h"
#include "cmd/cmd.h"
#include "cmd/output.h"
#include "run/recorder.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SNAPSHOT_ALIGNMENT = 64 };

/* Signals that end the run wait while it runs, and are asked for between steps: nothing is cut in half, and no flag is
 * needed. OpenBLAS has threads from before main, which do not hold them back; what one of those gets, it hands to the
 * main thread. */
static const int ending_signals[] = {SIGINT, SIGTERM};
enum { ENDING_SIGNALS = sizeof ending_signals / sizeof *ending_signals };

struct interrupt {
    sigset_t before, awaited;
    struct sigaction action[ENDING_SIGNALS];
};

static void pass_on(int signal)
{
    tgkill(getpid(), getpid(), signal);
}

static void interrupt_begin(struct interrupt *interrupt)
{
    struct sigaction action = {.sa_handler = pass_on, .sa_flags = SA_RESTART};
    sigemptyset(&interrupt->awaited);
    for (int i = 0; i < ENDING_SIGNALS; i++) {
        sigaction(ending_signals[i], NULL, &interrupt->action[i]);
        if (interrupt->action[i].sa_handler != SIG_IGN) /* as nohup and a shell's & have it */
            sigaddset(&interrupt->awaited, ending_signals[i]);
    }
    pthread_sigmask(SIG_BLOCK, &interrupt->awaited, &interrupt->before);
    for (int i = 0; i < ENDING_SIGNALS; i++)
        if (sigismember(&interrupt->awaited, ending_signals[i]) == 1)
            sigaction(ending_signals[i], &action, NULL);
}

static bool interrupt_came(const struct interrupt *interrupt)
{
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    sigandset(&pending, &pending, &interrupt->awaited);
    return !sigisemptyset(&pending);
}

static void interrupt_end(const struct interrupt *interrupt)
{
    while (sigtimedwait(&interrupt->awaited, NULL, &(struct timespec){0}) > 0)
        ;
    for (int i = 0; i < ENDING_SIGNALS; i++)
        sigaction(ending_signals[i], &interrupt->action[i], NULL);
    pthread_sigmask(SIG_SETMASK, &interrupt->before, NULL);
}

struct progress {
    bool wanted, shown;
    int64_t next; /* clock_now() */
};

static void progress_begin(struct progress *progress)
{
    *progress = (struct progress){.wanted = isatty(STDERR_FILENO)};
    if (progress->wanted)
        progress->next = clock_now() + CLOCK_SECOND;
}

static void progress_show(struct progress *progress, const struct config *config, const struct experiment *experiment)
{
    if (!progress->wanted || clock_now() < progress->next)
        return;
    bool retraining = experiment_stage(experiment) == STAGE_RETRAIN;
    fprintf(stderr, "\r%s: step %ld of %d\033[K", retraining ? "retraining" : "fine-tuning",
            experiment_steps(experiment), retraining ? config->retrain.steps : config->adapt.steps);
    progress->shown = true;
    progress->next = clock_now() + CLOCK_SECOND / 5;
}

static void progress_end(const struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
}

static void add(struct headless *headless, const struct sample *sample)
{
    history_add(headless->history[sample->method][sample->stage], sample);
}

/* Records this step. With `until` every step is looked at, so that the run ends at the first one that is there.
 * Returns the least train_loss that was seen. */
static double record(struct headless *headless, struct recorder *recorder, struct experiment *experiment, double until)
{
    struct sample samples[METHOD_COUNT];
    int count = recorder_record(recorder, experiment, samples);
    if (count == 0 && !isnan(until))
        for (int method = 0; method < METHOD_COUNT; method++)
            count += experiment_sample(experiment, method, false, &samples[count]);
    double least = (double)INFINITY;
    for (int i = 0; i < count; i++) {
        add(headless, &samples[i]);
        least = fmin(least, samples[i].value[SERIES_TRAIN_LOSS]);
    }
    return least;
}

static enum err_code run_steps(struct headless *headless, struct experiment *experiment, const struct config *config,
                               double until, struct err *err)
{
    struct recorder recorder;
    struct progress progress;
    struct interrupt interrupt;
    struct config shortened = *config;
    recorder_init(&recorder);
    progress_begin(&progress);
    interrupt_begin(&interrupt);
    do {
        double loss = record(headless, &recorder, experiment, until);
        headless->interrupted = interrupt_came(&interrupt);
        progress_show(&progress, config, experiment);
        if (loss <= until && experiment_stage(experiment) == STAGE_RETRAIN) { /* false for NAN */
            shortened.retrain.steps = (int)experiment_steps(experiment);
            experiment_update(experiment, &shortened, err);
            record(headless, &recorder, experiment, (double)NAN); /* the last step of a stage is measured wholly */
        }
    } while (!headless->interrupted && experiment_step(experiment));
    progress_end(&progress);
    interrupt_end(&interrupt);
    if (experiment_error(experiment)->code) {
        *err = *experiment_error(experiment);
        return err->code;
    }
    return experiment_snapshot(experiment, headless->snapshot, err);
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

enum err_code headless_run(struct headless *headless, const struct headless_job *job, struct err *err)
{
    *headless = (struct headless){0};
    enum err_code code = take_memory(headless, job->config, err);
    if (code)
        return code;
    headless->experiment = begin(job, err);
    if (!headless->experiment)
        return err->code;
    return run_steps(headless, headless->experiment, job->config, job->until, err);
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
    struct view view = {.snapshot = headless->snapshot};
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            view.history[method][stage] = headless->history[method][stage];
    return view;
}

int headless_print(const struct headless *headless, enum result_format format)
{
    struct output output;
    struct err err;
    if (headless->interrupted)
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
