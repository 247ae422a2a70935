/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/figure_parts.h"

#include "plot/quote.h"

#include <math.h>

/* The figures against a rank: what the run's last snapshot has, and what the theory says of it. */

enum { FEW = 40, POINTS = 1000 };

static const double shown_below = 1e-3; /* how far the axis goes on below the threshold */

/* Values by rank, as measured and as predicted. */
struct by_rank {
    int first;                             /* rank that belongs to element 0 */
    int count;                             /* elements */
    int shown;                             /* last rank on the axis */
    const double *measured[METHOD_COUNT];  /* NULL: nothing */
    const double *predicted[METHOD_COUNT]; /* NULL: nothing */
    int theory[METHOD_COUNT];              /* rank at which the theory draws its line, or THEORY_SILENT */
    const char *(*formula)(const struct config *config, int method, int rank); /* how it writes that rank */
    double line_offset;                                                        /* of that line */
    double threshold;                                                          /* below, a value counts as zero */
    bool stems;                   /* values stand on the axis, instead of being joined */
    const struct snapshot *tuned; /* whose fine-tuned risks are shown as well; NULL: none are */
};

/* Few ranks are all shown; of many those that the theory speaks of, and half as many again. */
static int last_shown(const struct by_rank *data)
{
    int last = data->first + data->count - 1;
    int most = 0;
    for (int i = 0; i < METHOD_COUNT; i++) {
        if (!data->measured[i])
            continue;
        if (data->theory[i] == THEORY_SILENT)
            return last;
        most = data->theory[i] > most ? data->theory[i] : most;
    }
    int wanted = most + most / 2 + 2;
    wanted = wanted > FEW ? wanted : FEW;
    return wanted < last ? wanted : last;
}

static struct decades value_axis(const struct by_rank *data)
{
    struct decades axis = {0};
    decades_add(&axis, data->threshold);
    for (int i = 0; i < METHOD_COUNT; i++)
        for (int j = 0; j + data->first <= data->shown; j++) {
            if (data->measured[i])
                decades_add(&axis, data->measured[i][j]);
            if (data->predicted[i])
                decades_add(&axis, data->predicted[i][j]);
        }
    for (int i = 0; data->tuned && i < METHOD_COUNT; i++)
        if (data->tuned->method[i].active && data->tuned->method[i].adapt_step > 0)
            decades_add(&axis, data->tuned->method[i].risk);
    decades_finish(&axis, data->threshold * shown_below);
    return axis;
}

/* The values shown, the vanishing ones too if `all`. Returns the number of rows; without any there is no block. */
static int put_values(const struct panel *panel, int method, const char *what, const struct by_rank *data,
                      const double *values, const struct decades *axis, bool all)
{
    int rows = 0;
    int stride = 1 + (data->shown - data->first) / POINTS;
    for (int j = 0; j + data->first <= data->shown; j += stride) {
        if (isnan(values[j]) || (!all && values[j] <= data->threshold))
            continue;
        if (rows++ == 0)
            panel_block_begin(panel, method, what);
        panel_block_row(panel, j + data->first, decades_place(axis, values[j]));
    }
    if (rows)
        panel_block_end(panel);
    return rows;
}

static void put_line(const struct panel *panel, int method, double x, const struct decades *axis)
{
    panel_block_begin(panel, method, "rank");
    panel_block_row(panel, x, pow(10, axis->from));
    panel_block_row(panel, x, pow(10, axis->to));
    panel_block_end(panel);
}

/* The stems of all methods stand side by side: hundredths of a rank. */
static int stem_shift(const struct by_rank *data, int method)
{
    enum { FEW_METHODS = 3, APART = 24, NARROW = 12 };
    int place = 0, count = 0;
    for (int i = 0; i < METHOD_COUNT; i++) {
        place += data->measured[i] && i < method;
        count += data->measured[i] != NULL;
    }
    return data->stems ? (count <= FEW_METHODS ? APART : NARROW) / 2 * (2 * place - (count - 1)) : 0;
}

