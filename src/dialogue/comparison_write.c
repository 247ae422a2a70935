/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "dialogue/comparison.h"
#include "run/tree.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static bool has_method(const struct study *study, int method)
{
    return (study->plan.methods & 1u << method) != 0;
}

static int personas_of(const struct study *study)
{
    return study->project->examples.tasks - study->project->examples.retraining;
}

/* The n-th unseen persona's number in its file, from 1. */
static int persona_number(const struct study *study, int persona)
{
    const struct examples *examples = &study->project->examples;
    return examples->task[examples->retraining + persona].persona + 1;
}

/* ---- text ---- */

static void put(FILE *stream, int width, int digits, double value)
{
    if (isnan(value))
        fprintf(stream, " %*s", width, "-");
    else
        fprintf(stream, " %*.*f", width, digits, value);
}

/* A chance that rounds to none is told as what it is below. */
static void put_chance(FILE *stream, double value)
{
    if (value < 0.00005)
        fprintf(stream, " %8s", "<0.0001");
    else
        put(stream, 8, 4, value);
}

static void write_retrained(FILE *stream, const struct study *study)
{
    fputs("Retraining, held-out hit@1 on its own personas (mean over seeds, standard error):\n\n", stream);
    for (int method = 0; method < TRAINING_METHODS; method++) {
        if (!has_method(study, method))
            continue;
        struct comparison_persona mean = comparison_retrained(study, method);
        fprintf(stream, "  %-10s", training_names[method]);
        put(stream, 6, 3, mean.hit);
        put(stream, 6, 3, mean.error);
        fprintf(stream, "   %d seed%s\n", mean.seeds, mean.seeds == 1 ? "" : "s");
    }
}

static void write_cells(FILE *stream, const struct study *study)
{
    fputs(
        "\nAdapting to unseen personas, held-out hit@1 and loss (mean over seeds, standard error), and the gain over\n"
        "standard retraining (paired over personas):\n\n"
        "  scheme     base        hit@1     s.e.    loss     s.e.    gain       t        p\n",
        stream);
    for (int scheme = 0; scheme < study->plan.schemes; scheme++)
        for (int method = 0; method < TRAINING_METHODS; method++) {
            if (!has_method(study, method))
                continue;
            struct comparison_cell cell = comparison_cell(study, method, scheme);
            fprintf(stream, "  %-10s %-10s", study->plan.scheme[scheme].name, training_names[method]);
            put(stream, 6, 3, cell.hit);
            put(stream, 8, 3, cell.hit_error);
            put(stream, 7, 4, cell.loss);
            put(stream, 8, 4, cell.loss_error);
            put(stream, 7, 3, cell.gain);
            put(stream, 7, 2, cell.gain_t);
            put_chance(stream, cell.gain_p);
            fputc('\n', stream);
        }
}

static void write_personas(FILE *stream, const struct study *study)
{
    fputs("\nhit@1 of each unseen persona (its number in the file), mean over seeds:\n\n  scheme     base      ",
          stream);
    for (int persona = 0; persona < personas_of(study); persona++)
        fprintf(stream, " %5d", persona_number(study, persona));
    fputc('\n', stream);
    for (int scheme = 0; scheme < study->plan.schemes; scheme++)
        for (int method = 0; method < TRAINING_METHODS; method++) {
            if (!has_method(study, method))
                continue;
            fprintf(stream, "  %-10s %-10s", study->plan.scheme[scheme].name, training_names[method]);
            for (int persona = 0; persona < personas_of(study); persona++)
                put(stream, 5, 2, comparison_persona(study, method, scheme, persona).hit);
            fputc('\n', stream);
        }
}

/* ---- CSV: a line for each training that was finished ---- */

static void put_real(FILE *stream, double value)
{
    char text[TEXT_REAL_SIZE] = "";
    if (!isnan(value))
        text_format_real(text, value);
    fprintf(stream, ",%s", text);
}

