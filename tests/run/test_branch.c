/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/live.h"

#include "run/rewind.h"
#include "run/share.h"
#include "support/program.h"
#include "support/trace.h"

#include <malloc.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Back to the start, on from there another way, and back to the first line: with the curves that a person sees. */

enum { PATIENCE = 120 * 1000, BACK = -10000 };

static void await(struct live *live, enum live_state state, long step, bool behind)
{
    struct pollfd descriptor = {.fd = live_descriptor(live), .events = POLLIN};
    const struct snapshot *snapshot = NULL;
    while (!snapshot || live_state(live) != state || snapshot->method[METHOD_META].step != step ||
           snapshot->place.behind != behind) {
        assert_int_equal(poll(&descriptor, 1, PATIENCE), 1);
        live_drain(live);
        snapshot = live_view(live).snapshot;
    }
}

static void steps(struct live *live, int count, long there)
{
    for (int i = 0; i < count; i++)
        live_step(live);
    await(live, LIVE_PAUSED, there, false);
}

/* Every value of the curves up to step `last` is that of a run of this config which nobody ever took back. */
static void assert_curves(const struct history *const history[METHOD_COUNT][STAGE_COUNT], const struct config *config,
                          long last)
{
    struct trace *trace = trace_new(config);
    for (long step = 0; step <= last; step++) {
        for (int method = 0; method < METHOD_COUNT; method++) {
            struct sample sample;
            bool active = (config->retrain.methods >> method & 1u) != 0;
            assert_int_equal(experiment_sample(trace->experiment, method, true, &sample), active);
            for (int series = 0; active && series < SERIES_COUNT; series++) {
                const struct curve *curve = &history[method][STAGE_RETRAIN]->curve[series];
                assert_int_equal(curve->span, 1);
                assert_true(curve->count > 10);
                assert_int_equal(curve->bucket[curve->count - 1].last_step <= last, 1);
                for (size_t i = 0; i < curve->count; i++)
                    if (curve->bucket[i].step == step)
                        assert_memory_equal(&curve->bucket[i].last, &sample.value[series], sizeof(double));
            }
        }
        experiment_step(trace->experiment);
    }
    trace_free(trace);
}

static void to_the_start_another_way_and_back(void **state)
{
    (void)state;
    struct err err;
    struct config config = trace_config(200), faster = config;
    faster.retrain.outer_rate = 0.2385;
    struct live *live = live_new(&config, &err);
    assert_non_null(live);
    await(live, LIVE_PAUSED, 0, false);
    assert_null(live_view(live).left[METHOD_META][STAGE_RETRAIN]);
    steps(live, 60, 60);

    live_rewind(live, BACK);
    await(live, LIVE_PAUSED, 0, true);
    assert_int_equal(live_view(live).snapshot->place.mark, 0);
    assert_in_range(live_view(live).snapshot->place.marks, 60, 61);
    assert_curves(live_view(live).history, &config, 60); /* what lies ahead is still there */

    live_update(live, &faster);
    steps(live, 40, 40);
    struct view view = live_view(live);
    assert_true(view.snapshot->place.other);
    assert_int_equal(view.snapshot->place.line, 1);
    assert_int_equal(view.snapshot->place.fork, 0);
    assert_curves(view.history, &faster, 40);
    assert_curves(view.left, &config, 60);

    live_swap(live);
    await(live, LIVE_PAUSED, 60, false);
    view = live_view(live);
    assert_true(view.snapshot->config.retrain.outer_rate == config.retrain.outer_rate);
    assert_curves(view.history, &config, 60);
    assert_curves(view.left, &faster, 40);
    steps(live, 5, 65);
    view = live_view(live);
    assert_curves(view.history, &config, 65);

    struct trace *straight = trace_new(&config);
    trace_steps(straight, 65, experiment_step);
    assert_same_snapshot(view.snapshot, trace_view(straight).snapshot);
    assert_int_equal(view.snapshot->journal.count, 0); /* nothing was done to this line */
    trace_free(straight);
    live_free(live);
}

/* At d = 64 all that a run keeps of its way is bounded, and what it is bounded by is taken at once: more steps take nothing more. */
static void memory_is_bounded(void **state)
{
    (void)state;
    struct err err;
    struct config config = trace_config(1000000);
    config.problem.dimension = 64;
    config.problem.rank = config.retrain.rank = config.adapt.rank = 1;
    config.problem.tasks = 2;
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    struct rewind *rewind = rewind_new(&config, &err);
    assert_non_null(rewind);
    struct experiment *experiment = experiment_new(&config, &err);
    assert_non_null(experiment);
    enum { HISTORIES = 2 * METHOD_COUNT * STAGE_COUNT };
    struct history *history[HISTORIES];
    for (size_t i = 0; i < HISTORIES; i++)
        assert_non_null(history[i] = history_new());
    size_t made = mallinfo2().uordblks + mallinfo2().hblkhd;
    assert_true(made - before <= 48u << 20);
    rewind_note(rewind, experiment);
    for (int i = 0; i < 3000 / program_slowness(); i++) {
        experiment_step(experiment);
        rewind_note(rewind, experiment);
    }
    assert_int_equal(rewind_move(rewind, experiment, BACK, &err), ERR_NONE);
    experiment_step(experiment);
    rewind_note(rewind, experiment);
    size_t after = mallinfo2().uordblks + mallinfo2().hblkhd;
    assert_true(after <= made + (8u << 20)); /* the other line's solvers */
    rewind_free(rewind);
    experiment_free(experiment);
    for (size_t i = 0; i < HISTORIES; i++)
        history_free(history[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(to_the_start_another_way_and_back),
        cmocka_unit_test(memory_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
