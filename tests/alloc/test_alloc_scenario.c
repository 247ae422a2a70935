/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alloc/failing.h"
#include "run/key.h"
#include "run/result.h"
#include "run/scenario.h"
#include "support/view_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

static enum failing_outcome outcome_of(enum err_code code)
{
    return code == ERR_NONE ? FAILING_SUCCESS : code == ERR_MEMORY ? FAILING_REPORTED : FAILING_WRONG;
}

static enum failing_outcome parse(void *context)
{
    struct config config;
    struct err err;
    const char *text = context;
    return outcome_of(scenario_parse("a.yaml", text, strlen(text), &config, &err));
}

static void scenarios_are_read(void **state)
{
    (void)state;
    char text[] = "title: A\nproblem: {rank: 2, noise: 0.2385}\nretrain: {methods: [meta, standard]}\n";
    assert_true(failing_every(parse, text) > 0);
}

static enum failing_outcome write_text(void *context)
{
    char *text = scenario_write(context);
    enum failing_outcome outcome = text ? FAILING_SUCCESS : FAILING_REPORTED;
    free(text);
    return outcome;
}

static void scenarios_are_written(void **state)
{
    (void)state;
    struct config config;
    config_default(&config);
    assert_true(failing_every(write_text, &config) > 0);
}

static enum failing_outcome load(void *context)
{
    struct config config;
    struct err err;
    return outcome_of(scenario_load(context, &config, &err));
}

static enum failing_outcome list(void *context)
{
    (void)context;
    struct scenario_list found;
    struct err err;
    enum err_code code = scenario_list_load(&found, &err);
    if (!code)
        scenario_list_free(&found);
    return outcome_of(code);
}

static void builtins_are_loaded(void **state)
{
    (void)state;
    char name[] = "three-tasks";
    const char *source = getenv("RANKSCOPE_SOURCE");
    assert_int_equal(setenv("RANKSCOPE_DATA", source ? source : ".", 1), 0);
    assert_true(failing_every(load, name) > 1);
    assert_true(failing_every(list, NULL) > 20);
}

/* jansson's memory comes through here, where the linker has put the function that fails. */
static void *failing_malloc(size_t size)
{
    return malloc(size);
}

static enum failing_outcome write_json(void *context)
{
    struct err err = {0};
    FILE *stream = tmpfile();
    assert_non_null(stream);
    enum err_code code = result_write(stream, RESULT_JSON, context, &err);
    failing_pause();
    fclose(stream);
    return outcome_of(code);
}

static void results_are_written(void **state)
{
    (void)state;
    struct config config;
    config_default(&config);
    config.problem.dimension = config.retrain.steps = 3;
    struct view_sample *sample = view_sample_new(&config);
    assert_non_null(sample);
    struct view view = view_sample_view(sample);
    json_set_alloc_funcs(failing_malloc, free);
    assert_true(failing_every(write_json, &view) > 100);
    view_sample_free(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scenarios_are_read),
        cmocka_unit_test(scenarios_are_written),
        cmocka_unit_test(builtins_are_loaded),
        cmocka_unit_test(results_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
