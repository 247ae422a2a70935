/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_STATISTICS_H
#define RANKSCOPE_SWEEP_STATISTICS_H

/* What is said of a few draws of one number. All of it is GSL's. */

struct interval {
    double low, high;
};

/* Of finite values, at least one. */
struct statistics {
    int count;
    double mean, median, least, greatest;
    struct interval band;          /* quantiles 0.1 and 0.9, linear between order statistics */
    struct interval mean_interval; /* 95%, Student's t; NAN for a single value */
    double deviation;              /* standard deviation, of count − 1; NAN for a single value */
};

/* Sorts the values. count ≥ 1, all finite. */
struct statistics statistics_of(double *values, int count);

/* 95% for a rate of which `hits` of `trials` were seen (Clopper and Pearson 1934). 0 ≤ hits ≤ trials, trials ≥ 1. */
struct interval statistics_rate(int hits, int trials);

#endif
