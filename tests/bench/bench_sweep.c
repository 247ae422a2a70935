/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/linalg.h"
#include "support/timing.h"
#include "sweep/crew.h"
#include "sweep/sweep.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* A sweep against its trials one by one on one thread, in turn: what share of the threads' time is trials. Two measures: by the
 * clock, which counts what other programs take, and by processor time, which does not. Then a sweep of 10,000 cells: when its first
 * outcome is there, and how long the owner is away from what he waits for. Exit status 1: a bar is missed. */

enum { TURNS = 65536, PERCENTILE = 99, ROUNDS = 5, MANY_ROUNDS = 3, BAR_PERCENT = 95, BAR_FIRST = 100, BAR_AWAY = 20 };

static double processor_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static struct plan make_plan(int dimension, int steps, int seeds, const char *first, const char *second)
{
    struct plan plan = {.seeds = seeds};
    struct err err;
    config_default(&plan.base);
    plan.base.problem.dimension = dimension;
    plan.base.retrain.steps = steps;
    plan.base.retrain.outer_rate = 0.3;
    if (plan_add_axis(&plan, first, &err) || plan_add_axis(&plan, second, &err))
        timing_fail("%s", err.message);
    return plan;
}

static void one_by_one(const struct plan *plan)
{
    struct outcome outcome[METHOD_COUNT];
    struct config config;
    struct err err;
    for (int seed = 0; seed < plan->seeds; seed++)
        for (size_t cell = 0; cell < plan_cells(plan); cell++)
            if (plan_config(plan, cell, seed, &config, &err) || outcome_compute(&config, NULL, outcome, &err))
                timing_fail("%s", err.message);
}

/* What an owner does. *first: seconds until the first outcome; *away: between two waits, the 99th percentile. */
static void sweep_all(const struct plan *plan, int threads, struct store *store, double *first, double *away)
{
    static double turn[TURNS];
    int turns = 0;
    struct err err;
    double begun = timing_now(), back = begun;
    struct sweep *sweep = sweep_new(plan, store, threads, false, &err);
    if (!sweep)
        timing_fail("%s", err.message);
    *first = (double)NAN;
    while (!sweep_status(sweep).finished) {
        struct pollfd descriptor = {.fd = sweep_descriptor(sweep), .events = POLLIN};
        if (turns < TURNS)
            turn[turns++] = timing_now() - back;
        poll(&descriptor, 1, -1);
        back = timing_now();
        sweep_tend(sweep);
        if (isnan(*first) && sweep_status(sweep).done > 0)
            *first = timing_now() - begun;
    }
    timing_median(turn, turns); /* sorts them */
    *away = turn[(size_t)turns * PERCENTILE / 100];
    sweep_free(sweep);
}

static bool bench_efficiency(int threads)
{
    struct plan plan = make_plan(24, 1000, 20, "tasks=1:6", "rank=1:3");
    double by_clock[ROUNDS], by_processor[ROUNDS], first, away;
    for (int i = 0; i < ROUNDS; i++) {
        double begun = timing_now(), used = processor_seconds();
        one_by_one(&plan);
        double alone = timing_now() - begun, alone_used = processor_seconds() - used;
        begun = timing_now();
        used = processor_seconds();
        sweep_all(&plan, threads, NULL, &first, &away);
        by_clock[i] = 100 * alone / (timing_now() - begun) / threads;
        by_processor[i] = 100 * alone_used / (processor_seconds() - used);
    }
    double clock = timing_median(by_clock, ROUNDS), processor = timing_median(by_processor, ROUNDS);
    printf(
        "18 cells x 20 draws, d = 24, %d threads: efficiency %.1f%% by the clock, %.1f%% by processor time (bar: %d%%; "
        "medians of %d rounds)\n",
        threads, clock, processor, BAR_PERCENT, ROUNDS);
    plan_free(&plan);
    return clock >= BAR_PERCENT;
}

static bool bench_many(int threads)
{
    char path[] = "/tmp/rankscope-sweep-XXXXXX";
    int file = mkstemp(path);
    struct err err;
    struct store *store = file < 0 ? NULL : store_open(path, &err);
    if (!store)
        timing_fail("cannot keep results in /tmp");
    struct plan plan = make_plan(10, 100, 1, "inner_rate=0.0001:0.01:0.0001", "outer_rate=0.01:1:0.01");
    double first[MANY_ROUNDS], away[MANY_ROUNDS], stored, again;
    for (int i = 0; i < MANY_ROUNDS; i++) {
        plan.base.problem.seed += 1;
        sweep_all(&plan, threads, store, &first[i], &away[i]);
    }
    double begun = timing_now();
    sweep_all(&plan, threads, store, &stored, &again);
    double whole = timing_now() - begun;
    printf("%zu cells, d = 10: first outcome after %.0f ms (bar: %d), owner away for %.1f ms (99th percentile, bar: "
           "%d; medians "
           "of %d "
           "rounds); from the store all of it in %.2f s, away %.1f ms\n",
           plan_cells(&plan), 1e3 * timing_median(first, MANY_ROUNDS), BAR_FIRST,
           1e3 * timing_median(away, MANY_ROUNDS), BAR_AWAY, MANY_ROUNDS, whole, 1e3 * again);
    store_close(store);
    close(file);
    char log[sizeof path + 4];
    unlink(path);
    snprintf(log, sizeof log, "%s-wal", path);
    unlink(log);
    snprintf(log, sizeof log, "%s-shm", path);
    unlink(log);
    plan_free(&plan);
    return first[MANY_ROUNDS / 2] <= 1e-3 * BAR_FIRST && away[MANY_ROUNDS / 2] <= 1e-3 * BAR_AWAY;
}

int main(void)
{
    gsl_set_error_handler_off();
    linalg_set_threads(1);
    int threads = crew_cores();
    bool kept = bench_efficiency(threads);
    kept = bench_many(threads) && kept;
    printf("bars: %s\n", kept ? "kept" : "MISSED");
    return kept ? EXIT_SUCCESS : EXIT_FAILURE;
}
