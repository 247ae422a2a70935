/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/worker.h"

#include "base/bell.h"
#include "base/clock.h"
#include "base/thread.h"
#include "run/live.h"
#include "run/recorder.h"
#include "run/replay.h"
#include "run/rewind.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* Snapshots are for the eye: so many a second at most, and never more than a small share of the time. Both follow the
 * clock, and touch no number of the run. */
static const int64_t publish_every = 50 * (int64_t)CLOCK_MILLISECOND, publish_share = 33,
                     look_every = CLOCK_MILLISECOND;

/* How far slow motion may fall behind before it gives up catching up. */
static const int64_t lag = 100 * (int64_t)CLOCK_MILLISECOND;

/* The thread's own. */
struct work {
    struct worker *worker;
    struct experiment *experiment;
    struct recorder recorder;
    struct rewind *rewind;  /* NULL: the checkpoints would be too large */
    struct journal journal; /* of the line that the run is on */
    struct journal left;    /* of the other line */
    struct replay replay;   /* the way to where the run goes first */
    bool on_its_way;        /* it has not arrived there */
    enum live_state state;  /* as the watcher was told */
    unsigned long obeyed;   /* serial number of the newest order */
    unsigned long told;     /* the same, as the watcher was told */
    bool running;
    bool dirty;          /* something changed that no snapshot shows yet */
    int64_t period;      /* of slow motion; 0: flat out */
    int64_t beat;        /* when slow motion takes its next step */
    int64_t publish_due; /* the next snapshot of a running experiment */
    int64_t publish_cost;
    int64_t looked; /* at the clock */
    long unlooked;  /* steps since */
    long look_stride;
};

static void notify(const struct worker *worker)
{
    bell_ring(worker->bell);
}

static void tell_state(struct work *work, enum live_state state)
{
    work->state = state;
    work->told = work->obeyed;
    atomic_store_explicit(&work->worker->state, (int)state, memory_order_release);
    atomic_store_explicit(&work->worker->obeyed, work->obeyed, memory_order_release);
    notify(work->worker);
}

static void fail(struct work *work, const struct err *err)
{
    work->worker->err = *err;
    work->running = false;
    tell_state(work, LIVE_FAILED);
}

/* Where it went back, the way is that of a run that goes on from there. */
static void describe_way(const struct work *work, struct snapshot *snapshot)
{
    snapshot->place = rewind_place(work->rewind);
    snapshot->journal = work->journal;
    if (snapshot->place.behind)
        journal_resume(&snapshot->journal, experiment_steps(work->experiment), experiment_config(work->experiment));
    snapshot->journal.position = experiment_position(work->experiment);
}

static void publish(struct work *work)
{
    int64_t begin = clock_now();
    struct exchange *exchange = work->worker->exchange;
    struct snapshot *snapshot = snapshot_bind(exchange_slot(exchange), &work->worker->journal.start);
    experiment_snapshot(work->experiment, snapshot, NULL); /* what could not be measured is NAN there */
    describe_way(work, snapshot);
    exchange_publish(exchange);
    int64_t end = clock_now();
    int64_t rest = (end - begin) * publish_share;
    work->publish_cost = end - begin;
    work->publish_due = end + (rest > publish_every ? rest : publish_every);
    work->dirty = false;
}

/* The clock costs as much as a small step does, so it is asked about once a millisecond. */
static void publish_when_due(struct work *work)
{
    if (++work->unlooked < work->look_stride && !work->period)
        return;
    int64_t now = clock_now();
    if (now - work->looked < look_every / 2)
        work->look_stride *= 2;
    else if (now - work->looked > 2 * look_every && work->look_stride > 1)
        work->look_stride /= 2;
    work->looked = now;
    work->unlooked = 0;
    bool each_step = work->period >= publish_every && work->period >= 2 * work->publish_cost;
    if (each_step || now >= work->publish_due)
        publish(work);
}

static void push(struct work *work, struct sample *samples, int count)
{
    struct rewind_place place = rewind_place(work->rewind);
    for (int i = 0; i < count; i++) {
        samples[i].line = place.line;
        samples[i].fork = place.fork;
        ring_push(work->worker->ring, &samples[i]);
    }
}

static void record(struct work *work)
{
    struct sample samples[METHOD_COUNT];
    push(work, samples, recorder_record(&work->recorder, work->experiment, samples));
}

/* After a step. One that follows on going back begins a line of its own. */
static void keep_checkpoint(struct work *work)
{
    if (!work->rewind)
        return;
    int before = rewind_place(work->rewind).line;
    rewind_note(work->rewind, work->experiment);
    struct rewind_place place = rewind_place(work->rewind);
    if (place.line == before)
        return;
    work->left = work->journal;
    journal_resume(&work->journal, place.fork, experiment_config(work->experiment));
    recorder_rewind(&work->recorder, place.fork);
}

