/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/terrain_state.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- the line on top ---- */

static struct frame_piece state_piece(const struct terrain_view *view)
{
    static const struct {
        const char *text;
        enum style style;
    } states[] = {
        [LIVE_BUILDING] = {"… drawing the problem", STYLE_TEXT},
        [LIVE_PAUSED] = {"‖ paused", STYLE_KEY},
        [LIVE_RUNNING] = {"● running", STYLE_VALUE},
        [LIVE_DONE] = {"✓ done", STYLE_TEXT},
        [LIVE_FAILED] = {"✗ failed", STYLE_WARNING},
    };
    struct frame_piece piece = {"", states[view->state].style, 2};
    snprintf(piece.text, sizeof piece.text, "%s", states[view->state].text);
    return piece;
}

static void draw_title(const struct terrain *terrain, struct grid *grid, const struct terrain_view *view)
{
    struct frame_piece piece[FRAME_PIECES];
    int count = 0;
    const char *title = "";
    piece[count++] = state_piece(view);
    if (view->snapshot != NULL) {
        title = view->snapshot->config.title;
        piece[count] = (struct frame_piece){"", STYLE_TEXT, 0};
        snprintf(piece[count++].text, sizeof piece->text, "seed %" PRIu64, view->snapshot->config.problem.seed);
    }
    if (view->busy) {
        piece[count] = (struct frame_piece){"", STYLE_DIM, 1};
        snprintf(piece[count++].text, sizeof piece->text, "looking");
    }
    frame_title_draw(&terrain->frame, grid, title, piece, count);
}

/* ---- the rest ---- */

struct places {
    struct rect panel, map, text;
};

static struct places lay_out(const struct frame *frame)
{
    int width = frame->width, height = frame->height;
    int panel = width >= 160 ? 34 : width >= 100 ? 30 : 24;
    int rows = height >= 30 ? 6 : height >= 22 ? 5 : 3;
    struct places layout = {
        .panel = {FRAME_EDGE, 1, panel - 3, height - 3 - rows},
        .text = {FRAME_EDGE, height - 1 - rows, width - 2 * FRAME_EDGE, rows},
    };
    layout.map = (struct rect){panel + 2, 1, width - panel - 4, height - 3 - rows};
    return layout;
}

static void draw_text(struct terrain *terrain, struct grid *grid, const struct terrain_view *view, struct rect area)
{
    char sentence[SURVEY_TEXT_SIZE] = "There is nothing to see yet: the run has not begun.";
    struct frame_text text = {.sentence = sentence, .style = STYLE_TEXT, .note = "", .note_style = STYLE_DIM};
    if (view->err->code != ERR_NONE) {
        snprintf(sentence, sizeof sentence, "%s", view->err->message);
        text.style = STYLE_WARNING;
    } else if (view->survey != NULL) {
        survey_describe(view->survey, sentence);
    } else if (view->busy) {
        snprintf(sentence, sizeof sentence, "Looking …");
    }
    frame_text_draw(&terrain->frame, grid, area, &text);
}

static void draw_inside(struct terrain *terrain, struct grid *grid, const struct terrain_view *view)
{
    struct places layout = lay_out(&terrain->frame);
    int bottom = layout.text.y - 1, left = layout.map.x - 2;
    draw_across(grid, 0, bottom, terrain->frame.width, terrain->frame.glyphs);
    draw_down(grid, left, 0, bottom + 1, terrain->frame.glyphs);
    terrain_panel_draw(terrain, grid, view, layout.panel);
    draw_text(terrain, grid, view, layout.text);
    if (view->survey != NULL && view->err->code == ERR_NONE)
        terrain_map_draw(view->survey, grid, layout.map, terrain->frame.glyphs, terrain->linear);
}

void terrain_draw(struct terrain *terrain, struct grid *grid, const struct terrain_view *view)
{
    if (!frame_draw(&terrain->frame, grid))
        return;
    if (terrain->frame.helping)
        frame_help_draw(&terrain->frame, grid);
    else
        draw_inside(terrain, grid, view);
    draw_title(terrain, grid, view);
    frame_hints_draw(&terrain->frame, grid, terrain_context(terrain));
}
