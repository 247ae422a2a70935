/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/figure_parts.h"

#include "run/derive.h"

#include <math.h>

/* The figures against the step. */

static const double loss_floor = 1e-32; /* of the largest value: below, doubles cannot tell a loss from zero */
static const double error_floor = 1e-17;

/* Of a network's fine-tuning the loss that is shown is the one without noise. */
static const struct curve *curve_of(const struct panel *panel, int method, enum stage stage, enum series series)
{
    const struct snapshot *snapshot = panel->view->snapshot;
    bool network = snapshot && snapshot->config.problem.kind == PROBLEM_NETWORK;
    if (network && stage == STAGE_ADAPT && series == SERIES_TRAIN_LOSS)
        series = SERIES_RISK;
    return &panel->view->history[method][stage]->curve[series];
}

/* The last step that the active methods recorded of a series; at least `least`. */
static long last_step(const struct panel *panel, enum stage stage, enum series series, long least)
{
    long last = least;
    for (int i = 0; i < METHOD_COUNT; i++) {
        const struct curve *curve = curve_of(panel, i, stage, series);
        if (panel_active(panel, i) && curve->count && curve->bucket[curve->count - 1].last_step > last)
            last = curve->bucket[curve->count - 1].last_step;
    }
    return last;
}

static void add_curves(const struct panel *panel, enum stage stage, enum series series, struct decades *axis)
{
    for (int i = 0; i < METHOD_COUNT; i++) {
        const struct curve *curve = curve_of(panel, i, stage, series);
        if (!panel_active(panel, i))
            continue;
        for (size_t j = 0; j < curve->count; j++) {
            decades_add(axis, curve->bucket[j].min);
            decades_add(axis, curve->bucket[j].max);
        }
    }
}

/* What the theory says that the losses come to: a dashed line in each stage that was recorded, where it is above the axis' floor. */
struct limits {
    double value[METHOD_COUNT][STAGE_COUNT]; /* NAN: none */
    double floor;
};

static bool has_limit(const struct limits *limits, int method, int stage)
{
    return limits->value[method][stage] > limits->floor;
}

static struct limits loss_limits(const struct panel *panel, struct decades *axis)
{
    struct limits limits = {.floor = axis->most * loss_floor};
    for (int i = 0; i < METHOD_COUNT; i++)
        for (int stage = 0; stage < STAGE_COUNT; stage++) {
            bool drawn = panel_active(panel, i) && curve_of(panel, i, (enum stage)stage, SERIES_TRAIN_LOSS)->count > 0;
            limits.value[i][stage] =
                drawn ? derive_limit(panel->view->snapshot, i, (enum stage)stage, SERIES_TRAIN_LOSS) : (double)NAN;
            if (has_limit(&limits, i, stage))
                decades_add(axis, limits.value[i][stage]);
        }
    return limits;
}

/* ---- the line that the run left, where somebody went back ---- */

/* NULL: there is none, or nothing of it. */
static const struct curve *left_curve_of(const struct panel *panel, int method, enum series series)
{
    const struct history *left = panel->view->left[method][STAGE_RETRAIN];
    bool drawn = panel_active(panel, method) && left && left->curve[series].count > 0;
    return drawn ? &left->curve[series] : NULL;
}

static void extend_left(const struct panel *panel, enum series series, struct decades *axis, long *end)
{
    for (int i = 0; i < METHOD_COUNT; i++) {
        const struct curve *curve = left_curve_of(panel, i, series);
        for (size_t j = 0; curve && j < curve->count; j++) {
            decades_add(axis, curve->bucket[j].min);
            decades_add(axis, curve->bucket[j].max);
        }
        if (curve && curve->bucket[curve->count - 1].last_step > *end)
            *end = curve->bucket[curve->count - 1].last_step;
    }
}

static void put_left(const struct panel *panel, enum series series, const struct decades *axis)
{
    for (int i = 0; i < METHOD_COUNT; i++)
        if (left_curve_of(panel, i, series))
            panel_block_curve(panel, i, "left", left_curve_of(panel, i, series), 0, axis);
}

static void plot_left(struct panel *panel, enum series series)
{
    for (int i = 0; i < METHOD_COUNT; i++) {
        if (!left_curve_of(panel, i, series))
            continue;
        panel_plot(panel);
        panel_block_name(panel, i, "left");
        fprintf(panel->stream, " with lines linecolor rgb '%s' linewidth 0.8 title '%s, the line before'", "#999999",
                method_table[i].name);
    }
}

static const char *const limit_blocks[STAGE_COUNT] = {"theory", "tuning_theory"};

