/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/trace.h"

#include "run/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

struct config trace_config(int steps)
{
    struct config config;
    config_default(&config);
    config.problem.dimension = 7;
    config.problem.seed = 23;
    config.retrain.steps = steps;
    return config;
}

struct trace *trace_new(const struct config *config)
{
    struct trace *trace = calloc(1, sizeof *trace);
    assert_non_null(trace);
    struct err err = {.code = ERR_NONE};
    trace->experiment = experiment_new(config, &err);
    if (!trace->experiment)
        fail_msg("%s", err.message);
    size_t size = (snapshot_size(config) + 63) / 64 * 64;
    void *memory = aligned_alloc(64, size);
    assert_non_null(memory);
    memset(memory, 0, size);
    trace->snapshot = snapshot_bind(memory, config);
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int stage = 0; stage < STAGE_COUNT; stage++) {
            trace->history[method][stage] = history_new();
            assert_non_null(trace->history[method][stage]);
        }
    recorder_init(&trace->recorder);
    trace_record(trace);
    return trace;
}

void trace_free(struct trace *trace)
{
    experiment_free(trace->experiment);
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            history_free(trace->history[method][stage]);
    free(trace->snapshot);
    free(trace);
}

void trace_record(struct trace *trace)
{
    struct sample samples[METHOD_COUNT];
    int count = recorder_record(&trace->recorder, trace->experiment, samples);
    for (int i = 0; i < count; i++)
        history_add(trace->history[samples[i].method][samples[i].stage], &samples[i]);
    trace->samples += count;
}

long trace_steps(struct trace *trace, long limit, bool (*step)(struct experiment *experiment))
{
    long taken = 0;
    while (taken < limit && step(trace->experiment)) {
        trace_record(trace);
        taken++;
    }
    return taken;
}

struct view trace_view(struct trace *trace)
{
    struct err err = {.code = ERR_NONE};
    if (experiment_snapshot(trace->experiment, trace->snapshot, &err))
        fail_msg("%s", err.message);
    struct view view = {.snapshot = trace->snapshot};
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            view.history[method][stage] = trace->history[method][stage];
    return view;
}

/* Bits, so that NaN equals NaN and 0 is not −0. */
static void assert_same_reals(const char *what, size_t count, const double *a, const double *b)
{
    for (size_t i = 0; i < count; i++)
        if (memcmp(&a[i], &b[i], sizeof *a) != 0)
            fail_msg("%s[%zu]: %.17g is not %.17g", what, i, a[i], b[i]);
}

static void assert_same_spectra(const struct snapshot *snapshot, const struct spectra *a, const struct spectra *b)
{
    size_t d = (size_t)snapshot->config.problem.dimension;
    assert_int_equal(a->error_rank, b->error_rank);
    assert_int_equal(a->rank_needed, b->rank_needed);
    assert_same_reals("recovery_angle", 1, &a->recovery_angle, &b->recovery_angle);
    if (a->angles)
        assert_same_reals("angles", (size_t)snapshot->config.problem.tasks, a->angles, b->angles);
    assert_same_reals("singular_values", d, a->singular_values, b->singular_values);
    assert_same_reals("curve", d + 1, a->curve, b->curve);
}

static void assert_same_method(const struct snapshot *snapshot, const struct method_snapshot *a,
                               const struct method_snapshot *b)
{
    assert_int_equal(a->step, b->step);
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->adapt_step, b->adapt_step);
    assert_int_equal(a->adapt_status, b->adapt_status);
    if (a->phase != b->phase)
        assert_string_equal(a->phase, b->phase);
    const double reals_a[] = {a->stability.inner,
                              a->stability.outer,
                              a->start_loss,
                              a->train_loss,
                              a->excess_risk,
                              a->paper_loss,
                              a->risk,
                              a->gradient_norm,
                              a->base_error,
                              a->adapt_loss,
                              a->adapt_paper_loss};
    const double reals_b[] = {b->stability.inner,
                              b->stability.outer,
                              b->start_loss,
                              b->train_loss,
                              b->excess_risk,
                              b->paper_loss,
                              b->risk,
                              b->gradient_norm,
                              b->base_error,
                              b->adapt_loss,
                              b->adapt_paper_loss};
    assert_same_reals("method", sizeof reals_a / sizeof *reals_a, reals_a, reals_b);
    assert_same_spectra(snapshot, &a->spectra, &b->spectra);
    assert_int_equal(a->predicted, b->predicted);
    if (a->predicted)
        assert_same_spectra(snapshot, &a->prediction, &b->prediction);
}

void assert_same_snapshot(const struct snapshot *a, const struct snapshot *b)
{
    assert_int_equal(a->stage, b->stage);
    assert_int_equal(a->done, b->done);
    for (int i = 0; i < METHOD_COUNT; i++) {
        assert_int_equal(a->method[i].active, b->method[i].active);
        if (a->method[i].active)
            assert_same_method(a, &a->method[i], &b->method[i]);
    }
}

static void assert_same_curve(const char *name, const struct curve *a, const struct curve *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->span, b->span);
    for (size_t i = 0; i < a->count; i++) {
        assert_int_equal(a->bucket[i].step, b->bucket[i].step);
        assert_int_equal(a->bucket[i].last_step, b->bucket[i].last_step);
        assert_same_reals(name, 1, &a->bucket[i].min, &b->bucket[i].min);
        assert_same_reals(name, 1, &a->bucket[i].max, &b->bucket[i].max);
        assert_same_reals(name, 1, &a->bucket[i].last, &b->bucket[i].last);
    }
}

void assert_same_view(const struct view *a, const struct view *b)
{
    assert_same_snapshot(a->snapshot, b->snapshot);
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            for (int series = 0; series < SERIES_COUNT; series++)
                assert_same_curve(series_table[series].name, &a->history[method][stage]->curve[series],
                                  &b->history[method][stage]->curve[series]);
}
