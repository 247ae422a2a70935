/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/digest.h"

#include <math.h>
#include <stdlib.h>

bool digest_take(struct digest *digest, const struct table *table, bool other, enum metric metric,
                 enum statistic statistic)
{
    bool same = !other && digest->cell != NULL && digest->table == table && digest->cells == table->cells &&
                digest->metric == metric && digest->statistic == statistic;
    if (same)
        return true;
    struct digest_cell *cell = realloc(digest->cell, table->cells * sizeof *cell);
    if (cell == NULL) {
        digest_free(digest);
        return false;
    }
    for (size_t i = 0; i < table->cells; i++)
        cell[i].done = -1;
    *digest = (struct digest){table, metric, statistic, table->cells, cell};
    return true;
}

void digest_free(struct digest *digest)
{
    free(digest->cell);
    *digest = (struct digest){.cells = 0};
}

static struct digest_number look(const struct digest *digest, size_t cell, int method)
{
    if (!(digest->table->plan.base.retrain.methods & 1u << method))
        return (struct digest_number){.value = (double)NAN, .band = {(double)NAN, (double)NAN}, .theory = (double)NAN};
    struct summary summary = table_summary(digest->table, cell, method, digest->metric);
    struct digest_number number = {
        .value = summary_value(&summary, digest->statistic),
        .band = summary.statistics.band,
        .theory = summary.theory,
        .disagrees = summary.agreed < summary.predicted,
    };
    const struct metric_info *info = &metric_table[digest->metric];
    struct config config;
    if (!isnan(summary.theory) && info->formula != NULL && !plan_config(&digest->table->plan, cell, 0, &config, NULL))
        number.formula = info->formula(&config, method, (int)summary.theory);
    return number;
}

static const struct digest_cell *cell_at(struct digest *digest, size_t index)
{
    struct digest_cell *cell = &digest->cell[index];
    int done = digest->table->cell[index].done;
    if (cell->done == done)
        return cell;
    for (int method = 0; method < METHOD_COUNT; method++)
        cell->number[method] = look(digest, index, method);
    unsigned methods = digest->table->plan.base.retrain.methods;
    for (int method = 0; method < METHOD_COUNT; method++)
        for (int other = 0; other < METHOD_COUNT; other++) /* NAN is neither less nor more */
            cell->number[method].beyond |=
                (methods & 1u << other) && cell->number[other].theory < cell->number[method].theory;
    cell->done = done;
    return cell;
}

const struct digest_number *digest_number(struct digest *digest, size_t cell, int method)
{
    return &cell_at(digest, cell)->number[method];
}

void digest_extend(struct digest *digest, struct extent *extent)
{
    for (size_t i = 0; i < digest->cells; i++) {
        if (digest->table->cell[i].done == 0)
            continue;
        const struct digest_cell *cell = cell_at(digest, i);
        for (int method = 0; method < METHOD_COUNT; method++)
            extent_add(extent, cell->number[method].value);
    }
}
