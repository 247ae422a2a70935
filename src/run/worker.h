/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_WORKER_H
#define RANKSCOPE_RUN_WORKER_H

#include "base/err.h"
#include "run/exchange.h"
#include "run/journal.h"
#include "run/orders.h"
#include "run/ring.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/* The other end of a struct live: all that the two threads share. What a run computes flows out through ring and
 * exchange, what is asked of it flows in through orders. */
struct worker {
    pthread_t thread;
    struct journal journal;    /* where the run goes first; never written again */
    struct orders *orders;     /* to the worker */
    struct ring *ring;         /* of samples, to the watcher */
    struct exchange *exchange; /* of snapshots, to the watcher */
    int bell;                  /* the worker rings it when the watcher should look */
    atomic_int state;          /* enum live_state; stored after what belongs to it was published */
    atomic_ulong obeyed;       /* serial number of the newest order that the state has come after; stored after it */
    atomic_long steps;         /* taken so far, in both stages together */
    atomic_bool ended;         /* the experiment is freed, and worker_free need not wait */
    struct err err;            /* why it failed; the worker's until state says LIVE_FAILED, then the watcher's */
};

/* Starts the thread, which goes where the journal (copied) leads and is paused there, or runs on, by an order with the serial
 * number 1. NULL: *err says why. */
struct worker *worker_new(const struct journal *journal, bool runs, size_t ring_capacity, struct err *err);

/* Asks for the end, waits for the step that the thread is in, and frees. NULL is allowed. */
void worker_free(struct worker *worker);

#endif
