/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"
#include "dialogue/training_state.h"
#include "support/dialogue_sample.h"
#include "support/program.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct dialogue_sample sample;
static char path[512];

static int set_up(void **state)
{
    (void)state;
    struct err err = {.code = ERR_NONE};
    snprintf(path, sizeof path, "%s/training.state", getenv("TMPDIR"));
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

static struct training *begin(const struct training_setup *setup)
{
    struct err err = {.code = ERR_NONE};
    struct training *training = training_new(setup, &err);
    if (training == NULL)
        fail_msg("%s", err.message);
    return training;
}

static void finish(struct training *training)
{
    while (training_step(training) == TRAINING_GOES_ON)
        ;
}

/* ---- whose turn it is ---- */

static void an_epoch_of_standard_sees_every_example_once(void **state)
{
    (void)state;
    struct training_setup setup = dialogue_sample_setup(&sample, TRAINING_STANDARD);
    struct training *training = begin(&setup);
    assert_int_equal(training->epoch_steps, 9); /* three tasks of six examples, two a batch */
    for (int step = 0; step < 18; step++) {
        struct training_slot slot = training_slot(training, step);
        assert_int_equal(slot.task, step % 3);
        assert_int_equal(slot.batch, step % 9 / 3);
        assert_int_equal(slot.order, step / 9);
    }
    training_free(training);
}

static void meta_ends_an_epoch_with_the_shortest_task(void **state)
{
    (void)state;
    struct training_setup setup = dialogue_sample_setup(&sample, TRAINING_META);
    int kept = sample.project.examples.task[1].training;
    sample.project.examples.task[1].training = 3; /* two batches; the others have three */
    struct training *training = begin(&setup);
    assert_int_equal(training->epoch_steps, 6);
    training_free(training);
    setup.kind = TRAINING_STANDARD;
    training = begin(&setup);
    assert_int_equal(training->epoch_steps, 8);
    struct training_slot last = training_slot(training, 7);
    assert_int_equal(last.task, 2);
    assert_int_equal(last.batch, 2);
    training_free(training);
    sample.project.examples.task[1].training = kept;
}

static void reptile_stays_with_a_task_for_its_inner_steps(void **state)
{
    (void)state;
    struct training_setup setup = dialogue_sample_setup(&sample, TRAINING_REPTILE);
    struct training *training = begin(&setup);
    assert_int_equal(training->epoch_steps, 8); /* two loops of four come nearest to nine */
    for (int step = 0; step < 24; step++) {
        struct training_slot slot = training_slot(training, step);
        int seen = step / 12 * 4 + step % 4;
        assert_int_equal(slot.task, step / 4 % 3);
        assert_int_equal(slot.batch, seen % 3);
        assert_int_equal(slot.order, seen / 3);
    }
    training_free(training);
}

/* ---- what is trained ---- */

static double distance(const struct tensors *a, const struct tensors *b)
{
    double sum = 0;
    for (size_t i = 0; i < a->size; i++)
        sum += ((double)a->value[i] - (double)b->value[i]) * ((double)a->value[i] - (double)b->value[i]);
    return sqrt(sum);
}

static void adapting_leaves_the_base_alone(void **state)
{
    (void)state;
    static const char *const schemes[] = {"lora", "head"};
    struct err err = {.code = ERR_NONE};
    for (int i = 0; i < 2; i++) {
        struct training_setup setup = dialogue_sample_setup(&sample, TRAINING_ADAPT);
        setup.scheme = adapter_find(schemes[i]);
        struct tensors *before = tensors_copy(sample.project.encoder.base, &err);
        struct training *training = begin(&setup);
        finish(training);
        assert_int_equal(training_status(training), TRAINING_DONE);
        assert_memory_equal(before->value, sample.project.encoder.base->value, before->size * sizeof *before->value);
        assert_int_equal(training_epoch(training, 1)->count, 4);
        assert_int_equal(training_results(training)[setup.task].count, 4);
        assert_int_equal(training_results(training)[0].count, 0);
        training_free(training);
        tensors_free(before);
    }
}

static void reptile_moves_a_part_of_the_way(void **state)
{
    (void)state;
    double moved[3];
    for (int i = 0; i < 3; i++) {
        struct training_setup setup = dialogue_sample_setup(&sample, TRAINING_REPTILE);
        sample.project.settings.outer_rate = 0.5 * i;
        struct training *training = begin(&setup);
        for (int step = 0; step < sample.project.settings.inner; step++)
            training_step(training);
        moved[i] = distance(training_base(training), sample.project.encoder.base);
        training_free(training);
    }
    sample.project.settings.outer_rate = dialogue_small.outer_rate;
    assert_true(moved[0] == 0);
    assert_true(moved[2] > 0);
    assert_true(fabs(moved[1] / moved[2] - 0.5) < 1e-4);
}

/* Fits what it is shown: the loss falls well below that of not knowing, log-odds of one in four. */
static void every_method_learns(void **state)
{
    (void)state;
    struct dialogue_settings kept = sample.project.settings;
    sample.project.settings.dropout = 0;
    sample.project.settings.epochs = sample.project.settings.adapt_epochs = 12;
    sample.project.settings.rate = sample.project.settings.adapt_rate = 0.02;
    for (int kind = 0; kind < TRAINING_KINDS; kind++) {
        struct training_setup setup = dialogue_sample_setup(&sample, (enum training_kind)kind);
        struct training *training = begin(&setup);
        finish(training);
        double first = training_epoch(training, 0)->training_loss;
        double last = training_epoch(training, training_epochs(training) - 1)->training_loss;
        if (!(last < 0.9 * first && last < 0.5623))
            fail_msg("%s: from %g to %g", training_names[kind], first, last);
        assert_true(training_at(training)->tokens > 0);
        training_free(training);
    }
    sample.project.settings = kept;
}

/* ---- evaluation ---- */

static void scores_are_those_of_hits_and_loss(void **state)
{
    (void)state;
    struct training_setup setup = dialogue_sample_setup(&sample, TRAINING_META);
    struct training *training = begin(&setup);
    for (int step = 0; step < training->epoch_steps; step++)
        training_step(training);
    int hits = 0;
    int count = 0;
    for (int task = 0; task < 3; task++)
        for (int i = 6; i < 10; i++) {
            int number = sample.project.examples.task[task].first + i;
            int right = sample.project.examples.example[number].right;
            double scores[4];
            int better = 0;
            training_score(training, number, scores);
            for (int j = 0; j < 4; j++)
                better += j != right && scores[j] >= scores[right];
            hits += better == 0;
            count++;
        }
    while (training_at(training)->epoch == 0)
        training_step(training);
    assert_int_equal(training_epoch(training, 0)->hits, hits);
    assert_int_equal(training_epoch(training, 0)->count, count);
    training_free(training);
}

static void a_loss_that_is_not_finite_ends_it(void **state)
{
    (void)state;
    struct training_setup setup = dialogue_sample_setup(&sample, TRAINING_STANDARD);
    struct training *training = begin(&setup);
    training_step(training);
    training->base->value[training->base->of[0].offset + 20] = NAN;
    for (size_t i = 0; i < training->base->size; i++)
        training->base->value[i] = NAN;
    assert_int_equal(training_step(training), TRAINING_DIVERGED);
    assert_int_equal(training_step(training), TRAINING_DIVERGED);
    assert_int_equal(training_at(training)->step, 1);
    training_free(training);
}

/* ---- files ---- */

static void assert_same(const struct training *a, const struct training *b)
{
    assert_int_equal(a->at.step, b->at.step);
    assert_int_equal(a->at.pass, b->at.pass);
    assert_int_equal(a->at.best, b->at.best);
    assert_memory_equal(a->epoch, b->epoch, (size_t)a->epochs * sizeof *a->epoch);
    assert_memory_equal(a->best, b->best, (size_t)a->setup.examples->tasks * sizeof *a->best);
    for (int i = 0; i < a->sets; i++) {
        const struct tensors *set = a->set[i].set;
        assert_memory_equal(set->value, b->set[i].set->value, set->size * sizeof *set->value);
        assert_memory_equal(a->set[i].adamw->second, b->set[i].adamw->second, set->size * sizeof *set->value);
        if (a->set[i].best != NULL)
            assert_memory_equal(a->set[i].best->value, b->set[i].best->value, set->size * sizeof *set->value);
    }
}

/* Written after `cut` of training's and evaluation's steps, read by another, and both gone on with. */
static bool goes_on_alike(enum training_kind kind, int cut)
{
    struct err err = {.code = ERR_NONE};
    struct training_setup setup = dialogue_sample_setup(&sample, kind);
    struct training *whole = begin(&setup);
    for (int i = 0; i < cut && training_status(whole) == TRAINING_GOES_ON; i++)
        training_step(whole);
    bool goes_on = training_status(whole) == TRAINING_GOES_ON;
    if (training_write(whole, path, &err))
        fail_msg("%s", err.message);
    struct training *rest = begin(&setup);
    if (training_read(rest, path, &err))
        fail_msg("%s", err.message);
    finish(whole);
    finish(rest);
    assert_same(whole, rest);
    training_free(whole);
    training_free(rest);
    return goes_on;
}

static void a_training_taken_up_at_any_step_ends_in_the_same_bits(void **state)
{
    (void)state;
    int stride = program_slowness() > 1 ? 17 : 5;
    for (int kind = 0; kind < TRAINING_KINDS; kind++)
        for (int cut = kind; goes_on_alike((enum training_kind)kind, cut); cut += stride)
            ;
    unlink(path);
}

static void refused(const struct training_setup *setup, const char *message)
{
    struct err err = {.code = ERR_NONE};
    struct training *training = begin(setup);
    assert_int_equal(training_read(training, path, &err), ERR_INPUT);
    if (strstr(err.message, message) == NULL)
        fail_msg("\"%s\" should say \"%s\"", err.message, message);
    training_free(training);
}

static void another_training_is_not_taken_up(void **state)
{
    (void)state;
    struct err err = {.code = ERR_NONE};
    struct training_setup setup = dialogue_sample_setup(&sample, TRAINING_META);
    struct training *training = begin(&setup);
    training_step(training);
    assert_int_equal(training_write(training, path, &err), ERR_NONE);
    training_free(training);
    struct training_setup other = setup;
    other.seed++;
    refused(&other, "is a training with other settings, data or model");
    other = setup;
    other.kind = TRAINING_STANDARD;
    refused(&other, "is a training with other settings, data or model");
    sample.project.examples.example[0].right ^= 1;
    refused(&setup, "is a training with other settings, data or model");
    sample.project.examples.example[0].right ^= 1;
    char *data;
    size_t size;
    assert_int_equal(file_read(path, 1 << 24, &data, &size, &err), ERR_NONE);
    assert_int_equal(file_write(path, data, size - 4, &err), ERR_NONE);
    refused(&setup, path); /* and what safetensors says of a file that was cut off */
    assert_int_equal(file_write(path, "\2\0\0\0\0\0\0\0{}", 10, &err), ERR_NONE);
    refused(&setup, "is no training that can be taken up here");
    free(data);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_epoch_of_standard_sees_every_example_once),
        cmocka_unit_test(meta_ends_an_epoch_with_the_shortest_task),
        cmocka_unit_test(reptile_stays_with_a_task_for_its_inner_steps),
        cmocka_unit_test(adapting_leaves_the_base_alone),
        cmocka_unit_test(reptile_moves_a_part_of_the_way),
        cmocka_unit_test(every_method_learns),
        cmocka_unit_test(scores_are_those_of_hits_and_loss),
        cmocka_unit_test(a_loss_that_is_not_finite_ends_it),
        cmocka_unit_test(a_training_taken_up_at_any_step_ends_in_the_same_bits),
        cmocka_unit_test(another_training_is_not_taken_up),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
