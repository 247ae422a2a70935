/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "cmd/cmd.h"
#include "cmd/dialogue.h"
#include "cmd/interrupt.h"
#include "cmd/output.h"
#include "cmd/progress.h"
#include "dialogue/comparison.h"
#include "dialogue/evaluation.h"
#include "plot/save.h"
#include "sweep/crew.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What goes on while it is done: signals and a line of progress, by whichever thread has a moment. */
struct attendance {
    struct interrupt interrupt;
    struct progress progress;
    pthread_mutex_t mutex; /* of progress */
    struct study *study;   /* NULL: pretraining */
    const char *doing;
    long begun, jobs; /* of the present stage: done before it, and its own */
    int64_t start;
};

static int worse(int status, int other)
{
    return other > status ? other : status;
}

/* ---- generating and pretraining ---- */

static int generate(const struct dialogue_request *request)
{
    struct err err;
    if (request->output == NULL && project_make_folder(request->folder, &err))
        return cmd_fail(&err);
    if (project_generate(request->folder, request->output, &request->personas, NULL, &err))
        return cmd_fail(&err);
    return CMD_SUCCESS;
}

static void say_pretraining(struct attendance *attendance, const struct pretraining *pretraining, int steps)
{
    char text[128];
    if (!progress_due(&attendance->progress))
        return;
    double seconds = (double)(clock_now() - attendance->start) / CLOCK_SECOND;
    snprintf(text, sizeof text, "pretraining: step %lld of %d, loss %.3f, %.3g tokens/s",
             (long long)pretraining_steps(pretraining), steps, pretraining_loss(pretraining),
             (double)pretraining_tokens(pretraining) / (seconds > 0 ? seconds : 1));
    progress_say(&attendance->progress, text);
}

/* False: it was interrupted, and is saved. */
static enum err_code pretrain_on(const struct dialogue_request *request, struct attendance *attendance,
                                 struct project_pretrain *pretrain, bool *ended, struct err *err)
{
    struct pretraining *pretraining = pretrain->pretraining;
    enum err_code code = ERR_NONE;
    *ended = false;
    while (code == ERR_NONE && !interrupt_came(&attendance->interrupt)) {
        if (!pretraining_step(pretraining)) {
            *ended = true;
            break;
        }
        say_pretraining(attendance, pretraining, pretrain->settings.steps);
        if (pretraining_steps(pretraining) % request->plan.checkpoint == 0)
            code = project_pretrain_save(pretrain, err);
    }
    if (code == ERR_NONE && *ended && !isfinite(pretraining_loss(pretraining)))
        return err_set(err, ERR_MATH, "pretraining diverged at step %lld; a smaller --rate is wanted",
                       (long long)pretraining_steps(pretraining));
    if (code == ERR_NONE)
        code = *ended ? project_pretrain_end(pretrain, err) : project_pretrain_save(pretrain, err);
    return code;
}

static int pretrain(const struct dialogue_request *request, struct attendance *attendance)
{
    struct project_pretrain project;
    struct err err;
    bool ended;
    if (project_pretrain_begin(&project, request->folder, request->data, request->vocabulary, &request->shape,
                               &request->settings, &request->pretraining, NULL, &err))
        return cmd_fail(&err);
    attendance->start = clock_now();
    progress_begin(&attendance->progress);
    enum err_code code = pretrain_on(request, attendance, &project, &ended, &err);
    progress_end(&attendance->progress);
    double loss = pretraining_loss(project.pretraining);
    long long steps = (long long)pretraining_steps(project.pretraining);
    project_pretrain_free(&project);
    if (code != ERR_NONE)
        return cmd_fail(&err);
    if (ended)
        fprintf(stderr, "pretrained: %lld steps, loss %.4f\n", steps, loss);
    else
        cmd_complain("interrupted after %lld steps; the same command goes on from there", steps);
    return ended ? CMD_SUCCESS : CMD_FAILURE;
}

/* ---- studies ---- */