static void plot_measured(struct panel *panel, int method, const struct by_rank *data, int rows)
{
    int shift = stem_shift(data, method);
    if (data->stems) {
        panel_plot(panel);
        panel_block_name(panel, method, "measured");
        fprintf(panel->stream, " using ($1%+d*0.01):2 with impulses linecolor rgb '%s' linewidth 2 notitle", shift,
                panel_style(method)->colour);
    }
    panel_plot(panel);
    panel_block_name(panel, method, "measured");
    fprintf(panel->stream, " using ($1%+d*0.01):2", shift);
    if (data->stems)
        fprintf(panel->stream, " with points linecolor rgb '%s' pointtype %d pointsize 1", panel_style(method)->colour,
                panel_style(method)->filled);
    else
        panel_measured(panel, method, rows > FEW ? rows : 1);
    panel_title(panel, method);
}

static void put_theory_title(const struct panel *panel, int method, const struct by_rank *data)
{
    int rank = data->theory[method];
    const char *formula = data->formula(&panel->view->snapshot->config, method, rank);
    for (int i = 0; i < method && panel_crowded(panel); i++)
        if (data->measured[i] && data->theory[i] == rank) { /* said already */
            fputs(" notitle", panel->stream);
            return;
        }
    if (panel_crowded(panel)) {
        fprintf(panel->stream, " title '%s%s%d'", *formula ? formula : "rank", *formula ? " = " : " ", rank);
        return;
    }
    fprintf(panel->stream, " title 'theory: rank %s%s%d'", formula, *formula ? " = " : "", rank);
}

/* The prediction and the line at the theory's rank. Where the prediction is a line too, they share a place in the
 * legend. */
static void plot_theory(struct panel *panel, int method, const struct by_rank *data, bool predicted)
{
    const struct panel_style *style = panel_style(method);
    int rank = data->theory[method];
    if (predicted) {
        panel_plot(panel);
        panel_block_name(panel, method, "predicted");
        if (data->stems) {
            fprintf(panel->stream, " using ($1%+d*0.01):2 with points linecolor rgb '%s' linewidth 1.2",
                    stem_shift(data, method), style->theory);
            fprintf(panel->stream, " pointtype %d pointsize 1.7", style->hollow);
        } else {
            panel_theory(panel, method);
        }
        if (data->stems && panel_crowded(panel))
            fputs(" notitle", panel->stream);
        else if (data->stems || rank == THEORY_SILENT)
            fprintf(panel->stream, " title 'theory: %s'", method_table[method].name);
        else
            put_theory_title(panel, method, data);
    }
    if (rank == THEORY_SILENT)
        return;
    panel_plot(panel);
    panel_block_name(panel, method, "rank");
    panel_theory(panel, method);
    if (predicted && !data->stems)
        fputs(" notitle", panel->stream);
    else
        put_theory_title(panel, method, data);
}

static void plot_threshold(struct panel *panel, double threshold, const char *title)
{
    if (!(threshold > 0))
        return;
    panel_plot(panel);
    quote_number(panel->stream, threshold);
    fprintf(panel->stream, " with lines linecolor rgb '#777777' linewidth 1 dashtype 3 title '%s'", title);
}

/* Blocks first, then the plot command: theory over measurement, so that it stays visible where they agree. */
static void write_by_rank(struct panel *panel, const struct by_rank *data, const struct decades *axis)
{
    int measured[METHOD_COUNT] = {0};
    int predicted[METHOD_COUNT] = {0};
    for (int i = 0; i < METHOD_COUNT; i++) {
        if (!data->measured[i])
            continue;
        measured[i] = put_values(panel, i, "measured", data, data->measured[i], axis, true);
        if (data->predicted[i])
            predicted[i] = put_values(panel, i, "predicted", data, data->predicted[i], axis, !data->stems);
        if (data->theory[i] != THEORY_SILENT)
            put_line(panel, i, data->theory[i] + data->line_offset, axis);
    }
    for (int i = 0; i < METHOD_COUNT; i++)
        if (measured[i])
            plot_measured(panel, i, data, measured[i]);
    for (int i = 0; i < METHOD_COUNT; i++)
        if (data->measured[i])
            plot_theory(panel, i, data, predicted[i] > 0);
}

static void write_waiting(struct panel *panel)
{
    fputs("set xrange [0:1]\nset yrange [0:1]\n", panel->stream);
    panel_end(panel);
}

