/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_VIEW_H
#define RANKSCOPE_RUN_VIEW_H

#include "run/history.h"
#include "run/snapshot.h"

/* What charts, figures, sentences and tables are made from: one run as it is known at this moment. Borrowed. */
struct view {
    const struct snapshot *snapshot; /* NULL: the run has not begun (the problem is being drawn) */
    const struct history *history[METHOD_COUNT][STAGE_COUNT]; /* never NULL; empty where nothing was recorded */
};

#endif
