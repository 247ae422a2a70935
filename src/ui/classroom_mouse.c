/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/classroom_state.h"
#include "ui/draw.h"

static screen_wish point_at_list(struct classroom *classroom, const struct event *event,
                                 const struct classroom_now *now)
{
    size_t choice;
    if (event->mouse == EVENT_MOUSE_WHEEL_UP || event->mouse == EVENT_MOUSE_WHEEL_DOWN)
        return classroom_press(classroom, event->mouse == EVENT_MOUSE_WHEEL_UP ? EVENT_KEY_UP : EVENT_KEY_DOWN, now);
    if (event->mouse != EVENT_MOUSE_PRESS || !classroom_list_at(classroom, event->x, event->y, &choice))
        return 0;
    if (choice == classroom->choice)
        return classroom_press(classroom, EVENT_KEY_ENTER, now);
    classroom->choice = choice;
    return WISH_REDRAW;
}

static screen_wish point_at_question(struct classroom *classroom, const struct event *event,
                                     const struct classroom_now *now)
{
    int choices = player_step(&classroom->player)->question.choices;
    for (int i = 0; i < choices && event->mouse == EVENT_MOUSE_PRESS; i++)
        if (rect_holds(classroom_choice_area(classroom, now->run, i), event->x, event->y))
            return classroom_press(classroom, (uint32_t)('1' + i), now);
    return 0;
}

screen_wish classroom_point(struct classroom *classroom, const struct event *event, const struct classroom_now *now)
{
    screen_wish wish = 0;
    uint32_t key = 0;
    enum keymap_context context = classroom_context(classroom);
    if (classroom_yields(classroom) && frame_fits(&classroom->frame))
        return lab_handle(classroom->lab, event, &now->run->view);
    if (frame_point(&classroom->frame, context, event, &key, &wish))
        return key != 0 ? wish | classroom_press(classroom, key, now) : wish;
    if (context == KEYMAP_LIST)
        return wish | point_at_list(classroom, event, now);
    if (rect_holds(lab_text_area(classroom->lab), event->x, event->y)) {
        if (context == KEYMAP_QUESTION)
            return wish | point_at_question(classroom, event, now);
        bool press = event->mouse == EVENT_MOUSE_PRESS && classroom->player.phase >= PLAYER_TOLD;
        return press ? wish | classroom_press(classroom, EVENT_KEY_ENTER, now) : wish;
    }
    return context == KEYMAP_LESSON ? wish | lab_handle(classroom->lab, event, &now->run->view) : wish;
}
