/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dialogue_state.h"
#include "ui/label.h"

#include <math.h>
#include <stdio.h>

/* A held-out turn, what could be said, and what each model would say. */

/* The candidate's place by a method's scores, from 1; 0: not known. */
static int place_of(const struct dialogue_view *view, int method, int candidate)
{
    const double *score = view->method[method].score;
    int place = 1;
    if (isnan(score[candidate]))
        return 0;
    for (int i = 0; i < view->turn.candidates; i++)
        place += i != candidate && score[i] > score[candidate];
    return place;
}

/* Candidates by the sum of their places, so that what any of the models likes is seen. */
static void sort_candidates(const struct dialogue_view *view, int order[VIEW_CANDIDATES])
{
    int sum[VIEW_CANDIDATES];
    for (int i = 0; i < view->turn.candidates; i++) {
        sum[i] = place_of(view, 0, i) + place_of(view, 1, i);
        int at = i;
        for (; at > 0 && sum[order[at - 1]] > sum[i]; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

static void draw_place(struct grid *grid, int x, int y, int place, int method, enum glyphs glyphs)
{
    char text[LABEL_SIZE];
    if (place == 0)
        return;
    snprintf(text, sizeof text, "%2d", place);
    grid_text(grid, x + 1, y, 2, place == 1 ? (enum style)(STYLE_METHOD + method) : STYLE_DIM, glyphs, text);
    if (place == 1)
        grid_put(grid, x, y, label_marker(method, glyphs), (enum style)(STYLE_METHOD + method));
}

static void draw_candidates(const struct dialogue_view *view, struct grid *grid, struct rect area, enum glyphs glyphs)
{
    enum { PLACE = 4 };
    int order[VIEW_CANDIDATES];
    const struct dialogue_view_turn *turn = &view->turn;
    int right = 0;
    sort_candidates(view, order);
    while (right < turn->candidates && order[right] != turn->right)
        right++;
    for (int i = 0; i < turn->candidates && i < area.height; i++) {
        /* the right one is always seen */
        int candidate = i == area.height - 1 && right > i && right < turn->candidates ? turn->right : order[i];
        int y = area.y + i;
        for (int method = 0; method < VIEW_METHODS; method++)
            draw_place(grid, area.x + method * PLACE, y, place_of(view, method, candidate), method, glyphs);
        int x = area.x + VIEW_METHODS * PLACE;
        bool is_right = candidate == turn->right;
        grid_text(grid, x, y, 1, STYLE_VALUE, glyphs, is_right ? "*" : " ");
        draw_clipped(grid, x + 2, y, area.x + area.width - x - 2, is_right ? STYLE_VALUE : STYLE_TEXT, glyphs,
                     turn->candidate[candidate]);
    }
}

void dialogue_talk_draw(const struct dialogue_screen *screen, struct grid *grid, const struct dialogue_view *view,
                        struct rect area)
{
    enum glyphs glyphs = screen->frame.glyphs;
    if (view == NULL || view->turn.turns == 0) {
        draw_clipped(grid, area.x, area.y, area.width, STYLE_TITLE, glyphs, "A conversation");
        if (area.height > 1)
            draw_clipped(grid, area.x, area.y + 1, area.width, STYLE_DIM, glyphs, "no held-out turn yet");
        return;
    }
    const struct dialogue_view_turn *turn = &view->turn;
    char title[128];
    snprintf(title, sizeof title, "Persona %d, held-out turn %d of %d", turn->persona, turn->number + 1, turn->turns);
    draw_clipped(grid, area.x, area.y++, area.width, STYLE_TITLE, glyphs, title);
    area.height--;
    int said = turn->said < area.height / 2 ? turn->said : area.height / 2;
    for (int i = turn->said - said; i < turn->said && area.height > 0; i++) {
        bool own = (turn->said - 1 - i) % 2 == 1;
        grid_text(grid, area.x, area.y, 2, own ? STYLE_VALUE : STYLE_DIM, glyphs, own ? "> " : "< ");
        draw_clipped(grid, area.x + 2, area.y++, area.width - 2, STYLE_TEXT, glyphs, turn->text[i]);
        area.height--;
    }
    if (area.height > 0) {
        draw_clipped(grid, area.x, area.y++, area.width, STYLE_DIM, glyphs, "place by standard, by meta; * was said");
        area.height--;
    }
    draw_candidates(view, grid, area, glyphs);
}
