/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/reproduce_report.h"

#include "base/text.h"
#include "run/config_json.h"
#include "run/prose.h"
#include "run/tree.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* From here on one method is said to leave more than another. */
static const double gap = 3;

static void say_whose(struct prose *prose, const struct reproduction *reproduction, const struct reproduce_gap *times)
{
    bool published = times->published >= gap, exact = times->exact >= gap;
    prose_add(prose, " by the published algorithm, and %s times by exact solvers", PROSE_NUMBER(times->exact));
    if (published && exact)
        prose_add(prose, ": the gap is the theory's");
    else if (published)
        prose_add(prose, ": the gap is %s, not the theory's",
                  reproduction->request.as_published ? "of the frozen adapters and the optimiser" : "the optimiser's");
    else if (exact)
        prose_add(prose, ": the theory's gap does not show yet");
    else
        prose_add(prose, ": there is no gap to speak of");
    if (times->standard >= gap)
        prose_add(prose, "; after standard retraining the published algorithm stops at %s times what can be had",
                  PROSE_NUMBER(times->standard));
    if (times->meta >= gap)
        prose_add(prose, "; after Meta-LoRA it stops at %s times what can be had", PROSE_NUMBER(times->meta));
}

void reproduce_explain(const struct reproduction *reproduction, int value, int rank, char text[REPRODUCE_SENTENCE_SIZE])
{
    struct prose prose;
    struct reproduce_gap times = reproduce_gap(reproduction, value, rank);
    const struct reproduce_info *info = reproduction->info;
    prose_begin(&prose, text, REPRODUCE_SENTENCE_SIZE);
    prose_add(&prose, "%s = %d", info->symbol, info->value[value]);
    if (info->network)
        prose_add(&prose, ", fine-tuned at rank %d", rank);
    prose_add(&prose, ": standard retraining leaves %s times what Meta-LoRA leaves", PROSE_NUMBER(times.published));
    if (!info->network)
        say_whose(&prose, reproduction, &times);
    prose_add(&prose, ".");
    prose_end(&prose);
}

/* ---- text ---- */

static const struct column {
    const char *heading;
    enum reproduce_measure measure;
} columns[] = {{"paper_loss", REPRODUCE_LOSS},
               {"excess_risk", REPRODUCE_RISK},
               {"exact paper_loss", REPRODUCE_EXACT_LOSS},
               {"exact risk", REPRODUCE_EXACT_RISK}};
static const struct column network_column = {"error without noise", REPRODUCE_LOSS};
enum { COLUMNS = sizeof columns / sizeof *columns, LAST = REPRODUCE_POINTS - 1, WIDTH = 27 };

static const struct column *column_at(const struct reproduce_info *info, int i)
{
    return info->network ? (i == 0 ? &network_column : NULL) : i < COLUMNS ? &columns[i] : NULL;
}

static void write_paragraph(FILE *stream, const char *text)
{
    enum { LINE = 100 };
    while (*text) {
        size_t length = strlen(text);
        if (length > LINE) {
            length = LINE;
            while (length > 1 && text[length] != ' ')
                length--;
        }
        fprintf(stream, "%.*s\n", (int)length, text);
        text += length + (text[length] == ' ');
    }
}

static void write_row(FILE *stream, const struct reproduction *reproduction, int row)
{
    const struct reproduce_curve *curve = &reproduction->curve[row];
    fprintf(stream, "%7d  %-8s  %4d", reproduction->info->value[curve->value], method_table[curve->method].name,
            curve->rank);
    const struct column *column;
    for (int i = 0; (column = column_at(reproduction->info, i)) != NULL; i++) {
        struct reproduce_summary summary = reproduce_summary(reproduction, row, column->measure, LAST);
        char cell[96];
        snprintf(cell, sizeof cell, "%s (%s, %s)", PROSE_NUMBER(summary.centre), PROSE_NUMBER(summary.least),
                 PROSE_NUMBER(summary.greatest));
        fprintf(stream, "  %*s", WIDTH, cell);
    }
    fputc('\n', stream);
}

