/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/pretraining.h"
#include "support/dialogue_sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct dialogue_sample sample;
static struct examples rest;

static int set_up(void **state)
{
    (void)state;
    struct err err = {.code = ERR_NONE};
    if (!dialogue_sample_make(&sample, &err) ||
        examples_make_rest(&rest, &sample.project.corpus, sample.project.bpe, &sample.project.settings,
                           &sample.project.encoder.shape, NULL, &err))
        fail_msg("%s", err.message);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    examples_free(&rest);
    dialogue_sample_free(&sample);
    return 0;
}

static struct pretraining *begin(const struct pretraining_settings *settings)
{
    struct err err = {.code = ERR_NONE};
    const struct pretraining_setup setup = {&rest, sample.project.bpe, &sample.project.encoder.shape, settings, NULL};
    struct pretraining *pretraining = pretraining_new(&setup, &err);
    if (pretraining == NULL)
        fail_msg("%s", err.message);
    return pretraining;
}

static void guessing_gets_better_than_chance(void **state)
{
    (void)state;
    struct pretraining_settings settings = pretraining_small;
    settings.steps = 60;
    settings.batch = 4;
    settings.rate = 0.01;
    struct pretraining *pretraining = begin(&settings);
    assert_true(isnan(pretraining_loss(pretraining)));
    assert_true(pretraining_step(pretraining));
    double first = pretraining_loss(pretraining);
    assert_true(fabs(first - log(bpe_size(sample.project.bpe))) < 0.2); /* nothing is known yet */
    double sum = 0;
    while (pretraining_step(pretraining))
        sum += pretraining_steps(pretraining) > 50 ? pretraining_loss(pretraining) / 10 : 0;
    assert_int_equal(pretraining_steps(pretraining), 60);
    assert_true(sum < first - 1);
    pretraining_free(pretraining);
}

static void taken_up_it_ends_in_the_same_bits(void **state)
{
    (void)state;
    char path[512];
    struct err err = {.code = ERR_NONE};
    struct pretraining_settings settings = pretraining_small;
    settings.steps = 9;
    settings.batch = 4;
    snprintf(path, sizeof path, "%s/pretrain.state", getenv("TMPDIR"));
    for (int cut = 0; cut <= settings.steps; cut += 3) {
        struct pretraining *whole = begin(&settings);
        for (int i = 0; i < cut; i++)
            pretraining_step(whole);
        assert_int_equal(pretraining_write(whole, path, &err), ERR_NONE);
        struct pretraining *again = begin(&settings);
        if (pretraining_read(again, path, &err))
            fail_msg("%s", err.message);
        while (pretraining_step(whole) && pretraining_step(again))
            ;
        const struct tensors *base = pretraining_base(whole);
        assert_memory_equal(base->value, pretraining_base(again)->value, base->size * sizeof *base->value);
        assert_true(pretraining_loss(whole) == pretraining_loss(again));
        pretraining_free(whole);
        pretraining_free(again);
    }
    settings.seed++;
    struct pretraining *other = begin(&settings);
    assert_int_equal(pretraining_read(other, path, &err), ERR_INPUT);
    pretraining_free(other);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guessing_gets_better_than_chance),
        cmocka_unit_test(taken_up_it_ends_in_the_same_bits),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
