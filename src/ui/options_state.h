/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_OPTIONS_STATE_H
#define RANKSCOPE_UI_OPTIONS_STATE_H

#include "ui/field.h"
#include "ui/frame.h"
#include "ui/options.h"

/* What the options' screen's own files share; nobody else includes it. */

struct options {
    struct frame frame;
    int row;      /* has the focus: below SETTING_COUNT a setting, then keys by keymaps_entry */
    int top;      /* line that is seen first */
    bool editing; /* its value is being typed */
    bool typed;   /* what is wanted was typed just now */
    struct field field;
    char wanted[FIELD_SIZE];
    char action[KEYMAP_ACTION_SIZE];
};

/* ---- options_draw.c ---- */

/* The row at a cell (−1: none), and −1, 1 or 0 for its ◂, its ▸ or neither. */
int options_row_at(const struct options *options, const struct options_view *view, int x, int y, int *direction);
int options_page(const struct options *options); /* rows that are seen at once */

/* ---- options_keys.c ---- */

enum keymap_context options_context(const struct options *options);
screen_wish options_press(struct options *options, uint32_t key, const struct options_view *view);
options_action options_change, options_edit, options_edit_accept, options_move;

int options_rows(const struct options_view *view); /* of settings and keys together */

/* What can be done with a row. */
bool options_is_key(int row);
enum setting_type options_type(int row);

/* Its name and value as they are shown. */
void options_format(const struct options_view *view, int row, char label[KEYMAP_ACTION_SIZE],
                    char value[SETTING_VALUE_SIZE]);

#endif
