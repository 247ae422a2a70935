/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/report_state.h"

#include "base/text.h"
#include "run/prose.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Deviations from the theory that are told one by one. */
enum { TOLD = 12, GAP = 2, CELL_SIZE = 64 };

/* ---- one cell ---- */

static void format_value(double value, bool whole, char text[CELL_SIZE])
{
    if (isnan(value))
        snprintf(text, CELL_SIZE, "?");
    else if (whole && value == rint(value))
        snprintf(text, CELL_SIZE, "%.0f", value);
    else
        snprintf(text, CELL_SIZE, "%s", PROSE_NUMBER(value));
}

/* "6", "20 (21)" where the theory says 21, "." for no such cell, "?" for nothing known. */
static void format_cell(const struct table *table, size_t cell, int method, enum metric metric,
                        enum statistic statistic, char text[CELL_SIZE])
{
    struct summary summary = table_summary(table, cell, method, metric);
    double value = summary_value(&summary, statistic);
    bool whole = metric_table[metric].whole;
    if (!table->cell[cell].possible) {
        snprintf(text, CELL_SIZE, ".");
        return;
    }
    format_value(value, whole, text);
    if (isnan(summary.theory) || isnan(value) || value == summary.theory || statistic == STATISTIC_SPREAD)
        return;
    size_t used = strlen(text);
    snprintf(text + used, CELL_SIZE - used, " (%.0f)", summary.theory);
}

/* ---- one table: the last two axes, or the only one ---- */

/* Which cells: `cell` with its last two coordinates replaced. */
struct sheet {
    const struct table *table;
    enum metric metric;
    enum statistic statistic;
    int method;
    int row_axis, column_axis; /* −1: there is no such axis */
    size_t at[PLAN_AXES];
};

static size_t axis_count(const struct sheet *sheet, int axis)
{
    return axis < 0 ? 1 : sheet->table->plan.axis[axis].count;
}

static size_t sheet_cell(const struct sheet *sheet, size_t row, size_t column)
{
    size_t at[PLAN_AXES];
    memcpy(at, sheet->at, sizeof at);
    if (sheet->row_axis >= 0)
        at[sheet->row_axis] = row;
    at[sheet->column_axis] = column;
    return plan_cell(&sheet->table->plan, at);
}

static void format_head(const struct sheet *sheet, int axis, size_t index, char text[2 * CELL_SIZE + KEY_VALUE_SIZE])
{
    const struct axis *own = &sheet->table->plan.axis[axis];
    snprintf(text, 2 * CELL_SIZE + KEY_VALUE_SIZE, "%s %s", own->name, own->value[index]);
}

static int width_of(const char *text)
{
    return (int)strlen(text);
}

static int column_width(const struct sheet *sheet, size_t column)
{
    char head[2 * CELL_SIZE + KEY_VALUE_SIZE], text[CELL_SIZE];
    format_head(sheet, sheet->column_axis, column, head);
    int width = width_of(head);
    for (size_t row = 0; row < axis_count(sheet, sheet->row_axis); row++) {
        format_cell(sheet->table, sheet_cell(sheet, row, column), sheet->method, sheet->metric, sheet->statistic, text);
        if (width_of(text) > width)
            width = width_of(text);
    }
    return width;
}

static int row_width(const struct sheet *sheet)
{
    char head[2 * CELL_SIZE + KEY_VALUE_SIZE];
    int width = 0;
    for (size_t row = 0; sheet->row_axis >= 0 && row < axis_count(sheet, sheet->row_axis); row++) {
        format_head(sheet, sheet->row_axis, row, head);
        if (width_of(head) > width)
            width = width_of(head);
    }
    return width;
}

static void write_sheet(FILE *stream, const struct sheet *sheet)
{
    char text[2 * CELL_SIZE + KEY_VALUE_SIZE];
    int left = row_width(sheet);
    fprintf(stream, "%*s", left, "");
    for (size_t column = 0; column < axis_count(sheet, sheet->column_axis); column++) {
        format_head(sheet, sheet->column_axis, column, text);
        fprintf(stream, "%*s%*s", GAP, "", column_width(sheet, column), text);
    }
    fputc('\n', stream);
    for (size_t row = 0; row < axis_count(sheet, sheet->row_axis); row++) {
        if (sheet->row_axis >= 0) {
            format_head(sheet, sheet->row_axis, row, text);
            fprintf(stream, "%-*s", left, text);
        }
        for (size_t column = 0; column < axis_count(sheet, sheet->column_axis); column++) {
            format_cell(sheet->table, sheet_cell(sheet, row, column), sheet->method, sheet->metric, sheet->statistic,
                        text);
            fprintf(stream, "%*s%*s", GAP, "", column_width(sheet, column), text);
        }
        fputc('\n', stream);
    }
}

