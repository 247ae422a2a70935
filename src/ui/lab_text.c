/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/derive.h"
#include "run/explain.h"
#include "run/key.h"
#include "ui/draw.h"
#include "ui/lab_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- the line on top ---- */

static void format_rate(double rate, char text[32])
{
    if (rate >= 1e6)
        snprintf(text, 32, "%.3g M steps/s", rate / 1e6);
    else if (rate >= 9.995e5)
        snprintf(text, 32, "1 M steps/s");
    else if (rate >= 1e3)
        snprintf(text, 32, "%.3g k steps/s", rate / 1e3);
    else
        snprintf(text, 32, "%.3g steps/s", rate);
}

static bool all_diverged(const struct snapshot *snapshot)
{
    int active = 0;
    int diverged = 0;
    for (int i = 0; i < METHOD_COUNT; i++) {
        active += snapshot->method[i].active;
        diverged += snapshot->method[i].active && snapshot->method[i].status == SOLVER_DIVERGED;
    }
    return active > 0 && diverged == active;
}

static struct frame_piece state_piece(const struct lab *lab, const struct view *view, const struct lab_status *status)
{
    struct frame_piece piece = {"", STYLE_TEXT, 4};
    char rate[32] = "running";
    switch (status->state) {
    case LIVE_BUILDING:
        snprintf(piece.text, sizeof piece.text, "… drawing the problem");
        break;
    case LIVE_PAUSED:
        snprintf(piece.text, sizeof piece.text, "‖ paused");
        piece.style = STYLE_KEY;
        break;
    case LIVE_RUNNING:
        if (status->steps_per_second > 0 && lab->speed == LIVE_FLAT_OUT) /* else the speed is said already */
            format_rate(status->steps_per_second, rate);
        snprintf(piece.text, sizeof piece.text, "● %s", rate);
        piece.style = STYLE_VALUE;
        break;
    case LIVE_DONE:
        if (view->snapshot != NULL && all_diverged(view->snapshot)) {
            snprintf(piece.text, sizeof piece.text, "✗ diverged");
            piece.style = STYLE_WARNING;
        } else {
            snprintf(piece.text, sizeof piece.text, "✓ done");
        }
        break;
    case LIVE_FAILED:
        snprintf(piece.text, sizeof piece.text, "✗ failed");
        piece.style = STYLE_WARNING;
        break;
    }
    return piece;
}

/* The phase that was done last where a step is taken in phases and has some left; "" between steps. */
static const char *phase_within_step(const struct snapshot *snapshot)
{
    for (int i = 0; i < METHOD_COUNT; i++) {
        const struct method_snapshot *method = &snapshot->method[i];
        const struct solver_type *type = method_solver(i, &snapshot->config);
        const char *last = type->phase_names[type->phases - 1];
        if (method->active && !method_table[i].solver && method->status == SOLVER_RUNNING && method->phase != NULL &&
            strcmp(method->phase, last) != 0)
            return method->phase;
    }
    return "";
}

static void format_step(const struct snapshot *snapshot, char text[64])
{
    const char *phase = phase_within_step(snapshot);
    long retrained = 0;
    long adapted = 0;
    for (int i = 0; i < METHOD_COUNT; i++) {
        const struct method_snapshot *method = &snapshot->method[i];
        if (method->active && method->step > retrained)
            retrained = method->step;
        if (method->active && method->adapt_step > adapted)
            adapted = method->adapt_step;
    }
    if (snapshot->stage == STAGE_ADAPT)
        snprintf(text, 64, "fine-tuning %ld of %d", adapted, snapshot->config.adapt.steps);
    else
        snprintf(text, 64, "step %ld%s%s of %d", retrained, *phase ? " + " : "", phase, snapshot->config.retrain.steps);
}

