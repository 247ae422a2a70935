/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_SWEEP_H
#define RANKSCOPE_SWEEP_SWEEP_H

#include "sweep/store.h"
#include "sweep/table.h"

/* A sweep on its way: threads that compute trials, and an owner that hands them out, takes their outcomes, stores them, and
 * keeps the table. All functions are for the owner's thread, and none but sweep_free waits. First every cell gets its first draw, scattered
 * over the table, then its second, and so on: a rough picture comes soon and gets finer. */
struct sweep;

/* Begins, paused or not. `store` is borrowed (NULL: nothing is kept); what it has is not computed again. `threads` compute; 0: as
 * many as there are cores; −1: none, and sweep_take and sweep_give are for others who do. NULL: *err says why. */
enum { SWEEP_NO_THREADS = -1 };
struct sweep *sweep_new(const struct plan *plan, struct store *store, int threads, bool paused, struct err *err);

/* Ends the threads, each after the step it is in: sweep_free waits for that, sweep_ended tells without waiting. Trials that were
 * not finished are not stored. */
void sweep_end(struct sweep *sweep);
bool sweep_ended(const struct sweep *sweep);
void sweep_free(struct sweep *sweep); /* NULL is allowed */

void sweep_pause(struct sweep *sweep, bool paused); /* trials that were begun are finished */
bool sweep_paused(const struct sweep *sweep);

/* Takes what was finished, stores it, and hands out more. True: the table has changed. */
bool sweep_tend(struct sweep *sweep);

/* Polls readable when sweep_tend has something to do; the call makes it quiet. */
int sweep_descriptor(const struct sweep *sweep);

/* The cell gets so many seeds in all. */
void sweep_want(struct sweep *sweep, size_t cell, int seeds);

const struct table *sweep_table(const struct sweep *sweep);

/* Where it stands. */
struct sweep_status {
    size_t done, wanted;   /* trials; done are those known, from wherever */
    size_t stored;         /* of those, found in the store */
    size_t out;            /* are being computed, or wait for that: none are soon after a pause */
    size_t failed;         /* could not be computed; they are not tried again */
    double rate;           /* trials computed per second, over the time that it ran */
    double seconds_left;   /* NAN: not known */
    bool finished;         /* nothing is left to do */
    const struct err *why; /* why one failed, or why the store no longer stores; code ERR_NONE: all is well */
    bool stores;           /* outcomes are being kept */
};
struct sweep_status sweep_status(const struct sweep *sweep);

/* For computing elsewhere: the next trial and its configuration (false: none is left, or it is paused), and what became of it. A
 * `failure` (NULL: none) says why it could not be computed. */
bool sweep_take(struct sweep *sweep, struct trial *trial, struct config *config);
void sweep_give(struct sweep *sweep, const struct trial *trial, const struct outcome outcome[METHOD_COUNT],
                const struct err *failure);

/* Puts a trial back that somebody took and will not finish. */
void sweep_return(struct sweep *sweep, const struct trial *trial);

#endif