static void put_limits(struct panel *panel, const struct limits *limits, long end, long last)
{
    for (int i = 0; i < METHOD_COUNT; i++)
        for (int stage = 0; stage < STAGE_COUNT; stage++) {
            if (!has_limit(limits, i, stage))
                continue;
            panel_block_begin(panel, i, limit_blocks[stage]);
            panel_block_row(panel, stage == STAGE_RETRAIN ? 0 : (double)end, limits->value[i][stage]);
            panel_block_row(panel, (double)(stage == STAGE_RETRAIN ? end : last), limits->value[i][stage]);
            panel_block_end(panel);
        }
}

static void plot_limits(struct panel *panel, const struct limits *limits)
{
    for (int i = 0; i < METHOD_COUNT; i++) {
        bool named = false;
        for (int stage = 0; stage < STAGE_COUNT; stage++) {
            if (!has_limit(limits, i, stage))
                continue;
            panel_plot(panel);
            panel_block_name(panel, i, limit_blocks[stage]);
            panel_theory(panel, i);
            if (named)
                fputs(" notitle", panel->stream);
            else
                fprintf(panel->stream, " title 'theory: %s'", method_table[i].name);
            named = true;
        }
    }
}

/* Where the stages meet on the loss's axis: fine-tuning is drawn behind retraining. */
static void mark_stages(const struct panel *panel, long end, long last)
{
    fprintf(panel->stream, "set arrow 1 from first %ld, graph 0 to first %ld, graph 1 nohead", end, end);
    fputs(" linecolor rgb '#999999' linewidth 1 dashtype 3\n", panel->stream);
    fprintf(panel->stream, "set xrange [0:%ld]\n", last);
}

void figure_write_loss(struct panel *panel)
{
    FILE *stream = panel->stream;
    long end = last_step(panel, STAGE_RETRAIN, SERIES_TRAIN_LOSS, 1);
    long tuned = last_step(panel, STAGE_ADAPT, SERIES_TRAIN_LOSS, 0);
    struct decades axis = {0};
    add_curves(panel, STAGE_RETRAIN, SERIES_TRAIN_LOSS, &axis);
    add_curves(panel, STAGE_ADAPT, SERIES_TRAIN_LOSS, &axis);
    extend_left(panel, SERIES_TRAIN_LOSS, &axis, &end);
    struct limits limits = loss_limits(panel, &axis);
    decades_finish(&axis, axis.most * loss_floor);

    panel_label(panel, "x", tuned ? "step (retraining, then fine-tuning)" : "retraining step");
    panel_label(panel, "y", tuned ? "loss" : "retraining loss");
    panel_set_log(panel, "y", &axis);
    fprintf(stream, "set xrange [0:%ld]\n", end);
    if (tuned)
        mark_stages(panel, end, end + tuned);

    int points[METHOD_COUNT][STAGE_COUNT] = {{0}};
    for (int i = 0; i < METHOD_COUNT; i++) {
        if (!panel_active(panel, i))
            continue;
        points[i][STAGE_RETRAIN] =
            panel_block_curve(panel, i, "loss", curve_of(panel, i, STAGE_RETRAIN, SERIES_TRAIN_LOSS), 0, &axis);
        points[i][STAGE_ADAPT] =
            panel_block_curve(panel, i, "tuning", curve_of(panel, i, STAGE_ADAPT, SERIES_TRAIN_LOSS), end, &axis);
    }
    put_limits(panel, &limits, end, end + tuned);
    put_left(panel, SERIES_TRAIN_LOSS, &axis);
    for (int i = 0; i < METHOD_COUNT; i++) {
        if (points[i][STAGE_RETRAIN]) {
            panel_plot(panel);
            panel_block_name(panel, i, "loss");
            panel_measured(panel, i, points[i][STAGE_RETRAIN]);
            panel_title(panel, i);
        }
        if (points[i][STAGE_ADAPT]) {
            panel_plot(panel);
            panel_block_name(panel, i, "tuning");
            panel_measured(panel, i, points[i][STAGE_ADAPT]);
            fputs(" notitle", stream);
        }
    }
    plot_left(panel, SERIES_TRAIN_LOSS);
    plot_limits(panel, &limits);
    panel_end(panel);
}

/* ‖Â − A*‖_F as the theory has it, or NAN. */
static double predicted_error(const struct panel *panel, int method)
{
    return panel_active(panel, method) ? derive_limit(panel->view->snapshot, method, STAGE_RETRAIN, SERIES_BASE_ERROR)
                                       : (double)NAN;
}

/* Two bands in one plot, so that zooming works on both: the base error above, with tics on the left, and the angle
 * below, with tics on the right. The share of the height that each has: */
#define UPPER_SHARE "0.54"
#define LOWER_SHARE "0.40"
#define BETWEEN     "0.43"