/* By importance; the seed is among the parameters as well. Returns how many. */
static int collect_pieces(const struct lab *lab, const struct view *view, const struct lab_status *status,
                          struct frame_piece piece[FRAME_PIECES])
{
    int count = 0;
    char speed[32];
    piece[count++] = state_piece(lab, view, status);
    if (*lab_place_text(view, piece[count].text) != '\0') {
        piece[count].style = STYLE_KEY;
        piece[count++].rank = 5;
    }
    if (view->snapshot != NULL) {
        piece[count] = (struct frame_piece){"", STYLE_TEXT, 1};
        format_step(view->snapshot, piece[count++].text);
    }
    piece[count] = (struct frame_piece){"", STYLE_TEXT, 2};
    snprintf(piece[count++].text, sizeof piece->text, "seed %" PRIu64, lab->config.problem.seed);
    if (status->dropped > 0) {
        piece[count] = (struct frame_piece){"", STYLE_WARNING, 0};
        snprintf(piece[count++].text, sizeof piece->text, "%zu samples dropped", status->dropped);
    }
    piece[count] = (struct frame_piece){"", STYLE_TEXT, 3};
    snprintf(piece[count++].text, sizeof piece->text, "%s", lab_speed_text(lab, speed));
    return count;
}

void lab_title_draw(const struct lab *lab, struct grid *grid, const struct view *view, const struct lab_status *status)
{
    struct frame_piece piece[FRAME_PIECES];
    int count = collect_pieces(lab, view, status, piece);
    frame_title_draw(&lab->frame, grid, lab->config.title, piece, count);
}

/* ---- the box below ---- */

/* What the focus is on, in one line. */
static void describe_focus(const struct lab *lab, char *text, size_t size)
{
    const struct key *row = &key_table[lab->key];
    char allowed[KEY_ALLOWED_SIZE];
    if (lab->mode == LAB_CHOOSING) {
        snprintf(text, size, "A scenario sets every parameter.");
    } else if (lab->mode == LAB_NAMING) {
        snprintf(text, size, "Its line and its curves are kept in the file of results.");
    } else if (lab->mode == LAB_SHARING) {
        snprintf(text, size, "What was done to the run, and where, is in the line too.");
    } else if (lab->mode == LAB_EDITING) {
        key_allowed(lab->key, allowed);
        snprintf(text, size, "%s: %s. Enter accepts, Esc leaves it as it was.", row->label, allowed);
    } else if (lab->chart_focused) {
        snprintf(text, size, "%s: ← → crosshair, Enter %s, Esc back.", chart_table[lab->chart].title,
                 lab->zoomed ? "all charts" : "zoom");
    } else {
        char change[160];
        derive_change(&lab->config, lab->key, change, sizeof change);
        snprintf(text, size, "%s%s%s: %s%s%s%s", row->label, *row->symbol ? " " : "", row->symbol, row->help,
                 row->live ? " It may change as it runs." : "", *change ? " " : "", change);
    }
}

static bool any_diverged(const struct view *view)
{
    for (int i = 0; view->snapshot != NULL && i < METHOD_COUNT; i++)
        if (view->snapshot->method[i].active && view->snapshot->method[i].status == SOLVER_DIVERGED)
            return true;
    return false;
}

static enum derive_topic topic_of(enum chart chart)
{
    static const enum derive_topic topics[CHART_COUNT] = {[CHART_LOSS] = DERIVE_LOSS,
                                                          [CHART_ADAPTATION] = DERIVE_ADAPTATION,
                                                          [CHART_RECOVERY] = DERIVE_RECOVERY,
                                                          [CHART_SPECTRUM] = DERIVE_SPECTRUM};
    return topics[chart];
}

void lab_text_draw(struct lab *lab, struct grid *grid, const struct view *view, const struct lab_status *status)
{
    char sentence[EXPLANATION_SIZE];
    char note[640];
    struct frame_text text = {sentence, any_diverged(view) ? STYLE_WARNING : STYLE_TEXT, note, STYLE_DIM,
                              lab->mode != LAB_WATCHING};
    if (lab->chart_focused && lab->mode == LAB_WATCHING)
        derive_explain(view, topic_of(lab->chart), sentence, sizeof sentence);
    else
        explain(view, sentence, sizeof sentence);
    if (status->message != NULL && status->message[0] != '\0') {
        snprintf(note, sizeof note, "%s", status->message);
        text.note_style = STYLE_VALUE;
        text.needed = true;
    } else {
        describe_focus(lab, note, sizeof note);
    }
    frame_text_draw(&lab->frame, grid, lab_layout(lab).text, &text);
}
