/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "base/file.h"
#include "cmd/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The Lessons screen is made when it is first gone to, and its run with the first lesson. */

struct session_lessons {
    struct lesson_list list;
    struct lesson own; /* that was named on the command line, if it is not of the list */
    struct course course;
    struct classroom *classroom;
    struct runs runs;
    bool running;    /* there are runs */
    bool save_fails; /* which was said */
    bool noted;      /* there is a file of notes of this demo */
};

static struct classroom_run run_of(const struct session_lessons *lessons)
{
    struct classroom_run run = {.status = {.state = LIVE_BUILDING, .message = ""}};
    if (!lessons->running)
        return run;
    return (struct classroom_run){runs_view(&lessons->runs), runs_status(&lessons->runs), runs_begun(&lessons->runs)};
}

static enum err_code make(struct session *session, const struct journal *way, struct err *err)
{
    (void)way;
    struct err why = {.code = ERR_NONE};
    const struct classroom_options options = {.glyphs = terminal_glyphs()};
    struct session_lessons *lessons = calloc(1, sizeof *lessons);
    if (lessons == NULL)
        return err_set(err, ERR_MEMORY, "no memory for the lessons");
    session->lessons = lessons;
    lessons->classroom = classroom_new(&lessons->list, &lessons->course, &options, err);
    if (lessons->classroom == NULL)
        return err->code;
    if (lesson_list_load(&lessons->list, &why) || course_load(&lessons->course, &why))
        classroom_say(lessons->classroom, why.message); /* the list is then empty, or nothing of it done */
    else if (lessons->list.trouble.code)
        classroom_say(lessons->classroom, lessons->list.trouble.message);
    return ERR_NONE;
}

static void end(struct session *session)
{
    if (session->lessons != NULL && session->lessons->running)
        runs_end(&session->lessons->runs);
}

static bool free_all(struct session *session)
{
    struct session_lessons *lessons = session->lessons;
    bool ended = true;
    if (lessons == NULL)
        return true;
    if (lessons->noted)
        session_notes_end();
    if (lessons->running)
        ended = runs_free(&lessons->runs);
    classroom_free(lessons->classroom);
    lesson_list_free(&lessons->list);
    lesson_free(&lessons->own);
    free(lessons);
    session->lessons = NULL;
    return ended;
}

/* ---- wishes ---- */

static void say_why(struct session_lessons *lessons, const char *what, const struct err *err)
{
    char text[sizeof err->message + 64];
    snprintf(text, sizeof text, "%s: %s", what, err->message);
    classroom_say(lessons->classroom, text);
}

static void save(struct session_lessons *lessons)
{
    struct err err;
    if (course_save(&lessons->course, &err) == ERR_NONE || lessons->save_fails)
        return;
    lessons->save_fails = true;
    say_why(lessons, "The lesson goes on, but how far you are is not kept", &err);
}

static void write_notes(struct session_lessons *lessons)
{
    char text[CLASSROOM_NOTES_SIZE];
    struct err err;
    if (!lessons->noted && !classroom_is_demo(lessons->classroom))
        return;
    classroom_notes(lessons->classroom, text);
    if (session_notes_write(text, &err) && !lessons->noted)
        say_why(lessons, "The demo goes on without notes", &err);
    lessons->noted = classroom_is_demo(lessons->classroom);
}

static void command(struct session_lessons *lessons, screen_wish wish)
{
    struct err err;
    const struct config *config = classroom_config(lessons->classroom);
    int speed = classroom_speed(lessons->classroom);
    struct journal way;
    journal_begin(&way, config);
    if ((wish & LAB_RESTART) && !lessons->running) {
        runs_begin(&lessons->runs, &way, speed, &err);
        lessons->running = lessons->runs.empty != NULL; /* what else could not be is told by its status */
        if (!lessons->running) {
            classroom_leave(lessons->classroom);
            classroom_say(lessons->classroom, err.message);
        }
    } else if (wish & LAB_RESTART) {
        runs_restart(&lessons->runs, &way);
    }
    if (wish & LAB_COPY)
        classroom_say(lessons->classroom, session_copy(classroom_share_text(lessons->classroom)));
    if (lessons->running)
        runs_command(&lessons->runs, wish, config, speed, classroom_rewind(lessons->classroom));
}

