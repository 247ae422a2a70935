/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/snapshot.h"

#include <math.h>

enum { CACHE_LINE = 64 };

static size_t struct_size(void)
{
    return (sizeof(struct snapshot) + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
}

/* Doubles behind the struct for one method: angles, then values and curve as measured and as predicted. */
static size_t method_doubles(const struct config *config)
{
    size_t d = (size_t)config->problem.dimension;
    return (size_t)config->problem.tasks + 2 * (d + (d + 1));
}

const char *snapshot_bad_end(enum solver_status status)
{
    switch (status) {
    case SOLVER_STALLED:
        return "stalled";
    case SOLVER_UNBOUNDED:
        return "unbounded";
    case SOLVER_DIVERGED:
        return "diverged";
    case SOLVER_RUNNING:
    case SOLVER_CONVERGED:
        break;
    }
    return "";
}

const char *snapshot_missing(const struct snapshot *snapshot, enum snapshot_need need)
{
    if (snapshot && snapshot->config.problem.kind == PROBLEM_NETWORK)
        return need == SNAPSHOT_UNSEEN ? "needs a linear problem" : "";
    if (!snapshot || snapshot->config.problem.source == PROBLEM_DRAWN)
        return "";
    if (need == SNAPSHOT_BASE && isnan(snapshot->base_norm))
        return "needs A_star, which this file does not give";
    if (need == SNAPSHOT_ADAPTERS && snapshot->config.problem.source == PROBLEM_GIVEN)
        return "needs U_star, which this file does not give";
    if (need == SNAPSHOT_UNSEEN && isnan(snapshot->unseen_norm))
        return "needs W_test, which this file does not give";
    return "";
}

double snapshot_no_risk(const struct snapshot *snapshot)
{
    return snapshot->config.adapt.tolerance * snapshot->unseen_norm * snapshot->unseen_norm;
}

size_t snapshot_size(const struct config *config)
{
    return struct_size() + METHOD_COUNT * method_doubles(config) * sizeof(double);
}

struct snapshot *snapshot_bind(void *memory, const struct config *config)
{
    struct snapshot *snapshot = memory;
    size_t d = (size_t)config->problem.dimension;
    double *next = (double *)((unsigned char *)memory + struct_size());
    snapshot->config = *config;
    for (int i = 0; i < METHOD_COUNT; i++) {
        struct method_snapshot *method = &snapshot->method[i];
        method->spectra.angles = next;
        next += config->problem.tasks;
        method->spectra.singular_values = next;
        next += d;
        method->spectra.curve = next;
        next += d + 1;
        method->prediction.angles = NULL;
        method->prediction.singular_values = next;
        next += d;
        method->prediction.curve = next;
        next += d + 1;
    }
    return snapshot;
}
