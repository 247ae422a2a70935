/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/evaluation.h"

#include "run/tree.h"
#include "sweep/statistics.h"

#include <errno.h>

/* A retraining that has a best epoch. */
struct row {
    const char *base;
    int seed, epoch; /* epoch from 1 */
    const struct training_task *task;
};

/* The next row from *number on; false: there is none left. A training that did not come to its first epoch's end has none. */
static bool next_row(const struct study *study, int *number, struct row *row)
{
    int seeds = study->plan.seeds;
    for (; *number < TRAINING_METHODS * seeds; ++*number) {
        int method = *number / seeds, seed = *number % seeds;
        const struct study_outcome *outcome = study_retrained(study, method, seed);
        if (!(study->plan.methods & 1u << method) || !outcome->known || outcome->best < 0)
            continue;
        *row = (struct row){training_names[method], study->plan.first_seed + seed, outcome->best + 1, outcome->task};
        ++*number;
        return true;
    }
    return false;
}

static int tasks_of(const struct study *study)
{
    return study->project->examples.retraining;
}

/* A persona's number in its file, from 1. */
static int persona_number(const struct examples *examples, int task)
{
    return examples->task[task].persona + 1;
}

static struct training_task sum_of(const struct study *study, const struct row *row)
{
    struct training_task sum = {0};
    for (int i = 0; i < tasks_of(study); i++) {
        sum.hits += row->task[i].hits;
        sum.count += row->task[i].count;
        sum.loss += row->task[i].loss;
    }
    return sum;
}

static double hit_rate(const struct training_task *task)
{
    return (double)task->hits / task->count;
}

/* ---- text ---- */

static void write_rate(FILE *stream, const struct training_task *task)
{
    struct interval interval = statistics_rate(task->hits, task->count);
    fprintf(stream, " %5d/%-4d  %5.3f  %5.3f  %5.3f  %.4f\n", task->hits, task->count, hit_rate(task), interval.low,
            interval.high, task->loss / task->count);
}

static void write_sums(FILE *stream, const struct study *study)
{
    struct row row;
    fputs("Retraining, held-out hit@1 and loss on its own personas, at the epoch that is best there (95% interval):\n\n"
          "  base       seed  epoch      hits   hit@1  from   to       loss\n",
          stream);
    for (int i = 0; next_row(study, &i, &row);) {
        struct training_task sum = sum_of(study, &row);
        if (sum.count == 0)
            continue;
        fprintf(stream, "  %-10s %4d %6d", row.base, row.seed, row.epoch);
        write_rate(stream, &sum);
    }
}

static void write_personas(FILE *stream, const struct study *study)
{
    struct row row;
    fputs("\nhit@1 of each of these personas (its number in the file):\n\n  base       seed", stream);
    for (int task = 0; task < tasks_of(study); task++)
        fprintf(stream, " %5d", persona_number(&study->project->examples, task));
    fputc('\n', stream);
    for (int i = 0; next_row(study, &i, &row);) {
        fprintf(stream, "  %-10s %4d", row.base, row.seed);
        for (int task = 0; task < tasks_of(study); task++)
            if (row.task[task].count > 0)
                fprintf(stream, " %5.2f", hit_rate(&row.task[task]));
            else
                fprintf(stream, " %5s", "-");
        fputc('\n', stream);
    }
}

static void write_adapter_table(FILE *stream, const struct examples *examples, const struct training_task *task)
{
    fputs("Held-out hit@1 and loss with this adapter, by the persona's number in the file (95% interval):\n\n"
          "  persona      hits   hit@1  from   to       loss\n",
          stream);
    for (int i = 0; i < examples->tasks; i++) {
        if (task[i].count == 0)
            continue;
        fprintf(stream, "  %7d", persona_number(examples, i));
        write_rate(stream, &task[i]);
    }
}

/* ---- CSV ---- */

