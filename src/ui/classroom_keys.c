/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/classroom_state.h"

#include "base/clock.h"

#include <stdlib.h>

/* ---- the list ---- */

static screen_wish move_choice(struct classroom *classroom, int argument, const struct classroom_now *now)
{
    (void)now;
    size_t count = classroom->lessons->count;
    size_t step = (size_t)abs(argument);
    if (argument > 0)
        classroom->choice += step;
    else
        classroom->choice -= step < classroom->choice ? step : classroom->choice;
    if (classroom->choice >= count)
        classroom->choice = count > 0 ? count - 1 : 0;
    classroom_list_settle(classroom);
    return WISH_REDRAW;
}

static screen_wish open_choice(struct classroom *classroom, int argument, const struct classroom_now *now)
{
    if (classroom->choice >= classroom->lessons->count)
        return 0;
    const struct lesson *lesson = &classroom->lessons->lesson[classroom->choice];
    return classroom_open(classroom, lesson, argument != 0 || lesson->demo, now->time);
}

/* ---- a lesson ---- */

static screen_wish say(struct classroom *classroom, const char *text)
{
    frame_say(&classroom->frame, text);
    return WISH_REDRAW;
}

/* The lesson after this one, and the list after the last. */
static screen_wish next_lesson(struct classroom *classroom, int64_t now)
{
    const struct lesson_list *lessons = classroom->lessons;
    size_t next = (size_t)(classroom->lesson - lessons->lesson) + 1;
    bool listed = classroom->lesson >= lessons->lesson && classroom->lesson < lessons->lesson + lessons->count;
    if (!listed || next >= lessons->count || classroom->demo ||
        classroom_kind(&lessons->lesson[next]) != classroom_kind(classroom->lesson) || lessons->lesson[next].demo)
        return classroom_leave(classroom);
    return classroom_begin(classroom, &lessons->lesson[next], false, 0, now);
}

static screen_wish go_on(struct classroom *classroom, int argument, const struct classroom_now *now)
{
    (void)argument;
    struct player *player = &classroom->player;
    struct facts facts = classroom_facts(classroom, now->run);
    if (player->phase == PLAYER_FINISHED)
        return next_lesson(classroom, now->time);
    player_look(player, &facts); /* it may be complete since it was looked at last */
    if (player->phase == PLAYER_TOLD)
        return classroom_grant(classroom, player_next(player, &facts), now->time);
    if (classroom->demo && player->phase == PLAYER_ASKING)
        return classroom_grant(classroom, player_pass(player), now->time);
    if (classroom->demo && classroom->acting)
        return classroom_hurry(classroom, now->time);
    if (*player_step(player)->until.text == '\0')
        return say(classroom, player->replays ? "A moment: the run before this step is done again."
                                              : "A moment: the problem is being drawn.");
    return say(classroom, *player_step(player)->hint.text
                              ? "This step is not complete yet: h gives a hint, a shows how it goes."
                              : "This step is not complete yet: a shows how it goes.");
}

static screen_wish go_back(struct classroom *classroom, int argument, const struct classroom_now *now)
{
    (void)argument;
    screen_wish wish = classroom_grant(classroom, player_back(&classroom->player), now->time);
    return wish ? wish : say(classroom, "This is the first step.");
}

static screen_wish hint(struct classroom *classroom, int argument, const struct classroom_now *now)
{
    (void)argument;
    screen_wish wish = classroom_grant(classroom, player_hint(&classroom->player), now->time);
    if (wish)
        return wish;
    if (classroom->player.phase == PLAYER_ASKING)
        return say(classroom, classroom->player.hinted ? "There is no further hint; a goes on without an answer."
                                                       : "There is no hint for this; a goes on without an answer.");
    return say(classroom, classroom->player.hinted ? "There is no further hint; a shows how it goes."
                                                   : "There is no hint for this; a shows how it goes.");
}

static screen_wish show_how(struct classroom *classroom, int argument, const struct classroom_now *now)
{
    (void)argument;
    struct player *player = &classroom->player;
    if (player->phase == PLAYER_ASKING)
        return classroom_grant(classroom, player_pass(player), now->time) |
               say(classroom, "Not answered: what is measured will tell.");
    if (player->phase != PLAYER_ACTING)
        return say(classroom, "This step is complete: Enter goes on.");
    return classroom_act(classroom) | classroom_tick(classroom, now);
}

static screen_wish reset_step(struct classroom *classroom, int argument, const struct classroom_now *now)
{
    (void)argument;
    return classroom_grant(classroom, player_reset(&classroom->player), now->time);
}