static void set_ranks(const struct panel *panel, const struct by_rank *data)
{
    fprintf(panel->stream, "set xrange [%d-0.5:%d+0.5]\n", data->first, data->shown);
    if (data->shown <= 20)
        fprintf(panel->stream, "set xtics %d, %d\n", data->first, data->shown > 10 && !data->first ? 2 : 1);
}

void figure_write_spectrum(struct panel *panel)
{
    panel_label(panel, "x", "index");
    panel_label(panel, "y", "singular value");
    const struct snapshot *snapshot = panel->view->snapshot;
    if (!snapshot) {
        write_waiting(panel);
        return;
    }
    struct by_rank data = {.first = 1,
                           .count = snapshot->config.problem.dimension,
                           .formula = method_error_formula,
                           .line_offset = 0.5,
                           .threshold = MEASURE_RANK_TOLERANCE * snapshot->base_norm_two};
    for (int i = 0; i < METHOD_COUNT; i++) {
        const struct method_snapshot *method = &snapshot->method[i];
        data.theory[i] = method->theory_error_rank;
        if (method->active)
            data.measured[i] = method->spectra.singular_values;
        if (method->active && method->predicted)
            data.predicted[i] = method->prediction.singular_values;
    }
    data.shown = last_shown(&data);
    data.stems = data.shown <= FEW;
    struct decades axis = value_axis(&data);
    panel_set_log(panel, "y", &axis);
    set_ranks(panel, &data);
    panel_note(panel, snapshot_missing(snapshot, SNAPSHOT_BASE), 0.5);
    write_by_rank(panel, &data, &axis);
    plot_threshold(panel, data.threshold, "counts as zero");
    panel_end(panel);
}

/* What fine-tuning by gradient descent has reached, at the rank of its adapter. */
static void put_tuned(const struct panel *panel, const struct decades *axis)
{
    const struct snapshot *snapshot = panel->view->snapshot;
    for (int i = 0; i < METHOD_COUNT; i++) {
        const struct method_snapshot *method = &snapshot->method[i];
        if (!method->active || method->adapt_step == 0)
            continue;
        panel_block_begin(panel, i, "tuned");
        panel_block_row(panel, snapshot->config.adapt.rank, decades_place(axis, method->risk));
        panel_block_end(panel);
    }
}

static void plot_tuned(struct panel *panel)
{
    const struct snapshot *snapshot = panel->view->snapshot;
    for (int i = 0; i < METHOD_COUNT; i++) {
        if (!snapshot->method[i].active || snapshot->method[i].adapt_step == 0)
            continue;
        panel_plot(panel);
        panel_block_name(panel, i, "tuned");
        fprintf(panel->stream, " with points linecolor rgb '%s' linewidth 2 pointtype %d pointsize 2",
                panel_style(i)->colour, panel_style(i)->hollow);
        fprintf(panel->stream, " title '%s, fine-tuned'", method_table[i].name);
    }
}

void figure_write_adaptation(struct panel *panel)
{
    panel_label(panel, "x", "adapter rank");
    panel_label(panel, "y", "excess risk");
    const struct snapshot *snapshot = panel->view->snapshot;
    if (!snapshot) {
        write_waiting(panel);
        return;
    }
    struct by_rank data = {.count = snapshot->config.problem.dimension + 1,
                           .tuned = snapshot,
                           .formula = method_needed_formula,
                           .threshold = snapshot_no_risk(snapshot)};
    for (int i = 0; i < METHOD_COUNT; i++) {
        const struct method_snapshot *method = &snapshot->method[i];
        data.theory[i] = method->theory_rank_needed;
        if (method->active)
            data.measured[i] = method->spectra.curve;
        if (method->active && method->predicted)
            data.predicted[i] = method->prediction.curve;
    }
    data.shown = last_shown(&data);
    struct decades axis = value_axis(&data);
    panel_set_log(panel, "y", &axis);
    set_ranks(panel, &data);
    panel_note(panel, snapshot_missing(snapshot, SNAPSHOT_UNSEEN), 0.5);
    put_tuned(panel, &axis);
    write_by_rank(panel, &data, &axis);
    plot_tuned(panel);
    plot_threshold(panel, data.threshold, "counts as solved");
    panel_end(panel);
}
