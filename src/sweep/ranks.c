/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/ranks.h"

#include <stdlib.h>
#include <string.h>

/* What the launchers of OpenMPI, MPICH and Slurm say to the processes that they begin. */
static bool was_launched(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (getenv(names[i]))
            return true;
    return false;
}

#ifndef RANKSCOPE_MPI

enum err_code ranks_begin(struct ranks *ranks, struct err *err)
{
    (void)err;
    *ranks = (struct ranks){.rank = 0, .size = 1, .refused = was_launched()};
    return ERR_NONE;
}

void ranks_work(const struct ranks *ranks)
{
    (void)ranks;
}

bool ranks_tend(struct ranks *ranks, struct sweep *sweep)
{
    (void)ranks;
    (void)sweep;
    return false;
}

void ranks_end(struct ranks *ranks)
{
    (void)ranks;
}

#else

#include <mpi.h>

/* Messages are the bytes of these structs: the ranks are one program. */
struct order {
    bool end;
    struct trial trial;
    struct config config;
};

struct report {
    bool first; /* nothing has been computed yet */
    struct trial trial;
    struct err err;
    struct outcome outcome[METHOD_COUNT];
};

enum { TAG = 1, KEEPER = 0 };

enum err_code ranks_begin(struct ranks *ranks, struct err *err)
{
    *ranks = (struct ranks){.rank = 0, .size = 1};
    if (!was_launched())
        return ERR_NONE;
    int level;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level) != MPI_SUCCESS)
        return err_set(err, ERR_IO, "MPI does not start");
    MPI_Comm_rank(MPI_COMM_WORLD, &ranks->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks->size);
    ranks->idle = calloc((size_t)ranks->size, sizeof *ranks->idle);
    return ranks->idle ? ERR_NONE : err_set(err, ERR_MEMORY, "no memory for %d ranks", ranks->size);
}

void ranks_work(const struct ranks *ranks)
{
    (void)ranks;
    struct report report;
    struct order order;
    memset(&report, 0, sizeof report);
    report.first = true;
    for (;;) {
        MPI_Send(&report, sizeof report, MPI_BYTE, KEEPER, TAG, MPI_COMM_WORLD);
        MPI_Recv(&order, sizeof order, MPI_BYTE, KEEPER, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        if (order.end)
            return;
        memset(&report, 0, sizeof report);
        report.trial = order.trial;
        outcome_compute(&order.config, NULL, report.outcome, &report.err);
    }
}

/* A report that has come, and who sent it; false: none. */
static bool receive(struct ranks *ranks, struct report *report)
{
    int there = 0;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, TAG, MPI_COMM_WORLD, &there, &status);
    if (!there)
        return false;
    MPI_Recv(report, sizeof *report, MPI_BYTE, status.MPI_SOURCE, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    ranks->idle[status.MPI_SOURCE] = true;
    return true;
}

static void send(struct ranks *ranks, int rank, const struct order *order)
{
    MPI_Send(order, sizeof *order, MPI_BYTE, rank, TAG, MPI_COMM_WORLD);
    ranks->idle[rank] = false;
}

bool ranks_tend(struct ranks *ranks, struct sweep *sweep)
{
    struct report report;
    bool any = false;
    while (receive(ranks, &report)) {
        any = true;
        if (!report.first)
            sweep_give(sweep, &report.trial, report.outcome, &report.err);
    }
    struct order order;
    memset(&order, 0, sizeof order);
    for (int rank = 1; rank < ranks->size; rank++)
        if (ranks->idle[rank] && sweep_take(sweep, &order.trial, &order.config))
            send(ranks, rank, &order);
    return any;
}

/* Those at work first send what they have; it is not taken in, since the sweep has ended. */
static void dismiss_all(struct ranks *ranks)
{
    struct report report;
    struct order order;
    memset(&order, 0, sizeof order);
    order.end = true;
    for (int left = ranks->size - 1; left > 0;) {
        receive(ranks, &report);
        for (int rank = 1; rank < ranks->size; rank++)
            if (ranks->idle[rank]) {
                send(ranks, rank, &order);
                left--;
            }
    }
}

void ranks_end(struct ranks *ranks)
{
    int begun = 0;
    MPI_Initialized(&begun);
    if (!begun)
        return;
    if (ranks->rank == KEEPER && ranks->idle)
        dismiss_all(ranks);
    free(ranks->idle);
    MPI_Finalize();
}

#endif
