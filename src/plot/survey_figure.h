/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_SURVEY_FIGURE_H
#define RANKSCOPE_PLOT_SURVEY_FIGURE_H

#include "plot/figures.h"

/* The figures of a survey, as gnuplot commands with their data inside: the slice as a surface and as a map with contour lines, both with
 * the way that was walked. The subject is a struct survey; where it has no slice, that is said. */
enum survey_figure { SURVEY_FIGURE_SURFACE, SURVEY_FIGURE_MAP, SURVEY_FIGURE_COUNT };

extern const struct figures figures_of_survey;

#endif
