/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/prose.h"
#include "ui/keymap_change.h"
#include "ui/tradeoffs_state.h"

#include <math.h>
#include <stdio.h>

/* ---- the line on top ---- */

static struct frame_piece state_piece(const struct tradeoffs_view *view)
{
    const struct sweep_status *status = &view->status;
    struct frame_piece piece = {"", STYLE_TEXT, 2};
    char rate[LABEL_SIZE];
    if (view->table == NULL) {
        snprintf(piece.text, sizeof piece.text, "no sweep");
    } else if (status->finished) {
        snprintf(piece.text, sizeof piece.text, "✓ done");
    } else if (view->paused) {
        snprintf(piece.text, sizeof piece.text, "‖ paused");
        piece.style = STYLE_KEY;
    } else if (status->rate > 0) {
        label_number(rate, status->rate, 3);
        snprintf(piece.text, sizeof piece.text, "● %s trials/s", rate);
        piece.style = STYLE_VALUE;
    } else {
        snprintf(piece.text, sizeof piece.text, "● running");
        piece.style = STYLE_VALUE;
    }
    return piece;
}

void tradeoffs_title_draw(const struct tradeoffs *tradeoffs, struct grid *grid, const struct tradeoffs_view *view)
{
    const struct sweep_status *status = &view->status;
    struct frame_piece piece[FRAME_PIECES];
    int count = 0;
    piece[count++] = state_piece(view);
    if (view->table != NULL) {
        piece[count] = (struct frame_piece){"", STYLE_TEXT, 1};
        snprintf(piece[count++].text, sizeof piece->text, "%.0f%%",
                 status->wanted > 0 ? floor(100.0 * (double)status->done / (double)status->wanted) : 100);
    }
    if (status->failed > 0) {
        piece[count] = (struct frame_piece){"", STYLE_WARNING, 0};
        snprintf(piece[count++].text, sizeof piece->text, "%zu failed", status->failed);
    }
    frame_title_draw(&tradeoffs->frame, grid, tradeoffs->request.plan.base.title, piece, count);
}

/* ---- the cursor's cell in sentences ---- */

static void add_percent(struct prose *prose, double rate)
{
    prose_add(prose, "%.3g%%", 100 * rate);
}

static void add_theory(struct prose *prose, const struct summary *summary, const char *formula)
{
    if (!isnan(summary->theory)) {
        prose_add(prose, "; theory %s%s%s", formula != NULL ? formula : "", formula != NULL && *formula ? " = " : "",
                  PROSE_NUMBER(summary->theory));
        if (summary->predicted == 0)
            return;
        prose_add(prose, ", ");
    } else if (summary->predicted > 0) {
        prose_add(prose, "; the theory says something of each draw, ");
    } else {
        return;
    }
    struct interval interval = statistics_rate(summary->agreed, summary->predicted);
    if (summary->agreed == 1 && summary->predicted == 1)
        prose_add(prose, "as in its one draw");
    else if (summary->agreed == summary->predicted)
        prose_add(prose, "as in all %d draws", summary->predicted);
    else
        prose_add(prose, "as in %d of %d draws", summary->agreed, summary->predicted);
    prose_add(prose, " (95%%: ");
    add_percent(prose, interval.low);
    prose_add(prose, " to ");
    add_percent(prose, interval.high);
    prose_add(prose, ")");
}

static void add_spread(struct prose *prose, const struct statistics *statistics)
{
    prose_add(prose, "median %s, 80%% from %s to %s, all from %s to %s, mean %s", PROSE_NUMBER(statistics->median),
              PROSE_NUMBER(statistics->band.low), PROSE_NUMBER(statistics->band.high), PROSE_NUMBER(statistics->least),
              PROSE_NUMBER(statistics->greatest), PROSE_NUMBER(statistics->mean));
    if (!isnan(statistics->mean_interval.low))
        prose_add(prose, " (95%%: %s to %s)", PROSE_NUMBER(statistics->mean_interval.low),
                  PROSE_NUMBER(statistics->mean_interval.high));
}

/* Trials that ended otherwise than at rest or at their last step, by how. */
static void add_ends(struct prose *prose, const struct table *table, size_t cell, int method)
{
    enum { STATUSES = SOLVER_DIVERGED + 1 };
    int count[STATUSES] = {0};
    for (int seed = 0; seed < table->cell[cell].room; seed++) {
        const struct outcome *outcome = table_outcome(table, cell, seed, method);
        if (outcome != NULL)
            count[outcome->status]++;
    }
    for (int status = 0; status < STATUSES; status++) {
        const char *end = snapshot_bad_end((enum solver_status)status);
        if (count[status] > 0 && *end != '\0')
            prose_add(prose, "; %d %s", count[status], end);
    }
}

