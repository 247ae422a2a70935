/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/options_state.h"

#include <stdio.h>

/* ---- values ---- */

static screen_wish want(struct options *options, const char *text, bool typed)
{
    snprintf(options->wanted, sizeof options->wanted, "%s", text);
    options->typed = typed;
    return WISH_REDRAW | OPTIONS_CHANGE;
}

screen_wish options_change(struct options *options, int argument, const struct options_view *view)
{
    struct settings next = *view->settings;
    struct err err;
    char text[SETTING_VALUE_SIZE];
    if (setting_nudge(&next, options->row, argument, &err))
        return frame_refuse(&options->frame, &err);
    setting_format(&next, options->row, text);
    return want(options, text, false);
}

static screen_wish begin(struct options *options, const char *text)
{
    field_begin(&options->field, text, FIELD_SIZE - 1);
    options->editing = true;
    return WISH_REDRAW;
}

screen_wish options_edit(struct options *options, int argument, const struct options_view *view)
{
    (void)argument;
    char text[SETTING_VALUE_SIZE];
    if (setting_table[options->row].type == SETTING_CHOICE)
        return options_change(options, 1, view);
    setting_format(view->settings, options->row, text);
    return begin(options, text);
}

static screen_wish type_number(struct options *options, int argument, const struct options_view *view)
{
    (void)view;
    if (setting_table[options->row].type != SETTING_NUMBER)
        return 0;
    begin(options, "");
    field_insert(&options->field, (uint32_t)argument);
    return WISH_REDRAW;
}

screen_wish options_edit_accept(struct options *options, int argument, const struct options_view *view)
{
    (void)argument;
    (void)view;
    options->editing = false;
    return want(options, options->field.text, true);
}

static screen_wish edit_cancel(struct options *options, int argument, const struct options_view *view)
{
    (void)argument;
    (void)view;
    options->editing = false;
    return WISH_REDRAW;
}

static screen_wish edit_within(struct options *options, int argument, const struct options_view *view)
{
    (void)view;
    return field_key(&options->field, (enum event_key)argument) ? WISH_REDRAW : 0;
}

/* ---- rows ---- */

static screen_wish move(struct options *options, int argument, const struct options_view *view)
{
    (void)view;
    int row = (int)options->row + argument;
    row = row < 0 ? 0 : row >= SETTING_COUNT ? SETTING_COUNT - 1 : row;
    options->row = (enum setting_id)row;
    return WISH_REDRAW;
}

static screen_wish wish_for(struct options *options, int argument, const struct options_view *view)
{
    (void)options;
    (void)view;
    return WISH_REDRAW | (screen_wish)argument;
}

/* ---- the table ---- */

#define DIGIT(digit)                                                                                                   \
    {                                                                                                                  \
        digit, digit                                                                                                   \
    }

/* Hints stand in this order, and the last of a context is the one that is never left out. */
static const struct binding bindings[] = {
    {"↑ ↓",
     "choose",
     "the option before, after",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {.options = move},
     {{EVENT_KEY_UP, -1}, {EVENT_KEY_DOWN, 1}}},
    {"← →",
     "change",
     "change the value",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {.options = options_change},
     {{EVENT_KEY_LEFT, -1}, {EVENT_KEY_RIGHT, 1}}},
    {"- + =",
     NULL,
     "change the value",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {.options = options_change},
     {{'-', -1}, {'+', 1}, {'=', 1}}},
    {"Enter",
     "edit",
     "type a value; of choices, the next",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {.options = options_edit},
     {{EVENT_KEY_ENTER, 0}}},
    {"0 1 2 … 9",
     NULL,
     "type a number over the value",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {.options = type_number},
     {DIGIT('0'), DIGIT('1'), DIGIT('2'), DIGIT('3'), DIGIT('4'), DIGIT('5'), DIGIT('6'), DIGIT('7'), DIGIT('8'),
      DIGIT('9')}},
    {"Home End",
     NULL,
     "the first, the last option",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {.options = move},
     {{EVENT_KEY_HOME, -SETTING_COUNT}, {EVENT_KEY_END, SETTING_COUNT}}},
    {"Esc",
     "lab",
     "back to the lab",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {.options = wish_for},
     {{EVENT_KEY_ESCAPE, WISH_GO << SCREEN_LAB}}},
    {"q", "quit", "leave", GROUP_SCREEN, KEYMAP_WATCHING, {.options = wish_for}, {{'q', WISH_QUIT}}},

    {"← →",
     NULL,
     "move within the text",
     GROUP_EDITING,
     KEYMAP_EDITING,
     {.options = edit_within},
     {{EVENT_KEY_LEFT, EVENT_KEY_LEFT}, {EVENT_KEY_RIGHT, EVENT_KEY_RIGHT}}},
    {"Home End",
     NULL,
     "to its beginning, its end",
     GROUP_EDITING,
     KEYMAP_EDITING,
     {.options = edit_within},
     {{EVENT_KEY_HOME, EVENT_KEY_HOME}, {EVENT_KEY_END, EVENT_KEY_END}}},
    {"Backspace Delete",
     NULL,
     "erase before, after the cursor",
     GROUP_EDITING,
     KEYMAP_EDITING,
     {.options = edit_within},
     {{EVENT_KEY_BACKSPACE, EVENT_KEY_BACKSPACE}, {EVENT_KEY_DELETE, EVENT_KEY_DELETE}}},
    {"Enter",
     "accept",
     "accept the value",
     GROUP_EDITING,
     KEYMAP_EDITING,
     {.options = options_edit_accept},
     {{EVENT_KEY_ENTER, 0}}},
    {"Esc",
     "leave as it was",
     "leave the value as it was",
     GROUP_EDITING,
     KEYMAP_EDITING,
     {.options = edit_cancel},
     {{EVENT_KEY_ESCAPE, 0}}},
};
const struct keymap options_keymap = {
    .titles =
        {
            [GROUP_PARAMETERS] = "Options",
            [GROUP_SCREEN] = "The screen",
            [GROUP_EDITING] = "While a value is typed",
            [GROUP_HELP] = "In this help",
        },
    .binding = bindings,
    .count = sizeof bindings / sizeof *bindings,
};

/* ---- dispatch ---- */

enum keymap_context options_context(const struct options *options)
{
    if (options->frame.helping)
        return KEYMAP_HELP;
    return options->editing ? KEYMAP_EDITING : KEYMAP_PARAMETERS;
}

screen_wish options_press(struct options *options, uint32_t key, const struct options_view *view)
{
    screen_wish wish = 0;
    int argument = 0;
    enum keymap_context context = options_context(options);
    if (frame_press(&options->frame, context, key, &wish))
        return wish;
    const struct binding *binding = keymap_find(options->frame.keymap, context, key, &argument);
    if (binding != NULL)
        return binding->action.options(options, argument, view);
    return options->editing && field_insert(&options->field, key) ? WISH_REDRAW : 0;
}
