/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/statistics.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

static const double tail = 0.025; /* on either side of an interval of 95% */
static const double band = 0.1;

struct statistics statistics_of(double *values, int count)
{
    size_t n = (size_t)count;
    gsl_sort(values, 1, n);
    struct statistics statistics = {
        .count = count,
        .mean = gsl_stats_mean(values, 1, n),
        .median = gsl_stats_median_from_sorted_data(values, 1, n),
        .least = values[0],
        .greatest = values[n - 1],
        .band = {gsl_stats_quantile_from_sorted_data(values, 1, n, band),
                 gsl_stats_quantile_from_sorted_data(values, 1, n, 1 - band)},
        .mean_interval = {(double)NAN, (double)NAN},
        .deviation = (double)NAN,
    };
    if (count < 2)
        return statistics;
    statistics.deviation = gsl_stats_sd_m(values, 1, n, statistics.mean);
    double reach = gsl_cdf_tdist_Qinv(tail, count - 1.0) * statistics.deviation / sqrt(count);
    statistics.mean_interval = (struct interval){statistics.mean - reach, statistics.mean + reach};
    return statistics;
}

/* The rate at which so many hits or more have the probability `tail`. By halves, since gsl_cdf_beta_Pinv gives up on some counts
 * of a thousand trials and more. */
static double least_rate(int hits, int trials)
{
    enum { HALVINGS = 60 };
    double low = 0, high = hits > 0;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = 0.5 * (low + high);
        bool above = gsl_cdf_beta_P(middle, hits, trials - hits + 1.0) > tail;
        *(above ? &high : &low) = middle;
    }
    return low;
}

struct interval statistics_rate(int hits, int trials)
{
    return (struct interval){least_rate(hits, trials), 1 - least_rate(trials - hits, trials)};
}