static void stepped(struct work *work)
{
    struct worker *worker = work->worker;
    keep_checkpoint(work);
    record(work);
    work->dirty = true;
    long steps = atomic_load_explicit(&worker->steps, memory_order_relaxed);
    atomic_store_explicit(&worker->steps, steps + 1, memory_order_relaxed);
}

static void take_step(struct work *work, bool (*step)(struct experiment *experiment))
{
    if (step(work->experiment)) {
        stepped(work);
    } else if (experiment_error(work->experiment)->code) {
        fail(work, experiment_error(work->experiment));
    }
    work->running = work->running && !experiment_done(work->experiment);
}

/* Many steps end where a pause is asked for. */
static void take_steps(struct work *work, int count, bool (*step)(struct experiment *experiment))
{
    struct orders *orders = work->worker->orders;
    work->running = false;
    for (int i = 0; i < count && work->state != LIVE_FAILED && !orders_ended(orders); i++) {
        if (i > 0 && (experiment_done(work->experiment) || orders_call_off(orders)))
            break;
        take_step(work, step);
    }
}

/* Retraining may be ended anywhere; where it ended is measured whether a record was due or not. */
static void measure_end(struct work *work)
{
    struct sample samples[METHOD_COUNT];
    int count = 0;
    for (int method = 0; method < METHOD_COUNT; method++)
        count += experiment_sample(work->experiment, method, true, &samples[count]);
    push(work, samples, count);
}

static void begin_adapt(struct work *work)
{
    if (experiment_stage(work->experiment) != STAGE_RETRAIN)
        return;
    if (rewind_place(work->rewind).behind)
        keep_checkpoint(work);
    journal_note(&work->journal, JOURNAL_ADAPT, experiment_position(work->experiment), NULL);
    measure_end(work);
    struct err err;
    if (experiment_begin_adapt(work->experiment, &err)) {
        fail(work, &err);
        return;
    }
    record(work);
    work->dirty = true;
}

static void set_speed(struct work *work, int speed)
{
    work->period = speed == LIVE_FLAT_OUT ? 0 : (int64_t)(CLOCK_SECOND / live_speed_table[speed]);
    work->beat = clock_now();
    work->look_stride = 1;
}

static void update(struct work *work, const struct config *config)
{
    struct err err;
    struct position here = experiment_position(work->experiment);
    if (experiment_update(work->experiment, config, &err)) {
        fail(work, &err);
        return;
    }
    if (!rewind_place(work->rewind).behind) /* else the way begins anew with the next step */
        journal_note(&work->journal, JOURNAL_UPDATE, here, config);
    work->running = work->running && !experiment_done(work->experiment);
    work->dirty = true;
}

static void go_back(struct work *work, int checkpoints)
{
    struct err err;
    work->running = false;
    if (!work->rewind)
        return;
    if (rewind_move(work->rewind, work->experiment, checkpoints, &err))
        fail(work, &err);
    work->dirty = true;
}

static void swap_lines(struct work *work)
{
    work->running = false;
    if (!work->rewind || !rewind_swap(work->rewind, work->experiment))
        return;
    struct journal journal = work->journal;
    work->journal = work->left;
    work->left = journal;
    recorder_rewind(&work->recorder, experiment_steps(work->experiment));
    work->dirty = true;
}

static void obey(struct work *work, const struct order *order)
{
    switch (order->kind) {
    case ORDER_RUN:
        work->running = !experiment_done(work->experiment);
        work->beat = clock_now();
        break;
    case ORDER_PAUSE:
        work->running = false;
        break;
    case ORDER_STEP:
        take_steps(work, order->count, experiment_step);
        break;
    case ORDER_PHASE:
        take_steps(work, order->count, experiment_step_phase);
        break;
    case ORDER_ADAPT:
        begin_adapt(work);
        break;
    case ORDER_SPEED:
        set_speed(work, order->speed);
        break;
    case ORDER_UPDATE:
        update(work, &order->config);
        break;
    case ORDER_REWIND:
        go_back(work, order->count);
        break;
    case ORDER_SWAP:
        swap_lines(work);
        break;
    }
}

/* Tells the watcher where things stand, and where they stand still, shows them. */
static void settle(struct work *work)
{
    enum live_state state = work->running ? LIVE_RUNNING : experiment_done(work->experiment) ? LIVE_DONE : LIVE_PAUSED;
    bool show = work->dirty && state != LIVE_RUNNING;
    if (show)
        publish(work);
    if (show || state != work->state || work->obeyed != work->told)
        tell_state(work, state);
}

static void obey_all(struct work *work)
{
    struct order order;
    while (work->state != LIVE_FAILED && orders_take(work->worker->orders, &order)) {
        work->obeyed = order.serial;
        obey(work, &order);
    }
}