static screen_wish leave(struct classroom *classroom, int argument, const struct classroom_now *now)
{
    (void)argument;
    (void)now;
    return classroom_leave(classroom);
}

/* ---- questions ---- */

static screen_wish move_asked(struct classroom *classroom, int argument, const struct classroom_now *now)
{
    (void)now;
    int choices = player_step(&classroom->player)->question.choices;
    classroom->asked += argument;
    classroom->asked = classroom->asked < 0 ? 0 : classroom->asked;
    classroom->asked = classroom->asked >= choices ? choices - 1 : classroom->asked;
    return choices > 0 ? WISH_REDRAW : 0;
}

static screen_wish answer_number(struct classroom *classroom, const struct classroom_now *now)
{
    char *end;
    double number = strtod(classroom->field.text, &end);
    if (end == classroom->field.text || *end != '\0')
        return say(classroom, "Type a number, then Enter; a goes on without an answer.");
    return classroom_grant(classroom, player_guess(&classroom->player, number), now->time);
}

static screen_wish answer(struct classroom *classroom, int argument, const struct classroom_now *now)
{
    (void)argument;
    if (player_step(&classroom->player)->question.choices == 0)
        return answer_number(classroom, now);
    return classroom_grant(classroom, player_choose(&classroom->player, classroom->asked), now->time);
}

/* A digit is a choice, or a piece of the number. */
static screen_wish digit(struct classroom *classroom, int argument, const struct classroom_now *now)
{
    int choices = player_step(&classroom->player)->question.choices;
    if (choices == 0)
        return field_insert(&classroom->field, (uint32_t)argument) ? WISH_REDRAW : 0;
    if (argument < '1' || argument >= '1' + choices)
        return say(classroom, "There is no such answer.");
    classroom->asked = argument - '1';
    return answer(classroom, 0, now);
}

static screen_wish erase(struct classroom *classroom, int argument, const struct classroom_now *now)
{
    if (player_step(&classroom->player)->question.choices == 0 && classroom->field.text[0] != '\0')
        return field_key(&classroom->field, EVENT_KEY_BACKSPACE) ? WISH_REDRAW : 0;
    return go_back(classroom, argument, now);
}

static screen_wish wait_for_answer(struct classroom *classroom, int argument, const struct classroom_now *now)
{
    (void)argument;
    (void)now;
    return say(classroom, "Answer first, then it runs; a goes on without an answer.");
}

/* ---- demos ---- */

static screen_wish pause_demo(struct classroom *classroom, int argument, const struct classroom_now *now)
{
    (void)argument;
    classroom->paused = !classroom->paused;
    if (classroom->due != CLOCK_NEVER)
        classroom->due += classroom->paused ? -now->time : now->time;
    say(classroom, classroom->paused ? "The demo is paused: Space goes on." : "The demo goes on.");
    return WISH_REDRAW | CLASSROOM_NOTES;
}

/* The lab under it as it is; from here on it is a lesson. */
static screen_wish take_over(struct classroom *classroom, int argument, const struct classroom_now *now)
{
    (void)argument;
    classroom->demo = classroom->acting = classroom->paused = false;
    classroom->due = CLOCK_NEVER;
    return classroom_grant(classroom, PLAYER_CHANGED, now->time) |
           say(classroom, "Yours now: the lab's keys work, and Enter goes on.");
}

/* ---- the screen ---- */

static screen_wish wish_for(struct classroom *classroom, int argument, const struct classroom_now *now)
{
    (void)classroom;
    (void)now;
    return WISH_REDRAW | (screen_wish)argument;
}

/* What the lab does at a key, as its table has it: here it is the lesson's key, whatever was made of the lab's. */
static screen_wish pass(struct classroom *classroom, int argument, const struct classroom_now *now)
{
    return lab_press_usual(classroom->lab, (uint32_t)argument, &now->run->view);
}

static screen_wish pass_on(struct classroom *classroom, uint32_t key, const struct classroom_now *now)
{
    struct event event = {.type = EVENT_KEY, .key = key};
    return lab_handle(classroom->lab, &event, &now->run->view);
}

/* ---- the table ---- */

#define SAME(key)                                                                                                      \
    {                                                                                                                  \
        key, key                                                                                                       \
    }

