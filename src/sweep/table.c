/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_MEMORY, "no memory for the results of a sweep");
}

/* Which cells there can be. */
static enum err_code look_at_cells(struct table *table, struct err *err)
{
    struct err why = {.code = ERR_NONE}, first = {.code = ERR_NONE};
    for (size_t cell = 0; cell < table->cells; cell++) {
        struct config config;
        int last = table->plan.seeds - 1;
        if (plan_config(&table->plan, cell, last, &config, first.code ? &why : &first))
            continue;
        table->cell[cell].possible = true;
        table->cell[cell].wanted = table->plan.seeds;
        table->possible++;
        table->wanted += (size_t)table->plan.seeds;
    }
    if (table->possible > 0)
        return ERR_NONE;
    return err_set(err, ERR_INPUT, "no cell of the sweep is possible: %s", first.message);
}

/* As it is when all is known. */
static enum err_code check_memory(const struct plan *plan, struct err *err)
{
    static const double gibibyte = 1024.0 * 1024.0 * 1024.0;
    double cells = (double)plan_cells(plan);
    double wanted =
        cells * (double)(sizeof(struct table_cell) + (size_t)plan->seeds * METHOD_COUNT * sizeof(struct outcome));
    double there = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    if (there <= 0 || wanted <= there)
        return ERR_NONE;
    return err_set(err, ERR_INPUT,
                   "a sweep of %.3g cells with %d seeds takes %.3g GiB of memory, and this machine has %.1f GiB", cells,
                   plan->seeds, wanted / gibibyte, there / gibibyte);
}

struct table *table_new(const struct plan *plan, struct err *err)
{
    if (check_memory(plan, err))
        return NULL;
    struct table *table = calloc(1, sizeof *table);
    if (!table) {
        no_memory(err);
        return NULL;
    }
    enum err_code code = plan_copy(&table->plan, plan, err);
    if (!code) {
        table->cells = plan_cells(plan);
        table->cell = calloc(table->cells, sizeof *table->cell);
        code = table->cell ? look_at_cells(table, err) : no_memory(err);
    }
    if (code) {
        table_free(table);
        return NULL;
    }
    return table;
}

void table_free(struct table *table)
{
    if (!table)
        return;
    for (size_t cell = 0; table->cell && cell < table->cells; cell++)
        free(table->cell[cell].outcome);
    free(table->cell);
    free(table->scratch);
    plan_free(&table->plan);
    free(table);
}

void table_want(struct table *table, size_t cell, int seeds)
{
    struct table_cell *own = &table->cell[cell];
    struct config config;
    if (!own->possible || seeds <= own->wanted || plan_config(&table->plan, cell, seeds - 1, &config, NULL))
        return;
    table->wanted += (size_t)(seeds - own->wanted);
    own->wanted = seeds;
}

static enum err_code take_scratch(struct table *table, int room, struct err *err)
{
    if (table->room >= room)
        return ERR_NONE;
    double *scratch = realloc(table->scratch, (size_t)room * sizeof *scratch);
    if (!scratch)
        return no_memory(err);
    table->scratch = scratch;
    table->room = room;
    return ERR_NONE;
}

static enum err_code take_room(struct table_cell *cell, struct err *err)
{
    if (cell->room >= cell->wanted)
        return ERR_NONE;
    size_t row = METHOD_COUNT * sizeof *cell->outcome;
    struct outcome *outcome = realloc(cell->outcome, (size_t)cell->wanted * row);
    if (!outcome)
        return no_memory(err);
    memset(outcome + (size_t)cell->room * METHOD_COUNT, 0, (size_t)(cell->wanted - cell->room) * row);
    cell->outcome = outcome;
    cell->room = cell->wanted;
    return ERR_NONE;
}

static bool has_outcome(const struct outcome outcome[METHOD_COUNT])
{
    for (int method = 0; method < METHOD_COUNT; method++)
        if (outcome[method].state == OUTCOME_DONE)
            return true;
    return false;
}