static void keep_run(struct session *session)
{
    struct err err;
    char text[SESSION_KEPT_SIZE];
    struct session_lessons *lessons = session->lessons;
    struct view view = runs_view(&lessons->runs);
    if (session_keep_run(session, classroom_keep_name(lessons->classroom), &view, text, &err))
        classroom_refuse(lessons->classroom, &err);
    else
        classroom_kept(lessons->classroom, text);
}

static void grant(struct session *session, screen_wish wish)
{
    struct session_lessons *lessons = session->lessons;
    command(lessons, wish);
    if ((wish & LAB_KEEP) && lessons->running)
        keep_run(session);
    if (wish & CLASSROOM_KEEP)
        save(lessons);
    if (wish & CLASSROOM_NOTES)
        write_notes(lessons);
}

static screen_wish handle(struct session *session, const struct event *event)
{
    struct session_lessons *lessons = session->lessons;
    struct classroom_run run = run_of(lessons);
    screen_wish wish = classroom_handle(lessons->classroom, event, &run, clock_now());
    grant(session, wish);
    return wish;
}

enum err_code session_lessons_open(struct session *session, const char *name, bool demo, struct err *err)
{
    struct session_lessons *lessons = session->lessons;
    const struct lesson *lesson = NULL;
    for (size_t i = 0; i < lessons->list.count; i++)
        if (strcmp(lessons->list.lesson[i].name, name) == 0)
            lesson = &lessons->list.lesson[i];
    if (lesson == NULL) {
        if (lesson_load(name, &lessons->own, err))
            return err->code;
        lesson = &lessons->own;
    }
    grant(session, classroom_open(lessons->classroom, lesson, demo || lesson->demo, clock_now()));
    return ERR_NONE;
}

/* ---- what goes on behind it ---- */

static struct frame *frame(struct session *session)
{
    return session->lessons != NULL ? classroom_frame(session->lessons->classroom) : NULL;
}

struct frame *session_lessons_lab(struct session *session)
{
    return session->lessons != NULL ? classroom_lab_frame(session->lessons->classroom) : NULL;
}

static void draw(struct session *session)
{
    struct classroom_run run = run_of(session->lessons);
    classroom_draw(session->lessons->classroom, &session->grid, &run);
}

static bool tend(struct session *session)
{
    struct session_lessons *lessons = session->lessons;
    if (lessons == NULL || !lessons->running)
        return false;
    bool changed = runs_tend(&lessons->runs);
    if (!changed && clock_now() < classroom_due(lessons->classroom))
        return false;
    struct classroom_run run = run_of(lessons);
    screen_wish wish = classroom_look(lessons->classroom, &run, clock_now());
    grant(session, wish);
    if (wish != 0 && session->shown == SCREEN_LESSONS)
        session->draw = true;
    return changed;
}

static int timeout(const struct session *session)
{
    const struct session_lessons *lessons = session->lessons;
    if (lessons == NULL || !lessons->running)
        return -1;
    int64_t due = classroom_due(lessons->classroom);
    int time = due == CLOCK_NEVER ? -1 : clock_milliseconds_until(due);
    return clock_sooner(time, runs_timeout(&lessons->runs));
}

static int descriptor(const struct session *session)
{
    return session->lessons != NULL && session->lessons->running ? runs_descriptor(&session->lessons->runs) : -1;
}

/* ---- figures ---- */

static const struct figures *figures(const struct session *session)
{
    return session->lessons != NULL && session->lessons->running ? &figures_of_run : NULL;
}

static enum err_code subject(struct session *session, struct session_subject *subject, struct err *err)
{
    (void)err;
    subject->view = runs_view(&session->lessons->runs);
    subject->of = &subject->view;
    return ERR_NONE;
}

const struct session_screen session_lessons = {
    .make = make,
    .late = true,
    .end = end,
    .free = free_all,
    .frame = frame,
    .handle = handle,
    .draw = draw,
    .prompt = true,
    .tend = tend,
    .descriptor = descriptor,
    .timeout = timeout,
    .figures = figures,
    .subject = subject,
    .picture = "rankscope-lesson.png",
};
