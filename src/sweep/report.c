/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/report_state.h"

#include "base/text.h"
#include "run/tree.h"

#include <errno.h>
#include <math.h>

#define COLUMN(expression)                                                                                             \
    (const struct summary *summary)                                                                                    \
    {                                                                                                                  \
        return (expression);                                                                                           \
    }

static double trials COLUMN(summary->trials) static double measured COLUMN(summary->statistics.count) static double mean
    COLUMN(summary->statistics.mean) static double deviation
    COLUMN(summary->statistics.deviation) static double mean_low
    COLUMN(summary->statistics.mean_interval.low) static double mean_high
    COLUMN(summary->statistics.mean_interval.high) static double median
    COLUMN(summary->statistics.median) static double band_low
    COLUMN(summary->statistics.band.low) static double band_high
    COLUMN(summary->statistics.band.high) static double least COLUMN(summary->statistics.least) static double greatest
    COLUMN(summary->statistics.greatest) static double theory COLUMN(summary->theory) static double predicted
    COLUMN(summary->predicted) static double agreed COLUMN(summary->agreed) static double agreed_low
    COLUMN(summary->predicted > 0 ? statistics_rate(summary->agreed, summary->predicted).low
                                  : (double)NAN) static double agreed_high
    COLUMN(summary->predicted > 0 ? statistics_rate(summary->agreed, summary->predicted).high : (double)NAN)

        const struct report_column report_columns[] = {
            {"trials", true, trials},
            {"measured", true, measured},
            {"mean", false, mean},
            {"deviation", false, deviation},
            {"mean_low", false, mean_low},
            {"mean_high", false, mean_high},
            {"median", false, median},
            {"quantile_10", false, band_low},
            {"quantile_90", false, band_high},
            {"least", false, least},
            {"greatest", false, greatest},
            {"theory", true, theory},
            {"predicted", true, predicted},
            {"agreed", true, agreed},
            {"agreed_low", false, agreed_low},
            {"agreed_high", false, agreed_high},
};
const int report_column_count = sizeof report_columns / sizeof *report_columns;

bool report_has_method(const struct table *table, int method)
{
    return table->plan.base.retrain.methods & 1u << method;
}

struct report_agreement report_agreement(const struct table *table, int method, enum metric metric)
{
    struct report_agreement agreement = {0};
    for (size_t cell = 0; cell < table->cells; cell++) {
        struct summary summary = table_summary(table, cell, method, metric);
        agreement.draws += (size_t)summary.predicted;
        agreement.draws_agree += (size_t)summary.agreed;
        if (isnan(summary.theory) || summary.statistics.count == 0)
            continue;
        agreement.cells++;
        agreement.agree += summary.statistics.median == summary.theory;
    }
    return agreement;
}

/* ---- formats for scripts ---- */

static void write_number(FILE *stream, double value)
{
    char text[TEXT_REAL_SIZE] = "";
    if (isfinite(value))
        text_format_real(text, value);
    fprintf(stream, ",%s", text);
}

static void write_csv(FILE *stream, const struct table *table)
{
    const struct plan *plan = &table->plan;
    for (int axis = 0; axis < plan->axes; axis++)
        fprintf(stream, "%s,", plan->axis[axis].name);
    fputs("method,metric", stream);
    for (int column = 0; column < report_column_count; column++)
        fprintf(stream, ",%s", report_columns[column].name);
    fputc('\n', stream);
    for (size_t cell = 0; cell < table->cells; cell++)
        for (int method = 0; method < METHOD_COUNT && table->cell[cell].possible; method++)
            for (int metric = 0; metric < METRIC_COUNT && report_has_method(table, method); metric++) {
                struct summary summary = table_summary(table, cell, method, (enum metric)metric);
                for (int axis = 0; axis < plan->axes; axis++)
                    fprintf(stream, "%s,", plan->axis[axis].value[plan_coordinate(plan, cell, axis)]);
                fprintf(stream, "%s,%s", method_table[method].name, metric_table[metric].name);
                for (int column = 0; column < report_column_count; column++)
                    write_number(stream, report_columns[column].value(&summary));
                fputc('\n', stream);
            }
}

