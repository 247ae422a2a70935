/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "cmd/stop.h"
#include "run/key.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct config config_with(unsigned methods)
{
    struct config config;
    config_default(&config);
    config.retrain.methods = methods;
    return config;
}

enum { STANDARD = 1u << METHOD_STANDARD, META = 1u << METHOD_META };

static enum run_end judge_until(unsigned methods, double standard, double meta)
{
    struct stop_rules rules = stop_none();
    struct stop stop;
    struct config config = config_with(methods);
    rules.until = 2.385;
    stop_begin(&stop, &rules);
    double loss[METHOD_COUNT] = {[METHOD_STANDARD] = standard, [METHOD_META] = meta};
    return stop_judge(&stop, &config, STAGE_RETRAIN, 3, loss);
}

static void until_is_of_all_that_train_adapters(void **state)
{
    (void)state;
    double none = (double)NAN;
    assert_int_equal(judge_until(STANDARD | META, 17, 2.385), RUN_UNTIL);
    assert_int_equal(judge_until(STANDARD | META, 1, 2.386), RUN_OPEN);
    assert_int_equal(judge_until(STANDARD | META, none, 1), RUN_UNTIL);
    assert_int_equal(judge_until(STANDARD | META, 1, none), RUN_OPEN);
    assert_int_equal(judge_until(STANDARD, 2.3, none), RUN_UNTIL);
    assert_int_equal(judge_until(STANDARD, 2.4, none), RUN_OPEN);
    assert_int_equal(judge_until(META, none, 2.3), RUN_UNTIL);
}

static void until_is_of_retraining_alone(void **state)
{
    (void)state;
    struct stop_rules rules = stop_none();
    struct stop stop;
    struct config config = config_with(META);
    double loss[METHOD_COUNT] = {(double)NAN, 0};
    rules.until = 1;
    stop_begin(&stop, &rules);
    assert_int_equal(stop_judge(&stop, &config, STAGE_ADAPT, 3, loss), RUN_OPEN);
    rules = stop_none();
    stop_begin(&stop, &rules);
    assert_int_equal(stop_judge(&stop, &config, STAGE_RETRAIN, 3, loss), RUN_OPEN);
}

/* Steps until a stall, the loss of meta falling by `share` of itself a step until step `flat`. */
static long stall_of(double share, long flat)
{
    struct stop_rules rules = {.until = (double)NAN, .seconds = (double)NAN, .stall = true};
    struct stop stop;
    struct config config = config_with(STANDARD | META);
    stop_begin(&stop, &rules);
    double loss[METHOD_COUNT] = {[METHOD_STANDARD] = 17, [METHOD_META] = 2.385};
    for (long step = 0; step < 100000; step++) {
        if (stop_judge(&stop, &config, STAGE_RETRAIN, step, loss) == RUN_STALL)
            return step;
        if (step < flat)
            loss[METHOD_META] *= 1 - share;
    }
    return -1;
}

static void a_stall_is_a_quarter_of_the_steps_without_a_fall(void **state)
{
    (void)state;
    assert_int_equal(stall_of(0.01, 0), STOP_LEAST_STEPS);
    assert_int_equal(stall_of(0.01, 30), 30 + STOP_LEAST_STEPS);
    assert_in_range(stall_of(0.01, 3000), 4000 - 2, 4000 + 2);
    assert_int_equal(stall_of(0.001, 100000), -1);
    assert_int_equal(stall_of(1e-7, 100000), -1); /* slow, but ten steps make a millionth */
    assert_true(stall_of(1e-12, 100000) > 0);
}

static void each_stage_stalls_by_itself(void **state)
{
    (void)state;
    struct stop_rules rules = {.until = (double)NAN, .seconds = (double)NAN, .stall = true};
    struct stop stop;
    struct config config = config_with(META);
    double loss[METHOD_COUNT] = {(double)NAN, 2.385};
    stop_begin(&stop, &rules);
    for (long step = 0; step < STOP_LEAST_STEPS; step++)
        assert_int_equal(stop_judge(&stop, &config, STAGE_RETRAIN, step, loss), RUN_OPEN);
    loss[METHOD_META] = 17; /* another task */
    for (long step = 0; step < STOP_LEAST_STEPS; step++)
        assert_int_equal(stop_judge(&stop, &config, STAGE_ADAPT, step, loss), RUN_OPEN);
    assert_int_equal(stop_judge(&stop, &config, STAGE_ADAPT, STOP_LEAST_STEPS, loss), RUN_STALL);
}

static void time_is_up_when_it_is(void **state)
{
    (void)state;
    struct stop stop;
    struct stop_rules rules = stop_none();
    stop_begin(&stop, &rules);
    assert_false(stop_time_is_up(&stop));
    assert_true(isinf(stop_seconds_left(&stop)));
    rules.seconds = 1e300;
    stop_begin(&stop, &rules);
    assert_false(stop_time_is_up(&stop));
    rules.seconds = 0;
    stop_begin(&stop, &rules);
    assert_true(stop_time_is_up(&stop));
    assert_true(stop_seconds_left(&stop) <= 0);
    rules.seconds = 238.5;
    stop_begin(&stop, &rules);
    assert_false(stop_time_is_up(&stop));
    assert_true(stop_seconds_left(&stop) > 100 && stop_seconds_left(&stop) <= 238.5);
    stop.deadline = clock_now();
    assert_true(stop_time_is_up(&stop));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(until_is_of_all_that_train_adapters),
        cmocka_unit_test(until_is_of_retraining_alone),
        cmocka_unit_test(a_stall_is_a_quarter_of_the_steps_without_a_fall),
        cmocka_unit_test(each_stage_stalls_by_itself),
        cmocka_unit_test(time_is_up_when_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
