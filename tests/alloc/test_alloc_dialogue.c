/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alloc/failing.h"
#include "dialogue/bpe_train.h"
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

/* A training is written as far as a folder that is not there: syncing one does without memory. */

static struct dialogue_sample sample;

static int set_up(void **state)
{
    struct err err = {.code = ERR_NONE};
    (void)state;
    return dialogue_sample_make(&sample, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    dialogue_sample_free(&sample);
    return 0;
}

static enum failing_outcome outcome_of(enum err_code code)
{
    return code == ERR_NONE ? FAILING_SUCCESS : code == ERR_MEMORY ? FAILING_REPORTED : FAILING_WRONG;
}

static enum failing_outcome read_dialogues(void *context)
{
    const struct personas_settings settings = {
        .seed = 1, .personas = 1, .dialogues = 1, .turns = 1, .facts = 1, .candidates = 2};
    struct convai corpus;
    struct err err = {.code = ERR_NONE};
    char *text;
    size_t size;
    (void)context;
    if (personas_write(&settings, NULL, &text, &size, &err))
        return outcome_of(err.code);
    enum err_code code = convai_parse(&corpus, "generated", text, size, NULL, &err);
    convai_free(&corpus);
    return outcome_of(code);
}

static void dialogues_are_generated_and_read(void **state)
{
    (void)state;
    assert_true(failing_every(read_dialogues, NULL) > 8);
}

static enum failing_outcome train_tokenizer(void *context)
{
    static const char words[] = "the cat and the hat";
    const struct bpe_text text = {words, sizeof words - 1};
    struct bpe_tokens tokens = {0};
    struct err err = {.code = ERR_NONE};
    struct bpe *bpe = NULL;
    char *made[2];
    (void)context;
    enum err_code code = bpe_train(&text, 1, 264, NULL, &made[0], &made[1], &err);
    if (code)
        return outcome_of(code);
    const struct bpe_source sources[2] = {{"v", made[0], strlen(made[0])}, {"m", made[1], strlen(made[1])}};
    code = bpe_parse(&bpe, &sources[0], &sources[1], &err);
    code = code ? code : bpe_encode(bpe, words, sizeof words - 1, &tokens, &err);
    bpe_free(bpe);
    free(tokens.token);
    free(made[0]);
    free(made[1]);
    return outcome_of(code);
}

static void a_tokenizer_is_trained_and_encodes(void **state)
{
    (void)state;
    assert_true(failing_every(train_tokenizer, NULL) > 15);
}

static enum failing_outcome make_examples(void *context)
{
    struct examples examples;
    struct err err = {.code = ERR_NONE};
    (void)context;
    struct dialogue_settings settings = sample.project.settings;
    settings.tasks = settings.unseen = 1; /* every text asks for memory */
    settings.history = 1;
    enum err_code code = examples_make(&examples, &sample.project.corpus, sample.project.bpe, &settings,
                                       &sample.project.encoder.shape, NULL, &err);
    examples_free(&examples);
    return outcome_of(code);
}

static void examples_are_made(void **state)
{
    (void)state;
    assert_true(failing_every(make_examples, NULL) > 20);
}

static enum failing_outcome make_training(void *context)
{
    struct err err = {.code = ERR_NONE};
    (void)context;
    struct training_setup setup = dialogue_sample_setup(&sample, TRAINING_REPTILE);
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
    assert_true(failing_every(make_training, NULL) > 30);
}

static enum failing_outcome make_pretraining(void *context)
{
    struct err err = {.code = ERR_NONE};
    (void)context;
    struct pretraining_settings settings = pretraining_small;
    settings.batch = 2;
    const struct pretraining_setup setup = {&sample.project.examples, sample.project.bpe, &sample.project.encoder.shape,
                                            &settings, NULL};
    struct pretraining *pretraining = pretraining_new(&setup, &err);
    pretraining_free(pretraining);
    return outcome_of(err.code);
}

static void a_pretraining_is_made(void **state)
{
    (void)state;
    assert_true(failing_every(make_pretraining, NULL) > 20);
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
        cmocka_unit_test(dialogues_are_generated_and_read),
        cmocka_unit_test(a_tokenizer_is_trained_and_encodes),
        cmocka_unit_test(examples_are_made),
        cmocka_unit_test(a_training_is_made_and_written_as_far_as_it_goes),
        cmocka_unit_test(a_pretraining_is_made),
        cmocka_unit_test(a_screen_is_made),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