static const struct binding bindings[] = {
    {"Enter", "open", "open the lesson", GROUP_LIST, KEYMAP_LIST, {.classroom = open_choice}, {{EVENT_KEY_ENTER, 0}}},
    {"↑ ↓",
     "choose",
     "the lesson before, after",
     GROUP_LIST,
     KEYMAP_LIST,
     {.classroom = move_choice},
     {{EVENT_KEY_UP, -1}, {EVENT_KEY_DOWN, 1}}},
    {"PgUp PgDn",
     NULL,
     "eight lessons up, down",
     GROUP_LIST,
     KEYMAP_LIST,
     {.classroom = move_choice},
     {{EVENT_KEY_PAGE_UP, -8}, {EVENT_KEY_PAGE_DOWN, 8}}},
    {"Home End",
     NULL,
     "the first, the last lesson",
     GROUP_LIST,
     KEYMAP_LIST,
     {.classroom = move_choice},
     {{EVENT_KEY_HOME, -1000}, {EVENT_KEY_END, 1000}}},
    {"d", "as a demo", "show it as a demo", GROUP_LIST, KEYMAP_LIST, {.classroom = open_choice}, {{'d', 1}}},
    {"Esc",
     "lab",
     "back to the lab",
     GROUP_LIST,
     KEYMAP_LIST,
     {.classroom = wish_for},
     {{EVENT_KEY_ESCAPE, WISH_GO << SCREEN_LAB}}},

    {"Enter",
     "answer",
     "take the answer",
     GROUP_QUESTION,
     KEYMAP_QUESTION,
     {.classroom = answer},
     {{EVENT_KEY_ENTER, 0}}},
    {"↑ ↓",
     "choose",
     "the answer before, after",
     GROUP_QUESTION,
     KEYMAP_QUESTION,
     {.classroom = move_asked},
     {{EVENT_KEY_UP, -1}, {EVENT_KEY_DOWN, 1}}},
    {"0 1 2 … 9 . -",
     NULL,
     "this answer, or a number",
     GROUP_QUESTION,
     KEYMAP_QUESTION,
     {.classroom = digit},
     {SAME('0'), SAME('1'), SAME('2'), SAME('3'), SAME('4'), SAME('5'), SAME('6'), SAME('7'), SAME('8'), SAME('9'),
      SAME('.'), SAME('-')}},
    {"Backspace",
     NULL,
     "erase; else the step before",
     GROUP_QUESTION,
     KEYMAP_QUESTION,
     {.classroom = erase},
     {{EVENT_KEY_BACKSPACE, 0}}},
    {"Space",
     NULL,
     "nothing: the answer comes first",
     GROUP_QUESTION,
     KEYMAP_QUESTION,
     {.classroom = wait_for_answer},
     {{' ', 0}}},
    {"a", "pass", "go on without an answer", GROUP_QUESTION, KEYMAP_QUESTION, {.classroom = show_how}, {{'a', 0}}},
    {"h", "hint", "a hint for the answer", GROUP_QUESTION, KEYMAP_QUESTION, {.classroom = hint}, {{'h', 0}}},
    {"Esc",
     NULL,
     "leave without an answer",
     GROUP_QUESTION,
     KEYMAP_QUESTION,
     {.classroom = leave},
     {{EVENT_KEY_ESCAPE, 0}}},

    {"Space", "run/pause", "run or pause", GROUP_RUN, KEYMAP_LESSON, {.classroom = pass}, {SAME(' ')}},
    {"Enter", "next", "the next step", GROUP_LESSON, KEYMAP_LESSON, {.classroom = go_on}, {{EVENT_KEY_ENTER, 0}}},
    {"Backspace",
     "back",
     "the step before",
     GROUP_LESSON,
     KEYMAP_LESSON,
     {.classroom = go_back},
     {{EVENT_KEY_BACKSPACE, 0}}},
    {"h", "hint", "a hint", GROUP_LESSON, KEYMAP_LESSON, {.classroom = hint}, {{'h', 0}}},
    {"a", "show me", "show how it goes", GROUP_LESSON, KEYMAP_LESSON, {.classroom = show_how}, {{'a', 0}}},
    {"r", "again", "this step from its beginning", GROUP_LESSON, KEYMAP_LESSON, {.classroom = reset_step}, {{'r', 0}}},
    {"Esc",
     "leave",
     "leave the zoom, then the lesson",
     GROUP_LESSON,
     KEYMAP_LESSON,
     {.classroom = leave},
     {{EVENT_KEY_ESCAPE, 0}}},
    {"s", NULL, "one step, then pause", GROUP_RUN, KEYMAP_LESSON, {.classroom = pass}, {SAME('s')}},
    {"n", NULL, "draw another problem: the next seed", GROUP_RUN, KEYMAP_LESSON, {.classroom = pass}, {SAME('n')}},
    {"p", NULL, "one phase of a step, then pause", GROUP_RUN, KEYMAP_LESSON, {.classroom = pass}, {SAME('p')}},
    {"f", NULL, "on to fine-tuning", GROUP_RUN, KEYMAP_LESSON, {.classroom = pass}, {SAME('f')}},
    {"< >", NULL, "slower, faster", GROUP_RUN, KEYMAP_LESSON, {.classroom = pass}, {SAME('<'), SAME('>')}},
    {"↑ ↓",
     NULL,
     "the parameter or chart above, below",
     GROUP_RUN,
     KEYMAP_LESSON,
     {.classroom = pass},
     {SAME(EVENT_KEY_UP), SAME(EVENT_KEY_DOWN)}},
    {"← →",
     NULL,
     "change the value, move the crosshair",
     GROUP_RUN,
     KEYMAP_LESSON,
     {.classroom = pass},
     {SAME(EVENT_KEY_LEFT), SAME(EVENT_KEY_RIGHT)}},
    {"Tab z",
     NULL,
     "the next chart, zoom it",
     GROUP_RUN,
     KEYMAP_LESSON,
     {.classroom = pass},
     {SAME(EVENT_KEY_TAB), SAME('z')}},

    {"Space", "pause", "pause the demo, or go on", GROUP_DEMO, KEYMAP_DEMO, {.classroom = pause_demo}, {{' ', 0}}},
    {"→ Enter",
     "next",
     "go on at once",
     GROUP_DEMO,
     KEYMAP_DEMO,
     {.classroom = go_on},
     {{EVENT_KEY_RIGHT, 0}, {EVENT_KEY_ENTER, 0}}},
    {"← Backspace",
     "back",
     "back a step",
     GROUP_DEMO,
     KEYMAP_DEMO,
     {.classroom = go_back},
     {{EVENT_KEY_LEFT, 0}, {EVENT_KEY_BACKSPACE, 0}}},
    {"r", "again", "the step from its beginning", GROUP_DEMO, KEYMAP_DEMO, {.classroom = reset_step}, {{'r', 0}}},
    {"l", "as a lesson", "take over: the lab is yours", GROUP_DEMO, KEYMAP_DEMO, {.classroom = take_over}, {{'l', 0}}},
    {"Esc", "leave", "leave the demo", GROUP_DEMO, KEYMAP_DEMO, {.classroom = leave}, {{EVENT_KEY_ESCAPE, 0}}},

    {"g",
     NULL,
     "open gnuplot's windows, or close them",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {.classroom = wish_for},
     {{'g', WISH_GNUPLOT}}},
    {"q", "quit", "leave the program", GROUP_SCREEN, KEYMAP_WATCHING, {.classroom = wish_for}, {{'q', WISH_QUIT}}},
};

