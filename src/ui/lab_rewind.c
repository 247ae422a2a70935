/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lab_state.h"

#include <stdio.h>

/* Going back along the run's checkpoints, and over to the line that was left. */

static struct rewind_place place_of(const struct view *view)
{
    return view->snapshot != NULL ? view->snapshot->place : (struct rewind_place){.line = 0};
}

screen_wish lab_rewind_by(struct lab *lab, int argument, const struct view *view)
{
    struct rewind_place place = place_of(view);
    if (place.marks == 0) {
        frame_say(&lab->frame, view->snapshot != NULL
                                   ? "There is nothing to go back to: what a step leaves is too large to keep."
                                   : "The run has not begun.");
        return WISH_REDRAW;
    }
    if (argument > 0 && !place.behind && !lab->following)
        frame_say(&lab->frame, "This is where the line ends: Space goes on.");
    lab->rewind = argument;
    lab->running = false;
    lab->following = true;
    return WISH_REDRAW | LAB_REWIND;
}

screen_wish lab_swap_line(struct lab *lab, int argument, const struct view *view)
{
    (void)argument;
    if (!place_of(view).other) {
        frame_say(&lab->frame, "There is no other line: go back with u, change something, and run on.");
        return WISH_REDRAW;
    }
    lab->running = false;
    lab->following = true;
    return WISH_REDRAW | LAB_SWAP;
}

const char *lab_place_text(const struct view *view, char text[64])
{
    struct rewind_place place = place_of(view);
    text[0] = '\0';
    if (place.behind)
        snprintf(text, 64, "◂ mark %d of %d", place.mark, place.marks);
    else if (place.line > 0)
        snprintf(text, 64, "line %d from step %ld", place.line + 1, place.fork);
    else if (place.other)
        snprintf(text, 64, "line 1");
    return text;
}
