/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/census.h"

#include "base/text.h"
#include "model/solver.h"
#include "run/config_json.h"
#include "run/prose.h"
#include "run/tree.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>

static const char *const meaning[ENDING_KINDS] = {
    [ENDING_GLOBAL] = "loss 0",
    [ENDING_SPURIOUS] = "a minimum above it: no gradient, no direction down",
    [ENDING_SADDLE] = "no gradient, but a direction down",
    [ENDING_RUNAWAY] = "the adapters grow without bound",
    [ENDING_UNFINISHED] = "none of these when the steps were done",
};

static uint64_t seed_of(const struct census *census, int index)
{
    return census->config.problem.seed + (uint64_t)index;
}

/* ---- text ---- */

static void write_head(FILE *stream, const struct census *census)
{
    const struct problem_config *problem = &census->config.problem;
    const struct retrain_config *retrain = &census->config.retrain;
    fprintf(stream, "Meta-LoRA retraining in population: d %d, k %d, T %d, solver %s, at most %d steps\n",
            problem->dimension, problem->rank, problem->tasks, solver_table[retrain->solver].name, retrain->steps);
    fprintf(stream, "%d of %d starts from seed %" PRIu64 " on\n\n", census->known, census->starts, problem->seed);
}

static void write_rows(FILE *stream, const struct census *census)
{
    fprintf(stream, "%-12s%7s%9s  %-20s%s\n", "end", "starts", "share", "95% interval", "what it is");
    for (int kind = ENDING_GLOBAL; kind < ENDING_KINDS; kind++) {
        struct census_kind found = census_of_kind(census, (enum ending_kind)kind);
        char interval[64];
        int digits = found.rate.low > 0.99 ? 4 : 3; /* 99.96 is not 100 */
        snprintf(interval, sizeof interval, "%.*g to %.3g%%", digits, 100 * found.rate.low, 100 * found.rate.high);
        if (census->known > 0)
            fprintf(stream, "%-12s%7d%8.4g%%  %-20s%s\n", ending_names[kind], found.count,
                    100.0 * found.count / census->known, interval, meaning[kind]);
    }
}

/* What was measured at the ends: how the verdicts came to be. */
static void write_measures(FILE *stream, const struct census *census)
{
    fprintf(stream, "\n%-12s%20s%19s%19s%10s\n", "end", "train_loss", "greatest gradient", "lowest eigenvalue",
            "adapters");
    for (int kind = ENDING_GLOBAL; kind < ENDING_KINDS; kind++) {
        struct census_kind found = census_of_kind(census, (enum ending_kind)kind);
        char loss[64];
        if (found.count == 0)
            continue;
        snprintf(loss, sizeof loss, "%s to %s", PROSE_NUMBER(found.least_loss), PROSE_NUMBER(found.greatest_loss));
        fprintf(stream, "%-12s%20s%19s", ending_names[kind], loss, PROSE_NUMBER(found.greatest_gradient));
        fprintf(stream, "%19s%10s\n", PROSE_NUMBER(found.lowest_eigenvalue), PROSE_NUMBER(found.greatest_adapters));
    }
}

/* The first seeds of the kind; returns the index of the first, or −1. */
static int write_seeds(FILE *stream, const struct census *census, enum ending_kind kind)
{
    enum { SHOWN = 10 };
    int first = -1, shown = 0, count = census_of_kind(census, kind).count;
    for (int i = 0; i < census->starts && count > 0; i++) {
        if (census->ending[i].kind != kind)
            continue;
        if (first < 0)
            fprintf(stream, "\n%s: seed ", ending_names[kind]);
        if (shown < SHOWN)
            fprintf(stream, "%s%" PRIu64, shown > 0 ? ", " : "", seed_of(census, i));
        shown++;
        first = first < 0 ? i : first;
    }
    if (shown > SHOWN)
        fprintf(stream, " and %d more", shown - SHOWN);
    return first;
}

static void write_text(FILE *stream, const struct census *census)
{
    char command[CENSUS_COMMAND_SIZE];
    int opened = -1;
    write_head(stream, census);
    if (census->known == 0)
        return;
    write_rows(stream, census);
    write_measures(stream, census);
    for (int kind = ENDING_SPURIOUS; kind < ENDING_KINDS; kind++) {
        int first = write_seeds(stream, census, (enum ending_kind)kind);
        opened = opened < 0 ? first : opened;
    }
    if (opened < 0)
        return;
    struct config config = census->config;
    config.problem.seed = seed_of(census, opened);
    census_command(&config, command);
    fprintf(stream, "\n\nTo open the first in the lab:\n%s\n", command);
}

