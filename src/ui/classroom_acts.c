/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/classroom_state.h"

#include "base/clock.h"
#include "run/key.h"

#include <math.h>
#include <string.h>

/* What is done by itself: a step's actions, one after the other, and in a demo the way from step to step. */

enum {
    READ_LEAST = 2000, /* ms */
    READ_MOST = 20000,
    READ_CHARACTER = 55,
    LEAD_MOST = 6000, /* of a text that is on before something runs */
    BETWEEN = 1200,   /* two actions that change something */
};

static int64_t milliseconds(double count)
{
    return (int64_t)(count * CLOCK_MILLISECOND);
}

static double reading(const char *text)
{
    double time = READ_LEAST + READ_CHARACTER * (double)strlen(text);
    return time < READ_MOST ? time : READ_MOST;
}

/* Nothing of the run changes by it. */
static bool is_view(const struct lesson_action *action)
{
    return action->verb == LESSON_CHART || action->verb == LESSON_ZOOM || action->verb == LESSON_CHARTS ||
           action->verb == LESSON_SPEED;
}

screen_wish classroom_act(struct classroom *classroom)
{
    classroom->actions =
        play_actions(&classroom->player, lab_config(classroom->lab), classroom->action, classroom->value);
    classroom->action_next = 0;
    classroom->acting = true;
    return WISH_REDRAW;
}

static screen_wish change(struct classroom *classroom, const struct config *next, bool live)
{
    struct err err;
    if (config_check(next, NULL, &err))
        return frame_refuse(&classroom->frame, &err);
    return lab_change(classroom->lab, next, live);
}

static screen_wish set(struct classroom *classroom, const struct lesson_action *action)
{
    struct config next = *lab_config(classroom->lab);
    struct err err;
    if (key_set(&next, action->key, action->text, &err))
        return frame_refuse(&classroom->frame, &err);
    return change(classroom, &next, key_table[action->key].live);
}

/* One move of an action; a count of steps takes several. */
static screen_wish perform(struct classroom *classroom)
{
    struct lab *lab = classroom->lab;
    struct lesson_action *action = &classroom->action[classroom->action_next];
    struct config next = *lab_config(lab);
    bool again = (action->verb == LESSON_STEP || action->verb == LESSON_PHASE) && --action->number > 0;
    classroom->action_next += !again;
    switch (action->verb) {
    case LESSON_RUN:
        return lab_do(lab, LAB_RUN);
    case LESSON_PAUSE:
        return lab_do(lab, LAB_PAUSE);
    case LESSON_STEP:
        return lab_do(lab, LAB_STEP);
    case LESSON_PHASE:
        return lab_do(lab, LAB_PHASE);
    case LESSON_ADAPT:
        return lab_do(lab, LAB_ADAPT);
    case LESSON_SEED:
        next.problem.seed++;
        return change(classroom, &next, false);
    case LESSON_SET:
        return set(classroom, action);
    case LESSON_SPEED:
        return lab_set_speed(lab, action->number);
    case LESSON_CHART:
    case LESSON_ZOOM:
        return lab_show(lab, action->number, action->verb == LESSON_ZOOM);
    default:
        return lab_show(lab, -1, false);
    }
}

/* Views at once; the rest too, unless a demo gives time to look. */
static screen_wish perform_due(struct classroom *classroom, const struct classroom_now *now)
{
    screen_wish wish = 0;
    while (classroom->action_next < classroom->actions) {
        bool view = is_view(&classroom->action[classroom->action_next]);
        if (!view && classroom->demo && (classroom->paused || now->time < classroom->due))
            return wish;
        wish |= perform(classroom);
        if (!view && classroom->demo)
            classroom->due = now->time + milliseconds(BETWEEN);
    }
    classroom->acting = false;
    return wish;
}

screen_wish classroom_hurry(struct classroom *classroom, int64_t now)
{
    screen_wish wish = WISH_REDRAW;
    while (classroom->action_next < classroom->actions)
        wish |= perform(classroom);
    classroom->acting = false;
    classroom->due = classroom->paused ? 0 : now;
    return wish;
}

/* ---- a demo's time ---- */

void classroom_schedule(struct classroom *classroom, int64_t now)
{
    const struct lesson_step *step = player_step(&classroom->player);
    double time = 0;
    if (!classroom->demo) {
        classroom->due = CLOCK_NEVER;
        return;
    }
    switch (classroom->player.phase) {
    case PLAYER_ASKING:
        time = reading(step->text.text) + reading(step->question.ask.text);
        break;
    case PLAYER_ACTING:
        if (!classroom->acting)
            classroom_act(classroom);
        time = reading(step->text.text);
        time = time < LEAD_MOST ? time : LEAD_MOST;
        break;
    case PLAYER_TOLD:
        time = isnan(step->pause) ? reading(*step->explain.text ? step->explain.text : step->text.text)
                                  : 1000 * step->pause;
        break;
    case PLAYER_FINISHED:
        classroom->due = CLOCK_NEVER;
        return;
    }
    classroom->due = (classroom->paused ? 0 : now) + milliseconds(time);
}

screen_wish classroom_tick(struct classroom *classroom, const struct classroom_now *now)
{
    screen_wish wish = 0;
    struct player *player = &classroom->player;
    if (classroom->acting && player->phase != PLAYER_ASKING)
        wish |= perform_due(classroom, now);
    if (!classroom->demo || classroom->paused || now->time < classroom->due)
        return wish;
    struct facts facts = classroom_facts(classroom, now->run);
    if (player->phase == PLAYER_ASKING)
        return wish | classroom_grant(classroom, player_pass(player), now->time);
    if (player->phase == PLAYER_TOLD && !classroom->acting)
        return wish | classroom_grant(classroom, player_next(player, &facts), now->time);
    classroom->due = classroom->acting ? classroom->due : CLOCK_NEVER; /* what it waits for is the run's */
    return wish;
}
