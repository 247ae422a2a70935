/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_VIEW_H
#define RANKSCOPE_RUN_VIEW_H

#include "run/history.h"
#include "run/snapshot.h"

/* Why a run ended. */
enum run_end {
    RUN_OPEN,        /* it has not, or nobody drives it to an end */
    RUN_STEPS,       /* all were taken */
    RUN_UNTIL,       /* the loss that was wanted is reached */
    RUN_STALL,       /* its losses no longer fell */
    RUN_TIME,        /* its time was up */
    RUN_INTERRUPTED, /* by a signal */
    RUN_CONVERGED,   /* no method has a further step to take, and not all diverged */
    RUN_DIVERGED,    /* all methods did */
};

/* What charts, figures, sentences and tables are made from: one run as it is known at this moment. Borrowed. */
struct view {
    const struct snapshot *snapshot; /* NULL: the run has not begun (the problem is being drawn) */
    const struct history *history[METHOD_COUNT][STAGE_COUNT]; /* never NULL; empty where nothing was recorded */
    /* Of the line that the run left last, or NULL: see rewind.h. */
    const struct history *left[METHOD_COUNT][STAGE_COUNT];
    enum run_end end;
};

#endif
