/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_CLASSROOM_STATE_H
#define RANKSCOPE_UI_CLASSROOM_STATE_H

#include "lesson/play.h"
#include "ui/classroom.h"
#include "ui/field.h"
#include "ui/frame.h"

/* What the screen's own files share; nobody else includes it. */

struct classroom {
    struct frame frame;
    const struct lesson_list *lessons;
    struct course *course;
    struct lab *lab;

    const struct lesson *lesson; /* NULL: the list is shown */
    struct player player;
    int seen_step; /* of the player, when it was looked at last */
    enum player_phase seen_phase;
    int asked;          /* the choice that the cursor is on */
    struct field field; /* the number that is typed */

    struct lesson_action action[LESSON_ACTIONS]; /* that are being done, by a demo or to show how */
    char value[PLAY_VALUE_SIZE];                 /* of an action that was made up */
    int actions, action_next;
    bool acting;

    bool demo;   /* it goes on by itself */
    bool paused; /* the demo, not the run */
    int64_t due; /* when the demo does something next; while it is paused, how much later than now */

    size_t choice, top; /* in the list */
};

/* How things stand for an event. */
struct classroom_now {
    const struct classroom_run *run;
    int64_t time;
};

/* ---- classroom.c ---- */

struct facts classroom_facts(const struct classroom *classroom, const struct classroom_run *run);
screen_wish classroom_begin(struct classroom *classroom, const struct lesson *lesson, bool demo, int step, int64_t now);

/* Does what a move of the player wishes for; 0: the move was not possible. */
screen_wish classroom_grant(struct classroom *classroom, player_wish wish, int64_t now);
void classroom_text(const struct classroom *classroom, const struct classroom_run *run, const char *text, char *told);

/* ---- classroom_acts.c: what is done by itself ---- */

screen_wish classroom_act(struct classroom *classroom);                /* begins to do what the step asks for */
screen_wish classroom_hurry(struct classroom *classroom, int64_t now); /* the rest of it at once */
void classroom_schedule(struct classroom *classroom, int64_t now);
screen_wish classroom_tick(struct classroom *classroom, const struct classroom_now *now);

/* ---- classroom_keys.c ---- */

enum keymap_context classroom_context(const struct classroom *classroom);
bool classroom_yields(const struct classroom *classroom); /* keys and hints are those of the lab in the lesson */
screen_wish classroom_press(struct classroom *classroom, uint32_t key, const struct classroom_now *now);

/* ---- classroom_mouse.c ---- */

screen_wish classroom_point(struct classroom *classroom, const struct event *event, const struct classroom_now *now);

/* ---- classroom_list.c ---- */

/* The course, demos, one's own: those of a kind stand together. */
int classroom_kind(const struct lesson *lesson);
void classroom_list_draw(struct classroom *classroom, struct grid *grid);
void classroom_list_settle(struct classroom *classroom);
bool classroom_list_at(const struct classroom *classroom, int x, int y, size_t *choice);

/* ---- classroom_draw.c ---- */

enum { CLASSROOM_BOX_ROWS = 10, CLASSROOM_TEXT_ROWS = 8 };
struct rect classroom_choice_area(const struct classroom *classroom, const struct classroom_run *run, int choice);

#endif