static void say_study(struct attendance *attendance)
{
    char text[160];
    char left[PROGRESS_TIME_SIZE] = "";
    long done = atomic_load(&attendance->study->done) - attendance->begun;
    double seconds = (double)(clock_now() - attendance->start) / CLOCK_SECOND;
    if (done > 0)
        progress_format_time(left, seconds / (double)done * (double)(attendance->jobs - done));
    snprintf(text, sizeof text, "%s: %ld of %ld, %lld steps%s%s%s", attendance->doing, done, attendance->jobs,
             (long long)atomic_load(&attendance->study->steps), *left ? ", " : "", left, *left ? " left" : "");
    progress_say(&attendance->progress, text);
}

static bool asked_to_stop(void *context)
{
    struct attendance *attendance = context;
    if (pthread_mutex_trylock(&attendance->mutex) == 0) {
        if (progress_due(&attendance->progress))
            say_study(attendance);
        pthread_mutex_unlock(&attendance->mutex);
    }
    return interrupt_came(&attendance->interrupt);
}

static void run_jobs(struct attendance *attendance, struct pool *lanes, const char *doing, int jobs, pool_work *work)
{
    if (atomic_load(&attendance->study->stopping))
        return;
    attendance->doing = doing;
    attendance->jobs = jobs;
    attendance->begun = atomic_load(&attendance->study->done);
    attendance->start = clock_now();
    progress_begin(&attendance->progress);
    pool_run(lanes, jobs, work, attendance->study);
    progress_end(&attendance->progress);
}

/* Retraining alone has no comparison, but for its epochs as CSV. */
static enum err_code write_study(FILE *stream, const struct dialogue_request *request, const struct study *study,
                                 struct err *err)
{
    bool evaluates =
        request->action == DIALOGUE_EVALUATE || (request->action == DIALOGUE_RETRAIN && request->format != RESULT_CSV);
    return evaluates ? evaluation_write(stream, request->format, study, err)
                     : comparison_write(stream, request->format, study, err);
}

static int print_study(const struct dialogue_request *request, const struct study *study)
{
    struct output output;
    struct err err;
    if (!output_begin(&output))
        return CMD_FAILURE;
    if (write_study(output.stream, request, study, &err)) {
        output_drop(&output);
        return cmd_fail(&err);
    }
    return output_end(&output);
}

/* Complaints about what is not as it should be; the exit status. */
static int judge(const struct study *study)
{
    int diverged = 0;
    for (int i = 0; i < TRAINING_METHODS * study->plan.seeds; i++)
        diverged += study->retrained[i].diverged;
    if (diverged > 0)
        cmd_complain("%d retrainings diverged and were kept as they were before; a smaller --rate is wanted", diverged);
    if (study->err.code != ERR_NONE)
        return cmd_fail(&study->err);
    if (atomic_load(&study->stopping)) {
        cmd_complain("interrupted; the same command goes on from there");
        return CMD_FAILURE;
    }
    return CMD_SUCCESS;
}

static int run_study(const struct dialogue_request *request, struct project *project, struct attendance *attendance)
{
    struct study study;
    struct err err;
    int lanes = request->jobs > 0 ? request->jobs : request->model != NULL ? 1 : crew_cores();
    struct pool *jobs = pool_new(lanes);
    project->pool = lanes == 1 ? pool_new(crew_cores()) : NULL; /* a training alone has its passes shared */
    if (jobs == NULL || (lanes == 1 && project->pool == NULL) || study_begin(&study, &request->plan, project, &err)) {
        if (jobs == NULL || (lanes == 1 && project->pool == NULL))
            err_set(&err, ERR_MEMORY, "no memory for %d threads", lanes);
        pool_free(jobs);
        pool_free(project->pool);
        return cmd_fail(&err);
    }
    study.exports = request->exports;
    study.asked = asked_to_stop;
    study.asked_context = attendance;
    attendance->study = &study;
    run_jobs(attendance, jobs, "retraining", study_retrain_jobs(&study), study_retrain);
    if (request->action == DIALOGUE_ADAPT || request->action == DIALOGUE_COMPARE)
        run_jobs(attendance, jobs, "adapting", study_adapt_jobs(&study), study_adapt);
    int status = judge(&study);
    bool failed = study.err.code != ERR_NONE; /* and not just interrupted: then what there is can be seen */
    if (!failed)
        status = worse(status, print_study(request, &study));
    if (!failed && request->plot && plot_save_dialogue(request->plot, &study, &err))
        status = worse(status, cmd_fail(&err));
    study_free(&study);
    pool_free(jobs);
    pool_free(project->pool);
    return status;
}

