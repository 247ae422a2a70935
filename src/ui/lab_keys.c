/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "ui/keymap_change.h"
#include "ui/lab_state.h"
#include "ui/overlay.h"

#include <math.h>
#include <stdio.h>

/* ---- the run ---- */

static bool fine_tuning(const struct view *view)
{
    return view->snapshot != NULL && view->snapshot->stage == STAGE_ADAPT;
}

static void say_done(struct lab *lab, const struct view *view)
{
    char text[256];
    const struct keymap *keys = lab->frame.keymap;
    snprintf(text, sizeof text, "The run is done: %s takes it back to its start, %s draws another%s%s%s.",
             KEYMAP_WORD(keys, "reset"), KEYMAP_WORD(keys, "new-seed"), fine_tuning(view) ? "" : ", ",
             fine_tuning(view) ? "" : KEYMAP_WORD(keys, "fine-tune"), fine_tuning(view) ? "" : " fine-tunes");
    frame_say(&lab->frame, text);
}

screen_wish lab_run_or_pause(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    if (lab->state == LIVE_DONE) {
        say_done(lab, view);
        return WISH_REDRAW;
    }
    if (lab->state == LIVE_FAILED) {
        frame_say(&lab->frame, "The run failed: change a parameter, or take another scenario.");
        return WISH_REDRAW;
    }
    lab->running = !lab->running;
    return WISH_REDRAW | (lab->running ? LAB_RUN : LAB_PAUSE);
}

static screen_wish step(struct lab *lab, int argument, const struct view *view)
{
    (void)view;
    lab->running = false;
    return WISH_REDRAW | (screen_wish)argument;
}

screen_wish lab_fine_tune(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    if (fine_tuning(view)) {
        frame_say(&lab->frame, "Fine-tuning has begun already.");
        return WISH_REDRAW;
    }
    char text[128];
    snprintf(text, sizeof text, "Retraining ends here; %s starts the fine-tuning.",
             KEYMAP_WORD(lab->frame.keymap, "run"));
    frame_say(&lab->frame, lab->state == LIVE_RUNNING ? "Retraining ends here." : text);
    return WISH_REDRAW | LAB_ADAPT;
}

static screen_wish change_speed(struct lab *lab, int argument, const struct view *view)
{
    (void)view;
    char text[64];
    char speed[32];
    int next = lab->speed + argument;
    bool there = next >= 0 && next < LIVE_SPEED_COUNT;
    if (there)
        lab->speed = next;
    lab_speed_text(lab, speed);
    snprintf(text, sizeof text, there ? "Speed: %s." : "Speed: %s; there is no further.", speed);
    frame_say(&lab->frame, text);
    return WISH_REDRAW | (there ? LAB_SPEED : 0u);
}

screen_wish lab_reset(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    (void)view;
    lab->running = false;
    return WISH_REDRAW | LAB_RESTART;
}

screen_wish lab_new_seed(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    (void)view;
    struct config next = lab->config;
    next.problem.seed++;
    return lab_adopt(lab, &next, false);
}

/* ---- charts ---- */

static screen_wish move_cursor(struct lab *lab, int argument, const struct view *view)
{
    struct chart_options options;
    lab_chart_options(lab, lab->chart, &options);
    struct rect plot = chart_plot_area(lab_layout(lab).chart[lab->chart], lab->chart, view, &options);
    double column = plot.width > 1 ? 1.0 / (plot.width - 1) : 0.01;
    lab_set_cursor(lab, lab->crosshair ? lab->cursor + argument * column : lab->cursor);
    return WISH_REDRAW;
}

static screen_wish cursor_to_end(struct lab *lab, int argument, const struct view *view)
{
    (void)view;
    lab_set_cursor(lab, argument < 0 ? 0 : 1);
    return WISH_REDRAW;
}

/* ---- the screen ---- */

static screen_wish wish_for(struct lab *lab, int argument, const struct view *view)
{
    (void)lab;
    (void)view;
    return WISH_REDRAW | (screen_wish)argument;
}

/* ---- the table ---- */

#define ARROWS(less, more)                                                                                             \
    {                                                                                                                  \
        {EVENT_KEY_UP, less},                                                                                          \
        {                                                                                                              \
            EVENT_KEY_DOWN, more                                                                                       \
        }                                                                                                              \
    }
#define PAGES(less, more)                                                                                              \
    {                                                                                                                  \
        {EVENT_KEY_PAGE_UP, less},                                                                                     \
        {                                                                                                              \
            EVENT_KEY_PAGE_DOWN, more                                                                                  \
        }                                                                                                              \
    }
