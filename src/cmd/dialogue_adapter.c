/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/cmd.h"
#include "cmd/dialogue.h"
#include "cmd/output.h"
#include "dialogue/evaluation.h"
#include "run/adapter_file.h"
#include "sweep/crew.h"

#include <stdlib.h>

/* A training that is not trained: it has the passes, and the adapter's place. */
static enum err_code judge(const struct training_setup *setup, const char *folder, struct training_task *task,
                           struct err *err)
{
    struct training *training = training_new(setup, err);
    if (training == NULL)
        return err_prefix(err, "%s: ", folder);
    enum err_code code = adapter_file_read(training_adapter(training), folder, err);
    if (code == ERR_NONE)
        *task = training_judge(training);
    training_free(training);
    return code;
}

static enum err_code judge_all(const struct dialogue_request *request, const struct project *project, struct pool *pool,
                               const struct interrupt *interrupt, struct training_task *task, struct err *err)
{
    struct adapter_settings adapter;
    struct dialogue_settings settings = project->settings;
    enum err_code code = adapter_file_settings(request->adapter, &adapter, err);
    settings.alpha = adapter.alpha;
    for (int i = 0; i < project->examples.tasks && code == ERR_NONE; i++) {
        const struct training_setup setup = {
            .kind = TRAINING_ADAPT,
            .examples = &project->examples,
            .shape = &project->encoder.shape,
            .settings = &settings,
            .base = project->encoder.base,
            .scheme = adapter_find("lora"),
            .rank = adapter.rank,
            .task = i,
            .pool = pool,
        };
        code = interrupt_came(interrupt) ? err_set(err, ERR_STOPPED, "interrupted")
                                         : judge(&setup, request->adapter, &task[i], err);
    }
    return code;
}

static int print(const struct dialogue_request *request, const struct examples *examples,
                 const struct training_task *task)
{
    struct output output;
    struct err err;
    if (!output_begin(&output))
        return CMD_FAILURE;
    if (evaluation_write_adapter(output.stream, request->format, examples, task, &err)) {
        output_drop(&output);
        return cmd_fail(&err);
    }
    return output_end(&output);
}

int dialogue_judge_adapter(const struct dialogue_request *request, const struct project *project,
                           const struct interrupt *interrupt)
{
    struct err err;
    struct pool *pool = pool_new(crew_cores());
    struct training_task *task = calloc((size_t)project->examples.tasks, sizeof *task);
    enum err_code code = pool == NULL || task == NULL ? err_set(&err, ERR_MEMORY, "no memory to judge an adapter")
                                                      : judge_all(request, project, pool, interrupt, task, &err);
    int status = code ? cmd_fail(&err) : print(request, &project->examples, task);
    free(task);
    pool_free(pool);
    return status;
}