static void add_method(struct prose *prose, const struct tradeoffs_view *view, size_t cell, int method,
                       enum metric metric)
{
    const struct table *table = view->table;
    const struct metric_info *info = &metric_table[metric];
    struct summary summary = table_summary(table, cell, method, metric);
    const struct statistics *statistics = &summary.statistics;
    struct config config;
    const char *formula = NULL;
    if (!isnan(summary.theory) && info->formula != NULL && !plan_config(&table->plan, cell, 0, &config, NULL))
        formula = info->formula(&config, method, (int)summary.theory);
    prose_add(prose, " %s: ", method_table[method].title);
    if (summary.trials == 0)
        prose_add(prose, "no draw is done");
    else if (statistics->count == 0)
        prose_add(prose, "none of %d draws has a value", summary.trials);
    else if (statistics->count == 1)
        prose_add(prose, "%s in one draw", PROSE_NUMBER(statistics->median));
    else if (statistics->least == statistics->greatest)
        prose_add(prose, "%s in all %d draws", PROSE_NUMBER(statistics->median), statistics->count);
    else
        add_spread(prose, statistics);
    if (statistics->count > 0 && statistics->count < summary.trials)
        prose_add(prose, "; %d of %d draws have no value", summary.trials - statistics->count, summary.trials);
    add_theory(prose, &summary, formula);
    add_ends(prose, table, cell, method);
    prose_add(prose, ".");
}

static void describe(const struct tradeoffs *tradeoffs, const struct tradeoffs_view *view, char *text, size_t size)
{
    struct prose prose;
    prose_begin(&prose, text, size);
    if (view->table == NULL) {
        prose_add(&prose,
                  "A sweep runs a scenario for every combination of two keys' values, and each with several draws. "
                  "%s takes the lab's scenario.",
                  KEYMAP_WORD(tradeoffs->frame.keymap, "renew"));
        prose_end(&prose);
        return;
    }
    const struct table *table = view->table;
    size_t cell = tradeoffs_cell(tradeoffs, view);
    char name[2 * (AXIS_NAME_SIZE + KEY_VALUE_SIZE)];
    struct config config;
    struct err err;
    plan_describe(&table->plan, cell, name, sizeof name);
    if (plan_config(&table->plan, cell, 0, &config, &err)) {
        prose_add(&prose, "There is no cell at %s: %s.", name, err.message);
        prose_end(&prose);
        return;
    }
    const struct metric_info *info = &metric_table[tradeoffs->metric];
    prose_add(&prose, "%s at %s%s%s, %d of %d draws.", info->title, name, *info->unit ? ", in " : "", info->unit,
              table->cell[cell].done, table->cell[cell].wanted);
    for (int method = 0; method < METHOD_COUNT; method++)
        if (tradeoffs_takes_part(view, method))
            add_method(&prose, view, cell, method, tradeoffs->metric);
    prose_end(&prose);
}

/* ---- the box below ---- */

void tradeoffs_text_draw(struct tradeoffs *tradeoffs, struct grid *grid, const struct tradeoffs_view *view,
                         struct rect area)
{
    char sentence[2048];
    char note[640] = "";
    struct frame_text text = {sentence, STYLE_TEXT, note, STYLE_DIM, tradeoffs->editing};
    describe(tradeoffs, view, sentence, sizeof sentence);
    if (view->message != NULL && view->message[0] != '\0') {
        snprintf(note, sizeof note, "%s", view->message);
        text.note_style = STYLE_VALUE;
        text.needed = true;
    } else if (view->table != NULL && view->status.why != NULL && view->status.why->code != ERR_NONE) {
        snprintf(note, sizeof note, "%s", view->status.why->message);
        text.note_style = STYLE_WARNING;
        text.needed = true;
    } else if (tradeoffs->focus == FOCUS_PANEL) {
        snprintf(note, sizeof note, "%s", tradeoffs_row_help(tradeoffs->row));
    } else {
        snprintf(note, sizeof note, "The arrows move the cursor, Enter opens the cell in the lab, %s adds seeds.",
                 KEYMAP_WORD(tradeoffs->frame.keymap, "seeds"));
    }
    frame_text_draw(&tradeoffs->frame, grid, area, &text);
}
