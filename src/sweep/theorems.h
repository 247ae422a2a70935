/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_THEOREMS_H
#define RANKSCOPE_SWEEP_THEOREMS_H

#include "run/result.h"
#include "sweep/claim.h"
#include "sweep/statistics.h"

#include <stdio.h>

/* What was found of one claim. */
struct theorem {
    const struct claim *claim;
    int draws;                    /* made */
    int counted;                  /* of those, that the claim says something of */
    int agreed;                   /* of those */
    struct interval rate;         /* 95% for agreed/counted (Clopper and Pearson); NAN where none counted */
    struct statistics statistics; /* of the counted draws' values; count may be 0, and then the rest is NAN */
    bool as_predicted;
};

/* The verdict on `draws` observations, of which those that do not count are left out. CLAIM_ALWAYS: all agree. CLAIM_RATE and CLAIM_MEAN:
 * the 95% interval of the rate, or of the mean, and the range predicted have something in common. In each case the draws must
 * be at least half of those made, or there is nothing to judge. `scratch`: room for `draws` numbers. */
struct theorem theorem_judge(const struct claim *claim, const struct claim_observation *observation, int draws,
                             double *scratch);

/* For people, for spreadsheets, for scripts; the man page has the columns. ERR_IO or ERR_MEMORY. */
enum err_code theorems_write(FILE *stream, enum result_format format, const struct theorem *theorem, int count,
                             struct err *err);

#endif
