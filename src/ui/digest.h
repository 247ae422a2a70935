/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_DIGEST_H
#define RANKSCOPE_UI_DIGEST_H

#include "sweep/table.h"
#include "ui/scale.h"

#include <stdbool.h>
#include <stddef.h>

/* What a sweep's charts show of its table: one number of each method a cell. A cell is looked at again only when trials of it
 * came in, so that a frame of thousands of cells costs no more than what changed. */

struct digest_number {
    double value; /* the statistic; NAN: not known */
    struct interval band;
    double theory;       /* of all draws; NAN: silent */
    const char *formula; /* how it is written: "k(T+1)"; NULL: the theory is silent */
    bool beyond;         /* the theory has less for another method */
    bool disagrees;      /* some draw came out otherwise than the theory says of it */
};

struct digest_cell {
    int done; /* trials, when it was looked at; −1: it was not */
    struct digest_number number[METHOD_COUNT];
};

/* Begins zeroed. */
struct digest {
    const struct table *table; /* borrowed */
    enum metric metric;
    enum statistic statistic;
    size_t cells;
    struct digest_cell *cell;
};

/* Prepares it for this table, metric and statistic; `other` says that the table is another one than the last time. False: no memory,
 * and it is empty. */
bool digest_take(struct digest *digest, const struct table *table, bool other, enum metric metric,
                 enum statistic statistic);
void digest_free(struct digest *digest); /* what it holds */

const struct digest_number *digest_number(struct digest *digest, size_t cell, int method);

/* Extends by all values that are known. */
void digest_extend(struct digest *digest, struct extent *extent);

#endif
