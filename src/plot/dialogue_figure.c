/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/dialogue_figure.h"

#include "dialogue/comparison.h"
#include "plot/dialogue_parts.h"
#include "plot/panel.h"

#include <math.h>

enum { FIGURE_SCHEMES, FIGURE_RETRAINING, FIGURE_ADAPTING, FIGURES };

static const struct figure_info infos[FIGURES] = {
    [FIGURE_SCHEMES] = {"schemes", "Unseen personas: hit@1 after adapting", {0, 0, 640, 480}},
    [FIGURE_RETRAINING] = {"retraining", "Retraining: held-out hit@1 by epoch", {660, 0, 640, 480}},
    [FIGURE_ADAPTING] = {"adapting", "Adapting: hit@1 by epoch", {0, 580, 640, 480}},
};

static bool has_method(const struct study *study, int method)
{
    return (study->plan.methods & 1u << method) != 0;
}

static int personas_of(const struct study *study)
{
    return study->project->examples.tasks - study->project->examples.retraining;
}

static void row(FILE *stream, double x, double y, double error)
{
    const double number[] = {x, y, isnan(error) ? 0 : error};
    if (!isnan(y))
        dialogue_block_row(stream, number, 3);
}

static void put_schemes(FILE *stream, const struct study *study, int method)
{
    for (int scheme = 0; scheme < study->plan.schemes; scheme++) {
        struct comparison_cell cell = comparison_cell(study, method, scheme);
        row(stream, scheme + dialogue_beside(method), cell.hit, cell.hit_error);
    }
}

/* Mean over what is known of each epoch, of all seeds or of all seeds and personas. */
static void put_epochs(FILE *stream, const struct study *study, int method, bool adapting)
{
    int epochs = adapting ? study->project->settings.adapt_epochs : study->project->settings.epochs;
    int others = adapting ? personas_of(study) : 1;
    for (int epoch = 0; epoch < epochs; epoch++) {
        double sum = 0;
        int count = 0;
        for (int seed = 0; seed < study->plan.seeds; seed++)
            for (int persona = 0; persona < others; persona++) {
                const struct study_outcome *outcome =
                    adapting ? study_adapted(study, method, seed, study->plan.schemes - 1, persona)
                             : study_retrained(study, method, seed);
                if (!outcome->known || epoch >= outcome->epochs || outcome->epoch[epoch].count == 0)
                    continue;
                sum += (double)outcome->epoch[epoch].hits / outcome->epoch[epoch].count;
                count++;
            }
        if (count > 0)
            row(stream, epoch + 1, sum / count, (double)NAN);
    }
}

static void put_blocks(FILE *stream, int figure, const struct study *study)
{
    for (int method = 0; method < TRAINING_METHODS; method++) {
        if (!has_method(study, method))
            continue;
        dialogue_block_begin(stream, infos[figure].name, method);
        if (figure == FIGURE_SCHEMES)
            put_schemes(stream, study, method);
        else
            put_epochs(stream, study, method, figure == FIGURE_ADAPTING);
        dialogue_block_end(stream);
    }
}

static void set_axes(const struct panel *panel, int figure, const struct study *study)
{
    panel_label(panel, "y", "hit\\@1"); /* enhanced text has a meaning of its own for the sign */
    fputs("set yrange [0:*]\n", panel->stream);
    if (figure == FIGURE_SCHEMES) {
        fprintf(panel->stream, "set xrange [-0.5:%d.5]\nset xtics (", study->plan.schemes - 1);
        for (int i = 0; i < study->plan.schemes; i++)
            fprintf(panel->stream, "%s'%s' %d", i > 0 ? ", " : "", study->plan.scheme[i].name, i);
        fputs(")\n", panel->stream);
        panel_label(panel, "x", "adapter (bars: standard error over seeds)");
    } else {
        int epochs =
            figure == FIGURE_ADAPTING ? study->project->settings.adapt_epochs : study->project->settings.epochs;
        fprintf(panel->stream, "set xrange [0.5:%d.5]\n", epochs);
        panel_label(panel, "x", figure == FIGURE_ADAPTING ? "epoch of adapting, last adapter" : "epoch of retraining");
    }
}

static void write_panel(FILE *stream, int figure, const struct study *study, const char *place)
{
    const struct panel panel = {.stream = stream, .name = infos[figure].name};
    bool schemes = figure == FIGURE_SCHEMES;
    panel_begin(&panel, infos[figure].title);
    fputs(place, stream);
    set_axes(&panel, figure, study);
    put_blocks(stream, figure, study);
    dialogue_plot_chance(stream, 1.0 / study->project->examples.candidates);
    for (int method = 0; method < TRAINING_METHODS; method++)
        if (has_method(study, method))
            dialogue_plot_method(stream, infos[figure].name, method, schemes ? "1:2:3" : "1:2",
                                 schemes ? "yerrorbars" : "linespoints");
    fputc('\n', stream);
}

static void write_one(FILE *stream, int figure, const void *subject)
{
    write_panel(stream, figure, subject, "set bmargin 8\nset key at screen 0.5, character 3.5 center top\n");
}

static void write_sheet(FILE *stream, const void *subject)
{
    static const char *const places[FIGURES] = {
        [FIGURE_SCHEMES] = "set lmargin at screen 0.065\nset rmargin at screen 0.945\nset tmargin at screen 0.930\n"
                           "set bmargin at screen 0.600\nset key at screen 0.505, 0.535 center top\n",
        [FIGURE_RETRAINING] = "set lmargin at screen 0.065\nset rmargin at screen 0.460\nset tmargin at screen 0.425\n"
                              "set bmargin at screen 0.140\nset key at screen 0.2625, 0.075 center top\n",
        [FIGURE_ADAPTING] = "set lmargin at screen 0.550\nset rmargin at screen 0.945\nset tmargin at screen 0.425\n"
                            "set bmargin at screen 0.140\nset key at screen 0.7475, 0.075 center top\n",
    };
    fputs("reset\nset encoding utf8\nset multiplot\n", stream);
    for (int i = 0; i < FIGURES; i++)
        write_panel(stream, i, subject, places[i]);
    fputs("unset multiplot\n", stream);
}

static const char *title_of(const void *subject)
{
    (void)subject;
    return "Dialogues of personas";
}

const struct figures figures_of_dialogue = {FIGURES, infos, write_one, write_sheet, title_of};
