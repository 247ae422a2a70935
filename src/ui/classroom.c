/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/classroom_state.h"

#include "base/clock.h"
#include "lesson/telling.h"
#include "run/key.h"
#include "run/prose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct classroom *classroom_new(const struct lesson_list *lessons, struct course *course,
                                const struct classroom_options *options, struct err *err)
{
    struct classroom *classroom = calloc(1, sizeof *classroom);
    struct config config;
    if (classroom == NULL) {
        err_set(err, ERR_MEMORY, "no memory for the lessons' screen");
        return NULL;
    }
    classroom->lessons = lessons;
    classroom->course = course;
    classroom->due = CLOCK_NEVER;
    frame_begin(&classroom->frame, SCREEN_LESSONS, &classroom_keymap, options->glyphs);
    const struct lab_options lab = {.glyphs = options->glyphs};
    config_default(&config);
    classroom->lab = lab_new(&config, NULL, &lab, err);
    if (classroom->lab == NULL) {
        classroom_free(classroom);
        return NULL;
    }
    return classroom;
}

void classroom_free(struct classroom *classroom)
{
    if (classroom == NULL)
        return;
    lab_free(classroom->lab);
    free(classroom);
}

bool classroom_is_demo(const struct classroom *classroom)
{
    return classroom->demo;
}

const struct config *classroom_config(const struct classroom *classroom)
{
    return lab_config(classroom->lab);
}

struct frame *classroom_frame(struct classroom *classroom)
{
    return &classroom->frame;
}

struct frame *classroom_lab_frame(struct classroom *classroom)
{
    return lab_frame(classroom->lab);
}

int classroom_speed(const struct classroom *classroom)
{
    return lab_speed(classroom->lab);
}

int classroom_rewind(const struct classroom *classroom)
{
    return lab_rewind(classroom->lab);
}

const char *classroom_share_text(const struct classroom *classroom)
{
    return lab_share_text(classroom->lab);
}

void classroom_say(struct classroom *classroom, const char *text)
{
    frame_say(&classroom->frame, text);
}

/* ---- what is measured ---- */

struct facts classroom_facts(const struct classroom *classroom, const struct classroom_run *run)
{
    bool running = run->begun && run->status.state == LIVE_RUNNING;
    bool done = run->begun && run->status.state == LIVE_DONE;
    return player_facts(&classroom->player, run->begun ? run->view.snapshot : NULL, lab_config(classroom->lab), running,
                        done);
}

void classroom_text(const struct classroom *classroom, const struct classroom_run *run, const char *text, char *told)
{
    struct facts facts = classroom_facts(classroom, run);
    telling_write(told, TELLING_SIZE, text, &classroom->lesson->names, &facts);
}

/* ---- steps ---- */

static screen_wish refused_commands(unsigned commands)
{
    static const struct {
        unsigned may;
        screen_wish wish;
    } table[] = {{LESSON_MAY_RUN, LAB_RUN},      {LESSON_MAY_STEP, LAB_STEP},   {LESSON_MAY_PHASE, LAB_PHASE},
                 {LESSON_MAY_SEED, LAB_RESTART}, {LESSON_MAY_ADAPT, LAB_ADAPT}, {LESSON_MAY_SPEED, LAB_SPEED}};
    screen_wish refused = 0;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if ((commands & table[i].may) == 0)
            refused |= table[i].wish;
    return refused;
}

/* While a question waits nothing runs, or it would answer itself. */
static void limit(struct classroom *classroom)
{
    const struct lesson_controls *controls = &player_step(&classroom->player)->controls;
    struct lab_limits limits = {.hidden = controls->hidden, .locked = controls->locked};
    limits.refused = refused_commands(controls->commands);
    if (classroom->player.phase == PLAYER_ASKING) {
        limits.refused = refused_commands(0);
        limits.locked = ~(uint64_t)0;
    }
    limits.layout.bare = classroom->demo;
    lab_limit(classroom->lab, SCREEN_LESSONS, &limits);
}

static screen_wish note_progress(struct classroom *classroom)
{
    const struct player *player = &classroom->player;
    if (classroom->demo)
        return 0;
    bool finished = player->phase == PLAYER_FINISHED;
    return course_note(classroom->course, classroom->lesson->name, finished ? 0 : player->step, finished)
               ? CLASSROOM_KEEP
               : 0;
}

screen_wish classroom_grant(struct classroom *classroom, player_wish wish, int64_t now)
{
    if (wish == 0)
        return 0;
    screen_wish wanted = WISH_REDRAW | CLASSROOM_NOTES;
    const struct config *config = &player_step(&classroom->player)->config;
    const struct player *player = &classroom->player;
    bool entered = (wish & (PLAYER_RESTART | PLAYER_REPLAY)) != 0 || player->step != classroom->seen_step;
    bool moved = entered || player->phase != classroom->seen_phase;
    classroom->seen_step = player->step;
    classroom->seen_phase = player->phase;
    if (wish & PLAYER_RESTART)
        wanted |= lab_begin(classroom->lab, config);
    else if (wish & PLAYER_REPLAY)
        wanted |= lab_open(classroom->lab, config);
    if (entered) {
        classroom->asked = 0;
        classroom->acting = false;
        field_begin(&classroom->field, "", FIELD_SIZE - 1);
    }
    limit(classroom);
    if (moved)
        classroom_schedule(classroom, now);
    return wanted | note_progress(classroom);
}

