/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "ui/overlay.h"

#include <limits.h>

/* Keeps the choice among the scenarios that match, and it on the screen. */
static void settle_menu(struct lab *lab)
{
    size_t count = overlay_menu_count(lab);
    if (lab->menu_choice >= count)
        lab->menu_choice = count > 0 ? count - 1 : 0;
    lab->menu_top = draw_scroll(lab->menu_top, lab->menu_choice, overlay_menu_rows(lab), count);
}

void lab_overlay_settle(struct lab *lab)
{
    if (lab->mode == LAB_CHOOSING)
        settle_menu(lab);
}

screen_wish lab_menu_open(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    (void)view;
    if (lab->scenarios == NULL || lab->scenarios->count == 0) {
        frame_say(&lab->frame, "No built-in scenarios were found.");
        return WISH_REDRAW;
    }
    field_begin(&lab->field, "", FIELD_SIZE - 1);
    lab->mode = LAB_CHOOSING;
    lab->menu_choice = lab->menu_top = 0;
    return WISH_REDRAW;
}

screen_wish lab_menu_move(struct lab *lab, int argument, const struct view *view)
{
    (void)view;
    size_t step = (size_t)(argument < 0 ? -argument : argument);
    if (argument > 0)
        lab->menu_choice += step;
    else
        lab->menu_choice -= step < lab->menu_choice ? step : lab->menu_choice;
    settle_menu(lab);
    return WISH_REDRAW;
}

screen_wish lab_menu_end(struct lab *lab, int argument, const struct view *view)
{
    (void)view;
    lab->menu_choice = argument < 0 ? 0 : INT_MAX;
    settle_menu(lab);
    return WISH_REDRAW;
}

screen_wish lab_menu_accept(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    (void)view;
    const struct scenario_entry *entry = overlay_menu_entry(lab, lab->menu_choice);
    struct err err;
    if (entry == NULL)
        return 0;
    if (config_check(&entry->config, NULL, &err))
        return frame_refuse(&lab->frame, &err);
    lab->mode = LAB_WATCHING;
    return lab_adopt(lab, &entry->config, false);
}

screen_wish lab_menu_erase(struct lab *lab, int argument, const struct view *view)
{
    (void)view;
    field_key(&lab->field, (enum event_key)argument);
    lab->menu_choice = 0;
    settle_menu(lab);
    return WISH_REDRAW;
}

screen_wish lab_overlay_close(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    (void)view;
    lab->mode = LAB_WATCHING;
    return WISH_REDRAW;
}
