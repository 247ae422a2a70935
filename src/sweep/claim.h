/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_CLAIM_H
#define RANKSCOPE_SWEEP_CLAIM_H

#include "base/err.h"
#include "model/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The paper's claims, each as an experiment that is made on many draws. Theorems speak of minimisers, so each is held against runs that
 * ended at one: the solver `newton` knows. A claim is a row of the table and a function that makes one draw. */

/* What is predicted of the draws. */
enum claim_kind {
    CLAIM_ALWAYS, /* each of them agrees */
    CLAIM_RATE,   /* so large a share of them agrees: from `low` to `high` */
    CLAIM_MEAN,   /* so large is the mean of their values: from `low` to `high` */
};

/* What one draw came to. */
struct claim_observation {
    bool counts; /* false: the run did not end where the claim says something (at a minimum) */
    bool agrees; /* not of CLAIM_MEAN */
    double value;
};

struct claim {
    const char *name;      /* "standard-rank-needed" */
    const char *source;    /* "Theorem 1" */
    const char *statement; /* a sentence of at most 80 columns */
    const char *settings;  /* keys with blanks between, as --set takes them, upon the keys' defaults */
    const char *predicted; /* "8 = k(T+1)" */
    bool limit;            /* says what is true where the paper's conditions are not met */
    enum claim_kind kind;
    double low, high;
    enum err_code (*observe)(const struct config *config, struct claim_observation *observation, struct err *err);
};

extern const struct claim claim_table[]; /* those that are limits come last */
extern const int claim_count;

int claim_find(const char *name); /* row, or −1 */

/* The claim's configuration for its draw `draw`, from 0. ERR_INPUT: its settings are wrong, which the tests look for. */
enum err_code claim_config(const struct claim *claim, int draw, struct config *config, struct err *err);

/* Makes one draw. ERR_MEMORY or ERR_MATH. */
enum err_code claim_observe(const struct claim *claim, int draw, struct claim_observation *observation,
                            struct err *err);

#endif
