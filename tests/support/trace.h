/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_TRACE_H
#define RANKSCOPE_TESTS_SUPPORT_TRACE_H

#include "run/experiment.h"
#include "run/recorder.h"
#include "run/view.h"

/* An experiment driven in the plainest way, with all that it left: what any other way of driving it is held against.
 * A failed allocation or a failed measurement fails the test. */
struct trace {
    struct experiment *experiment;
    struct recorder recorder;
    struct snapshot *snapshot;
    struct history *history[METHOD_COUNT][STAGE_COUNT];
    long samples;
};

struct trace *trace_new(const struct config *config); /* step 0 is recorded */
void trace_free(struct trace *trace);

/* Steps by `step` and records, at most `limit` times; returns how often it did. */
long trace_steps(struct trace *trace, long limit, bool (*step)(struct experiment *experiment));
void trace_record(struct trace *trace);      /* what is due now */
struct view trace_view(struct trace *trace); /* with a snapshot of now */

/* A small population problem that runs in a few milliseconds, in dimension 7 with 3 tasks of rank 2. */
struct config trace_config(int steps);

/* Fail the test unless all numbers agree to the last bit. */
void assert_same_snapshot(const struct snapshot *a, const struct snapshot *b);
void assert_same_view(const struct view *a, const struct view *b);

#endif
