/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lab_state.h"

/* Which chart has the focus, and how all are shown. */

screen_wish lab_choose_chart(struct lab *lab, int argument, const struct view *view)
{
    (void)view;
    lab_focus_chart(lab, (enum chart)argument);
    return WISH_REDRAW;
}

/* One row up or down where charts stand in a grid, else the one before or after. */
screen_wish lab_move_chart(struct lab *lab, int argument, const struct view *view)
{
    (void)view;
    int next = (int)lab->chart + (lab_layout(lab).single ? argument : 2 * argument);
    if (next >= 0 && next < CHART_COUNT)
        lab_focus_chart(lab, (enum chart)next);
    return WISH_REDRAW;
}

/* Parameters, then every chart, then parameters again. */
screen_wish lab_move_focus(struct lab *lab, int argument, const struct view *view)
{
    (void)view;
    int places = CHART_COUNT + 1;
    int at = lab->chart_focused ? (int)lab->chart + 1 : 0;
    at = (at + argument + places) % places;
    if (at == 0)
        lab_focus_key(lab, lab->key);
    else
        lab_focus_chart(lab, (enum chart)(at - 1));
    return WISH_REDRAW;
}

screen_wish lab_zoom(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    (void)view;
    bool zoomed = !(lab->zoomed && lab->chart_focused);
    lab_focus_chart(lab, lab->chart);
    lab->zoomed = zoomed;
    return WISH_REDRAW;
}

screen_wish lab_leave_chart(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    (void)view;
    if (lab->zoomed)
        lab->zoomed = false;
    else
        lab_focus_key(lab, lab->key);
    return WISH_REDRAW;
}

screen_wish lab_toggle_linear(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    (void)view;
    lab->linear_y = !lab->linear_y;
    frame_say(&lab->frame, lab->linear_y ? "Linear y axes." : "Logarithmic y axes.");
    return WISH_REDRAW;
}

screen_wish lab_toggle_log_x(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    (void)view;
    lab->log_x = !lab->log_x;
    frame_say(&lab->frame, lab->log_x ? "Logarithmic axes of steps." : "Linear axes of steps.");
    return WISH_REDRAW;
}

screen_wish lab_toggle_crosshair(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    (void)view;
    lab->crosshair = !lab->crosshair;
    frame_say(&lab->frame, lab->crosshair ? "Crosshair: ← → move it while a chart has the focus." : "No crosshair.");
    return WISH_REDRAW;
}

screen_wish lab_toggle_theory(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    (void)view;
    lab->measured = !lab->measured;
    frame_say(&lab->frame, lab->measured ? "Without the theory." : "With the theory, dashed.");
    return WISH_REDRAW;
}
