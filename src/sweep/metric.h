/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_METRIC_H
#define RANKSCOPE_SWEEP_METRIC_H

#include "model/config.h"
#include "model/method.h"
#include "run/snapshot.h"

#include <stdbool.h>

/* What a sweep keeps of a method at the end of a run, under the measures' own names. */

enum metric {
    METRIC_RANK_NEEDED,
    METRIC_EXCESS_RISK, /* on the unseen task at adapt.rank: as fine-tuned, or what the adaptation curve says */
    METRIC_BASE_ERROR,
    METRIC_RECOVERY_ANGLE,
    METRIC_ERROR_RANK,
    METRIC_TRAIN_LOSS,
    METRIC_COUNT
};

struct metric_info {
    const char *name;  /* "rank_needed" */
    const char *title; /* "Rank needed" */
    const char *unit;  /* "" or "degrees" */
    bool whole;        /* a number of something: exact, and shown on a plain scale */
    bool logarithmic;  /* spread over decades, and may be 0 */
    double (*value)(const struct method_snapshot *method); /* NAN: not to be had */
    double (*predicted)(
        const struct method_snapshot *method);              /* by the theory for this draw; NAN: silent. NULL: never */
    int (*theory)(const struct config *config, int method); /* for all draws, or THEORY_SILENT; NULL: no formula */
    const char *(*formula)(const struct config *config, int method, int value); /* "k(T+1)"; NULL: none */
};
extern const struct metric_info metric_table[METRIC_COUNT];

/* What the theory says of all draws of this configuration; NAN: nothing. */
double metric_theory(enum metric metric, const struct config *config, int method);

/* Which metric to show where nobody chose: a network has no rank that its next task needs. */
enum metric metric_usual(const struct config *config);

#endif
