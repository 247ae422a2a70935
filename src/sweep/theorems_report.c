/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/theorems.h"

#include "base/text.h"
#include "run/prose.h"
#include "run/tree.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static const char *verdict(const struct theorem *theorem)
{
    return theorem->as_predicted ? "as predicted" : "not as predicted";
}

static const char *kind(const struct theorem *theorem)
{
    static const char *const names[] = {[CLAIM_ALWAYS] = "always", [CLAIM_RATE] = "rate", [CLAIM_MEAN] = "mean"};
    return names[theorem->claim->kind];
}

/* ---- text ---- */

enum { MEASURED_SIZE = 96 };

static void format_measured(const struct theorem *theorem, char text[MEASURED_SIZE])
{
    const struct statistics *statistics = &theorem->statistics;
    if (theorem->counted == 0)
        snprintf(text, MEASURED_SIZE, "nothing: no run ended at a minimum");
    else if (theorem->claim->kind == CLAIM_MEAN && theorem->statistics.count < 2) /* has no interval */
        snprintf(text, MEASURED_SIZE, "%.4g", statistics->mean);
    else if (theorem->claim->kind == CLAIM_MEAN)
        snprintf(text, MEASURED_SIZE, "%.4g (%.4g to %.4g)", statistics->mean, statistics->mean_interval.low,
                 statistics->mean_interval.high);
    else if (theorem->claim->kind == CLAIM_RATE)
        snprintf(text, MEASURED_SIZE, "%.4g%% (%.4g to %.4g)", 100.0 * theorem->agreed / theorem->counted,
                 100 * theorem->rate.low, 100 * theorem->rate.high);
    else if (statistics->least == statistics->greatest)
        snprintf(text, MEASURED_SIZE, "%s", PROSE_NUMBER(statistics->least));
    else
        snprintf(text, MEASURED_SIZE, "%s to %s", PROSE_NUMBER(statistics->least), PROSE_NUMBER(statistics->greatest));
}

static void format_draws(const struct theorem *theorem, char text[MEASURED_SIZE])
{
    if (theorem->claim->kind == CLAIM_MEAN)
        snprintf(text, MEASURED_SIZE, "%d draw%s", theorem->counted, theorem->counted == 1 ? "" : "s");
    else
        snprintf(text, MEASURED_SIZE, "%d of %d", theorem->agreed, theorem->counted);
}

/* Three lines of at most 80 columns: what is claimed, what comes of it, and what to say of it besides. */
static void write_theorem(FILE *stream, const struct theorem *theorem)
{
    char measured[MEASURED_SIZE], draws[MEASURED_SIZE];
    format_measured(theorem, measured);
    format_draws(theorem, draws);
    fprintf(stream, "\n%s (%s)\n  %s\n", theorem->claim->name, theorem->claim->source, theorem->claim->statement);
    fprintf(stream, "  predicted %s; measured %s\n", theorem->claim->predicted, measured);
    fprintf(stream, "  %s: %s", theorem->as_predicted ? verdict(theorem) : "NOT AS PREDICTED", draws);
    if (theorem->counted < theorem->draws)
        fprintf(stream, "; %d more did not end at a minimum", theorem->draws - theorem->counted);
    fputc('\n', stream);
}

static void write_text(FILE *stream, const struct theorem *theorem, int count)
{
    int as_predicted = 0, limits = 0;
    for (int i = 0; i < count; i++) {
        bool limit = theorem[i].claim->limit;
        if (i == 0 && !limit)
            fputs("What the paper claims\n", stream);
        if (limit && limits++ == 0)
            fprintf(stream, "%sWhere claims stop holding, and what holds instead\n", i > 0 ? "\n" : "");
        write_theorem(stream, &theorem[i]);
        as_predicted += theorem[i].as_predicted;
    }
    fprintf(stream, "\n%d of %d as predicted\n", as_predicted, count);
}

/* ---- CSV and JSON ---- */

