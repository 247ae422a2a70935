/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_SAMPLES_H
#define RANKSCOPE_TESTS_SUPPORT_SAMPLES_H

#include "model/moments.h"

/* Samples of one task that have the moments which a problem says, for sums to be taken over: few vectors, which count as N. */
struct samples {
    int count;     /* min(d, N) + 1 */
    int dimension; /* d */
    double *x;     /* count × d: inputs */
    double *noise; /* count × d: y − W° x */
};

/* Of the task's moments; fails the test where no samples can have them. The caller frees them with samples_free. */
struct samples samples_of(const struct moments *moments, int task);
void samples_free(struct samples *samples);

#endif