/* ---- CSV and JSON ---- */

static void write_csv(FILE *stream, const struct census *census)
{
    fputs("seed,end,steps,train_loss,gradient_norm,lowest_eigenvalue,adapters_norm\n", stream);
    for (int i = 0; i < census->starts; i++) {
        const struct ending *ending = &census->ending[i];
        const double numbers[] = {ending->train_loss, ending->gradient_norm, ending->lowest_eigenvalue,
                                  ending->adapters_norm};
        if (ending->kind == ENDING_MISSING)
            continue;
        fprintf(stream, "%" PRIu64 ",%s,%ld", seed_of(census, i), ending_names[ending->kind], ending->steps);
        for (size_t j = 0; j < sizeof numbers / sizeof *numbers; j++) {
            char text[TEXT_REAL_SIZE] = "";
            if (isfinite(numbers[j]))
                text_format_real(text, numbers[j]);
            fprintf(stream, ",%s", text);
        }
        fputc('\n', stream);
    }
}

/* jansson answers −1 to NULL, so one flag tells of any failure. */
static json_t *build_kind(const struct census_kind *kind, bool *failed)
{
    json_t *object = json_object();
    tree_put(object, "count", json_integer(kind->count), failed);
    tree_put(object, "rate_low", tree_number(kind->rate.low), failed);
    tree_put(object, "rate_high", tree_number(kind->rate.high), failed);
    tree_put(object, "least_loss", tree_number(kind->least_loss), failed);
    tree_put(object, "greatest_loss", tree_number(kind->greatest_loss), failed);
    tree_put(object, "greatest_gradient", tree_number(kind->greatest_gradient), failed);
    tree_put(object, "lowest_eigenvalue", tree_number(kind->lowest_eigenvalue), failed);
    tree_put(object, "greatest_adapters", tree_number(kind->greatest_adapters), failed);
    return object;
}

static json_t *build_ending(const struct census *census, int index, bool *failed)
{
    const struct ending *ending = &census->ending[index];
    json_t *object = json_object();
    tree_put(object, "seed", json_integer((json_int_t)seed_of(census, index)), failed);
    tree_put(object, "end", json_string(ending_names[ending->kind]), failed);
    tree_put(object, "steps", json_integer(ending->steps), failed);
    tree_put(object, "train_loss", tree_number(ending->train_loss), failed);
    tree_put(object, "gradient_norm", tree_number(ending->gradient_norm), failed);
    tree_put(object, "lowest_eigenvalue", tree_number(ending->lowest_eigenvalue), failed);
    tree_put(object, "adapters_norm", tree_number(ending->adapters_norm), failed);
    return object;
}

static enum err_code write_json(FILE *stream, const struct census *census, struct err *err)
{
    bool failed = false;
    json_t *root = json_object(), *ends = json_object(), *others = json_array();
    for (int kind = ENDING_GLOBAL; kind < ENDING_KINDS; kind++) {
        struct census_kind found = census_of_kind(census, (enum ending_kind)kind);
        tree_put(ends, ending_names[kind], build_kind(&found, &failed), &failed);
    }
    for (int i = 0; i < census->starts; i++)
        if (census->ending[i].kind > ENDING_GLOBAL)
            tree_append(others, build_ending(census, i, &failed), &failed);
    tree_put(root, "rankscope", json_string(RANKSCOPE_VERSION), &failed);
    tree_put(root, "scenario", config_json(&census->config), &failed);
    tree_put(root, "starts", json_integer(census->starts), &failed);
    tree_put(root, "known", json_integer(census->known), &failed);
    tree_put(root, "ends", ends, &failed);
    tree_put(root, "others", others, &failed);
    return tree_write(stream, root, failed, "the census", err);
}

enum err_code census_write(FILE *stream, enum result_format format, const struct census *census, struct err *err)
{
    enum err_code code = ERR_NONE;
    errno = 0;
    switch (format) {
    case RESULT_TEXT:
        write_text(stream, census);
        break;
    case RESULT_CSV:
        write_csv(stream, census);
        break;
    case RESULT_JSON:
        code = write_json(stream, census, err);
        break;
    }
    return code ? code : result_flush(stream, "the census", err);
}
