/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lab_state.h"

/* How the charts are shown. */

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
