/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_HEADLESS_H
#define RANKSCOPE_CMD_HEADLESS_H

#include "base/err.h"
#include "cmd/stop.h"
#include "run/experiment.h"
#include "run/given.h"
#include "run/journal.h"
#include "run/result.h"
#include "run/view.h"

#include <stdatomic.h>

/* A run without the lab: the same experiment and recorder, so the same numbers, on the caller's thread. */
struct headless {
    struct experiment *experiment; /* NULL: it could not be made */
    struct history *history[METHOD_COUNT][STAGE_COUNT];
    struct snapshot *snapshot;
    enum run_end end;
};

/* What to run. */
struct headless_job {
    const struct config *config;
    const struct journal *way; /* NULL: to the end; else exactly where it leads, and config is its start */
    struct given *given;       /* NULL: the tasks are drawn, and the start is */
    bool keep_tasks; /* the given tasks' arrays are wanted after the run; else they go once they are no longer needed */
    struct stop_rules rules;
    /* NULL: signals end the run, and its progress is told. Else neither, and it ends where this is set: for threads beside others. */
    const atomic_bool *stop;
    int threads; /* 0: as many as there are cores, where that pays */
};

/* Runs to the end, or to where a rule ends it; after a stage that a rule ended, the next one follows as ever. SIGINT, SIGTERM
 * and the time end the run where it is, with everything measured there. Long runs say how far they are where standard error
 * is a terminal. The caller calls headless_free, also after an error. */
enum err_code headless_run(struct headless *headless, const struct headless_job *job, struct err *err);

/* The same without taking any step or recording anything. */
enum err_code headless_open(struct headless *headless, const struct headless_job *job, struct err *err);
void headless_free(struct headless *headless);

struct view headless_view(const struct headless *headless);

/* The results on standard output; the exit status. */
int headless_print(const struct headless *headless, enum result_format format);

#endif
