/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_CLASSROOM_H
#define RANKSCOPE_UI_CLASSROOM_H

#include "lesson/course.h"
#include "lesson/lesson.h"
#include "ui/lab.h"

#include <stdint.h>

/* The Lessons screen: the list with progress, and a lesson over a lab of its own, which is also how demos are
 * shown. Events and what was measured come in, wishes go out; besides those of the lab, which concern the lesson's
 * run: */
enum {
    CLASSROOM_KEEP = WISH_OWN << 13,  /* progress has changed: save it */
    CLASSROOM_NOTES = WISH_OWN << 14, /* the speaker's notes have changed */
};

struct classroom;

struct classroom_options {
    enum glyphs glyphs;
};

/* The lesson's run as it is now. */
struct classroom_run {
    struct view view;
    struct lab_status status;
    bool begun; /* the view is of the run that was asked for last */
};

/* Borrows the list and the progress, which it changes. The caller frees it. NULL: *err says why. */
struct classroom *classroom_new(const struct lesson_list *lessons, struct course *course,
                                const struct classroom_options *options, struct err *err);
void classroom_free(struct classroom *classroom); /* NULL is allowed */

/* Begins a lesson, which is borrowed, where somebody left it; as a demo from its beginning and by itself. */
screen_wish classroom_open(struct classroom *classroom, const struct lesson *lesson, bool demo, int64_t now);
screen_wish classroom_leave(struct classroom *classroom); /* to the list */
bool classroom_is_demo(const struct classroom *classroom);

screen_wish classroom_handle(struct classroom *classroom, const struct event *event, const struct classroom_run *run,
                             int64_t now);

/* To be called when the run has changed, and when it is time. */
screen_wish classroom_look(struct classroom *classroom, const struct classroom_run *run, int64_t now);
int64_t classroom_due(const struct classroom *classroom); /* clock_now() or CLOCK_NEVER */

void classroom_draw(struct classroom *classroom, struct grid *grid, const struct classroom_run *run);

/* Of the lesson's run. */
const struct config *classroom_config(const struct classroom *classroom);
int classroom_speed(const struct classroom *classroom);
int classroom_rewind(const struct classroom *classroom);             /* as lab_rewind */
const char *classroom_share_text(const struct classroom *classroom); /* as lab_share_text */

/* For LAB_KEEP: as lab_keep_name, lab_kept and lab_refuse. */
const char *classroom_keep_name(const struct classroom *classroom);
void classroom_kept(struct classroom *classroom, const char *text);
void classroom_refuse(struct classroom *classroom, const struct err *err);

struct frame *classroom_frame(struct classroom *classroom);
struct frame *classroom_lab_frame(struct classroom *classroom); /* of the lab in it: its keys */

void classroom_say(struct classroom *classroom, const char *text);

/* What the speaker is to see: where the demo is, the notes of its step, and what comes next; lines ended by
 * newlines. */
enum { CLASSROOM_NOTES_SIZE = 4096 };
void classroom_notes(const struct classroom *classroom, char text[CLASSROOM_NOTES_SIZE]);

/* ---- classroom_fit.c: what is seen at once ---- */

/* ERR_INPUT, beginning with `name`:LINE:COLUMN:, where some of it does not fit a screen of 80 × 24. */
enum err_code classroom_fits(const struct lesson *lesson, const char *name, struct err *err);

#endif