static void write_csv_row(FILE *stream, const struct study *study, int method, int seed, const char *scheme,
                          int persona, const struct study_outcome *outcome)
{
    for (int i = 0; outcome->known && i < outcome->epochs; i++) {
        const struct training_epoch *epoch = &outcome->epoch[i];
        fprintf(stream, "%s,%d,%s,", training_names[method], study->plan.first_seed + seed, scheme);
        if (persona >= 0)
            fprintf(stream, "%d", persona_number(study, persona));
        fprintf(stream, ",%d,%d,%d", i + 1, epoch->hits, epoch->count);
        put_real(stream, epoch->loss);
        put_real(stream, epoch->training_loss);
        fprintf(stream, ",%d\n", i == outcome->best);
    }
}

static void write_csv(FILE *stream, const struct study *study)
{
    fputs("base,seed,scheme,persona,epoch,hits,examples,loss,training_loss,chosen\n", stream);
    for (int method = 0; method < TRAINING_METHODS; method++)
        for (int seed = 0; seed < study->plan.seeds && has_method(study, method); seed++) {
            write_csv_row(stream, study, method, seed, "", -1, study_retrained(study, method, seed));
            for (int scheme = 0; scheme < study->plan.schemes; scheme++)
                for (int persona = 0; persona < personas_of(study); persona++)
                    write_csv_row(stream, study, method, seed, study->plan.scheme[scheme].name, persona,
                                  study_adapted(study, method, seed, scheme, persona));
        }
}

/* ---- JSON ---- */

static json_t *cell_json(const struct study *study, int method, int scheme, bool *failed)
{
    struct comparison_cell cell = comparison_cell(study, method, scheme);
    json_t *personas = json_array();
    for (int persona = 0; persona < personas_of(study); persona++) {
        struct comparison_persona mean = comparison_persona(study, method, scheme, persona);
        tree_append(personas,
                    json_pack("{s:i, s:i, s:o, s:o}", "persona", persona_number(study, persona), "seeds", mean.seeds,
                              "hit", tree_number(mean.hit), "hit_error", tree_number(mean.error)),
                    failed);
    }
    return json_pack("{s:s, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "scheme",
                     study->plan.scheme[scheme].name, "base", training_names[method], "seeds", cell.seeds, "hit",
                     tree_number(cell.hit), "hit_error", tree_number(cell.hit_error), "loss", tree_number(cell.loss),
                     "loss_error", tree_number(cell.loss_error), "gain", tree_number(cell.gain), "gain_t",
                     tree_number(cell.gain_t), "gain_p", tree_number(cell.gain_p), "personas", personas);
}

static enum err_code write_json(FILE *stream, const struct study *study, struct err *err)
{
    bool failed = false;
    json_t *retrained = json_array();
    json_t *cells = json_array();
    for (int method = 0; method < TRAINING_METHODS; method++) {
        if (!has_method(study, method))
            continue;
        struct comparison_persona mean = comparison_retrained(study, method);
        tree_append(retrained,
                    json_pack("{s:s, s:i, s:o, s:o}", "base", training_names[method], "seeds", mean.seeds, "hit",
                              tree_number(mean.hit), "hit_error", tree_number(mean.error)),
                    &failed);
        for (int scheme = 0; scheme < study->plan.schemes; scheme++)
            tree_append(cells, cell_json(study, method, scheme, &failed), &failed);
    }
    json_t *root = json_pack("{s:o, s:o}", "retrained", retrained, "adapted", cells);
    return tree_write(stream, root, failed, "the comparison", err);
}

enum err_code comparison_write(FILE *stream, enum result_format format, const struct study *study, struct err *err)
{
    enum err_code code = ERR_NONE;
    errno = 0;
    if (format == RESULT_JSON) {
        code = write_json(stream, study, err);
    } else if (format == RESULT_CSV) {
        write_csv(stream, study);
    } else {
        write_retrained(stream, study);
        write_cells(stream, study);
        write_personas(stream, study);
    }
    return code ? code : result_flush(stream, "the comparison", err);
}