/* jansson answers −1 to NULL, so one flag tells of any failure. */
static json_t *json_number(double value, bool whole)
{
    return whole ? tree_whole(value) : tree_number(value);
}

static json_t *build_summary(const struct summary *summary, bool *failed)
{
    json_t *object = json_object();
    for (int column = 0; column < report_column_count; column++)
        tree_put(object, report_columns[column].name,
                 json_number(report_columns[column].value(summary), report_columns[column].whole), failed);
    return object;
}

static json_t *build_cell(const struct table *table, size_t cell, bool *failed)
{
    const struct plan *plan = &table->plan;
    json_t *object = json_object(), *at = json_object(), *methods = json_object();
    for (int axis = 0; axis < plan->axes; axis++) {
        size_t index = plan_coordinate(plan, cell, axis);
        double number = axis_number(&plan->axis[axis], index);
        tree_put(at, plan->axis[axis].name,
                 isnan(number) ? json_string(plan->axis[axis].value[index])
                               : json_number(number, number == rint(number)),
                 failed);
    }
    tree_put(object, "at", at, failed);
    tree_put(object, "possible", json_boolean(table->cell[cell].possible), failed);
    for (int method = 0; method < METHOD_COUNT && table->cell[cell].possible; method++) {
        if (!report_has_method(table, method))
            continue;
        json_t *metrics = json_object();
        for (int metric = 0; metric < METRIC_COUNT; metric++) {
            struct summary summary = table_summary(table, cell, method, (enum metric)metric);
            tree_put(metrics, metric_table[metric].name, build_summary(&summary, failed), failed);
        }
        tree_put(methods, method_table[method].name, metrics, failed);
    }
    tree_put(object, "methods", methods, failed);
    return object;
}

static json_t *build_axes(const struct plan *plan, bool *failed)
{
    json_t *axes = json_array();
    for (int axis = 0; axis < plan->axes; axis++) {
        json_t *object = json_object(), *keys = json_array(), *values = json_array();
        for (int key = 0; key < plan->axis[axis].keys; key++)
            tree_append(keys, json_string(key_table[plan->axis[axis].key[key]].path), failed);
        for (size_t i = 0; i < plan->axis[axis].count; i++)
            tree_append(values, json_string(plan->axis[axis].value[i]), failed);
        tree_put(object, "name", json_string(plan->axis[axis].name), failed);
        tree_put(object, "keys", keys, failed);
        tree_put(object, "values", values, failed);
        tree_append(axes, object, failed);
    }
    return axes;
}

static enum err_code write_json(FILE *stream, const struct table *table, struct err *err)
{
    bool failed = false;
    json_t *root = json_object(), *cells = json_array();
    for (size_t cell = 0; cell < table->cells; cell++)
        tree_append(cells, build_cell(table, cell, &failed), &failed);
    tree_put(root, "rankscope", json_string(RANKSCOPE_VERSION), &failed);
    tree_put(root, "title", json_string(table->plan.base.title), &failed);
    tree_put(root, "seed", json_integer((json_int_t)table->plan.base.problem.seed), &failed);
    tree_put(root, "axes", build_axes(&table->plan, &failed), &failed);
    tree_put(root, "trials", json_integer((json_int_t)table->done), &failed);
    tree_put(root, "wanted", json_integer((json_int_t)table->wanted), &failed);
    tree_put(root, "cells", cells, &failed);
    return tree_write(stream, root, failed, "the results", err);
}

enum err_code report_write(FILE *stream, enum result_format format, const struct table *table, enum metric metric,
                           enum statistic statistic, struct err *err)
{
    enum err_code code = ERR_NONE;
    errno = 0;
    switch (format) {
    case RESULT_TEXT:
        report_write_text(stream, table, metric, statistic);
        break;
    case RESULT_CSV:
        write_csv(stream, table);
        break;
    case RESULT_JSON:
        code = write_json(stream, table, err);
        break;
    }
    return code ? code : result_flush(stream, "the results", err);
}