/* A sheet for every combination of the other axes' values. */
static void write_sheets(FILE *stream, struct sheet *sheet, int axis)
{
    int others = sheet->table->plan.axes - 2;
    if (axis >= others) {
        for (int i = 0; i < others; i++)
            fprintf(stream, "%s%s %s%s", i > 0 ? ", " : "", sheet->table->plan.axis[i].name,
                    sheet->table->plan.axis[i].value[sheet->at[i]], i + 1 == others ? ":\n" : "");
        write_sheet(stream, sheet);
        return;
    }
    for (sheet->at[axis] = 0; sheet->at[axis] < axis_count(sheet, axis); sheet->at[axis]++)
        write_sheets(stream, sheet, axis + 1);
}

/* ---- in words ---- */

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* Where the theory knows the draws themselves and is right of each, it is its formula, true of a rank without tolerance, that
 * counts directions whose share is below what counts as zero. */
static void write_deviation(FILE *stream, const char *where, const struct summary *summary)
{
    const struct statistics *statistics = &summary->statistics;
    fprintf(stream, "  %s: %s", where, PROSE_NUMBER(statistics->median));
    if (statistics->least < statistics->greatest)
        fprintf(stream, ", from %.0f to %.0f", statistics->least, statistics->greatest);
    fprintf(stream, " where the formula says %.0f", summary->theory);
    if (summary->predicted > 0 && summary->agreed == summary->predicted)
        fputs(", and all draws as the theory has them: its own last values are below the tolerance", stream);
    else if (summary->predicted > 0)
        fprintf(stream, "; %d of %d draws came out as the theory says", summary->agreed, summary->predicted);
    fputc('\n', stream);
}

static void write_deviations(FILE *stream, const struct table *table, int method, enum metric metric)
{
    size_t told = 0, more = 0;
    for (size_t cell = 0; cell < table->cells; cell++) {
        struct summary summary = table_summary(table, cell, method, metric);
        char where[256];
        if (isnan(summary.theory) || summary.statistics.count == 0 || summary.statistics.median == summary.theory)
            continue;
        if (told++ >= TOLD) {
            more++;
            continue;
        }
        plan_describe(&table->plan, cell, where, sizeof where);
        write_deviation(stream, where, &summary);
    }
    if (more > 0)
        fprintf(stream, "  and %zu more\n", more);
}

static void write_agreement(FILE *stream, const struct table *table, int method, enum metric metric)
{
    struct report_agreement agreement = report_agreement(table, method, metric);
    if (agreement.cells == 0)
        return;
    fprintf(stream, "The median is the theory's number in %zu of %zu cell%s", agreement.agree, agreement.cells,
            plural(agreement.cells));
    if (agreement.draws > 0)
        fprintf(stream, ", and %zu of %zu draws came out as the theory says", agreement.draws_agree, agreement.draws);
    fprintf(stream, agreement.agree < agreement.cells ? ":\n" : ".\n");
    write_deviations(stream, table, method, metric);
}

/* "k(T+1)", where one formula is the theory of all cells. */
static const char *formula_of(const struct table *table, int method, enum metric metric)
{
    const char *formula = NULL;
    for (size_t cell = 0; cell < table->cells; cell++) {
        struct config config;
        if (!table->cell[cell].possible || plan_config(&table->plan, cell, 0, &config, NULL))
            continue;
        double theory = metric_theory(metric, &config, method);
        if (isnan(theory) || !metric_table[metric].formula)
            return NULL;
        const char *own = metric_table[metric].formula(&config, method, (int)theory);
        if (!*own || (formula && strcmp(own, formula) != 0))
            return NULL;
        formula = own;
    }
    return formula;
}

static void write_method(FILE *stream, const struct table *table, int method, enum metric metric,
                         enum statistic statistic)
{
    const struct metric_info *info = &metric_table[metric];
    struct sheet sheet = {.table = table,
                          .metric = metric,
                          .statistic = statistic,
                          .method = method,
                          .row_axis = table->plan.axes - 2 >= 0 ? table->plan.axes - 2 : -1,
                          .column_axis = table->plan.axes - 1};
    const char *formula = formula_of(table, method, metric);
    fprintf(stream, "\n%s: %s%s%s, %s of the draws", method_table[method].title, info->name, *info->unit ? " in " : "",
            info->unit, statistic_names[statistic]);
    if (formula)
        fprintf(stream, "; the theory has %s", formula);
    fputs("\n\n", stream);
    write_sheets(stream, &sheet, 0);
    fputc('\n', stream);
    write_agreement(stream, table, method, metric);
}

void report_write_text(FILE *stream, const struct table *table, enum metric metric, enum statistic statistic)
{
    bool possible = table->possible == table->cells;
    fprintf(stream, "%s\n%zu of %zu trials: %zu cell%s%s, %d draw%s of each from seed %llu on\n",
            table->plan.base.title, table->done, table->wanted, table->possible, plural(table->possible),
            possible ? "" : " (the others, shown as '.', cannot be)", table->plan.seeds,
            plural((size_t)table->plan.seeds), (unsigned long long)table->plan.base.problem.seed);
    for (int method = 0; method < METHOD_COUNT; method++)
        if (report_has_method(table, method))
            write_method(stream, table, method, metric, statistic);
}
