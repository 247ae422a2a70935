/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/topic.h"

#include "run/key.h"
#include "support/view_sample.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* What a run is told in words, of a run whose every number is known. */

static struct view_sample *sample_of(const char *assignment)
{
    struct config config;
    struct err err;
    config_default(&config);
    assert_int_equal(key_assign(&config, assignment, &err), ERR_NONE);
    struct view_sample *sample = view_sample_new(&config);
    assert_non_null(sample);
    return sample;
}

static void expect(const struct view *view, const char *topic, const char *says)
{
    char text[TOPIC_SIZE];
    topic_tell(view, topic_find(topic), text, sizeof text);
    if (strstr(text, says) == NULL)
        fail_msg("%s: \"%s\" does not say \"%s\"", topic, text, says);
}

static void sentences_are_of_what_was_measured(void **state)
{
    (void)state;
    struct view_sample *sample = sample_of("retrain.steps=50");
    struct view view = view_sample_view(sample);
    struct method_snapshot *meta = &sample->snapshot->method[METHOD_META];
    meta->base_error = 0.125;
    meta->paper_loss = (double)NAN;
    expect(&view, "state", "Meta-LoRA retraining: retraining step 50 of 50, loss");
    expect(&view, "parameters", "problem.tasks is 3.");
    expect(&view, "base_error", "meta 0.125.");
    expect(&view, "paper_loss", "meta is not known.");
    expect(&view, "theory",
           "Standard retraining, by Theorem 1: the error of its base has rank 6 = kT, and so it is measured");
    meta->spectra.rank_needed = 5;
    expect(&view, "theory", "needs an adapter of rank 2 = k, and 5 is measured");
    meta->theory_error_rank = THEORY_SILENT;
    expect(&view, "theory", "Meta-LoRA retraining: no theorem covers this problem.");
    meta->active = false;
    expect(&view, "base_error", "base_error: standard ");
    view_sample_free(sample);
}

static void curves_are_told_by_their_extremes(void **state)
{
    (void)state;
    struct view_sample *sample = sample_of("retrain.steps=3");
    struct view view = view_sample_view(sample);
    struct history *history = sample->history[METHOD_META][STAGE_RETRAIN];
    struct sample point = {.method = METHOD_META, .stage = STAGE_RETRAIN};
    const double values[] = {7.25, 0.5, 2.385, 3.5};
    history_clear(history);
    for (int i = 0; i < 4; i++) {
        point.step = i;
        for (int series = 0; series < SERIES_COUNT; series++)
            point.value[series] = values[i];
        history_add(history, &point);
    }
    expect(&view, "loss", "Meta-LoRA retraining, loss: 3.5 at step 3; least 0.5, first near step 1; greatest 7.25.");
    expect(&view, "recovery", "3.5 degrees at step 3;");
    view_sample_free(sample);
}

static void what_is_not_known_is_said(void **state)
{
    (void)state;
    struct view_sample *sample = sample_of("retrain.steps=3");
    struct view view = view_sample_view(sample);
    view_sample_forget_truth(sample);
    expect(&view, "spectrum", "This needs A_star, which this file does not give.");
    expect(&view, "adaptation", "This needs W_test, which this file does not give.");
    view.snapshot = NULL;
    expect(&view, "spectrum", "The problem is being drawn.");
    view_sample_free(sample);
    assert_int_equal(topic_find("nothing"), TOPIC_NONE);
}

/* A text that is too long for its room ends in a mark. */
static void texts_are_cut_whole(void **state)
{
    (void)state;
    char text[64];
    struct view_sample *sample = sample_of("retrain.steps=3");
    struct view view = view_sample_view(sample);
    for (int topic = 0; topic_name(topic) != NULL; topic++) {
        topic_tell(&view, topic, text, sizeof text);
        assert_in_range(strlen(text), 5, sizeof text - 1);
    }
    view_sample_free(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences_are_of_what_was_measured),
        cmocka_unit_test(curves_are_told_by_their_extremes),
        cmocka_unit_test(what_is_not_known_is_said),
        cmocka_unit_test(texts_are_cut_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
