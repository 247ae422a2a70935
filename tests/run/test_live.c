/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/live.h"

#include "model/linalg.h"
#include "run/worker.h"
#include "support/program.h"
#include "support/trace.h"

#include <limits.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE = 120 * 1000, FRAME = 5 }; /* milliseconds */

static bool readable(const struct live *live, int timeout)
{
    struct pollfd descriptor = {.fd = live_descriptor(live), .events = POLLIN};
    return poll(&descriptor, 1, timeout) == 1;
}

/* Nothing is told any more. What was seen already may still be told once: a state is there before its bell rings. */
static bool is_quiet(struct live *live, int timeout)
{
    if (!readable(live, timeout))
        return true;
    live_drain(live);
    return !readable(live, timeout);
}

/* Follows the descriptor alone, as the lab does while nothing runs: a change that it does not tell of is never seen. */
static void await(struct live *live, enum live_state wanted)
{
    while (live_state(live) != wanted) {
        assert_true(readable(live, PATIENCE));
        live_drain(live);
    }
}

/* Follows a run frame by frame, as the lab does meanwhile. */
static void watch(struct live *live, enum live_state wanted)
{
    while (live_state(live) != wanted) {
        readable(live, FRAME);
        live_drain(live);
        if (live_state(live) == LIVE_FAILED)
            fail_msg("%s", live_error(live)->message);
    }
}

static struct live *begin(const struct config *config)
{
    struct err err;
    struct live *live = live_new(config, &err);
    assert_non_null(live);
    assert_int_equal(live_state(live), LIVE_BUILDING);
    assert_null(live_view(live).snapshot);
    await(live, LIVE_PAUSED);
    assert_true(live_settled(live));
    return live;
}

static long steps_of(const struct live *live)
{
    return live_view(live).snapshot->method[METHOD_STANDARD].step;
}

static struct config adapting_config(int steps, int adapt_steps)
{
    struct config config = trace_config(steps);
    config.problem.samples = 40;
    config.problem.noise = 0.02385;
    config.adapt.samples = 31;
    config.adapt.solver = ADAPT_PAPER;
    config.adapt.steps = adapt_steps;
    return config;
}

static void assert_as_headless(const struct live *live, const struct config *config)
{
    struct trace *trace = trace_new(config);
    trace_steps(trace, LONG_MAX, experiment_step);
    struct view want = trace_view(trace), got = live_view(live);
    assert_int_equal(live_dropped(live), 0);
    assert_same_view(&got, &want);
    trace_free(trace);
}

static void test_first_snapshot_comes_before_the_first_step(void **state)
{
    (void)state;
    struct config config = trace_config(30);
    struct live *live = begin(&config);
    struct view view = live_view(live);
    assert_non_null(view.snapshot);
    assert_int_equal(steps_of(live), 0);
    assert_int_equal(view.history[METHOD_META][STAGE_RETRAIN]->curve[SERIES_RISK].count, 1);
    assert_int_equal(view.history[METHOD_META][STAGE_ADAPT]->curve[SERIES_RISK].count, 0);
    assert_true(is_quiet(live, 0));
    assert_false(live_drain(live));
    assert_true(live_steps_per_second(live) == 0.0);
    live_free(live);
    live_free(NULL);
}

static void test_a_run_leaves_what_headless_leaves(void **state)
{
    (void)state;
    struct config configs[] = {trace_config(3000), adapting_config(700, 400), trace_config(200)};
    configs[2].retrain.inner_rate = 3; /* meta diverges */
    for (size_t i = 0; i < 3; i++) {
        struct live *live = begin(&configs[i]);
        live_run(live);
        watch(live, LIVE_DONE);
        assert_as_headless(live, &configs[i]);
        live_free(live);
    }
}

static void test_however_it_is_driven(void **state)
{
    (void)state;
    struct config config = adapting_config(500, 300);
    struct live *live = begin(&config);
    live_step(live);
    live_step_phase(live);
    live_step_phase(live);
    live_step_phase(live);
    for (int speed = 5; live_state(live) != LIVE_DONE; speed = 5 + (speed + 1) % 5) {
        live_set_speed(live, speed);
        live_run(live);
        readable(live, FRAME); /* RUNNING, or DONE */
        live_drain(live);
        live_pause(live);
        live_step_phase(live);
        live_update(live, &config);
        live_step(live);
        while (live_state(live) == LIVE_RUNNING) {
            assert_true(readable(live, PATIENCE));
            live_drain(live);
        }
    }
    assert_as_headless(live, &config);
    live_free(live);
}

