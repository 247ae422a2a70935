/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_SWEEPS_H
#define RANKSCOPE_CMD_SWEEPS_H

#include "sweep/sweep.h"
#include "ui/tradeoffs.h"

/* The sweep that the Trade-offs screen shows, those that need long to end, and what the one before had found. Nothing here waits. Begins
 * zeroed. */
enum { SWEEPS_LEAVING = 4 };

struct sweeps {
    int threads;                           /* that compute; 0: as many as there are cores */
    struct sweep *sweep;                   /* NULL: none yet */
    struct sweep *leaving[SWEEPS_LEAVING]; /* asked to end; NULL: free */
    struct table *former;                  /* of the sweep before; NULL: there was none */
    unsigned long number;                  /* of the present one */
    struct store *store;                   /* NULL: it was not opened yet, or there is no memory for one */
    bool kept;                             /* it is the file, so that results outlive the program */
    struct err why_not;                    /* why it is not */
};

/* Begins a sweep in place of the present one. The first opens the store; where that fails it keeps results for this visit alone.
 * What sweep_new says; the present one then goes on. */
enum err_code sweeps_begin(struct sweeps *sweeps, const struct plan *plan, struct err *err);

/* The store, opened where it was not; NULL: no memory. */
struct store *sweeps_store(struct sweeps *sweeps);

void sweeps_end(struct sweeps *sweeps); /* asks all to end, without waiting */

/* Asks all sweeps to end, gives them a moment, and frees them. False: one is still in the middle of a step; the process must end
 * without what happens at exit, since its threads use it. */
bool sweeps_free(struct sweeps *sweeps);

/* Takes what was finished. True: the view has changed. */
bool sweeps_tend(struct sweeps *sweeps);

/* A descriptor to wait for, or −1, and milliseconds until sweeps_tend is due (−1: never). */
int sweeps_descriptor(const struct sweeps *sweeps);
int sweeps_timeout(const struct sweeps *sweeps);

struct tradeoffs_view sweeps_view(const struct sweeps *sweeps);

#endif
