/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "run/explain.h"
#include "run/key.h"
#include "run/prose.h"
#include "run/result_state.h"

#include <math.h>
#include <string.h>

enum { LINE_WIDTH = 100 };

/* Columns that one character takes are one here: formulas and letters, nothing that is wide. */
static int count_columns(const char *text, size_t size)
{
    int columns = 0;
    for (size_t i = 0; i < size; i++)
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

/* Broken at spaces. */
static void write_paragraph(FILE *stream, const char *text)
{
    int column = 0;
    while (*text) {
        size_t length = strcspn(text, " ");
        int width = count_columns(text, length);
        if (column > 0 && column + 1 + width > LINE_WIDTH) {
            fputc('\n', stream);
            column = 0;
        }
        fprintf(stream, "%s%.*s", column > 0 ? " " : "", (int)length, text);
        column += width + (column > 0);
        text += length;
        text += *text == ' ';
    }
    fputc('\n', stream);
}

/* One line a section: "problem  dimension 16, rank 2, …", broken where it is long. */
static void write_config(FILE *stream, const struct config *config)
{
    const char *section = "";
    size_t section_length = 0;
    int column = 0;
    for (int key = 0; key < key_count; key++) {
        const char *path = key_table[key].path;
        const char *dot = strchr(path, '.');
        char value[KEY_VALUE_SIZE];
        bool usual = strcmp(path, "problem.kind") == 0 && config->problem.kind == PROBLEM_LINEAR;
        if (!dot || usual || !key_applies(config, key))
            continue;
        size_t length = (size_t)(dot - path);
        bool begins = length != section_length || memcmp(section, path, length) != 0;
        section = path;
        section_length = length;
        key_format(config, key, value);
        int width = (int)(strlen(dot + 1) + strlen(value)) + 3;
        if (begins)
            column = fprintf(stream, "%s%-9.*s", key > 0 && column > 0 ? "\n" : "", (int)length, path);
        else if (column + width > LINE_WIDTH)
            column = fprintf(stream, ",\n%-9s", "") - 2;
        else
            column += fprintf(stream, ", ");
        column += fprintf(stream, "%s %s", dot + 1, value);
    }
    fputs("\n\n", stream);
}

/* A row of the table. */
struct cells {
    double train_loss, base_error, error_rank, recovery_angle, rank_needed, risk;
};

static void write_number(FILE *stream, int width, double value)
{
    fprintf(stream, "  %*s", width, isnan(value) ? "-" : PROSE_NUMBER(value));
}

static void write_cells(FILE *stream, const char *name, const struct cells *cells)
{
    fprintf(stream, "%-10s", name);
    write_number(stream, 10, cells->train_loss);
    write_number(stream, 10, cells->base_error);
    write_number(stream, 10, cells->error_rank);
    write_number(stream, 14, cells->recovery_angle);
    write_number(stream, 11, cells->rank_needed);
    write_number(stream, 14, cells->risk);
    fputc('\n', stream);
}

/* THEORY_SILENT and SPECTRA_UNKNOWN are below 0. */
static double known_rank(int rank)
{
    return rank < 0 ? (double)NAN : rank;
}

static void write_method(FILE *stream, const struct snapshot *snapshot, int row)
{
    const struct method_snapshot *method = &snapshot->method[row];
    const struct spectra *spectra = &method->spectra;
    struct cells measured = {.train_loss = method->train_loss,
                             .base_error = method->base_error,
                             .error_rank = known_rank(spectra->error_rank),
                             .recovery_angle = spectra->recovery_angle,
                             .rank_needed = known_rank(spectra->rank_needed),
                             .risk = method->risk};
    struct cells theory = {.train_loss = (double)NAN,
                           .base_error = (double)NAN,
                           .error_rank = known_rank(method->theory_error_rank),
                           .recovery_angle = (double)NAN,
                           .rank_needed = known_rank(method->theory_rank_needed),
                           .risk = (double)NAN};
    if (method->predicted) {
        double squares = 0;
        for (int i = 0; i < snapshot->config.problem.dimension; i++)
            squares += method->prediction.singular_values[i] * method->prediction.singular_values[i];
        theory.base_error = sqrt(squares);
        theory.risk = method->prediction.curve[snapshot->config.adapt.rank];
    }
    write_cells(stream, method_table[row].name, &measured);
    write_cells(stream, "  theory", &theory);
}

/* Why it ended. */
static void write_end(FILE *stream, enum run_end end)
{
    static const char *const texts[] = {[RUN_OPEN] = "",
                                        [RUN_STEPS] = "The run took all its steps.",
                                        [RUN_UNTIL] = "Retraining ended when the loss that was wanted was reached.",
                                        [RUN_STALL] = "The run ended early: its losses no longer fell.",
                                        [RUN_TIME] = "The run ended early: its time was up.",
                                        [RUN_INTERRUPTED] = "The run was interrupted.",
                                        [RUN_CONVERGED] = "The run ended when no method had a further step to take.",
                                        [RUN_DIVERGED] = "The run ended when every method had diverged."};
    if (*texts[end])
        fprintf(stream, "\n%s\n", texts[end]);
}

void result_write_text(FILE *stream, const struct view *view)
{
    const struct snapshot *snapshot = view->snapshot;
    char text[EXPLANATION_SIZE];
    char risk[32];
    fprintf(stream, "%s\n\n", snapshot->config.title);
    write_config(stream, &snapshot->config);

    snprintf(risk, sizeof risk, "risk (rank %d)", snapshot->config.adapt.rank);
    fprintf(stream, "%-10s  %10s  %10s  %10s  %14s  %11s  %14s\n", "method", "train_loss", "base_error", "error_rank",
            "recovery_angle", "rank_needed", risk);
    for (int row = 0; row < METHOD_COUNT; row++)
        if (snapshot->method[row].active)
            write_method(stream, snapshot, row);

    write_end(stream, view->end);
    explain(view, text, sizeof text);
    fputc('\n', stream);
    write_paragraph(stream, text);
}