enum err_code table_put(struct table *table, size_t cell, int seed, const struct outcome outcome[METHOD_COUNT],
                        struct err *err)
{
    struct table_cell *own = &table->cell[cell];
    if (seed >= own->wanted || !has_outcome(outcome))
        return ERR_NONE;
    enum err_code code = take_room(own, err);
    code = code ? code : take_scratch(table, own->room, err);
    struct outcome *place = code ? NULL : own->outcome + (size_t)seed * METHOD_COUNT;
    if (code || has_outcome(place))
        return code;
    memcpy(place, outcome, METHOD_COUNT * sizeof *outcome);
    own->done++;
    table->done++;
    return ERR_NONE;
}

const struct outcome *table_outcome(const struct table *table, size_t cell, int seed, int method)
{
    const struct table_cell *own = &table->cell[cell];
    if (seed >= own->room)
        return NULL;
    const struct outcome *outcome = &own->outcome[(size_t)seed * METHOD_COUNT + (size_t)method];
    return outcome->state == OUTCOME_DONE ? outcome : NULL;
}

/* ---- summaries ---- */

static struct statistics nothing(void)
{
    double nan = (double)NAN;
    return (struct statistics){0, nan, nan, nan, nan, {nan, nan}, {nan, nan}, nan};
}

struct summary table_summary(const struct table *table, size_t cell, int method, enum metric metric)
{
    struct summary summary = {.statistics = nothing(), .theory = (double)NAN};
    const struct table_cell *own = &table->cell[cell];
    struct config config;
    if (!own->possible)
        return summary;
    if (!plan_config(&table->plan, cell, 0, &config, NULL))
        summary.theory = metric_theory(metric, &config, method);
    int count = 0;
    for (int seed = 0; seed < own->room; seed++) {
        const struct outcome *outcome = table_outcome(table, cell, seed, method);
        if (!outcome)
            continue;
        summary.trials++;
        double value = outcome->value[metric], predicted = outcome->predicted[metric];
        if (isfinite(value))
            table->scratch[count++] = value;
        summary.predicted += !isnan(predicted);
        summary.agreed += value == predicted;
    }
    if (count > 0)
        summary.statistics = statistics_of(table->scratch, count);
    return summary;
}

const char *const statistic_names[STATISTIC_COUNT + 1] = {
    [STATISTIC_MEDIAN] = "median",     [STATISTIC_MEAN] = "mean",     [STATISTIC_LEAST] = "least",
    [STATISTIC_GREATEST] = "greatest", [STATISTIC_SPREAD] = "spread", [STATISTIC_COUNT] = NULL};

double summary_value(const struct summary *summary, enum statistic statistic)
{
    const struct statistics *statistics = &summary->statistics;
    switch (statistic) {
    case STATISTIC_MEDIAN:
        return statistics->median;
    case STATISTIC_MEAN:
        return statistics->mean;
    case STATISTIC_LEAST:
        return statistics->least;
    case STATISTIC_GREATEST:
        return statistics->greatest;
    case STATISTIC_SPREAD:
        return statistics->band.high - statistics->band.low;
    case STATISTIC_COUNT:
        break;
    }
    return (double)NAN;
}

bool table_widest(const struct table *table, enum metric metric, size_t *cell)
{
    double widest = 0;
    bool found = false;
    for (size_t i = 0; i < table->cells; i++) {
        if (!table->cell[i].possible || table->cell[i].done < table->cell[i].wanted)
            continue;
        for (int method = 0; method < METHOD_COUNT; method++) {
            struct summary summary = table_summary(table, i, method, metric);
            double width = summary_value(&summary, STATISTIC_SPREAD) / fabs(summary.statistics.median);
            if (!(width > widest)) /* NAN is none, and so is 0 against 0 */
                continue;
            widest = width;
            *cell = i;
            found = true;
        }
    }
    return found;
}