static void test_a_step_is_one_step_and_a_phase_one_phase(void **state)
{
    (void)state;
    struct config config = trace_config(30);
    const struct solver_type *type = &solver_table[config.retrain.solver];
    struct live *live = begin(&config);
    for (int i = 1; i <= 3; i++) {
        live_step(live);
        while (steps_of(live) < i) {
            assert_true(readable(live, PATIENCE));
            live_drain(live);
        }
        assert_int_equal(steps_of(live), i);
        assert_int_equal(live_state(live), LIVE_PAUSED);
    }
    for (int i = 0; i < type->phases; i++) {
        live_step_phase(live);
        assert_true(readable(live, PATIENCE));
        live_drain(live);
        assert_string_equal(live_view(live).snapshot->method[METHOD_META].phase, type->phase_names[i]);
    }
    assert_int_equal(steps_of(live), 4);
    live_free(live);
}

static void test_pause_stops_an_endless_run(void **state)
{
    (void)state;
    struct config config = trace_config(1000000000);
    struct live *live = begin(&config);
    live_run(live);
    await(live, LIVE_RUNNING);
    while (live_steps_per_second(live) <= 0.0 || steps_of(live) == 0) { /* snapshots flow without any order */
        readable(live, FRAME);
        live_drain(live);
    }
    live_pause(live);
    await(live, LIVE_PAUSED);
    long steps = steps_of(live);
    assert_in_range(steps, 1, 999999999);
    assert_true(live_steps_per_second(live) == 0.0);

    live_step(live);
    assert_true(readable(live, PATIENCE));
    live_drain(live);
    assert_int_equal(steps_of(live), steps + 1);
    live_free(live);
}

static double processor_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void test_nothing_is_burnt_while_paused_or_between_slow_steps(void **state)
{
    (void)state;
    struct config config = trace_config(1000000);
    struct live *live = begin(&config);
    double before = processor_seconds();
    assert_true(is_quiet(live, 200));
    assert_true(processor_seconds() - before < 0.1);

    live_set_speed(live, 0); /* one step a second */
    live_run(live);
    await(live, LIVE_RUNNING);
    before = processor_seconds();
    assert_true(is_quiet(live, 200));
    assert_true(processor_seconds() - before < 0.1);
    live_set_speed(live, LIVE_FLAT_OUT); /* ends the wait for the next beat */
    live_pause(live);
    await(live, LIVE_PAUSED);
    live_free(live);
}