#define HOME_AND_END                                                                                                   \
    {                                                                                                                  \
        {EVENT_KEY_HOME, -1},                                                                                          \
        {                                                                                                              \
            EVENT_KEY_END, 1                                                                                           \
        }                                                                                                              \
    }
#define DIGIT(digit)                                                                                                   \
    {                                                                                                                  \
        digit, digit                                                                                                   \
    }

enum { FARTHEST = 10000 }; /* marks: more than any run has */

/* Hints stand in this order, and the last of a context is the one that is never left out. */
static const struct binding bindings[] = {
    {"Space", "run/pause", "run or pause", GROUP_RUN, KEYMAP_WATCHING, {lab_run_or_pause}, {{' ', 0}}},
    {"s", "step", "one step, then pause", GROUP_RUN, KEYMAP_WATCHING, {step}, {{'s', LAB_STEP}}},
    {"r", "reset", "back to the start", GROUP_RUN, KEYMAP_WATCHING, {lab_reset}, {{'r', 0}}},
    {"n", "new seed", "draw another problem: the next seed", GROUP_RUN, KEYMAP_WATCHING, {lab_new_seed}, {{'n', 0}}},

    {"↑ ↓", NULL, "the parameter before, after", GROUP_PARAMETERS, KEYMAP_PARAMETERS, {lab_move_key}, ARROWS(-1, 1)},
    {"← →",
     "change",
     "change the value",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {lab_nudge_key},
     {{EVENT_KEY_LEFT, -1}, {EVENT_KEY_RIGHT, 1}}},
    {"- + =",
     NULL,
     "change the value",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {lab_nudge_key},
     {{'-', -1}, {'+', 1}, {'=', 1}}},
    {"Enter",
     "edit",
     "type a value; of choices, the next",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {lab_edit_key},
     {{EVENT_KEY_ENTER, 0}}},
    {"0 1 2 … 9 .",
     NULL,
     "type a number over the value",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {lab_type_key},
     {DIGIT('0'), DIGIT('1'), DIGIT('2'), DIGIT('3'), DIGIT('4'), DIGIT('5'), DIGIT('6'), DIGIT('7'), DIGIT('8'),
      DIGIT('9'), DIGIT('.')}},
    {"PgUp PgDn", NULL, "eight parameters up, down", GROUP_PARAMETERS, KEYMAP_PARAMETERS, {lab_move_key}, PAGES(-8, 8)},
    {"Home End",
     NULL,
     "the first, the last parameter",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {lab_first_or_last_key},
     HOME_AND_END},

    {"← →",
     "crosshair",
     "move the crosshair by one column",
     GROUP_CHARTS,
     KEYMAP_CHARTS,
     {move_cursor},
     {{EVENT_KEY_LEFT, -1}, {EVENT_KEY_RIGHT, 1}}},
    {"PgUp PgDn",
     NULL,
     "move the crosshair by ten columns",
     GROUP_CHARTS,
     KEYMAP_CHARTS,
     {move_cursor},
     PAGES(-10, 10)},
    {"Home End",
     NULL,
     "crosshair to the first, last column",
     GROUP_CHARTS,
     KEYMAP_CHARTS,
     {cursor_to_end},
     HOME_AND_END},
    {"↑ ↓", NULL, "the chart above, below", GROUP_CHARTS, KEYMAP_CHARTS, {lab_move_chart}, ARROWS(-1, 1)},
    {"1 2 3 4",
     "chart",
     "focus this chart",
     GROUP_CHARTS,
     KEYMAP_CHARTS,
     {lab_choose_chart},
     {{'1', CHART_LOSS}, {'2', CHART_ADAPTATION}, {'3', CHART_RECOVERY}, {'4', CHART_SPECTRUM}}},
    {"Enter",
     "zoom",
     "all the room for this chart, and back",
     GROUP_CHARTS,
     KEYMAP_CHARTS,
     {lab_zoom},
     {{EVENT_KEY_ENTER, 0}}},
    {"Esc",
     NULL,
     "leave the zoom, then the charts",
     GROUP_CHARTS,
     KEYMAP_CHARTS,
     {lab_leave_chart},
     {{EVENT_KEY_ESCAPE, 0}}},

    {"Tab",
     "charts",
     "the next of parameters and charts",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {lab_move_focus},
     {{EVENT_KEY_TAB, 1}}},
    {"Shift-Tab", NULL, "the one before", GROUP_SCREEN, KEYMAP_WATCHING, {lab_move_focus}, {{EVENT_KEY_BACK_TAB, -1}}},
    {"m o", "scenarios", "choose a scenario", GROUP_SCREEN, KEYMAP_WATCHING, {lab_menu_open}, {{'m', 0}, {'o', 0}}},
    {"g",
     "gnuplot",
     "open gnuplot's windows, or close them",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {wish_for},
     {{'g', WISH_GNUPLOT}}},
    {"q", "quit", "leave", GROUP_SCREEN, KEYMAP_WATCHING, {wish_for}, {{'q', WISH_QUIT}}},
    {"p", "phase", "one phase of a step, then pause", GROUP_RUN, KEYMAP_WATCHING, {step}, {{'p', LAB_PHASE}}},
    {"f",
     "fine-tune",
     "on to fine-tuning by gradient descent",
     GROUP_RUN,
     KEYMAP_WATCHING,
     {lab_fine_tune},
     {{'f', 0}}},
    {"< > [ ]",
     "speed",
     "slower, faster",
     GROUP_RUN,
     KEYMAP_WATCHING,
     {change_speed},
     {{'<', -1}, {'>', 1}, {'[', -1}, {']', 1}}},
    {"u U",
     "rewind",
     "a mark back along the run, forth",
     GROUP_RUN,
     KEYMAP_WATCHING,
     {lab_rewind_by},
     {{'u', -1}, {'U', 1}}},
    {"{ }", NULL, "ten marks back, forth", GROUP_RUN, KEYMAP_WATCHING, {lab_rewind_by}, {{'{', -10}, {'}', 10}}},
    {"( )",
     NULL,
     "to the run's start, to its end",
     GROUP_RUN,
     KEYMAP_WATCHING,
     {lab_rewind_by},
     {{'(', -FARTHEST}, {')', FARTHEST}}},
    {"w", "line", "over to the line that was left", GROUP_RUN, KEYMAP_WATCHING, {lab_swap_line}, {{'w', 0}}},
    {"y", "share", "the run as a line, for another lab", GROUP_RUN, KEYMAP_WATCHING, {lab_share_open}, {{'y', 0}}},
    {"k", "keep", "keep the run under a name", GROUP_RUN, KEYMAP_WATCHING, {lab_keep_open}, {{'k', 0}}},
    {"l", "log y", "logarithmic or linear y axes", GROUP_SCREEN, KEYMAP_WATCHING, {lab_toggle_linear}, {{'l', 0}}},
    {"x",
     "log x",
     "logarithmic or linear axes of steps",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {lab_toggle_log_x},
     {{'x', 0}}},
    {"c",
     "crosshair",
     "crosshair: read values in all charts",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {lab_toggle_crosshair},
     {{'c', 0}}},
    {"d", "theory", "the theory dashed, or not", GROUP_SCREEN, KEYMAP_WATCHING, {lab_toggle_theory}, {{'d', 0}}},
    {"z", "zoom", "zoom one chart, from anywhere", GROUP_CHARTS, KEYMAP_WATCHING, {lab_zoom}, {{'z', 0}}},
    {"v",
     "runs",
     "to the runs that were kept",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {wish_for},
     {{'v', WISH_GO << SCREEN_RUNS}}},
    {"t",
     "trade-offs",
     "to the trade-offs, and back",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {wish_for},
     {{'t', WISH_GO << SCREEN_TRADEOFFS}}},

    KEYMAP_FIELD("text", {lab_edit_within}),
    {"Enter", "accept", "accept the value", GROUP_EDITING, KEYMAP_EDITING, {lab_edit_accept}, {{EVENT_KEY_ENTER, 0}}},
    {"↑ ↓",
     "accept and move on",
     "accept it and move on",
     GROUP_EDITING,
     KEYMAP_EDITING,
     {lab_edit_move},
     ARROWS(-1, 1)},
    {"Esc",
     "leave as it was",
     "leave the value as it was",
     GROUP_EDITING,
     KEYMAP_EDITING,
     {lab_edit_cancel},
     {{EVENT_KEY_ESCAPE, 0}}},

    {"↑ ↓", "choose", "the scenario before, after", GROUP_MENU, KEYMAP_MENU, {lab_menu_move}, ARROWS(-1, 1)},
    {"PgUp PgDn", NULL, "eight scenarios up, down", GROUP_MENU, KEYMAP_MENU, {lab_menu_move}, PAGES(-8, 8)},
    {"Home End", NULL, "the first, the last scenario", GROUP_MENU, KEYMAP_MENU, {lab_menu_end}, HOME_AND_END},
    {"Backspace",
     NULL,
     "erase; letters add to the filter",
     GROUP_MENU,
     KEYMAP_MENU,
     {lab_menu_erase},
     {{EVENT_KEY_BACKSPACE, EVENT_KEY_BACKSPACE}}},
    {"Enter", "take it", "take the scenario", GROUP_MENU, KEYMAP_MENU, {lab_menu_accept}, {{EVENT_KEY_ENTER, 0}}},
    {"← → Home End",
     NULL,
     "move within the name",
     GROUP_NAMING,
     KEYMAP_NAMING,
     {lab_edit_within},
     {{EVENT_KEY_LEFT, EVENT_KEY_LEFT},
      {EVENT_KEY_RIGHT, EVENT_KEY_RIGHT},
      {EVENT_KEY_HOME, EVENT_KEY_HOME},
      {EVENT_KEY_END, EVENT_KEY_END}}},
    {"Backspace Delete",
     NULL,
     "erase letters of the name",
     GROUP_NAMING,
     KEYMAP_NAMING,
     {lab_edit_within},
     {{EVENT_KEY_BACKSPACE, EVENT_KEY_BACKSPACE}, {EVENT_KEY_DELETE, EVENT_KEY_DELETE}}},
    {"Enter", "keep it", "keep the run", GROUP_NAMING, KEYMAP_NAMING, {lab_keep_accept}, {{EVENT_KEY_ENTER, 0}}},
    {"Esc", "back", "keep nothing", GROUP_NAMING, KEYMAP_NAMING, {lab_overlay_close}, {{EVENT_KEY_ESCAPE, 0}}},

    {"Esc Enter q y",
     "back",
     "close it",
     GROUP_SHARE,
     KEYMAP_SHARE,
     {lab_overlay_close},
     {{EVENT_KEY_ESCAPE, 0}, {EVENT_KEY_ENTER, 0}, {'q', 0}, {'y', 0}}},

    {"Esc", "back", "close the menu", GROUP_MENU, KEYMAP_MENU, {lab_overlay_close}, {{EVENT_KEY_ESCAPE, 0}}},
};
const struct keymap lab_keymap = {
    .titles =
        {
            [GROUP_RUN] = "The run",
            [GROUP_PARAMETERS] = "Parameters (with the focus)",
            [GROUP_CHARTS] = "Charts (with the focus)",
            [GROUP_SCREEN] = "The screen",
            [GROUP_EDITING] = "While a value is typed",
            [GROUP_MENU] = "In the scenario menu",
            [GROUP_NAMING] = "While the run is named",
            [GROUP_SHARE] = "While the run's line is shown",
            [GROUP_HELP] = "In this help",
        },
    .binding = bindings,
    .count = sizeof bindings / sizeof *bindings,
};