static void write_text(FILE *stream, const struct reproduction *reproduction)
{
    const struct reproduce_info *info = reproduction->info;
    int runs = reproduction->request.runs;
    fprintf(stream, "%s: %s\n", info->name, info->title);
    fprintf(stream,
            "the unseen task after %d steps of fine-tuning%s: %s (least, greatest) of %d run%s from seed %llu on\n\n",
            reproduce_steps(reproduction), reproduction->request.as_published ? ", as published" : "",
            reproduce_centre_name(info), runs, runs == 1 ? "" : "s", (unsigned long long)reproduction->request.seed);
    fprintf(stream, "%7s  %-8s  %4s", info->symbol, "method", "rank");
    for (int i = 0; column_at(info, i); i++)
        fprintf(stream, "  %*s", WIDTH, column_at(info, i)->heading);
    fputc('\n', stream);
    for (int row = 0; row < reproduction->curves; row++)
        write_row(stream, reproduction, row);
    fputc('\n', stream);
    for (int value = 0; value < info->count; value++) {
        int rank[REPRODUCE_RANKS], ranks = reproduce_ranks(reproduction, value, rank);
        for (int i = 0; i < ranks; i++) {
            char text[REPRODUCE_SENTENCE_SIZE];
            reproduce_explain(reproduction, value, rank[i], text);
            write_paragraph(stream, text);
        }
    }
}

/* ---- for scripts ---- */

static void write_csv_row(FILE *stream, const struct reproduction *reproduction, int row, const char *solver,
                          enum reproduce_measure measure, int point)
{
    static const char *const names[] = {[REPRODUCE_LOSS] = "paper_loss",
                                        [REPRODUCE_RISK] = "excess_risk",
                                        [REPRODUCE_EXACT_LOSS] = "paper_loss",
                                        [REPRODUCE_EXACT_RISK] = "excess_risk"};
    const struct reproduce_curve *curve = &reproduction->curve[row];
    struct reproduce_summary summary = reproduce_summary(reproduction, row, measure, point);
    const double number[] = {summary.centre, summary.least, summary.greatest};
    fprintf(stream, "%s,%d,%s,%d,%s,%s,", reproduction->info->name, reproduction->info->value[curve->value],
            method_table[curve->method].name, curve->rank, solver,
            reproduction->info->network ? "clean_loss" : names[measure]);
    if (strcmp(solver, "exact") != 0)
        fprintf(stream, "%ld", reproduce_step(reproduction, point));
    for (int i = 0; i < 3; i++) {
        char text[TEXT_REAL_SIZE];
        text_format_real(text, number[i]);
        fprintf(stream, ",%s", isfinite(number[i]) ? text : "");
    }
    fputc('\n', stream);
}

static void write_csv(FILE *stream, const struct reproduction *reproduction)
{
    fprintf(stream, "figure,%s,method,rank,solver,measure,step,%s,least,greatest\n", reproduction->info->symbol,
            reproduce_centre_name(reproduction->info));
    for (int row = 0; row < reproduction->curves; row++) {
        for (int point = 0; point < REPRODUCE_POINTS; point++)
            write_csv_row(stream, reproduction, row, "published", REPRODUCE_LOSS, point);
        if (reproduction->info->network)
            continue;
        write_csv_row(stream, reproduction, row, "published", REPRODUCE_RISK, LAST);
        write_csv_row(stream, reproduction, row, "exact", REPRODUCE_EXACT_LOSS, LAST);
        write_csv_row(stream, reproduction, row, "exact", REPRODUCE_EXACT_RISK, LAST);
    }
}

/* jansson answers −1 to NULL, so one flag tells of any failure. */
static json_t *json_of(const struct reproduction *reproduction, struct reproduce_summary summary, bool *failed)
{
    json_t *object = json_object();
    tree_put(object, reproduce_centre_name(reproduction->info), tree_number(summary.centre), failed);
    tree_put(object, "least", tree_number(summary.least), failed);
    tree_put(object, "greatest", tree_number(summary.greatest), failed);
    return object;
}