screen_wish classroom_begin(struct classroom *classroom, const struct lesson *lesson, bool demo, int step, int64_t now)
{
    classroom->lesson = lesson;
    classroom->demo = demo;
    classroom->paused = false;
    for (size_t i = 0; i < classroom->lessons->count; i++)
        if (&classroom->lessons->lesson[i] == lesson)
            classroom->choice = i;
    screen_wish wish = lab_set_speed(classroom->lab, LIVE_FLAT_OUT);
    wish |= lab_show(classroom->lab, -1, false);
    return wish | classroom_grant(classroom, player_begin(&classroom->player, lesson, step), now);
}

screen_wish classroom_open(struct classroom *classroom, const struct lesson *lesson, bool demo, int64_t now)
{
    /* Numbers that were kept are not there any more, so a lesson that has some begins anew. */
    const struct course_entry *entry = course_of(classroom->course, lesson->name);
    bool resumes = !demo && entry != NULL && lesson->names.count == 0;
    return classroom_begin(classroom, lesson, demo, resumes ? entry->step : 0, now);
}

screen_wish classroom_leave(struct classroom *classroom)
{
    screen_wish wish = lab_do(classroom->lab, LAB_PAUSE);
    classroom->lesson = NULL;
    classroom->demo = classroom->acting = false;
    classroom->due = CLOCK_NEVER;
    return wish | WISH_REDRAW | CLASSROOM_NOTES;
}

/* ---- events ---- */

static void take_message(struct classroom *classroom)
{
    char text[512];
    bool alarms;
    if (!lab_take_message(classroom->lab, text, &alarms))
        return;
    frame_say(&classroom->frame, text);
    classroom->frame.message_alarms = alarms;
}

screen_wish classroom_look(struct classroom *classroom, const struct classroom_run *run, int64_t now)
{
    enum { TURNS = 3 }; /* a step that is only read is complete as soon as it begins */
    struct classroom_now moment = {run, now};
    screen_wish all = 0;
    screen_wish wish = CLASSROOM_NOTES;
    for (int turn = 0; turn < TURNS && classroom->lesson != NULL && (wish & CLASSROOM_NOTES); turn++) {
        struct facts facts = classroom_facts(classroom, run);
        wish = classroom_grant(classroom, player_look(&classroom->player, &facts), now);
        wish |= classroom_tick(classroom, &moment);
        all |= wish;
        if (wish & LAB_RESTART)
            break; /* what begins anew has not been measured yet */
    }
    return all;
}

const char *classroom_keep_name(const struct classroom *classroom)
{
    return lab_keep_name(classroom->lab);
}

void classroom_kept(struct classroom *classroom, const char *text)
{
    lab_kept(classroom->lab, text);
    take_message(classroom);
}

void classroom_refuse(struct classroom *classroom, const struct err *err)
{
    lab_refuse(classroom->lab, err);
    take_message(classroom);
}

screen_wish classroom_handle(struct classroom *classroom, const struct event *event, const struct classroom_run *run,
                             int64_t now)
{
    struct classroom_now moment = {run, now};
    screen_wish wish = frame_notice(&classroom->frame, event);
    if (event->type == EVENT_KEY)
        wish |= classroom_press(classroom, event->key, &moment);
    else if (event->type == EVENT_MOUSE)
        wish |= classroom_point(classroom, event, &moment);
    take_message(classroom);
    return wish & LAB_RESTART ? wish : wish | classroom_look(classroom, run, now);
}

int64_t classroom_due(const struct classroom *classroom)
{
    return classroom->paused ? CLOCK_NEVER : classroom->due;
}

/* ---- notes ---- */

static void add_text(const struct classroom *classroom, struct prose *prose, const char *heading, const char *text)
{
    char told[TELLING_SIZE];
    struct facts facts = {.config = lab_config(classroom->lab), .begin = lab_config(classroom->lab)};
    if (*text == '\0')
        return;
    telling_write(told, sizeof told, text, &classroom->lesson->names, &facts);
    telling_strip(told);
    prose_add(prose, "%s%s\n", heading, told);
}

void classroom_notes(const struct classroom *classroom, char text[CLASSROOM_NOTES_SIZE])
{
    struct prose prose;
    prose_begin(&prose, text, CLASSROOM_NOTES_SIZE);
    const struct player *player = &classroom->player;
    if (classroom->lesson == NULL || player->phase == PLAYER_FINISHED) {
        prose_add(&prose, "The demo is over.\n");
        return;
    }
    const struct lesson_step *step = player_step(player);
    prose_add(&prose, "%s\nStep %d of %d%s\n\n", classroom->lesson->title, player->step + 1, classroom->lesson->steps,
              classroom->paused ? ", paused" : "");
    add_text(classroom, &prose, "", *step->notes.text ? step->notes.text : "No notes for this step.");
    if (player->step + 1 < classroom->lesson->steps)
        add_text(classroom, &prose, "\nNext: ", step[1].text.text);
}
