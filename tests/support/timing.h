/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_TIMING_H
#define RANKSCOPE_TESTS_SUPPORT_TIMING_H

#include "model/solver.h"

/* What benchmarks share. The machine may be busy with other things: what is to be compared is measured in turn, round
 * after round, and medians are taken, of ratios too. */

double timing_now(void); /* seconds */

/* Sort them. */
double timing_median(double *values, int count);
double timing_quantile(double *values, int count, double part); /* 0: the least, 1: the greatest */

/* Seconds a step takes, over at least `least` seconds. */
double timing_step(struct solver *solver, double least);

/* The machine's own limits, on as many threads as BLAS may use. */
struct timing_machine;
struct timing_machine *timing_machine_new(void); /* ends the program where there is no memory */
void timing_machine_free(struct timing_machine *machine);
double timing_operation(const struct timing_machine *machine);         /* seconds, in a large product */
double timing_byte(const struct timing_machine *machine, int threads); /* seconds, read from what no cache holds */

/* Ends the program with a message on standard error. */
_Noreturn void timing_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