static json_t *json_points(const struct reproduction *reproduction, int row, bool *failed)
{
    json_t *points = json_array();
    for (int point = 0; point < REPRODUCE_POINTS; point++) {
        json_t *object = json_of(reproduction, reproduce_summary(reproduction, row, REPRODUCE_LOSS, point), failed);
        tree_put(object, "step", json_integer(reproduce_step(reproduction, point)), failed);
        tree_append(points, object, failed);
    }
    return points;
}

static json_t *json_curve(const struct reproduction *reproduction, int row, bool *failed)
{
    const struct reproduce_curve *curve = &reproduction->curve[row];
    json_t *object = json_object(), *exact = json_object();
    tree_put(object, "value", json_integer(reproduction->info->value[curve->value]), failed);
    tree_put(object, "method", json_string(method_table[curve->method].name), failed);
    tree_put(object, "rank", json_integer(curve->rank), failed);
    bool network = reproduction->info->network;
    tree_put(object, network ? "clean_loss" : "paper_loss", json_points(reproduction, row, failed), failed);
    if (network) {
        json_decref(exact);
        return object;
    }
    tree_put(object, "excess_risk",
             json_of(reproduction, reproduce_summary(reproduction, row, REPRODUCE_RISK, LAST), failed), failed);
    tree_put(exact, "paper_loss",
             json_of(reproduction, reproduce_summary(reproduction, row, REPRODUCE_EXACT_LOSS, LAST), failed), failed);
    tree_put(exact, "excess_risk",
             json_of(reproduction, reproduce_summary(reproduction, row, REPRODUCE_EXACT_RISK, LAST), failed), failed);
    tree_put(object, "exact", exact, failed);
    return object;
}

static json_t *json_gap(const struct reproduction *reproduction, int value, int rank, bool *failed)
{
    struct reproduce_gap times = reproduce_gap(reproduction, value, rank);
    char text[REPRODUCE_SENTENCE_SIZE];
    json_t *object = json_object();
    reproduce_explain(reproduction, value, rank, text);
    tree_put(object, "value", json_integer(reproduction->info->value[value]), failed);
    tree_put(object, "rank", json_integer(rank), failed);
    tree_put(object, "published", tree_number(times.published), failed);
    tree_put(object, "exact", tree_number(times.exact), failed);
    tree_put(object, "explanation", json_string(text), failed);
    return object;
}

static json_t *json_gaps(const struct reproduction *reproduction, bool *failed)
{
    json_t *gaps = json_array();
    for (int value = 0; value < reproduction->info->count; value++) {
        int rank[REPRODUCE_RANKS], ranks = reproduce_ranks(reproduction, value, rank);
        for (int i = 0; i < ranks; i++)
            tree_append(gaps, json_gap(reproduction, value, rank[i], failed), failed);
    }
    return gaps;
}

static enum err_code write_json(FILE *stream, const struct reproduction *reproduction, struct err *err)
{
    bool failed = false;
    struct config config;
    json_t *root = json_object(), *curves = json_array();
    reproduce_config(&reproduction->request, 0, &config);
    tree_put(root, "figure", json_string(reproduction->info->name), &failed);
    tree_put(root, "title", json_string(reproduction->info->title), &failed);
    tree_put(root, "varied", json_string(reproduction->info->key), &failed);
    tree_put(root, "runs", json_integer(reproduction->request.runs), &failed);
    tree_put(root, "as_published", json_boolean(reproduction->request.as_published), &failed);
    tree_put(root, "config", config_json(&config), &failed);
    for (int row = 0; row < reproduction->curves; row++)
        tree_append(curves, json_curve(reproduction, row, &failed), &failed);
    tree_put(root, "curves", curves, &failed);
    tree_put(root, "gaps", json_gaps(reproduction, &failed), &failed);
    return tree_write(stream, root, failed, "the figure", err);
}

enum err_code reproduce_write(FILE *stream, enum result_format format, const struct reproduction *reproduction,
                              struct err *err)
{
    enum err_code code = ERR_NONE;
    errno = 0;
    if (format == RESULT_JSON)
        code = write_json(stream, reproduction, err);
    else if (format == RESULT_CSV)
        write_csv(stream, reproduction);
    else
        write_text(stream, reproduction);
    return code ? code : result_flush(stream, "the figure", err);
}
