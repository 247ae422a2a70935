/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_DIALOGUE_STATE_H
#define RANKSCOPE_UI_DIALOGUE_STATE_H

#include "ui/dialogue_screen.h"
#include "ui/frame.h"

/* What the Dialogue screen's own files share; nobody else includes it. */

enum dialogue_pane {
    PANE_HITS,
    PANE_LOSS,
    PANE_MOVEMENT,
    PANE_ADAPTING,
    PANE_CHARTS,
    PANE_TALK = PANE_CHARTS,
    PANE_COUNT
};

struct dialogue_screen {
    struct frame frame;
    enum dialogue_pane pane; /* that is shown where there is room for one */
};

/* Where the panes are; empty where one is not shown. */
struct dialogue_layout {
    struct rect pane[PANE_COUNT];
    struct rect text;
};
struct dialogue_layout dialogue_layout(const struct dialogue_screen *screen);

/* ---- dialogue_chart.c, dialogue_talk.c ---- */

void dialogue_chart_draw(const struct dialogue_screen *screen, struct grid *grid, const struct dialogue_view *view,
                         enum dialogue_pane pane, struct rect area);
void dialogue_talk_draw(const struct dialogue_screen *screen, struct grid *grid, const struct dialogue_view *view,
                        struct rect area);

/* ---- dialogue_text.c ---- */

void dialogue_title_draw(const struct dialogue_screen *screen, struct grid *grid, const struct dialogue_status *status);

/* What is seen, in sentences; computed from what was measured. */
enum { DIALOGUE_SENTENCE_SIZE = 1024 };
void dialogue_describe(const struct dialogue_status *status, char text[DIALOGUE_SENTENCE_SIZE]);

/* ---- dialogue_keys.c ---- */

screen_wish dialogue_press(struct dialogue_screen *screen, uint32_t key, const struct dialogue_status *status);
enum keymap_context dialogue_context(const struct dialogue_screen *screen);

#endif
