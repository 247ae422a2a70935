/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/dialogue_live_figure.h"

#include "dialogue/training.h"
#include "plot/dialogue_parts.h"
#include "plot/panel.h"
#include "sweep/statistics.h"

#include <math.h>
#include <string.h>

enum { FIGURE_HITS, FIGURE_LOSS, FIGURE_MOVEMENT, FIGURE_ADAPTING, FIGURES };

static const struct figure_info infos[FIGURES] = {
    [FIGURE_HITS] = {"hits", "Held-out turns: hit@1 by epoch", {0, 0, 640, 480}},
    [FIGURE_LOSS] = {"loss", "Loss by epoch", {660, 0, 640, 480}},
    [FIGURE_MOVEMENT] = {"movement", "Singular values of the base's movement", {0, 580, 640, 480}},
    [FIGURE_ADAPTING] = {"adapting", "New personas: hit@1 by epoch of adapting", {660, 580, 640, 480}},
};

/* What a figure's data is of each method: how many epochs, or layers. */
static int count_of(const struct dialogue_view *view, int figure, int method)
{
    const struct dialogue_view_method *of = &view->method[method];
    return figure == FIGURE_MOVEMENT ? of->layers : figure == FIGURE_ADAPTING ? of->adapt_epochs : of->epochs;
}

static int count_most(const struct dialogue_view *view, int figure)
{
    int most = 0;
    for (int method = 0; method < VIEW_METHODS; method++)
        most = count_of(view, figure, method) > most ? count_of(view, figure, method) : most;
    return most;
}

/* ---- data ---- */

static void put_hits(FILE *stream, const struct dialogue_view_epoch *epoch, int epochs, int method)
{
    for (int i = 0; i < epochs; i++) {
        if (epoch[i].count == 0)
            continue;
        struct interval band = statistics_rate(epoch[i].hits, epoch[i].count);
        const double number[] = {i + 1.06 + dialogue_beside(method), (double)epoch[i].hits / epoch[i].count, band.low,
                                 band.high};
        dialogue_block_row(stream, number, 4);
    }
}

static void put_losses(FILE *stream, const struct dialogue_view_method *method)
{
    for (int i = 0; i < method->epochs; i++) {
        const double number[] = {i + 1, method->epoch[i].loss, method->epoch[i].training_loss};
        dialogue_block_row(stream, number, 3);
    }
}

/* Layers stand beside each other, each as wide as the next, with an empty line between; the third column is a number
 * where 90% of the squared movement is reached. */
static void put_movement(FILE *stream, const struct dialogue_view_method *method, const struct decades *axis)
{
    const double width = 0.86;
    for (int i = 0; i < method->layers; i++) {
        const struct dialogue_view_layer *layer = &method->layer[i];
        if (i > 0)
            fputc('\n', stream);
        for (int j = 0; j < layer->values; j++) {
            double value = decades_place(axis, layer->value[j]);
            const double number[] = {i + 0.57 + width * j / layer->values, value,
                                     j + 1 == layer->rank ? value : (double)NAN};
            dialogue_block_row(stream, number, 3);
        }
    }
}

static void put_blocks(FILE *stream, int figure, const struct dialogue_view *view, const struct decades *axis)
{
    for (int i = 0; i < VIEW_METHODS; i++) {
        const struct dialogue_view_method *method = &view->method[i];
        dialogue_block_begin(stream, infos[figure].name, i);
        if (figure == FIGURE_HITS)
            put_hits(stream, method->epoch, method->epochs, i);
        else if (figure == FIGURE_LOSS)
            put_losses(stream, method);
        else if (figure == FIGURE_MOVEMENT)
            put_movement(stream, method, axis);
        else
            put_hits(stream, method->adapt, method->adapt_epochs, i);
        dialogue_block_end(stream);
    }
}

/* ---- axes ---- */

static void set_epochs(const struct panel *panel, int figure, const struct dialogue_view *view)
{
    enum { LEAST = 10 };
    int epochs = count_most(view, figure);
    bool any = epochs > 0;
    fprintf(panel->stream, "set xrange [0.5:%d.5]\nset yrange [%s]\n", epochs > LEAST ? epochs : LEAST,
            !any                    ? "0:1"
            : figure == FIGURE_LOSS ? "*:*"
                                    : "0:*");
    panel_label(panel, "y", figure == FIGURE_LOSS ? "loss" : "hit\\@1"); /* the sign has a meaning in enhanced text */
    if (figure == FIGURE_ADAPTING && any) {
        fprintf(panel->stream, "set xlabel 'epoch of LoRA of rank %d (bars: 95%%)' textcolor rgb '#222222'\n",
                view->rank);
    } else {
        panel_label(panel, "x", figure == FIGURE_LOSS ? "epoch (dotted: training)" : "epoch (bars: 95%)");
    }
    panel_note(panel,
               any                         ? ""
               : figure == FIGURE_ADAPTING ? "No new persona was adapted to yet."
                                           : "No epoch has ended yet.",
               0.5);
}

