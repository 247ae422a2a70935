/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_TABLE_SAMPLE_H
#define RANKSCOPE_TESTS_SUPPORT_TABLE_SAMPLE_H

#include "sweep/table.h"

/* A sweep that nobody computed, so that its tests know every number. */

/* What a metric of a trial comes to, seeds counted from 0. */
typedef double table_sample_value(const struct config *config, int method, int seed, enum metric metric);

/* Ranks as the theory has them for psd tasks (3k for one task, too), capped at d; of the others standard has 2.385 · 10 / T and meta
 * 2.385 · 10^−T, each times 1 + seed / 4. */
double table_sample_theory(const struct config *config, int method, int seed, enum metric metric);

/* The axes ("tasks=1:6", …; NULL ends) over a psd problem in population, d = 24, titled "A sweep of samples", with the trials of seeds
 * 0 … done − 1 in every possible cell. The prediction of a rank is table_sample_theory's. Fails the test if it cannot. Free with
 * table_free. */
struct table *table_sample_new(const char *const *axes, int seeds, int done, table_sample_value *value);

#endif
