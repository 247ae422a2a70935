/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alloc/failing.h"
#include "run/export.h"
#include "run/given.h"
#include "run/key.h"
#include "support/view_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Tasks and starts are read, made into an experiment, and exported as far as a folder that is not there: syncing one does
 * without memory. */

static char tasks_path[512], start_path[512], export_path[64];

static enum failing_outcome outcome_of(enum err_code code)
{
    return code == ERR_NONE ? FAILING_SUCCESS : code == ERR_MEMORY ? FAILING_REPORTED : FAILING_WRONG;
}

static enum failing_outcome begin(void *context)
{
    (void)context;
    struct given given = {.has_tasks = false};
    struct config config;
    struct err err = {.code = ERR_NONE};
    config_default(&config);
    enum err_code code = given_read_tasks(&given, tasks_path, &config, &err);
    code = code ? code : given_read_start(&given, start_path, &config, &err);
    if (!code) {
        struct experiment *experiment = experiment_new_from(&config, &given.tasks, &given.start, 1, &err);
        code = err.code;
        experiment_free(experiment);
    }
    given_free(&given);
    return outcome_of(code);
}

static void tasks_are_read_and_taken(void **state)
{
    (void)state;
    assert_true(failing_every(begin, NULL) > 30);
}

struct exported {
    struct experiment *experiment;
    struct view view;
};

static enum failing_outcome write_export(void *context)
{
    struct exported *exported = context;
    struct err err = {.code = ERR_NONE};
    enum err_code code = export_write(export_path, exported->experiment, &exported->view, NULL, &err);
    if (code == ERR_IO) /* the folder is not there; before that comes a temporary file's name */
        code = strstr(err.message, "No such file") ? ERR_NONE : ERR_MEMORY;
    return outcome_of(code);
}

static void exports_are_written(void **state)
{
    (void)state;
    struct config config;
    struct err err = {.code = ERR_NONE};
    config_default(&config);
    config.problem.dimension = 6;
    config.retrain.steps = 3;
    struct view_sample *sample = view_sample_new(&config);
    struct exported exported = {.experiment = experiment_new(&config, &err)};
    assert_non_null(sample);
    assert_non_null(exported.experiment);
    exported.view = view_sample_view(sample);
    assert_true(failing_every(write_export, &exported) > 10);
    experiment_free(exported.experiment);
    view_sample_free(sample);
}

int main(void)
{
    const char *source = getenv("RANKSCOPE_SOURCE");
    snprintf(tasks_path, sizeof tasks_path, "%s/tests/golden/paper-gd/tasks.npz", source ? source : ".");
    snprintf(start_path, sizeof start_path, "%s/tests/golden/paper-gd/init.npz", source ? source : ".");
    snprintf(export_path, sizeof export_path, "/nonexistent-%ld/out.npz", (long)getpid());
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_are_read_and_taken),
        cmocka_unit_test(exports_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
