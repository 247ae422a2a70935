/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_RANKS_H
#define RANKSCOPE_SWEEP_RANKS_H

#include "sweep/sweep.h"

/* A sweep over the processes of an MPI job (`make MPI=1`): rank 0 keeps the sweep and its store, every other rank computes one
 * trial after the other and needs nothing but its messages. Built without MPI, or not begun by its launcher, there is one process. The
 * ranks are of one program on machines of one kind. */
struct ranks {
    int rank, size;
    bool *idle;   /* size: waits for a trial; rank 0's */
    bool refused; /* begun by a launcher, and built without MPI */
};

/* ERR_IO or ERR_MEMORY: MPI did not begin. ranks_end is the caller's in any case. */
enum err_code ranks_begin(struct ranks *ranks, struct err *err);

/* Ranks above 0: computes what it is told until it is told to end. */
void ranks_work(const struct ranks *ranks);

/* Rank 0: takes outcomes into the sweep and hands trials to ranks that wait. Never waits itself. True: something came. */
bool ranks_tend(struct ranks *ranks, struct sweep *sweep);

/* Rank 0: lets every other rank go, after the trial that it is at. All: ends MPI. */
void ranks_end(struct ranks *ranks);

#endif