/* ---- dispatch ---- */

enum keymap_context lab_context(const struct lab *lab)
{
    if (lab->frame.helping)
        return KEYMAP_HELP;
    switch (lab->mode) {
    case LAB_EDITING:
        return KEYMAP_EDITING;
    case LAB_CHOOSING:
        return KEYMAP_MENU;
    case LAB_NAMING:
        return KEYMAP_NAMING;
    case LAB_SHARING:
        return KEYMAP_SHARE;
    case LAB_WATCHING:
        break;
    }
    return lab->chart_focused ? KEYMAP_CHARTS : KEYMAP_PARAMETERS;
}

/* What is no binding is text where text is being typed. */
static screen_wish type(struct lab *lab, uint32_t key)
{
    if (lab->mode != LAB_EDITING && lab->mode != LAB_CHOOSING && lab->mode != LAB_NAMING)
        return 0;
    if (!field_insert(&lab->field, key))
        return 0;
    if (lab->mode == LAB_CHOOSING)
        lab->menu_choice = 0;
    lab_overlay_settle(lab);
    return WISH_REDRAW;
}

/* What a binding is refused by, or 0. */
static screen_wish command_of(const struct binding *binding, int argument)
{
    lab_action *action = binding->action.lab;
    if (action == lab_run_or_pause)
        return LAB_RUN;
    if (action == step)
        return (screen_wish)argument;
    return action == lab_fine_tune  ? LAB_ADAPT
           : action == change_speed ? LAB_SPEED
           : action == lab_new_seed ? LAB_RESTART
                                    : 0;
}

/* What would lead out of the lesson that the lab is a part of. */
static bool leads_away(const struct lab *lab, const struct binding *binding)
{
    lab_action *action = binding->action.lab;
    return lab->limits.given && (action == lab_menu_open || action == lab_reset);
}

screen_wish lab_press(struct lab *lab, uint32_t key, const struct view *view)
{
    screen_wish wish = 0;
    int argument = 0;
    if (frame_press(&lab->frame, lab_context(lab), key, &wish))
        return wish;
    const struct binding *binding = keymap_find(lab->frame.keymap, lab_context(lab), key, &argument);
    if (binding != NULL && leads_away(lab, binding))
        return 0;
    if (binding != NULL && lab->limits.given && lab_refuses(lab, command_of(binding, argument)))
        return WISH_REDRAW;
    return binding != NULL ? binding->action.lab(lab, argument, view) : type(lab, key);
}