/* ---- all ---- */

static int read_schemes(const struct dialogue_request *request, const struct encoder_shape *shape,
                        struct study_plan *plan)
{
    struct err err;
    enum err_code code = ERR_NONE;
    plan->schemes = 0;
    if (request->action != DIALOGUE_COMPARE) {
        code = study_add_scheme(plan, request->scheme ? request->scheme : "lora", request->rank, shape, &err);
    } else {
        code = study_add_scheme(plan, "head", 0, shape, &err);
        for (const char *at = request->ranks ? request->ranks : "1,4,8"; code == ERR_NONE;) {
            char *end;
            long rank = strtol(at, &end, 10);
            if (end == at || (*end != ',' && *end != '\0'))
                code =
                    err_set(&err, ERR_INPUT, "--ranks must be numbers with commas between, not \"%s\"", request->ranks);
            else
                code = study_add_scheme(plan, "lora", rank > INT_MAX ? INT_MAX : rank < 0 ? 0 : (int)rank, shape, &err);
            if (*end == '\0')
                break;
            at = end + 1;
        }
    }
    return code ? cmd_fail(&err) : -1;
}

static int study(struct dialogue_request *request, struct attendance *attendance)
{
    struct project project;
    struct err err;
    if (project_open(&project, request->folder, request->data, request->model, &request->settings, NULL, &err))
        return cmd_fail(&err);
    int status = request->adapter ? dialogue_judge_adapter(request, &project, &attendance->interrupt)
                                  : read_schemes(request, &project.encoder.shape, &request->plan);
    if (status < 0)
        status = run_study(request, &project, attendance);
    project_close(&project);
    return status;
}

/* What the action needs and is not there yet. Schemes that do not fit the encoder are refused before it is made. */
static int prepare(const struct dialogue_request *request, struct attendance *attendance)
{
    struct err err;
    struct study_plan plan = request->plan;
    bool makes_model = request->model == NULL && !project_has_model(request->folder);
    int status = -1;
    if (makes_model && request->action != DIALOGUE_PRETRAIN)
        status = read_schemes(request, &request->shape, &plan);
    if (status >= 0)
        return status;
    if (request->data == NULL && !project_has_corpus(request->folder) &&
        project_generate(request->folder, NULL, &request->personas, NULL, &err))
        return cmd_fail(&err);
    if (makes_model || request->action == DIALOGUE_PRETRAIN)
        return pretrain(request, attendance);
    return CMD_SUCCESS;
}

int dialogue_perform(struct dialogue_request *request)
{
    struct attendance attendance = {.study = NULL};
    struct err err;
    int lock = -1;
    if (request->action == DIALOGUE_GENERATE)
        return generate(request);
    if (request->exports && project_make_folder(request->exports, &err)) {
        err_prefix(&err, "--export: ");
        return cmd_fail(&err);
    }
    if (project_make_folder(request->folder, &err) || project_lock(request->folder, &lock, &err))
        return cmd_fail(&err);
    pthread_mutex_init(&attendance.mutex, NULL);
    interrupt_begin(&attendance.interrupt);
    int status = prepare(request, &attendance);
    if (status == CMD_SUCCESS && request->action != DIALOGUE_PRETRAIN)
        status = study(request, &attendance);
    interrupt_end(&attendance.interrupt);
    project_unlock(lock);
    pthread_mutex_destroy(&attendance.mutex);
    return status;
}
