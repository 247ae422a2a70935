/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/live.h"

#include "base/bell.h"
#include "base/clock.h"
#include "run/worker.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

const double live_speed_table[LIVE_SPEED_COUNT] = {1, 3, 10, 30, 100, 300, 1000, 3000, 10000, (double)INFINITY};

/* All that a run of any sensible speed records between two frames. */
enum { RING_CAPACITY = 8192, NO_LINE = -1, BEFORE_ALL = -1 };

/* The rate is taken from the older of two marks, which are this far apart. */
enum { MARK_EVERY = CLOCK_SECOND / 4 };

struct mark {
    int64_t time;
    long steps;
};

struct live {
    struct worker *worker;
    struct history *history[METHOD_COUNT][STAGE_COUNT]; /* of the line that the run is on */
    struct history *left[METHOD_COUNT][STAGE_COUNT];    /* of the other one */
    int line, left_line;                                /* −1: there is no other */
    const struct snapshot *snapshot;                    /* lies in the exchange */
    enum live_state state;                              /* as of the last drain, so that it fits what was drained */
    unsigned long given, obeyed;                        /* serial numbers of orders, as of the last drain */
    struct err err;
    struct mark older, newer;
    double steps_per_second;
};

static bool make_histories(struct live *live)
{
    bool good = true;
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int stage = 0; stage < STAGE_COUNT; stage++) {
            live->history[method][stage] = history_new();
            live->left[method][stage] = history_new();
            good = good && live->history[method][stage] && live->left[method][stage];
        }
    return good;
}

struct live *live_new(const struct config *config, struct err *err)
{
    struct journal journal;
    journal_begin(&journal, config);
    return live_new_at(&journal, false, err);
}

struct live *live_new_at(const struct journal *journal, bool runs, struct err *err)
{
    struct live *live = calloc(1, sizeof *live);
    if (!live) {
        err_set(err, ERR_MEMORY, "out of memory for a run");
        return NULL;
    }
    live->state = LIVE_BUILDING;
    live->left_line = NO_LINE;
    live->given = runs ? 1 : 0;
    if (!make_histories(live))
        err_set(err, ERR_MEMORY, "out of memory for a run's history");
    else
        live->worker = worker_new(journal, runs, RING_CAPACITY, err);
    if (!live->worker) {
        live_free(live);
        return NULL;
    }
    return live;
}

void live_end(struct live *live)
{
    orders_end(live->worker->orders);
}

bool live_ended(const struct live *live)
{
    return atomic_load_explicit(&live->worker->ended, memory_order_acquire);
}

void live_free(struct live *live)
{
    if (!live)
        return;
    worker_free(live->worker);
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int stage = 0; stage < STAGE_COUNT; stage++) {
            history_free(live->history[method][stage]);
            history_free(live->left[method][stage]);
        }
    free(live);
}

static void give(struct live *live, struct order order)
{
    live->given = orders_give(live->worker->orders, &order);
}

void live_run(struct live *live)
{
    give(live, (struct order){.kind = ORDER_RUN});
}

void live_pause(struct live *live)
{
    give(live, (struct order){.kind = ORDER_PAUSE});
}

void live_step(struct live *live)
{
    give(live, (struct order){.kind = ORDER_STEP, .count = 1});
}

void live_steps(struct live *live, int count)
{
    give(live, (struct order){.kind = ORDER_STEP, .count = count});
}

void live_step_phase(struct live *live)
{
    give(live, (struct order){.kind = ORDER_PHASE, .count = 1});
}

void live_begin_adapt(struct live *live)
{
    give(live, (struct order){.kind = ORDER_ADAPT});
}

void live_rewind(struct live *live, int checkpoints)
{
    give(live, (struct order){.kind = ORDER_REWIND, .count = checkpoints});
}

void live_swap(struct live *live)
{
    give(live, (struct order){.kind = ORDER_SWAP});
}

void live_set_speed(struct live *live, int speed)
{
    give(live, (struct order){.kind = ORDER_SPEED, .speed = speed});
}

void live_update(struct live *live, const struct config *config)
{
    give(live, (struct order){.kind = ORDER_UPDATE, .config = *config});
}

/* Once the state is known, all that was published before it is here to be taken. */
static bool take_state(struct live *live)
{
    unsigned long obeyed = atomic_load_explicit(&live->worker->obeyed, memory_order_acquire);
    enum live_state state = (enum live_state)atomic_load_explicit(&live->worker->state, memory_order_acquire);
    bool changed = state != live->state || obeyed != live->obeyed;
    live->state = state;
    live->obeyed = obeyed;
    if (changed && state == LIVE_FAILED)
        live->err = live->worker->err;
    return changed;
}

/* The run is on this line now, which left the one that it was on at step `fork`, unless it was there before. */
static void change_line(struct live *live, int line, long fork)
{
    if (line == live->line)
        return;
    bool known = line == live->left_line;
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int stage = 0; stage < STAGE_COUNT; stage++) {
            struct history *before = live->history[method][stage];
            live->history[method][stage] = live->left[method][stage];
            live->left[method][stage] = before;
            if (!known)
                history_copy(live->history[method][stage], before, stage == STAGE_RETRAIN ? fork : BEFORE_ALL);
        }
    live->left_line = live->line;
    live->line = line;
}

static bool take_samples(struct live *live)
{
    struct sample sample;
    int taken = 0;
    while (taken < RING_CAPACITY && ring_pop(live->worker->ring, &sample)) {
        change_line(live, sample.line, sample.fork);
        history_add(live->history[sample.method][sample.stage], &sample);
        taken++;
    }
    return taken > 0;
}

static void measure_rate(struct live *live, bool began)
{
    struct mark now = {clock_now(), atomic_load_explicit(&live->worker->steps, memory_order_relaxed)};
    if (began)
        live->older = live->newer = now;
    live->steps_per_second = 0;
    if (live->state == LIVE_RUNNING && now.time > live->older.time)
        live->steps_per_second =
            (double)(now.steps - live->older.steps) * CLOCK_SECOND / (double)(now.time - live->older.time);
    if (now.time - live->newer.time >= MARK_EVERY) {
        live->older = live->newer;
        live->newer = now;
    }
}

bool live_drain(struct live *live)
{
    bell_hush(live->worker->bell);
    enum live_state before = live->state;
    bool changed = take_state(live);
    measure_rate(live, live->state == LIVE_RUNNING && before != LIVE_RUNNING);
    bool fresh = false;
    live->snapshot = exchange_read(live->worker->exchange, &fresh);
    changed = take_samples(live) || changed;
    if (live->snapshot)
        change_line(live, live->snapshot->place.line, live->snapshot->place.fork);
    return fresh || changed;
}

int live_descriptor(const struct live *live)
{
    return live->worker->bell;
}

struct view live_view(const struct live *live)
{
    struct view view = {.snapshot = live->snapshot};
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int stage = 0; stage < STAGE_COUNT; stage++) {
            view.history[method][stage] = live->history[method][stage];
            view.left[method][stage] = live->left_line == NO_LINE ? NULL : live->left[method][stage];
        }
    return view;
}

enum live_state live_state(const struct live *live)
{
    return live->state;
}

bool live_settled(const struct live *live)
{
    return live->obeyed == live->given;
}

double live_steps_per_second(const struct live *live)
{
    return live->steps_per_second;
}

size_t live_dropped(const struct live *live)
{
    return ring_dropped(live->worker->ring);
}

const struct err *live_error(const struct live *live)
{
    return &live->err;
}
