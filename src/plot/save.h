/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_SAVE_H
#define RANKSCOPE_PLOT_SAVE_H

#include "base/err.h"
#include "plot/sweep_grid.h"
#include "run/view.h"

/* Whether plot_save knows the ending of `path`: .png, .svg, .pdf or .gp. ERR_INPUT says which there are. */
enum err_code plot_check_path(const char *path, struct err *err);

/* Draws the sheet of a run into `path` with gnuplot, or for .gp writes a script with its data that `gnuplot FILE.gp`
 * redraws anywhere. The file appears whole or not at all. ERR_INPUT, or ERR_IO with what gnuplot said. */
enum err_code plot_save(const char *path, const struct view *view, struct err *err);

/* The same of a sweep: heatmaps and slices. */
enum err_code plot_save_sweep(const char *path, const struct sweep_choice *choice, struct err *err);

#endif
