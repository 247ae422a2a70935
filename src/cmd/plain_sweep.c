/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "cmd/plain.h"
#include "run/prose.h"

#include <math.h>

enum {
    CELLS = 200, /* that anybody wants to hear of; the command sweep takes more */
    SEEDS = 5,
    TEND_TIME = 100, /* ms */
};

/* "; standard needs rank 8, as the theory says", "; standard has a risk of 0.2" */
static void tell_method(struct prose *prose, const struct table *table, size_t cell, int row, const char *lead)
{
    enum metric metric = metric_usual(&table->plan.base);
    struct summary summary = table_summary(table, cell, row, metric);
    double value = summary_value(&summary, STATISTIC_MEDIAN);
    if (summary.trials == 0)
        return;
    if (isnan(value)) {
        prose_add(prose, "%s%s is not known", lead, method_table[row].name);
        return;
    }
    prose_add(prose, "%s%s %s %s", lead, method_table[row].name,
              metric == METRIC_RANK_NEEDED ? "needs rank" : "has a risk of", PROSE_NUMBER(value));
    if (isnan(summary.theory))
        return;
    if (fabs(summary.theory - value) < 0.5)
        prose_add(prose, ", as the theory says");
    else
        prose_add(prose, ", where the theory says %s", PROSE_NUMBER(summary.theory));
}

static void tell_table(struct plain *plain, const struct table *table)
{
    bool ranks = metric_usual(&table->plan.base) == METRIC_RANK_NEEDED;
    plain_say(plain, "The %s, median of at most %d draws.",
              ranks ? "rank that the unseen task needs" : "risk on the unseen task once it is fine-tuned",
              table->plan.seeds);
    for (size_t cell = 0; cell < table->cells; cell++) {
        char name[256];
        char text[1024];
        struct prose prose;
        prose_begin(&prose, text, sizeof text);
        plan_describe(&table->plan, cell, name, sizeof name);
        prose_add(&prose, "%s", name);
        size_t named = prose.used;
        if (!table->cell[cell].possible)
            prose_add(&prose, ": there is no such cell");
        else if (table->cell[cell].done == 0)
            prose_add(&prose, ": not computed");
        for (int row = 0; row < METHOD_COUNT; row++)
            if (table->cell[cell].done > 0)
                tell_method(&prose, table, cell, row, prose.used == named ? ": " : "; ");
        prose_add(&prose, ".");
        plain_say(plain, "%s", text);
    }
}

static enum err_code make_plan(const struct plain *plain, const char *first, const char *second, struct plan *plan,
                               struct err *err)
{
    *plan = (struct plan){.base = plain->config, .seeds = SEEDS};
    enum err_code code = plan_add_axis(plan, first, err);
    if (code == ERR_NONE && *second != '\0')
        code = plan_add_axis(plan, second, err);
    if (code == ERR_NONE && plan_cells(plan) > CELLS)
        code = err_set(err, ERR_INPUT,
                       "these axes have %zu cells, and here at most %d are told; the command sweep takes more",
                       plan_cells(plan), CELLS);
    return code;
}

static enum err_code compute(struct plain *plain, const struct plan *plan, struct err *err)
{
    bool first = plain->sweeps.store == NULL;
    if (sweeps_begin(&plain->sweeps, plan, err))
        return err->code;
    if (first && !plain->sweeps.kept)
        plain_say(plain, "%s.", plain->sweeps.why_not.message);
    struct tradeoffs_view view = sweeps_view(&plain->sweeps);
    bool off = false;
    plain->told = clock_now();
    while (!off && !view.status.finished) {
        off = plain_called_off(plain, TEND_TIME, sweeps_descriptor(&plain->sweeps));
        sweeps_tend(&plain->sweeps);
        view = sweeps_view(&plain->sweeps);
        if (plain_is_silent(plain)) {
            plain_say(plain, "%zu of %zu trials.", view.status.done, view.status.wanted);
            plain_flush(plain);
        }
    }
    sweep_pause(plain->sweeps.sweep, true);
    if (off)
        plain_say(plain, "Paused after %zu of %zu trials.", view.status.done, view.status.wanted);
    if (view.status.failed > 0)
        plain_say(plain, "%zu trials failed: %s", view.status.failed, view.message);
    tell_table(plain, view.table);
    return ERR_NONE;
}

enum err_code plain_sweep(struct plain *plain, const char *first, const char *second, struct err *err)
{
    struct plan plan;
    enum err_code code = make_plan(plain, first, second, &plan, err);
    if (code == ERR_NONE)
        code = compute(plain, &plan, err);
    plan_free(&plan);
    return code;
}