const struct keymap classroom_keymap = {
    .titles =
        {
            [GROUP_LIST] = "The list of lessons",
            [GROUP_LESSON] = "A lesson",
            [GROUP_QUESTION] = "A question",
            [GROUP_DEMO] = "A demo",
            [GROUP_RUN] = "The lab in a lesson (its other keys too)",
            [GROUP_SCREEN] = "The screen",
            [GROUP_HELP] = "In this help",
        },
    .binding = bindings,
    .count = sizeof bindings / sizeof *bindings,
};

/* ---- dispatch ---- */

enum keymap_context classroom_context(const struct classroom *classroom)
{
    if (classroom->frame.helping)
        return KEYMAP_HELP;
    if (classroom->lesson == NULL)
        return KEYMAP_LIST;
    if (classroom->demo)
        return KEYMAP_DEMO;
    return classroom->player.phase == PLAYER_ASKING ? KEYMAP_QUESTION : KEYMAP_LESSON;
}

bool classroom_yields(const struct classroom *classroom)
{
    return classroom_context(classroom) == KEYMAP_LESSON && lab_busy(classroom->lab);
}

screen_wish classroom_press(struct classroom *classroom, uint32_t key, const struct classroom_now *now)
{
    screen_wish wish = 0;
    int argument = 0;
    enum keymap_context context = classroom_context(classroom);
    bool lesson = context == KEYMAP_LESSON;
    bool out = key == EVENT_KEY_ESCAPE && lesson && lab_zoomed(classroom->lab);
    if ((classroom_yields(classroom) || out) && frame_fits(&classroom->frame) && key != EVENT_KEY_CTRL_C)
        return pass_on(classroom, key, now);
    if (frame_press(&classroom->frame, context, key, &wish))
        return wish;
    const struct binding *binding = keymap_find(classroom->frame.keymap, context, key, &argument);
    if (binding != NULL)
        return binding->action.classroom(classroom, argument, now);
    return lesson ? pass_on(classroom, key, now) : 0;
}
