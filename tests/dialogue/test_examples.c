/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/examples.h"
#include "support/dialogue_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct dialogue_sample sample;

static int set_up(void **state)
{
    (void)state;
    struct err err = {.code = ERR_NONE};
    if (!dialogue_sample_make(&sample, &err))
        fail_msg("%s", err.message);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    dialogue_sample_free(&sample);
    return 0;
}

/* A sequence as text, special tokens by their names. */
static void spell(const struct examples *examples, int example, int candidate, char text[1000])
{
    int32_t tokens[100];
    size_t used = 0;
    int count = examples_sequence(examples, example, candidate, tokens);
    assert_true(count <= examples->longest);
    for (int i = 0; i < count; i++) {
        size_t length;
        const char *token = bpe_token(sample.project.bpe, tokens[i], &length);
        memcpy(text + used, token, length);
        used += length;
    }
    text[used] = '\0';
}

static void a_sequence_is_the_dialogue_so_far_and_a_candidate(void **state)
{
    (void)state;
    const struct examples *examples = &sample.project.examples;
    const struct convai *corpus = &sample.project.corpus;
    char text[1000];
    char wanted[1000];
    for (int i = 0; i < examples->count; i++) {
        int turn = examples->example[i].turn;
        assert_int_equal(corpus->turn[turn].right, examples->example[i].right);
        for (int j = 0; j < examples->example[i].candidates; j++) {
            if (turn % 2 == 0) /* two turns a dialogue */
                snprintf(wanted, sizeof wanted, "<s>%s</s><s>%s</s>", corpus->turn[turn].utterance,
                         corpus->turn[turn].candidate[j]);
            else
                snprintf(wanted, sizeof wanted, "<s>%s %s %s</s><s>%s</s>", corpus->turn[turn - 1].utterance,
                         corpus->turn[turn - 1].reply, corpus->turn[turn].utterance, corpus->turn[turn].candidate[j]);
            spell(examples, i, j, text);
            assert_string_equal(text, wanted);
        }
    }
}

static void the_last_dialogues_are_held_out(void **state)
{
    (void)state;
    const struct examples *examples = &sample.project.examples;
    assert_int_equal(examples->tasks, 5);
    assert_int_equal(examples->retraining, 3);
    assert_int_equal(examples->candidates, 4);
    for (int i = 0; i < examples->tasks; i++) {
        const struct examples_task *task = &examples->task[i];
        assert_int_equal(task->persona, i); /* as many turns each: in the order of the file */
        assert_int_equal(task->count, 10);
        assert_int_equal(task->training, 6);
        for (int j = 0; j < task->count; j++) {
            assert_int_equal(examples->example[task->first + j].turn, 10 * i + j);
            assert_int_equal(examples_task_of(examples, task->first + j), i);
        }
    }
}

static void a_shorter_history_leaves_the_beginning_out(void **state)
{
    (void)state;
    struct examples examples;
    struct err err = {.code = ERR_NONE};
    struct dialogue_settings settings = sample.project.settings;
    settings.history = 1;
    assert_int_equal(examples_make(&examples, &sample.project.corpus, sample.project.bpe, &settings,
                                   &sample.project.encoder.shape, NULL, &err),
                     ERR_NONE);
    char text[1000];
    char wanted[1000];
    for (int i = 0; i < examples.count; i++) {
        const struct convai_turn *turn = &sample.project.corpus.turn[examples.example[i].turn];
        snprintf(wanted, sizeof wanted, "<s>%s</s><s>%s</s>", turn->utterance, turn->candidate[0]);
        spell(&examples, i, 0, text);
        assert_string_equal(text, wanted);
    }
    examples_free(&examples);
}

static void what_is_left_is_to_pretrain_on(void **state)
{
    (void)state;
    struct examples rest;
    struct err err = {.code = ERR_NONE};
    assert_int_equal(examples_make_rest(&rest, &sample.project.corpus, sample.project.bpe, &sample.project.settings,
                                        &sample.project.encoder.shape, NULL, &err),
                     ERR_NONE);
    assert_int_equal(rest.tasks, 3);
    assert_int_equal(rest.count, 30);
    for (int i = 0; i < rest.tasks; i++) {
        assert_int_equal(rest.task[i].persona, 5 + i);
        assert_int_equal(rest.task[i].training, rest.task[i].count);
    }
    examples_free(&rest);
}

static void refused(const struct dialogue_settings *settings, struct bpe *bpe, const struct encoder_shape *shape,
                    const char *message)
{
    struct examples examples;
    struct err err = {.code = ERR_NONE};
    assert_int_equal(examples_make(&examples, &sample.project.corpus, bpe, settings, shape, NULL, &err), ERR_INPUT);
    assert_null(examples.example);
    if (strstr(err.message, message) == NULL)
        fail_msg("\"%s\" should say \"%s\"", err.message, message);
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct dialogue_settings settings = sample.project.settings;
    struct encoder_shape shape = sample.project.encoder.shape;
    settings.tasks = 7;
    refused(&settings, sample.project.bpe, &shape,
            "sample.txt: 8 personas have more dialogues than the 2 that are held out");
    settings = sample.project.settings;
    settings.held_out = 5;
    refused(&settings, sample.project.bpe, &shape, "sample.txt: 0 personas have more");
    settings = sample.project.settings;
    shape.positions = 12;
    refused(&settings, sample.project.bpe, &shape,
            "tokens, the encoder has positions for 10; a shorter history is wanted");
    shape = sample.project.encoder.shape;
    shape.vocabulary--;
    refused(&settings, sample.project.bpe, &shape, "the vocabulary has ");
    shape = sample.project.encoder.shape;
    shape.pad = 2;
    refused(&settings, sample.project.bpe, &shape, "padding is token 1 of the vocabulary, but 2 of the model");
    char vocab[512];
    char merges[512];
    struct bpe *gpt2;
    struct err err = {.code = ERR_NONE};
    snprintf(vocab, sizeof vocab, "%s/tests/golden/dialogue/vocab.json", getenv("RANKSCOPE_SOURCE"));
    snprintf(merges, sizeof merges, "%s/tests/golden/dialogue/merges.txt", getenv("RANKSCOPE_SOURCE"));
    assert_int_equal(bpe_read(&gpt2, vocab, merges, &err), ERR_NONE);
    refused(&settings, gpt2, &sample.project.encoder.shape, "the vocabulary has no token <s>, so it is not RoBERTa's");
    bpe_free(gpt2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sequence_is_the_dialogue_so_far_and_a_candidate),
        cmocka_unit_test(the_last_dialogues_are_held_out),
        cmocka_unit_test(a_shorter_history_leaves_the_beginning_out),
        cmocka_unit_test(what_is_left_is_to_pretrain_on),
        cmocka_unit_test(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
