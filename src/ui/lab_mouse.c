/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/key.h"
#include "ui/draw.h"
#include "ui/overlay.h"
#include "ui/parameters.h"

/* ---- parameters ---- */

static screen_wish point_at_key(struct lab *lab, const struct event *event, const struct view *view)
{
    int direction;
    int key = parameters_hit(lab, lab_layout(lab).panel, event->x, event->y, &direction);
    if (key < 0)
        return 0;
    bool already = !lab->chart_focused && key == lab->key;
    switch (event->mouse) {
    case EVENT_MOUSE_PRESS:
        lab_focus_key(lab, key);
        return direction != 0 ? lab_nudge_key(lab, direction, view)
               : already      ? lab_edit_key(lab, 0, view)
                              : WISH_REDRAW;
    case EVENT_MOUSE_WHEEL_UP:
    case EVENT_MOUSE_WHEEL_DOWN:
        /* Over the focused value the wheel changes it; elsewhere it only moves, so that nothing is changed by
         * scrolling past. */
        direction = event->mouse == EVENT_MOUSE_WHEEL_UP ? 1 : -1;
        return already ? lab_nudge_key(lab, direction, view) : lab_move_key(lab, -direction, view);
    default:
        return 0;
    }
}

/* ---- charts ---- */

static void cursor_to(struct lab *lab, enum chart chart, int x, const struct view *view)
{
    struct chart_options options;
    lab_chart_options(lab, chart, &options);
    struct rect plot = chart_plot_area(lab_layout(lab).chart[chart], chart, view, &options);
    if (plot.width > 0)
        lab_set_cursor(lab, plot.width > 1 ? (double)(x - plot.x) / (plot.width - 1) : 0);
}

static screen_wish point_at_chart(struct lab *lab, const struct event *event, const struct view *view)
{
    struct layout layout = lab_layout(lab);
    if (event->mouse == EVENT_MOUSE_DRAG && lab->chart_focused && rect_holds(layout.charts, event->x, event->y)) {
        cursor_to(lab, lab->chart, event->x, view);
        return WISH_REDRAW;
    }
    for (int i = 0; i < CHART_COUNT; i++) {
        if (!rect_holds(layout.chart[i], event->x, event->y))
            continue;
        bool wheel = event->mouse == EVENT_MOUSE_WHEEL_UP || event->mouse == EVENT_MOUSE_WHEEL_DOWN;
        if (event->mouse != EVENT_MOUSE_PRESS && !wheel)
            return 0;
        bool title = lab->chart_focused && lab->chart == (enum chart)i && event->y == layout.chart[i].y;
        if (title && !wheel)
            return lab_zoom(lab, 0, view); /* its title is a button once it has the focus */
        lab_focus_chart(lab, (enum chart)i);
        if (wheel)
            return lab_press(lab, event->mouse == EVENT_MOUSE_WHEEL_UP ? EVENT_KEY_LEFT : EVENT_KEY_RIGHT, view);
        cursor_to(lab, (enum chart)i, event->x, view);
        return WISH_REDRAW;
    }
    return 0;
}

static screen_wish point_at_tab(struct lab *lab, const struct event *event)
{
    enum chart chart;
    if (event->mouse != EVENT_MOUSE_PRESS || !lab_tab_at(lab, event->x, event->y, &chart))
        return 0;
    lab_focus_chart(lab, chart);
    return WISH_REDRAW;
}

/* ---- menu ---- */

static screen_wish point_at_menu(struct lab *lab, const struct event *event, const struct view *view)
{
    struct rect area = overlay_menu_area(lab);
    if (event->mouse == EVENT_MOUSE_WHEEL_UP || event->mouse == EVENT_MOUSE_WHEEL_DOWN)
        return lab_menu_move(lab, event->mouse == EVENT_MOUSE_WHEEL_UP ? -1 : 1, view);
    if (event->mouse != EVENT_MOUSE_PRESS)
        return 0;
    if (!rect_holds(area, event->x, event->y))
        return lab_overlay_close(lab, 0, view);
    int row = event->y - (area.y + OVERLAY_MENU_HEAD);
    if (row < 0 || row >= overlay_menu_rows(lab) || overlay_menu_entry(lab, lab->menu_top + (size_t)row) == NULL)
        return 0;
    lab->menu_choice = lab->menu_top + (size_t)row;
    return lab_menu_accept(lab, 0, view);
}

/* While a value is typed, a press elsewhere accepts it first, as ↑ and ↓ do. */
static bool accept_typed(struct lab *lab, const struct event *event, const struct view *view, screen_wish *wish)
{
    int direction;
    if (lab->mode != LAB_EDITING)
        return true;
    if (event->mouse != EVENT_MOUSE_PRESS ||
        parameters_hit(lab, lab_layout(lab).panel, event->x, event->y, &direction) == lab->key)
        return false;
    *wish = lab_edit_accept(lab, 0, view);
    return lab->mode != LAB_EDITING;
}

screen_wish lab_point(struct lab *lab, const struct event *event, const struct view *view)
{
    screen_wish wish = 0;
    uint32_t key = 0;
    if (frame_point(&lab->frame, lab_context(lab), event, &key, &wish))
        return key != 0 ? wish | lab_press(lab, key, view) : wish;
    if (lab->mode == LAB_SHARING || lab->mode == LAB_NAMING)
        return event->mouse == EVENT_MOUSE_PRESS ? wish | lab_overlay_close(lab, 0, view) : wish;
    if (lab->mode == LAB_CHOOSING)
        return point_at_menu(lab, event, view);
    if (!accept_typed(lab, event, view, &wish))
        return wish;
    wish |= point_at_key(lab, event, view);
    wish |= point_at_tab(lab, event);
    return wish | point_at_chart(lab, event, view);
}
