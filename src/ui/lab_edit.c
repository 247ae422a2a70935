/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "ui/lab_state.h"
#include "ui/parameters.h"

#include <stdlib.h>
#include <string.h>

/* The keys as the panel shows them below each other; returns how many, and where the focused one is. */
static int keys_in_order(const struct lab *lab, int keys[PARAMETERS_ROWS], int *focused)
{
    struct parameters_row row[PARAMETERS_ROWS];
    int rows = parameters_rows(lab, 0, row);
    int count = 0;
    *focused = 0;
    for (int i = 0; i < rows; i++) {
        if (row[i].key < 0)
            continue;
        if (row[i].key == lab->key)
            *focused = count;
        keys[count++] = row[i].key;
    }
    return count;
}

screen_wish lab_move_key(struct lab *lab, int argument, const struct view *view)
{
    (void)view;
    int keys[PARAMETERS_ROWS] = {lab->key};
    int at;
    int count = keys_in_order(lab, keys, &at);
    at += argument;
    at = at >= count ? count - 1 : at;
    at = at < 0 ? 0 : at;
    lab_focus_key(lab, keys[at]);
    return WISH_REDRAW;
}

screen_wish lab_first_or_last_key(struct lab *lab, int argument, const struct view *view)
{
    return lab_move_key(lab, argument * PARAMETERS_ROWS, view);
}

screen_wish lab_nudge_key(struct lab *lab, int argument, const struct view *view)
{
    (void)view;
    struct config next = lab->config;
    struct err err;
    if (lab_refuses_key(lab))
        return WISH_REDRAW;
    if (key_nudge(&next, lab->key, argument, &err))
        return frame_refuse(&lab->frame, &err);
    return lab_adopt(lab, &next, key_table[lab->key].live);
}

static screen_wish begin(struct lab *lab, const char *text)
{
    bool title = key_table[lab->key].type == KEY_TEXT;
    field_begin(&lab->field, text, title ? sizeof lab->config.title - 1 : FIELD_SIZE - 1);
    lab->mode = LAB_EDITING;
    return WISH_REDRAW;
}

static bool has_choices(const struct lab *lab)
{
    return key_table[lab->key].choice != NULL;
}

screen_wish lab_edit_key(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    char value[KEY_VALUE_SIZE];
    if (lab_refuses_key(lab))
        return WISH_REDRAW;
    if (has_choices(lab))
        return lab_nudge_key(lab, 1, view);
    key_format(&lab->config, lab->key, value);
    return begin(lab, value);
}

screen_wish lab_type_key(struct lab *lab, int argument, const struct view *view)
{
    (void)view;
    if (lab_refuses_key(lab))
        return WISH_REDRAW;
    if (has_choices(lab)) {
        char allowed[KEY_ALLOWED_SIZE];
        struct err err;
        key_allowed(lab->key, allowed);
        err_set(&err, ERR_INPUT, "%s must be %s: ← and → go through them", key_table[lab->key].path, allowed);
        return frame_refuse(&lab->frame, &err);
    }
    begin(lab, "");
    field_insert(&lab->field, (uint32_t)argument);
    return WISH_REDRAW;
}

screen_wish lab_assign(struct lab *lab, int key, const char *value, struct err *err)
{
    struct config next = lab->config;
    char before[KEY_VALUE_SIZE];
    char after[KEY_VALUE_SIZE];
    if (key_set(&next, key, value, err) || config_check(&next, NULL, err))
        return 0;
    key_format(&lab->config, key, before);
    key_format(&next, key, after);
    return strcmp(before, after) == 0 ? WISH_REDRAW : lab_adopt(lab, &next, key_table[key].live);
}

screen_wish lab_edit_accept(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    (void)view;
    struct err err;
    screen_wish wish = lab_assign(lab, lab->key, lab->field.text, &err);
    if (wish == 0)
        return frame_refuse(&lab->frame, &err);
    lab->mode = LAB_WATCHING;
    return wish;
}

screen_wish lab_edit_cancel(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    (void)view;
    lab->mode = LAB_WATCHING;
    return WISH_REDRAW;
}

screen_wish lab_edit_within(struct lab *lab, int argument, const struct view *view)
{
    (void)view;
    return field_key(&lab->field, (enum event_key)argument) ? WISH_REDRAW : 0;
}

screen_wish lab_edit_move(struct lab *lab, int argument, const struct view *view)
{
    screen_wish wish = lab_edit_accept(lab, 0, view);
    if (lab->mode == LAB_EDITING)
        return wish;
    return wish | lab_move_key(lab, argument, view);
}
