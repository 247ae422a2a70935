/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_REPRODUCE_FIGURE_H
#define RANKSCOPE_PLOT_REPRODUCE_FIGURE_H

#include "plot/figures.h"

/* One of the paper's figures, of a struct reproduction: a panel for each value with the mean of the runs as a line
 * and a band from the least to the greatest; below, where they end, beside what exact solvers reach on the same
 * draws. */
extern const struct figures figures_of_reproduction;

#endif
