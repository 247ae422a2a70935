/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/figure.h"

#include "plot/figure_parts.h"

#include <inttypes.h>

/* Two by two, with room for a window's frame between. */
const struct figure_info figure_table[FIGURE_COUNT] = {
    [FIGURE_LOSS] = {"loss", "Retraining loss", {0, 0, 640, 480}},
    [FIGURE_RECOVERY] = {"recovery", "Recovery: base error and angle", {660, 0, 640, 480}},
    [FIGURE_SPECTRUM] = {"spectrum", "Singular values of Â − A*", {0, 580, 640, 480}},
    [FIGURE_ADAPTATION] = {"adaptation", "Unseen task: risk against adapter rank", {660, 580, 640, 480}},
};

static void (*const writers[FIGURE_COUNT])(struct panel *panel) = {
    [FIGURE_LOSS] = figure_write_loss,
    [FIGURE_RECOVERY] = figure_write_recovery,
    [FIGURE_SPECTRUM] = figure_write_spectrum,
    [FIGURE_ADAPTATION] = figure_write_adaptation,
};

void figure_write(FILE *stream, enum figure figure, const struct view *view)
{
    struct panel panel = {.stream = stream, .view = view, .name = figure_table[figure].name};
    panel_begin(&panel, figure_table[figure].title);
    fputs("set bmargin 8\nset key at screen 0.5, character 4.5 center top\n", stream);
    writers[figure](&panel);
}

/* The sheet's title and what was run, in one line. They are drawn with the first panel. */
static void write_head(const struct panel *panel, const struct config *config)
{
    static const char *const truths[] = {"psd", "symmetric", "general"};
    const struct problem_config *problem = &config->problem;
    char samples[32] = "population", tasks[64], what[256];
    if (problem->samples != SAMPLES_POPULATION)
        snprintf(samples, sizeof samples, "N = %d", problem->samples);
    if (problem->source == PROBLEM_DRAWN)
        snprintf(tasks, sizeof tasks, "k = %d,  T = %d,  %s truth", problem->rank, problem->tasks,
                 truths[problem->truth]);
    else
        snprintf(tasks, sizeof tasks, "T = %d given tasks", problem->tasks);
    snprintf(what, sizeof what, "d = %d,  %s,  %s,  %s solver,  seed %" PRIu64, problem->dimension, tasks, samples,
             method_solver(METHOD_STANDARD, config)->name, problem->seed);
    panel_head(panel, config->title, what);
}

void figure_write_sheet(FILE *stream, const struct view *view)
{
    fputs("reset\nset encoding utf8\nset multiplot\n", stream);
    for (int i = 0; i < FIGURE_COUNT; i++) {
        struct panel panel = {.stream = stream, .view = view, .name = figure_table[i].name};
        panel_begin(&panel, figure_table[i].title);
        panel_place(&panel, i);
        if (i == 0 && view->snapshot)
            write_head(&panel, &view->snapshot->config);
        writers[i](&panel);
    }
    fputs("unset multiplot\n", stream);
}

static void write_one(FILE *stream, int figure, const void *view)
{
    figure_write(stream, (enum figure)figure, view);
}

static void write_all(FILE *stream, const void *view)
{
    figure_write_sheet(stream, view);
}

static const char *title_of(const void *subject)
{
    const struct view *view = subject;
    return view->snapshot ? view->snapshot->config.title : "";
}

const struct figures figures_of_run = {FIGURE_COUNT, figure_table, write_one, write_all, title_of};
