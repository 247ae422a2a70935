/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alloc/failing.h"
#include "support/dialogue_sample.h"
#include "ui/dialogue_screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static enum failing_outcome outcome_of(enum err_code code)
{
    return code == ERR_NONE ? FAILING_SUCCESS : code == ERR_MEMORY ? FAILING_REPORTED : FAILING_WRONG;
}

/* A training is written as far as a folder that is not there: syncing one does without memory. */

/* Generating, training a tokenizer, reading dialogues and vocabulary, making examples: all that comes before a training. */
static enum failing_outcome make_sample(void *context)
{
    struct dialogue_sample sample;
    struct err err = {.code = ERR_NONE};
    (void)context;
    if (!dialogue_sample_make(&sample, &err))
        return outcome_of(err.code);
    dialogue_sample_free(&sample);
    return FAILING_SUCCESS;
}

static void a_project_is_made(void **state)
{
    (void)state;
    assert_true(failing_every(make_sample, NULL) > 50);
}

struct subject {
    struct dialogue_sample sample;
    enum training_kind kind;
};

static enum failing_outcome make_training(void *context)
{
    struct subject *subject = context;
    struct err err = {.code = ERR_NONE};
    struct training_setup setup = dialogue_sample_setup(&subject->sample, subject->kind);
    struct training *training = training_new(&setup, &err);
    if (training == NULL)
        return outcome_of(err.code);
    enum err_code code = training_write(training, "/nowhere/t.state", &err);
    training_free(training);
    if (code == ERR_IO) /* the system's word for it, or that there is no such folder */
        return strstr(err.message, "memory") != NULL ? FAILING_REPORTED : FAILING_SUCCESS;
    return outcome_of(code);
}

static void a_training_is_made_and_written_as_far_as_it_goes(void **state)
{
    (void)state;
    static struct subject subject;
    struct err err = {.code = ERR_NONE};
    assert_true(dialogue_sample_make(&subject.sample, &err));
    subject.kind = TRAINING_REPTILE;
    assert_true(failing_every(make_training, &subject) > 30);
    dialogue_sample_free(&subject.sample);
}

static enum failing_outcome make_pretraining(void *context)
{
    struct subject *subject = context;
    struct project *project = &subject->sample.project;
    struct examples rest;
    struct err err = {.code = ERR_NONE};
    struct pretraining_settings settings = pretraining_small;
    settings.steps = 1;
    settings.batch = 2;
    if (examples_make_rest(&rest, &project->corpus, project->bpe, &project->settings, &project->encoder.shape, &err))
        return outcome_of(err.code);
    const struct pretraining_setup setup = {&rest, project->bpe, &project->encoder.shape, &settings, NULL};
    struct pretraining *pretraining = pretraining_new(&setup, &err);
    pretraining_free(pretraining);
    examples_free(&rest);
    return outcome_of(err.code);
}

static void a_pretraining_is_made(void **state)
{
    (void)state;
    static struct subject subject;
    struct err err = {.code = ERR_NONE};
    assert_true(dialogue_sample_make(&subject.sample, &err));
    assert_true(failing_every(make_pretraining, &subject) > 20);
    dialogue_sample_free(&subject.sample);
}

static enum failing_outcome make_screen(void *context)
{
    struct err err = {.code = ERR_NONE};
    (void)context;
    struct dialogue_screen *screen = dialogue_screen_new(GLYPHS_ASCII, &err);
    dialogue_screen_free(screen);
    return outcome_of(err.code);
}

static void a_screen_is_made(void **state)
{
    (void)state;
    assert_true(failing_every(make_screen, NULL) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_project_is_made),
        cmocka_unit_test(a_training_is_made_and_written_as_far_as_it_goes),
        cmocka_unit_test(a_pretraining_is_made),
        cmocka_unit_test(a_screen_is_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
