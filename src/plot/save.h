/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_SAVE_H
#define RANKSCOPE_PLOT_SAVE_H

#include "base/err.h"
#include "dialogue/study.h"
#include "plot/figures.h"
#include "plot/gnuplot.h"
#include "plot/sweep_grid.h"
#include "run/survey.h"
#include "run/view.h"
#include "sweep/reproduce.h"

#include <stdatomic.h>

/* Whether plot_save knows the ending of `path`: .png, .svg, .pdf or .gp. ERR_INPUT says which there are. */
enum err_code plot_check_path(const char *path, struct err *err);

/* Draws the sheet of a run into `path` with gnuplot, or for .gp writes a script with its data that `gnuplot FILE.gp`
 * redraws anywhere. The file appears whole or not at all. ERR_INPUT, or ERR_IO with what gnuplot said. */
enum err_code plot_save(const char *path, const struct view *view, struct err *err);

/* The two halves of it: what gnuplot is to do for the sheet of `figures`, which the caller frees, and having it done,
 * on whichever thread. ERR_INPUT: as plot_check_path; ERR_STOPPED, and no file: `stop` was set (see halt.h). */
enum err_code plot_script(const char *path, const struct figures *figures, const void *subject, char **script,
                          size_t *size, struct err *err);
enum err_code plot_draw(const char *path, const char *script, size_t size, const atomic_bool *stop, struct err *err);

/* The same of a sweep: heatmaps and slices. */
enum err_code plot_save_sweep(const char *path, const struct sweep_choice *choice, struct err *err);

/* A gnuplot that gets ready for a picture while what it is to show is being computed; gnuplot_free lets it go. NULL:
 * none is needed for this path (which may be NULL), or there is none to be had, which is told when the picture is
 * saved. */
struct gnuplot *plot_prepare(const char *path);

/* The same as plot_save of one of the paper's figures; `ready`, which it frees, is plot_prepare's. */
enum err_code plot_save_reproduction(const char *path, struct gnuplot *ready, const struct reproduction *reproduction,
                                     struct err *err);

/* The same of dialogues' trainings, as far as they are. */
enum err_code plot_save_dialogue(const char *path, const struct study *study, struct err *err);

/* The same of a survey: its slice as a surface and as a map. */
enum err_code plot_save_survey(const char *path, const struct survey *survey, struct err *err);

#endif