static void set_layers(const struct panel *panel, const struct dialogue_view *view, struct decades *axis)
{
    int layers = count_most(view, FIGURE_MOVEMENT);
    *axis = (struct decades){0};
    for (int i = 0; i < VIEW_METHODS; i++)
        for (int j = 0; j < view->method[i].layers; j++)
            for (int k = 0; k < view->method[i].layer[j].values; k++)
                decades_add(axis, view->method[i].layer[j].value[k]);
    decades_finish(axis, axis->most * 1e-4);
    panel_set_log(panel, "y", axis);
    fprintf(panel->stream, "set xrange [0.5:%d.5]\nset xtics scale 0 1\n", layers > 0 ? layers : 1);
    for (int i = 1; i < layers; i++)
        fprintf(panel->stream, "set arrow from %d.5, graph 0 to %d.5, graph 1 nohead linecolor rgb '#BBBBBB'\n", i, i);
    panel_label(panel, "y", "singular value");
    panel_label(panel, "x", "layer, each from its largest value on (ringed: 90% of the squares)");
    panel_note(panel, layers > 0 ? "" : "Nothing has moved yet.", 0.5);
}

/* ---- one of them ---- */

static void plot_second(FILE *stream, int figure, int method)
{
    const struct panel_style *style = panel_style(method);
    fprintf(stream, ", $%s_%s using 1:3 ", infos[figure].name, training_names[method]);
    if (figure == FIGURE_LOSS)
        fprintf(stream, "with lines linewidth 1.4 dashtype 3 linecolor rgb '%s' notitle", style->colour);
    else
        fprintf(stream, "with points pointtype %d pointsize 1.8 linewidth 1.6 linecolor rgb '%s' notitle",
                style->hollow, style->theory);
}

static void write_panel(const struct panel *panel, int figure, const struct dialogue_view *view)
{
    FILE *stream = panel->stream;
    struct decades axis = {0};
    bool hits = figure == FIGURE_HITS || figure == FIGURE_ADAPTING;
    if (figure == FIGURE_MOVEMENT)
        set_layers(panel, view, &axis);
    else
        set_epochs(panel, figure, view);
    put_blocks(stream, figure, view, &axis);
    if (hits && view->chance > 0)
        dialogue_plot_chance(stream, view->chance);
    else
        fputs("plot NaN notitle", stream);
    for (int i = 0; i < VIEW_METHODS; i++) {
        if (count_of(view, figure, i) == 0)
            continue;
        if (!hits)
            plot_second(stream, figure, i);
        dialogue_plot_method(stream, infos[figure].name, i, hits ? "1:2:3:4" : "1:2",
                             hits ? "yerrorlines" : "linespoints");
    }
    fputc('\n', stream);
}

static void write_one(FILE *stream, int figure, const void *subject)
{
    const struct panel panel = {.stream = stream, .name = infos[figure].name};
    panel_begin(&panel, infos[figure].title);
    fputs("set bmargin 8\nset key at screen 0.5, character 3.5 center top\n", stream);
    write_panel(&panel, figure, subject);
}

static const char *title_of(const void *subject)
{
    (void)subject;
    return "Dialogues of personas";
}

static void write_head(const struct panel *panel, const struct dialogue_view *view)
{
    char what[256] = "an encoder is being pretrained";
    const struct dialogue_view_method *method = view->method;
    int adapted = method[0].adapted < method[1].adapted ? method[0].adapted : method[1].adapted;
    if (view->stage != DIALOGUE_PRETRAINING)
        snprintf(what, sizeof what, "retrained by standard for %d, by meta for %d epochs", method[0].epochs,
                 method[1].epochs);
    if (adapted > 0)
        snprintf(what + strlen(what), sizeof what - strlen(what), ";  adapted to %d of %d new personas", adapted,
                 view->unseen);
    panel_head(panel, title_of(view), what);
}

static void write_sheet(FILE *stream, const void *subject)
{
    fputs("reset\nset encoding utf8\nset multiplot\n", stream);
    for (int i = 0; i < FIGURES; i++) {
        const struct panel panel = {.stream = stream, .name = infos[i].name};
        panel_begin(&panel, infos[i].title);
        panel_place(&panel, i);
        if (i == 0)
            write_head(&panel, subject);
        write_panel(&panel, i, subject);
    }
    fputs("unset multiplot\n", stream);
}

const struct figures figures_of_dialogue_live = {FIGURES, infos, write_one, write_sheet, title_of};

long dialogue_live_figure_moment(const struct dialogue_view *view)
{
    long moment = (long)view->stage;
    for (int i = 0; i < VIEW_METHODS; i++)
        moment += view->method[i].epochs + view->method[i].adapted;
    return moment;
}
