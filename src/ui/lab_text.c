/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/explain.h"
#include "run/key.h"
#include "ui/draw.h"
#include "ui/lab_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- the line on top ---- */

/* One of the things at the right end of the line; the later ones are left away first where room is short. */
struct piece {
    char text[64];
    enum style style;
    int rank; /* order from left to right */
};
enum { PIECES = 5 };

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

static struct piece state_piece(const struct lab *lab, const struct view *view, const struct lab_status *status)
{
    struct piece piece = {"", STYLE_TEXT, 4};
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
    const struct solver_type *type = &solver_table[snapshot->config.retrain.solver];
    const char *last = type->phase_names[type->phases - 1];
    for (int i = 0; i < METHOD_COUNT; i++) {
        const struct method_snapshot *method = &snapshot->method[i];
        if (method->active && method->status == SOLVER_RUNNING && method->phase != NULL &&
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

/* By importance; returns how many. */
static int collect_pieces(const struct lab *lab, const struct view *view, const struct lab_status *status,
                          struct piece piece[PIECES])
{
    int count = 0;
    char speed[32];
    piece[count++] = state_piece(lab, view, status);
    piece[count] = (struct piece){"", STYLE_TEXT, 2};
    snprintf(piece[count++].text, sizeof piece->text, "seed %" PRIu64, lab->config.problem.seed);
    if (status->dropped > 0) {
        piece[count] = (struct piece){"", STYLE_WARNING, 0};
        snprintf(piece[count++].text, sizeof piece->text, "%zu samples dropped", status->dropped);
    }
    if (view->snapshot != NULL) {
        piece[count] = (struct piece){"", STYLE_TEXT, 1};
        format_step(view->snapshot, piece[count++].text);
    }
    piece[count] = (struct piece){"", STYLE_TEXT, 3};
    snprintf(piece[count++].text, sizeof piece->text, "%s", lab_speed_text(lab, speed));
    return count;
}

static const char separator[] = " · ";

/* Draws those that fit from the right edge; returns the column where they begin. */
static int draw_pieces(const struct lab *lab, struct grid *grid, int room, const struct piece *piece, int count)
{
    int gap = grid_text_width(lab->glyphs, separator);
    int kept = 0;
    for (int width = 2; kept < count; kept++) {
        width += grid_text_width(lab->glyphs, piece[kept].text) + (kept > 0 ? gap : 0);
        if (width > room)
            break;
    }
    int x = lab->width - 2;
    if (kept > 0)
        grid_put(grid, x, 0, ' ', STYLE_TEXT);
    for (int rank = PIECES - 1, drawn = 0; rank >= 0; rank--) {
        for (int i = 0; i < kept; i++) {
            if (piece[i].rank != rank)
                continue;
            if (drawn++ > 0)
                grid_text(grid, x -= gap, 0, gap, STYLE_DIM, lab->glyphs, separator);
            int width = grid_text_width(lab->glyphs, piece[i].text);
            grid_text(grid, x -= width, 0, width, piece[i].style, lab->glyphs, piece[i].text);
        }
    }
    if (kept > 0)
        grid_put(grid, --x, 0, ' ', STYLE_TEXT);
    return x;
}

void lab_title_draw(const struct lab *lab, struct grid *grid, const struct view *view, const struct lab_status *status)
{
    static const char name[] = " rankscope ";
    enum { NAME_LEFT = 1, LEAST_TITLE = 8 };
    struct piece piece[PIECES];
    int left = NAME_LEFT + (int)sizeof name - 1;
    int count = collect_pieces(lab, view, status, piece);
    grid_text(grid, NAME_LEFT, 0, -1, STYLE_TITLE, lab->glyphs, name);
    int title = grid_text_width(lab->glyphs, lab->config.title);
    /* The title is worth more than all but the first two pieces. */
    int wanted = left + 4 + title + 1;
    int room = lab->width - left - 1;
    if (lab->width - wanted - 1 > 40)
        room = lab->width - wanted - 1;
    else if (room > 44)
        room = 44;
    int right = draw_pieces(lab, grid, room, piece, count);
    int columns = right - 1 - (left + 3);
    if (columns < LEAST_TITLE || lab->config.title[0] == '\0')
        return;
    grid_put(grid, left + 2, 0, ' ', STYLE_TEXT);
    int used = draw_clipped(grid, left + 3, 0, columns, STYLE_TITLE, lab->glyphs, lab->config.title);
    grid_put(grid, left + 3 + used, 0, ' ', STYLE_TEXT);
}

/* ---- the box below ---- */

/* What the focus is on, in one line. */
static void describe_focus(const struct lab *lab, char *text, size_t size)
{
    const struct key *row = &key_table[lab->key];
    char allowed[KEY_ALLOWED_SIZE];
    if (lab->mode == LAB_HELPING || lab->mode == LAB_CHOOSING) {
        snprintf(text, size, "%s",
                 lab->mode == LAB_HELPING ? "Every key, by what it is for."
                                          : "A scenario sets every "
                                            "parameter.");
    } else if (lab->mode == LAB_EDITING) {
        key_allowed(lab->key, allowed);
        snprintf(text, size, "%s: %s. Enter accepts, Esc leaves it as it was.", row->label, allowed);
    } else if (lab->chart_focused) {
        snprintf(text, size, "%s: ← → crosshair, Enter %s, Esc back.", chart_table[lab->chart].title,
                 lab->zoomed ? "all charts" : "zoom");
    } else {
        snprintf(text, size, "%s%s%s: %s%s", row->label, *row->symbol ? " " : "", row->symbol, row->help,
                 row->live ? " It may change as it runs." : "");
    }
}

static bool any_diverged(const struct view *view)
{
    for (int i = 0; view->snapshot != NULL && i < METHOD_COUNT; i++)
        if (view->snapshot->method[i].active && view->snapshot->method[i].status == SOLVER_DIVERGED)
            return true;
    return false;
}

/* Rows that text takes in `columns`, however many. */
static int rows_of(enum glyphs glyphs, int columns, const char *text)
{
    enum { MANY = 1000 };
    struct grid nowhere = {0, 0, NULL};
    return grid_paragraph(&nowhere, (struct rect){0, 0, columns, MANY}, STYLE_TEXT, glyphs, text);
}

/* What stands at the foot of the box: a message, or else what the focus is on. False: that may give way. */
static bool choose_note(const struct lab *lab, const struct lab_status *status, char *text, size_t size,
                        enum style *style)
{
    *style = STYLE_VALUE;
    if (lab->message[0] != '\0') {
        snprintf(text, size, "%s", lab->message);
        *style = lab->message_alarms ? STYLE_WARNING : STYLE_VALUE;
        return true;
    }
    if (status->message != NULL && status->message[0] != '\0') {
        snprintf(text, size, "%s", status->message);
        return true;
    }
    describe_focus(lab, text, size);
    *style = STYLE_DIM;
    return lab->mode != LAB_WATCHING;
}

/* The sentence never moves; a note comes and goes below it, and one that only helps gives way to a long sentence. */
void lab_text_draw(const struct lab *lab, struct grid *grid, const struct view *view, const struct lab_status *status)
{
    struct rect area = lab_layout(lab).text;
    enum style style;
    char sentence[2048];
    char note[640];
    explain(view, sentence, sizeof sentence);
    bool needed = choose_note(lab, status, note, sizeof note, &style);
    int rows = rows_of(lab->glyphs, area.width, note);
    if (!needed)
        rows = rows_of(lab->glyphs, area.width, sentence) < area.height ? 1 : 0;
    else if (rows > area.height)
        rows = area.height;
    struct rect foot = {area.x, area.y + area.height - rows, area.width, rows};
    area.height -= rows;
    grid_paragraph(grid, foot, style, lab->glyphs, note);
    grid_paragraph(grid, area, any_diverged(view) ? STYLE_WARNING : STYLE_TEXT, lab->glyphs, sentence);
}