static const double UPPER_MIDDLE = 0.72, LOWER_MIDDLE = 0.2;

static void set_bands(const struct panel *panel, const struct decades *axis)
{
    FILE *stream = panel->stream;
    int decades = axis->to - axis->from;
    int stride = (decades + 4) / 5;
    fputs("set logscale y\n", stream);
    fprintf(stream, "set yrange [10**(%d-%d/" UPPER_SHARE "):1e%d]\n", axis->to, decades, axis->to);
    fputs("set ytics (", stream);
    for (int i = axis->to; i >= axis->from; i -= stride)
        fprintf(stream, "%s'10^{%d}' 1e%d", i < axis->to ? ", " : "", i, i);
    fputs(")\n", stream);
    fputs("set y2range [0:90/" LOWER_SHARE "]\n"
          "set y2tics ('0°' 0, '30°' 30, '60°' 60, '90°' 90)\n"
          "set border 11\n"
          "set grid y2tics\n",
          stream);
    fputs("set arrow 1 from graph 0, graph " BETWEEN " to graph 1, graph " BETWEEN " nohead", stream);
    fputs(" linecolor rgb '#999999' linewidth 1\n", stream);
    panel_note(panel, snapshot_missing(panel->view->snapshot, SNAPSHOT_BASE), UPPER_MIDDLE);
    panel_note(panel, snapshot_missing(panel->view->snapshot, SNAPSHOT_ADAPTERS), LOWER_MIDDLE);
}

/* Lines of theory, each with its name where there is room for them. */
static void plot_predicted(struct panel *panel, const double predicted[METHOD_COUNT], double floor_value)
{
    FILE *stream = panel->stream;
    int said = 0;
    for (int i = 0; i < METHOD_COUNT; i++) {
        if (!(predicted[i] > floor_value))
            continue;
        panel_plot(panel);
        panel_block_name(panel, i, "theory");
        panel_theory(panel, i);
        if (!panel_crowded(panel))
            fprintf(stream, " title 'theory: %s'", method_table[i].name);
        else
            fputs(said++ ? " notitle" : " title 'theory'", stream);
    }
}

void figure_write_recovery(struct panel *panel)
{
    FILE *stream = panel->stream;
    struct decades axis = {0};
    double predicted[METHOD_COUNT];
    long end = last_step(panel, STAGE_RETRAIN, SERIES_BASE_ERROR, 1);
    add_curves(panel, STAGE_RETRAIN, SERIES_BASE_ERROR, &axis);
    extend_left(panel, SERIES_BASE_ERROR, &axis, &end);
    double floor_value = axis.most * error_floor;
    for (int i = 0; i < METHOD_COUNT; i++) {
        predicted[i] = predicted_error(panel, i);
        if (predicted[i] > floor_value)
            decades_add(&axis, predicted[i]);
    }
    decades_finish(&axis, floor_value);

    panel_label(panel, "x", "retraining step");
    panel_label(panel, "y", "base error ‖Â − A*‖_F");
    panel_label(panel, "y2", "principal angle");
    fprintf(stream, "set xrange [0:%ld]\n", end);
    set_bands(panel, &axis);

    int points[METHOD_COUNT][2] = {{0}};
    for (int i = 0; i < METHOD_COUNT; i++) {
        if (!panel_active(panel, i))
            continue;
        points[i][0] =
            panel_block_curve(panel, i, "error", curve_of(panel, i, STAGE_RETRAIN, SERIES_BASE_ERROR), 0, &axis);
        points[i][1] =
            panel_block_curve(panel, i, "angle", curve_of(panel, i, STAGE_RETRAIN, SERIES_RECOVERY_ANGLE), 0, NULL);
        if (predicted[i] > floor_value) {
            panel_block_begin(panel, i, "theory");
            panel_block_row(panel, 0, predicted[i]);
            panel_block_row(panel, (double)end, predicted[i]);
            panel_block_end(panel);
        }
    }
    put_left(panel, SERIES_BASE_ERROR, &axis);
    for (int i = 0; i < METHOD_COUNT; i++) {
        if (points[i][0]) {
            panel_plot(panel);
            panel_block_name(panel, i, "error");
            panel_measured(panel, i, points[i][0]);
            panel_title(panel, i);
        }
        if (points[i][1]) {
            panel_plot(panel);
            panel_block_name(panel, i, "angle");
            fputs(" axes x1y2", stream);
            panel_measured(panel, i, points[i][1]);
            fputs(" notitle", stream);
        }
    }
    plot_left(panel, SERIES_BASE_ERROR);
    plot_predicted(panel, predicted, floor_value);
    panel_end(panel);
}