/* Waits for slow motion's next step. False: an order or the end came first. */
static bool keep_time(struct work *work)
{
    int64_t now = clock_now();
    if (work->beat > now) {
        orders_wait(work->worker->orders, work->beat);
        if (orders_pending(work->worker->orders) || orders_ended(work->worker->orders))
            return false;
    } else if (now - work->beat > lag) {
        work->beat = now;
    }
    work->beat += work->period;
    return true;
}

/* One step of the way to where the run goes first. Orders wait until it is there. */
static void go_on_way(struct work *work)
{
    struct err err = {.code = ERR_NONE};
    const struct journal *journal = work->replay.journal;
    const struct journal_event *event = &journal->event[work->replay.next];
    struct position here = experiment_position(work->experiment);
    bool acts = work->replay.next < journal->count && position_compare(here, event->at) == 0;
    if (acts && event->kind == JOURNAL_ADAPT)
        measure_end(work);
    switch (replay_step(&work->replay, work->experiment, &err)) {
    case REPLAY_STEPPED:
        if (work->state != LIVE_RUNNING)
            tell_state(work, LIVE_RUNNING);
        stepped(work);
        publish_when_due(work);
        break;
    case REPLAY_ACTED:
        journal_note(&work->journal, event->kind, here, &event->config);
        record(work);
        break;
    case REPLAY_ARRIVED:
        work->on_its_way = false;
        work->dirty = true;
        if (!orders_pending(work->worker->orders)) /* else it may run on, and nobody shall see it paused before */
            settle(work);
        break;
    case REPLAY_ASTRAY:
        fail(work, &err);
        break;
    }
}

static void turn(struct work *work)
{
    struct orders *orders = work->worker->orders;
    if (work->on_its_way) {
        go_on_way(work);
        return;
    }
    if (!work->running)
        orders_wait(orders, CLOCK_NEVER);
    if (orders_pending(orders)) {
        obey_all(work);
    } else if (work->running && (!work->period || keep_time(work))) {
        take_step(work, experiment_step);
        if (work->running) {
            publish_when_due(work);
            return;
        }
    }
    if (work->state != LIVE_FAILED)
        settle(work);
}

static void run_experiment(struct work *work)
{
    struct err err = {.code = ERR_NONE};
    work->experiment = experiment_new(&work->worker->journal.start, &err);
    if (!work->experiment) {
        fail(work, &err);
        return;
    }
    work->rewind = rewind_new(&work->worker->journal.start, &err);
    if (err.code) {
        experiment_free(work->experiment);
        fail(work, &err);
        return;
    }
    const struct orders *orders = work->worker->orders;
    recorder_init(&work->recorder);
    journal_begin(&work->journal, &work->worker->journal.start);
    work->replay.journal = &work->worker->journal;
    work->on_its_way = true;
    keep_checkpoint(work);
    if (!orders_ended(orders)) { /* before anything else: it is what the screen waits for */
        publish(work);
        notify(work->worker);
    }
    if (!orders_ended(orders)) {
        record(work);
    }
    while (work->state != LIVE_FAILED && !orders_ended(orders))
        turn(work);
    rewind_free(work->rewind);
    experiment_free(work->experiment);
}

static void *worker_main(void *argument)
{
    struct worker *worker = argument;
    struct work work = {.worker = worker, .state = LIVE_BUILDING, .look_stride = 1};
    run_experiment(&work);
    atomic_store_explicit(&worker->ended, true, memory_order_release);
    notify(worker);
    return NULL;
}

static void release(struct worker *worker)
{
    if (worker->bell >= 0)
        close(worker->bell);
    exchange_free(worker->exchange);
    ring_free(worker->ring);
    orders_free(worker->orders);
    free(worker);
}

struct worker *worker_new(const struct journal *journal, bool runs, size_t ring_capacity, struct err *err)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker) {
        err_set(err, ERR_MEMORY, "out of memory for a run");
        return NULL;
    }
    worker->journal = *journal;
    worker->orders = orders_new();
    worker->ring = ring_new(ring_capacity);
    worker->exchange = exchange_new(snapshot_size(&journal->start));
    worker->bell = bell_new();
    atomic_init(&worker->state, LIVE_BUILDING);
    atomic_init(&worker->obeyed, 0);
    atomic_init(&worker->steps, 0);
    atomic_init(&worker->ended, false);
    if (worker->orders && runs) /* before there is a thread: it shall never be seen paused */
        orders_give(worker->orders, &(struct order){.kind = ORDER_RUN});
    if (!worker->orders || !worker->ring || !worker->exchange)
        err_set(err, ERR_MEMORY, "out of memory for a run");
    else if (worker->bell < 0)
        err_set(err, ERR_IO, "no descriptor is left for a run");
    else if (!thread_start(&worker->thread, worker_main, worker))
        err_set(err, ERR_MEMORY, "no memory or no thread is left for a run");
    else
        return worker;
    release(worker);
    return NULL;
}

void worker_free(struct worker *worker)
{
    if (!worker)
        return;
    orders_end(worker->orders);
    pthread_join(worker->thread, NULL);
    release(worker);
}