static void test_slow_motion_keeps_its_pace(void **state)
{
    (void)state;
    struct config config = trace_config(21);
    struct live *live = begin(&config);
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    live_set_speed(live, 4); /* 100 a second */
    live_run(live);
    watch(live, LIVE_DONE);
    clock_gettime(CLOCK_MONOTONIC, &to);
    double seconds = (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
    assert_true(seconds >= 0.0999); /* 20 beats, less the lag that may be caught up */
    assert_as_headless(live, &config);
    live_free(live);
}

static void test_done_can_be_prolonged(void **state)
{
    (void)state;
    struct config config = trace_config(40), longer = trace_config(90);
    struct live *live = begin(&config);
    live_run(live);
    await(live, LIVE_DONE);
    assert_true(live_view(live).snapshot->done);
    live_update(live, &longer);
    await(live, LIVE_PAUSED);
    assert_false(live_view(live).snapshot->done);
    live_run(live);
    await(live, LIVE_DONE);

    struct trace *trace = trace_new(&longer);
    trace_steps(trace, LONG_MAX, experiment_step);
    assert_same_snapshot(live_view(live).snapshot, trace_view(trace).snapshot);
    trace_free(trace);
    live_free(live);
}

static void test_fine_tuning_begins_on_demand(void **state)
{
    (void)state;
    struct config config = trace_config(1000);
    config.adapt.steps = 50;
    struct live *live = begin(&config);
    for (int i = 0; i < 23; i++)
        live_step(live);
    live_begin_adapt(live);
    live_begin_adapt(live); /* changes nothing */
    live_run(live);
    assert_false(live_settled(live)); /* whatever the worker has done by now, it has not been looked at */
    await(live, LIVE_DONE);
    assert_true(live_settled(live));
    struct view view = live_view(live);
    assert_int_equal(view.snapshot->stage, STAGE_ADAPT);
    assert_int_equal(steps_of(live), 23);
    assert_int_equal(view.snapshot->method[METHOD_META].adapt_step, 50);
    const struct curve *curve = &view.history[METHOD_META][STAGE_RETRAIN]->curve[SERIES_RISK];
    assert_int_equal(curve->bucket[curve->count - 1].last_step, 23); /* where retraining ended was measured */
    curve = &view.history[METHOD_META][STAGE_ADAPT]->curve[SERIES_RISK];
    assert_int_equal(curve->bucket[0].step, 0);
    assert_int_equal(curve->bucket[curve->count - 1].last_step, 50);
    live_free(live);
}

static void test_done_when_all_diverged(void **state)
{
    (void)state;
    struct config config = trace_config(100000);
    config.retrain.outer_rate = 23.85;
    struct live *live = begin(&config);
    live_run(live);
    await(live, LIVE_DONE);
    assert_int_equal(live_view(live).snapshot->method[METHOD_META].status, SOLVER_DIVERGED);
    assert_as_headless(live, &config);
    live_free(live);
}

/* To draw this problem takes far longer than all these calls may. */
static void test_no_call_waits_for_a_step(void **state)
{
    (void)state;
    struct config config = trace_config(1000);
    config.problem.dimension = program_slowness() > 1 ? 200 : 400;
    struct err err;
    struct live *live = live_new(&config, &err);
    assert_non_null(live);
    for (int i = 0; i < 100; i++) {
        live_run(live);
        live_step(live);
        live_set_speed(live, i % LIVE_SPEED_COUNT);
        live_update(live, &config);
        live_pause(live);
        live_begin_adapt(live);
    }
    live_end(live);
    assert_false(live_ended(live)); /* the problem is still being drawn */
    while (!live_ended(live)) {
        assert_true(readable(live, PATIENCE));
        live_drain(live);
    }
    live_free(live);
}

static void test_ended_in_any_state(void **state)
{
    (void)state;
    struct config config = trace_config(1000000000);
    struct err err;
    live_free(live_new(&config, &err)); /* while it is being drawn */
    struct live *live = begin(&config);
    live_run(live);
    await(live, LIVE_RUNNING);
    live_free(live); /* flat out */
    live = begin(&config);
    live_set_speed(live, 0);
    live_run(live);
    await(live, LIVE_RUNNING);
    live_free(live); /* between two beats */
}

/* What the ring has no room for is lost to the curves, counted, and no delay; the last snapshot is not touched. */
static void test_a_full_ring_is_counted(void **state)
{
    (void)state;
    struct config config = trace_config(500);
    struct err err;
    struct journal journal;
    journal_begin(&journal, &config);
    struct worker *worker = worker_new(&journal, false, 16, &err);
    assert_non_null(worker);
    struct order order = {.kind = ORDER_RUN};
    orders_give(worker->orders, &order);
    while (atomic_load(&worker->state) != LIVE_DONE) {
        struct pollfd descriptor = {.fd = worker->bell, .events = POLLIN};
        assert_int_equal(poll(&descriptor, 1, PATIENCE), 1);
        uint64_t count;
        assert_int_equal(read(worker->bell, &count, sizeof count), sizeof count);
    }
    struct trace *trace = trace_new(&config);
    trace_steps(trace, LONG_MAX, experiment_step);
    assert_int_equal(ring_dropped(worker->ring), trace->samples - 16);
    assert_same_snapshot(exchange_read(worker->exchange, NULL), trace_view(trace).snapshot);
    trace_free(trace);
    worker_free(worker);
    worker_free(NULL);
}

int main(void)
{
    linalg_set_threads(1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_snapshot_comes_before_the_first_step),
        cmocka_unit_test(test_a_run_leaves_what_headless_leaves),
        cmocka_unit_test(test_however_it_is_driven),
        cmocka_unit_test(test_a_step_is_one_step_and_a_phase_one_phase),
        cmocka_unit_test(test_pause_stops_an_endless_run),
        cmocka_unit_test(test_nothing_is_burnt_while_paused_or_between_slow_steps),
        cmocka_unit_test(test_slow_motion_keeps_its_pace),
        cmocka_unit_test(test_done_can_be_prolonged),
        cmocka_unit_test(test_fine_tuning_begins_on_demand),
        cmocka_unit_test(test_done_when_all_diverged),
        cmocka_unit_test(test_no_call_waits_for_a_step),
        cmocka_unit_test(test_ended_in_any_state),
        cmocka_unit_test(test_a_full_ring_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
