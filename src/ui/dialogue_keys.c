/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dialogue_state.h"

static screen_wish toggle(struct dialogue_screen *screen, int argument, const struct dialogue_status *status)
{
    (void)screen;
    (void)argument;
    if (!status->begun)
        return WISH_REDRAW | DIALOGUE_BEGIN;
    return WISH_REDRAW | (status->paused ? DIALOGUE_RUN : DIALOGUE_PAUSE);
}

static screen_wish wish_for(struct dialogue_screen *screen, int argument, const struct dialogue_status *status)
{
    (void)screen;
    (void)status;
    return WISH_REDRAW | (screen_wish)argument;
}

static screen_wish next_pane(struct dialogue_screen *screen, int argument, const struct dialogue_status *status)
{
    (void)status;
    screen->pane = (enum dialogue_pane)(((int)screen->pane + argument + PANE_COUNT) % PANE_COUNT);
    return WISH_REDRAW;
}

static const struct binding bindings[] = {
    {"Space", "run/pause", "retrain, or pause", GROUP_RUN, KEYMAP_WATCHING, {.dialogue = toggle}, {{' ', 0}}},
    {"← →",
     "turn",
     "another held-out turn",
     GROUP_CHARTS,
     KEYMAP_WATCHING,
     {.dialogue = wish_for},
     {{EVENT_KEY_LEFT, DIALOGUE_PREVIOUS}, {EVENT_KEY_RIGHT, DIALOGUE_NEXT}}},
    {"Tab Shift-Tab",
     "pane",
     "the next pane, where one is shown",
     GROUP_CHARTS,
     KEYMAP_WATCHING,
     {.dialogue = next_pane},
     {{EVENT_KEY_TAB, 1}, {EVENT_KEY_BACK_TAB, -1}}},
    {"g",
     "gnuplot",
     "open gnuplot's windows, or close them",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {.dialogue = wish_for},
     {{'g', WISH_GNUPLOT}}},
    {"Esc",
     "lab",
     "back to the lab",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {.dialogue = wish_for},
     {{EVENT_KEY_ESCAPE, WISH_GO << SCREEN_LAB}}},
    {"q", "quit", "leave", GROUP_SCREEN, KEYMAP_WATCHING, {.dialogue = wish_for}, {{'q', WISH_QUIT}}},
};
const struct keymap dialogue_keymap = {
    .titles =
        {
            [GROUP_RUN] = "The trainings",
            [GROUP_CHARTS] = "Charts and conversation",
            [GROUP_SCREEN] = "The screen",
            [GROUP_HELP] = "In this help",
        },
    .binding = bindings,
    .count = sizeof bindings / sizeof *bindings,
};

enum keymap_context dialogue_context(const struct dialogue_screen *screen)
{
    return screen->frame.helping ? KEYMAP_HELP : KEYMAP_CHARTS;
}

screen_wish dialogue_press(struct dialogue_screen *screen, uint32_t key, const struct dialogue_status *status)
{
    screen_wish wish = 0;
    int argument = 0;
    enum keymap_context context = dialogue_context(screen);
    if (frame_press(&screen->frame, context, key, &wish))
        return wish;
    const struct binding *binding = keymap_find(screen->frame.keymap, context, key, &argument);
    return binding != NULL ? binding->action.dialogue(screen, argument, status) : 0;
}
