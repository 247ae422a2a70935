/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/options_state.h"

#include <stdio.h>

/* ---- what rows are ---- */

bool options_is_key(int row)
{
    return row >= SETTING_COUNT;
}

enum setting_type options_type(int row)
{
    return options_is_key(row) ? SETTING_TEXT : setting_table[row].type;
}

int options_rows(const struct options_view *view)
{
    return SETTING_COUNT + keymaps_count(view->keymaps);
}

void options_format(const struct options_view *view, int row, char label[KEYMAP_ACTION_SIZE],
                    char value[SETTING_VALUE_SIZE])
{
    struct keymap_entry entry;
    if (!options_is_key(row)) {
        snprintf(label, KEYMAP_ACTION_SIZE, "%s", setting_table[row].label);
        setting_format(view->settings, (enum setting_id)row, value);
        return;
    }
    label[0] = value[0] = '\0';
    if (!keymaps_entry(view->keymaps, row - SETTING_COUNT, &entry))
        return;
    snprintf(label, KEYMAP_ACTION_SIZE, "%s", entry.action);
    snprintf(value, SETTING_VALUE_SIZE, "%s", entry.binding->shown);
}

/* ---- values ---- */

static screen_wish want(struct options *options, const char *text, bool typed, const struct options_view *view)
{
    char unused[SETTING_VALUE_SIZE];
    snprintf(options->wanted, sizeof options->wanted, "%s", text);
    options->typed = typed;
    if (!options_is_key(options->row))
        return WISH_REDRAW | OPTIONS_CHANGE;
    options_format(view, options->row, options->action, unused);
    return WISH_REDRAW | OPTIONS_KEYS;
}

screen_wish options_change(struct options *options, int argument, const struct options_view *view)
{
    struct settings next = *view->settings;
    struct err err;
    char text[SETTING_VALUE_SIZE];
    if (options_is_key(options->row)) {
        frame_say(&options->frame, "Keys are typed: Enter begins, Delete takes a change back.");
        return WISH_REDRAW;
    }
    if (setting_nudge(&next, (enum setting_id)options->row, argument, &err))
        return frame_refuse(&options->frame, &err);
    setting_format(&next, (enum setting_id)options->row, text);
    return want(options, text, false, view);
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
    char label[KEYMAP_ACTION_SIZE];
    char text[SETTING_VALUE_SIZE];
    if (options_type(options->row) == SETTING_CHOICE)
        return options_change(options, 1, view);
    options_format(view, options->row, label, text);
    return begin(options, text);
}

static screen_wish type_number(struct options *options, int argument, const struct options_view *view)
{
    (void)view;
    if (options_type(options->row) != SETTING_NUMBER)
        return 0;
    begin(options, "");
    field_insert(&options->field, (uint32_t)argument);
    return WISH_REDRAW;
}

/* The usual value of an option, the usual keys. */
static screen_wish take_back(struct options *options, int argument, const struct options_view *view)
{
    (void)argument;
    struct settings usual;
    char text[SETTING_VALUE_SIZE] = "";
    settings_default(&usual);
    if (!options_is_key(options->row))
        setting_format(&usual, (enum setting_id)options->row, text);
    return want(options, text, false, view);
}

screen_wish options_edit_accept(struct options *options, int argument, const struct options_view *view)
{
    (void)argument;
    options->editing = false;
    return want(options, options->field.text, true, view);
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

screen_wish options_move(struct options *options, int argument, const struct options_view *view)
{
    int rows = options_rows(view);
    int row = options->row + argument;
    options->row = row < 0 ? 0 : row >= rows ? rows - 1 : row;
    return WISH_REDRAW;
}

static screen_wish move_page(struct options *options, int argument, const struct options_view *view)
{
    return options_move(options, argument * options_page(options), view);
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
     {.options = options_move},
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
     {.options = options_move},
     {{EVENT_KEY_HOME, -KEYMAP_LINES *SCREEN_COUNT}, {EVENT_KEY_END, KEYMAP_LINES *SCREEN_COUNT}}},
    {"PgUp PgDn",
     NULL,
     "a screenful up, down",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {.options = move_page},
     {{EVENT_KEY_PAGE_UP, -1}, {EVENT_KEY_PAGE_DOWN, 1}}},
    {"Delete",
     "as usual",
     "the usual value, the usual keys",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {.options = take_back},
     {{EVENT_KEY_DELETE, 0}}},
    {"Esc",
     "lab",
     "back to the lab",
     GROUP_PARAMETERS,
     KEYMAP_PARAMETERS,
     {.options = wish_for},
     {{EVENT_KEY_ESCAPE, WISH_GO << SCREEN_LAB}}},
    {"q", "quit", "leave", GROUP_SCREEN, KEYMAP_WATCHING, {.options = wish_for}, {{'q', WISH_QUIT}}},

    KEYMAP_FIELD("text", {.options = edit_within}),
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