/* The numbers that formats for scripts have, under these names. */
static const struct column {
    const char *name;
    bool whole;
} columns[] = {{"draws", true},      {"counted", true},    {"agreed", true},   {"rate_low", false},
               {"rate_high", false}, {"least", false},     {"median", false},  {"mean", false},
               {"mean_low", false},  {"mean_high", false}, {"greatest", false}};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void list_numbers(const struct theorem *theorem, double numbers[COLUMNS])
{
    const struct statistics *s = &theorem->statistics;
    const double list[COLUMNS] = {
        theorem->draws, theorem->counted, theorem->agreed,      theorem->rate.low,     theorem->rate.high, s->least,
        s->median,      s->mean,          s->mean_interval.low, s->mean_interval.high, s->greatest};
    memcpy(numbers, list, sizeof list);
}

static void write_csv(FILE *stream, const struct theorem *theorem, int count)
{
    fputs("claim,source,limit,kind,predicted", stream);
    for (int column = 0; column < COLUMNS; column++)
        fprintf(stream, ",%s", columns[column].name);
    fputs(",as_predicted\n", stream);
    for (int i = 0; i < count; i++) {
        const struct claim *claim = theorem[i].claim;
        double numbers[COLUMNS];
        list_numbers(&theorem[i], numbers);
        fprintf(stream, "%s,%s,%d,%s,\"%s\"", claim->name, claim->source, claim->limit, kind(&theorem[i]),
                claim->predicted);
        for (int column = 0; column < COLUMNS; column++) {
            char text[TEXT_REAL_SIZE] = "";
            if (isfinite(numbers[column]))
                text_format_real(text, numbers[column]);
            fprintf(stream, ",%s", text);
        }
        fprintf(stream, ",%d\n", theorem[i].as_predicted);
    }
}

/* jansson answers −1 to NULL, so one flag tells of any failure. */
static json_t *build_theorem(const struct theorem *theorem, bool *failed)
{
    const struct claim *claim = theorem->claim;
    json_t *object = json_object();
    double numbers[COLUMNS];
    list_numbers(theorem, numbers);
    tree_put(object, "claim", json_string(claim->name), failed);
    tree_put(object, "source", json_string(claim->source), failed);
    tree_put(object, "statement", json_string(claim->statement), failed);
    tree_put(object, "settings", json_string(claim->settings), failed);
    tree_put(object, "limit", json_boolean(claim->limit), failed);
    tree_put(object, "kind", json_string(kind(theorem)), failed);
    tree_put(object, "predicted", json_string(claim->predicted), failed);
    for (int column = 0; column < COLUMNS; column++)
        tree_put(object, columns[column].name,
                 !isfinite(numbers[column]) ? json_null()
                 : columns[column].whole    ? json_integer((json_int_t)numbers[column])
                                            : json_real(numbers[column]),
                 failed);
    tree_put(object, "as_predicted", json_boolean(theorem->as_predicted), failed);
    return object;
}

static enum err_code write_json(FILE *stream, const struct theorem *theorem, int count, struct err *err)
{
    bool failed = false;
    json_t *root = json_object(), *claims = json_array();
    for (int i = 0; i < count; i++)
        tree_append(claims, build_theorem(&theorem[i], &failed), &failed);
    tree_put(root, "rankscope", json_string(RANKSCOPE_VERSION), &failed);
    tree_put(root, "claims", claims, &failed);
    return tree_write(stream, root, failed, "the claims", err);
}

enum err_code theorems_write(FILE *stream, enum result_format format, const struct theorem *theorem, int count,
                             struct err *err)
{
    enum err_code code = ERR_NONE;
    errno = 0;
    switch (format) {
    case RESULT_TEXT:
        write_text(stream, theorem, count);
        break;
    case RESULT_CSV:
        write_csv(stream, theorem, count);
        break;
    case RESULT_JSON:
        code = write_json(stream, theorem, count, err);
        break;
    }
    return code ? code : result_flush(stream, "the claims", err);
}
