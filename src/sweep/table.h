/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_TABLE_H
#define RANKSCOPE_SWEEP_TABLE_H

#include "sweep/outcome.h"
#include "sweep/plan.h"
#include "sweep/statistics.h"

#include <stddef.h>

/* What a sweep knows so far: of every cell, the outcomes of its trials. Screens, figures and reports are pure functions of it. */

struct table_cell {
    bool possible; /* the keys agree with each other there; else it has no trials */
    int wanted;    /* trials */
    int done;      /* of those */
    int room;
    struct outcome *outcome; /* room × METHOD_COUNT, by seed; NULL before the first */
};

struct table {
    struct plan plan; /* its own */
    size_t cells;
    struct table_cell *cell; /* in the plan's order */
    size_t possible;         /* cells */
    size_t wanted, done;     /* trials, of all cells together */
    int room;                /* the most that a cell has */
    double *scratch;         /* room: for summaries, which therefore one thread at a time may ask for */
};

/* With nothing known, and plan.seeds trials wanted of every possible cell. The plan is copied. NULL: ERR_MEMORY, or ERR_INPUT where
 * no cell is possible, and *err says why the first one is not. */
struct table *table_new(const struct plan *plan, struct err *err);
void table_free(struct table *table); /* NULL is allowed */

/* The trials 0 … seeds − 1 of the cell are wanted from now on; fewer than before, or more than there are seeds, changes nothing. */
void table_want(struct table *table, size_t cell, int seeds);

/* Stores what a wanted trial came to. ERR_MEMORY: it is as it was. A trial that is there already, that is not wanted or of which
 * all outcomes are missing, changes nothing. */
enum err_code table_put(struct table *table, size_t cell, int seed, const struct outcome outcome[METHOD_COUNT],
                        struct err *err);

/* NULL: not known. */
const struct outcome *table_outcome(const struct table *table, size_t cell, int seed, int method);

/* One number of one method in one cell, over the trials that are there. */
struct summary {
    int trials;                   /* done, in which the method took part */
    struct statistics statistics; /* of those that have a value; count may be 0, and then the rest is NAN */
    int agreed, predicted; /* trials that came out as the theory says of their draw; of how many it says something */
    double theory;         /* of all draws; NAN: silent */
};
struct summary table_summary(const struct table *table, size_t cell, int method, enum metric metric);

/* The statistic that stands for a cell. */
enum statistic {
    STATISTIC_MEDIAN,
    STATISTIC_MEAN,
    STATISTIC_LEAST,
    STATISTIC_GREATEST,
    STATISTIC_SPREAD,
    STATISTIC_COUNT
};
extern const char *const statistic_names[STATISTIC_COUNT + 1]; /* "median", …; ends with NULL */
double summary_value(const struct summary *summary,
                     enum statistic statistic); /* NAN: nothing known; spread: of the band */

/* The possible, finished cell in which the metric's band is widest against its median (of any method): where more seeds tell most.
 * False: there is none. */
bool table_widest(const struct table *table, enum metric metric, size_t *cell);

#endif
