/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/terrain_state.h"

#include <stdio.h>

static screen_wish wish_for(struct terrain *terrain, int argument, const struct terrain_view *view)
{
    (void)terrain;
    (void)view;
    return WISH_REDRAW | (screen_wish)argument;
}

static screen_wish run_or_pause(struct terrain *terrain, int argument, const struct terrain_view *view)
{
    (void)argument;
    if (view->state == LIVE_DONE) {
        frame_say(&terrain->frame, "The run is done: r runs it again from its start.");
        return WISH_REDRAW;
    }
    return WISH_REDRAW | (view->state == LIVE_RUNNING ? TERRAIN_PAUSE : TERRAIN_RUN);
}

static screen_wish next_direction(struct terrain *terrain, int argument, const struct terrain_view *view)
{
    (void)view;
    enum landscape_direction *own = &terrain->direction[argument], other = terrain->direction[1 - argument];
    do
        *own = (enum landscape_direction)((*own + 1) % LANDSCAPE_DIRECTIONS);
    while (*own == other);
    return WISH_REDRAW | TERRAIN_LOOK;
}

static screen_wish next_method(struct terrain *terrain, int argument, const struct terrain_view *view)
{
    (void)argument;
    if (view->snapshot == NULL)
        return 0;
    const struct config *config = &view->snapshot->config;
    int before = terrain_method(terrain, config), method = before;
    do
        method = (method + 1) % METHOD_COUNT;
    while (!(config->retrain.methods & 1u << method));
    terrain->method = method;
    if (method == before)
        frame_say(&terrain->frame, "No other method takes part.");
    return WISH_REDRAW | TERRAIN_LOOK;
}

static screen_wish zoom(struct terrain *terrain, int argument, const struct terrain_view *view)
{
    enum { MOST = 12 };
    (void)view;
    int to = argument == 0 ? 0 : terrain->zoom + argument;
    terrain->zoom = to < -MOST ? -MOST : to > MOST ? MOST : to;
    return WISH_REDRAW | TERRAIN_LOOK;
}

static screen_wish toggle_scale(struct terrain *terrain, int argument, const struct terrain_view *view)
{
    (void)argument;
    (void)view;
    terrain->linear = !terrain->linear;
    frame_say(&terrain->frame, terrain->linear ? "Colours by the loss." : "Colours by the logarithm of the loss.");
    return WISH_REDRAW;
}

/* Hints stand in this order, and the last is the one that is never left out. */
static const struct binding bindings[] = {
    {"Space",
     "run/pause",
     "run the lab's run or pause it",
     GROUP_RUN,
     KEYMAP_WATCHING,
     {.terrain = run_or_pause},
     {{' ', 0}}},
    {"s", "step", "one step, then pause", GROUP_RUN, KEYMAP_WATCHING, {.terrain = wish_for}, {{'s', TERRAIN_STEP}}},
    {"r",
     "again",
     "run again from the start",
     GROUP_RUN,
     KEYMAP_WATCHING,
     {.terrain = wish_for},
     {{'r', TERRAIN_AGAIN}}},
    {"x y",
     "directions",
     "another direction across, upwards",
     GROUP_CHARTS,
     KEYMAP_WATCHING,
     {.terrain = next_direction},
     {{'x', 0}, {'y', 1}}},
    {"+ - 0",
     "zoom",
     "look closer, wider; all of it",
     GROUP_CHARTS,
     KEYMAP_WATCHING,
     {.terrain = zoom},
     {{'+', 1}, {'-', -1}, {'0', 0}}},
    {"v", "method", "look at the next method", GROUP_CHARTS, KEYMAP_WATCHING, {.terrain = next_method}, {{'v', 0}}},
    {"l",
     "log",
     "colours by the loss or its logarithm",
     GROUP_CHARTS,
     KEYMAP_WATCHING,
     {.terrain = toggle_scale},
     {{'l', 0}}},
    {"g",
     "gnuplot",
     "open gnuplot's windows, or close them",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {.terrain = wish_for},
     {{'g', WISH_GNUPLOT}}},
    {"Esc",
     NULL,
     "back to the lab",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {.terrain = wish_for},
     {{EVENT_KEY_ESCAPE, WISH_GO << SCREEN_LAB}}},
    {"t",
     "lab",
     "back to the lab",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {.terrain = wish_for},
     {{'t', WISH_GO << SCREEN_LAB}}},
    {"q", "quit", "leave", GROUP_SCREEN, KEYMAP_WATCHING, {.terrain = wish_for}, {{'q', WISH_QUIT}}},
};
const struct keymap terrain_keymap = {
    .titles =
        {
            [GROUP_RUN] = "The lab's run",
            [GROUP_CHARTS] = "The map",
            [GROUP_SCREEN] = "The screen",
            [GROUP_HELP] = "In this help",
        },
    .binding = bindings,
    .count = sizeof bindings / sizeof *bindings,
};

enum keymap_context terrain_context(const struct terrain *terrain)
{
    return terrain->frame.helping ? KEYMAP_HELP : KEYMAP_CHARTS;
}

screen_wish terrain_press(struct terrain *terrain, uint32_t key, const struct terrain_view *view)
{
    screen_wish wish = 0;
    int argument = 0;
    enum keymap_context context = terrain_context(terrain);
    if (frame_press(&terrain->frame, context, key, &wish))
        return wish;
    const struct binding *binding = keymap_find(terrain->frame.keymap, context, key, &argument);
    return binding != NULL ? binding->action.terrain(terrain, argument, view) : 0;
}
