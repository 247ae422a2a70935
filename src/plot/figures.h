/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_FIGURES_H
#define RANKSCOPE_PLOT_FIGURES_H

#include <stdio.h>

/* Figures that belong together: all of them on one sheet, or each in a window of its own. All is pure text from what they are of
 * (the subject: a view, a sweep_grid); terminal and output are the caller's. */

struct figure_window {
    int x, y, width, height; /* in pixels; the canvas's size, and the place that the window is wished at */
};

struct figure_info {
    const char *name;  /* "loss" */
    const char *title; /* "Retraining loss" */
    struct figure_window window;
};

enum { FIGURES_LIMIT = 4 };

struct figures {
    int count; /* at most FIGURES_LIMIT */
    const struct figure_info *info;
    void (*write)(FILE *stream, int figure, const void *subject);
    void (*write_sheet)(FILE *stream, const void *subject);
    const char *(*title)(const void *subject); /* of the scenario, as a file has it */
};

extern const struct figures figures_of_run; /* of a struct view; those of a sweep: sweep_figures */

#endif
