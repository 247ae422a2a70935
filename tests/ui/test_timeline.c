/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/timeline.h"

#include "support/near.h"
#include "support/view_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct config base_config = {
    .problem = {.dimension = 5, .rank = 1, .tasks = 3},
    .retrain = {.methods = 3, .rank = 1, .steps = 2385},
    .adapt = {.rank = 1, .steps = 477},
};

static void retraining_has_the_whole_axis_until_fine_tuning_begins(void **state)
{
    (void)state;
    struct config config = base_config;
    struct view_sample *sample = view_sample_new(&config);
    struct view view = view_sample_view(sample);
    struct timeline timeline = timeline_make(&view, false);
    assert_near(timeline.split, 1, 0);
    assert_near(timeline_position(&timeline, STAGE_RETRAIN, 0), 0, 0);
    assert_near(timeline_position(&timeline, STAGE_RETRAIN, 2385), 1, 0);
    view_sample_free(sample);

    config.adapt.solver = ADAPT_PAPER;
    sample = view_sample_new(&config);
    view = view_sample_view(sample);
    timeline = timeline_make(&view, false);
    assert_true(timeline.split > 0.5 && timeline.split < 1);
    assert_near(timeline_position(&timeline, STAGE_RETRAIN, 2385), timeline.split, 1e-15);
    assert_near(timeline_position(&timeline, STAGE_ADAPT, 0), timeline.split, 1e-15);
    assert_near(timeline_position(&timeline, STAGE_ADAPT, 477), 1, 1e-15);
    view_sample_free(sample);
}

/* While it runs the axis leaps ahead, so that it need not change with every step, but never beyond the plan. */
static void the_axis_grows_in_leaps(void **state)
{
    (void)state;
    static const long table[][2] = {{0, 10}, {7, 10}, {11, 20}, {130, 200}, {999, 1000}, {1001, 2000}, {2001, 2385}};
    struct view_sample *sample = view_sample_new(&base_config);
    struct view view = view_sample_view(sample);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        for (int method = 0; method <= METHOD_META; method++)
            history_clear(sample->history[method][STAGE_RETRAIN]);
        struct sample one = {.step = table[i][0], .method = METHOD_META, .value = {1, 1, 1, 1}};
        history_add(sample->history[METHOD_META][STAGE_RETRAIN], &one);
        struct timeline timeline = timeline_make(&view, i % 2);
        assert_near(timeline.axis[STAGE_RETRAIN].high, (double)table[i][1], 1e-9);
    }
    /* Retraining that was ended before its time ends there. */
    struct sample tuned = {.step = 3, .method = METHOD_META, .stage = STAGE_ADAPT, .value = {1, 1, 1, 1}};
    history_add(sample->history[METHOD_META][STAGE_ADAPT], &tuned);
    struct timeline timeline = timeline_make(&view, false);
    assert_near(timeline.axis[STAGE_RETRAIN].high, 2001, 0);
    view.snapshot = NULL;
    timeline = timeline_make(&view, false);
    assert_true(timeline.axis[STAGE_RETRAIN].high >= 2001);
    view_sample_free(sample);
}

static void a_position_is_the_step_it_came_from(void **state)
{
    (void)state;
    struct config config = base_config;
    config.adapt.solver = ADAPT_PAPER;
    struct view_sample *sample = view_sample_new(&config);
    struct view view = view_sample_view(sample);
    for (int log_x = 0; log_x < 2; log_x++) {
        struct timeline timeline = timeline_make(&view, log_x);
        for (int step = 1; step <= 2385; step += 17) {
            enum stage stage = STAGE_ADAPT;
            double position = timeline_position(&timeline, STAGE_RETRAIN, step);
            assert_near(timeline_step(&timeline, position, &stage), step, 0);
            assert_int_equal(stage, STAGE_RETRAIN);
            if (step > 477)
                continue;
            position = timeline_position(&timeline, STAGE_ADAPT, step);
            assert_near(timeline_step(&timeline, position, &stage), step, 0);
            assert_int_equal(stage, STAGE_ADAPT);
        }
    }
    view_sample_free(sample);
}

static void the_bucket_of_a_step_is_the_last_that_began(void **state)
{
    (void)state;
    static struct curve curve;
    assert_null(timeline_bucket(&curve, 3));
    static const long step[] = {5, 9, 10, 40, 41};
    for (size_t i = 0; i < 5; i++)
        curve.bucket[i].step = step[i];
    for (curve.count = 1; curve.count <= 5; curve.count++) {
        for (int at = 0; at < 50; at++) {
            size_t expected = 0;
            for (size_t i = 0; i < curve.count; i++)
                expected = step[i] <= at ? i : expected;
            assert_ptr_equal(timeline_bucket(&curve, at), &curve.bucket[expected]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retraining_has_the_whole_axis_until_fine_tuning_begins),
        cmocka_unit_test(the_axis_grows_in_leaps),
        cmocka_unit_test(a_position_is_the_step_it_came_from),
        cmocka_unit_test(the_bucket_of_a_step_is_the_last_that_began),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