static void write_persona(FILE *stream, int persona, const struct training_task *task)
{
    struct interval interval = statistics_rate(task->hits, task->count);
    fprintf(stream, "%d,%d,%d,%.4f,%.4f,%.4f,%.5f\n", persona, task->hits, task->count, hit_rate(task), interval.low,
            interval.high, task->loss / task->count);
}

static void write_csv(FILE *stream, const struct study *study)
{
    struct row row;
    fputs("base,seed,epoch,persona,hits,examples,hit,low,high,loss\n", stream);
    for (int i = 0; next_row(study, &i, &row);)
        for (int j = 0; j < tasks_of(study); j++) {
            const struct training_task *task = &row.task[j];
            if (task->count == 0)
                continue;
            fprintf(stream, "%s,%d,%d,", row.base, row.seed, row.epoch);
            write_persona(stream, persona_number(&study->project->examples, j), task);
        }
}

/* ---- JSON ---- */

static json_t *task_json(const struct training_task *task)
{
    struct interval interval = statistics_rate(task->hits, task->count);
    return json_pack("{s:i, s:i, s:o, s:o, s:o, s:o}", "hits", task->hits, "examples", task->count, "hit",
                     tree_number(hit_rate(task)), "low", tree_number(interval.low), "high", tree_number(interval.high),
                     "loss", tree_number(task->loss / task->count));
}

/* Of the first `count` of the examples' tasks. */
static json_t *personas_json(const struct examples *examples, int count, const struct training_task *task, bool *failed)
{
    json_t *personas = json_array();
    for (int i = 0; i < count; i++)
        if (task[i].count > 0) {
            json_t *persona = task_json(&task[i]);
            tree_put(persona, "persona", json_integer(persona_number(examples, i)), failed);
            tree_append(personas, persona, failed);
        }
    return personas;
}

static json_t *row_json(const struct study *study, const struct row *row, const struct training_task *sum, bool *failed)
{
    json_t *personas = personas_json(&study->project->examples, tasks_of(study), row->task, failed);
    json_t *json = task_json(sum);
    tree_put(json, "base", json_string(row->base), failed);
    tree_put(json, "seed", json_integer(row->seed), failed);
    tree_put(json, "epoch", json_integer(row->epoch), failed);
    tree_put(json, "personas", personas, failed);
    return json;
}

static enum err_code write_json(FILE *stream, const struct study *study, struct err *err)
{
    struct row row;
    bool failed = false;
    json_t *retrained = json_array();
    for (int i = 0; next_row(study, &i, &row);) {
        struct training_task sum = sum_of(study, &row);
        if (sum.count > 0)
            tree_append(retrained, row_json(study, &row, &sum, &failed), &failed);
    }
    return tree_write(stream, json_pack("{s:o}", "retrained", retrained), failed, "the evaluation", err);
}

enum err_code evaluation_write(FILE *stream, enum result_format format, const struct study *study, struct err *err)
{
    enum err_code code = ERR_NONE;
    errno = 0;
    if (format == RESULT_JSON) {
        code = write_json(stream, study, err);
    } else if (format == RESULT_CSV) {
        write_csv(stream, study);
    } else {
        write_sums(stream, study);
        write_personas(stream, study);
    }
    return code ? code : result_flush(stream, "the evaluation", err);
}

enum err_code evaluation_write_adapter(FILE *stream, enum result_format format, const struct examples *examples,
                                       const struct training_task *task, struct err *err)
{
    enum err_code code = ERR_NONE;
    bool failed = false;
    errno = 0;
    if (format == RESULT_JSON) {
        json_t *personas = personas_json(examples, examples->tasks, task, &failed);
        code = tree_write(stream, json_pack("{s:o}", "personas", personas), failed, "the evaluation", err);
    } else if (format == RESULT_CSV) {
        fputs("persona,hits,examples,hit,low,high,loss\n", stream);
        for (int i = 0; i < examples->tasks; i++)
            if (task[i].count > 0)
                write_persona(stream, persona_number(examples, i), &task[i]);
    } else {
        write_adapter_table(stream, examples, task);
    }
    return code ? code : result_flush(stream, "the evaluation", err);
}
