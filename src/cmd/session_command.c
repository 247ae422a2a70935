/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/session.h"

#include "base/text.h"
#include "ui/frame.h"
#include "ui/lab.h"

#include <stdio.h>

/* What is typed into the command line. The run and its charts are the lab's; on the trade-offs' screen, run and pause are the
 * sweep's. */

/* Lessons have a run of their own, so there it is said whose run it was. */
static void say_of_lab(struct session *session, const char *text)
{
    char said[LAB_ANSWER_SIZE + 32];
    bool elsewhere = session->shown == SCREEN_LESSONS;
    snprintf(said, sizeof said, "%s%s", elsewhere ? "In the lab (F1): " : "", elsewhere && !*text ? "done." : text);
    if (said[0] != '\0')
        session_say(session, said);
}

static enum err_code do_lab(struct session *session, const struct command *command, struct err *err)
{
    char text[LAB_ANSWER_SIZE];
    long steps = 1;
    struct view view = runs_view(&session->runs);
    if (command->id == COMMAND_STEP && command_number(command, 1, 1, 1000000000, &steps, err))
        return err->code;
    screen_wish wish = lab_command(session->lab, command, &view, text, err);
    if (wish == 0)
        return err->code;
    session->runs.steps = (int)steps;
    session_grant_run(session, wish);
    session_grant_common(session, wish);
    say_of_lab(session, text);
    return ERR_NONE;
}

static enum err_code do_tradeoffs(struct session *session, const struct command *command, struct err *err)
{
    struct tradeoffs_view view = sweeps_view(&session->sweeps);
    screen_wish wish = tradeoffs_command(session->tradeoffs, command, lab_config(session->lab), &view, err);
    if (wish == 0)
        return err->code;
    session_grant_tradeoffs(session, wish);
    session_grant_common(session, wish);
    return ERR_NONE;
}

static enum err_code say_help(struct session *session, const char *name, struct err *err)
{
    char text[128];
    char usage[COMMAND_USAGE_SIZE];
    enum command_id id;
    if (command_find(name, COMMAND_IN_LAB, &id, err))
        return err->code;
    command_usage(id, usage);
    snprintf(text, sizeof text, "%s: %s.", usage, command_table[id].help);
    session_say(session, text);
    return ERR_NONE;
}

/* What could not be kept counts all the same, and is said. */
static enum err_code change_option(struct session *session, const struct command *command, struct err *err)
{
    char value[SETTING_VALUE_SIZE];
    char text[256];
    char clip[TEXT_CLIP_SIZE];
    int id = setting_find(command->word);
    text_clip(clip, command->word);
    if (id < 0)
        return err_set(err, ERR_INPUT, "no option \"%s\"; Tab shows which there are", clip);
    enum err_code code = session_change_option(session, (enum setting_id)id, command->rest, err);
    if (code == ERR_INPUT)
        return code;
    setting_format(&session->options->preferences->now, (enum setting_id)id, value);
    snprintf(text, sizeof text, "%s is %s.", setting_table[id].name, value);
    session_say(session, code == ERR_NONE ? text : err->message);
    return ERR_NONE;
}

static enum err_code plot(struct session *session, const struct command *command, struct err *err)
{
    char text[COMMAND_SIZE + 32];
    if (session_windows_save(session, command->word, err))
        return err->code;
    snprintf(text, sizeof text, "%s is being drawn.", command->word);
    session_say(session, text);
    return ERR_NONE;
}

static enum err_code perform(struct session *session, const struct command *command, struct err *err)
{
    int screen = 0;
    bool sweep = session->shown == SCREEN_TRADEOFFS && (command->id == COMMAND_RUN || command->id == COMMAND_PAUSE);
    if (sweep || command->id == COMMAND_SWEEP)
        return do_tradeoffs(session, command, err);
    switch (command->id) {
    case COMMAND_GOTO:
        if (command_screen(command->word, &screen, err))
            return err->code;
        session_grant_common(session, WISH_REDRAW | (screen_wish)WISH_GO << screen);
        return ERR_NONE;
    case COMMAND_GNUPLOT:
        session_grant_common(session, WISH_REDRAW | WISH_GNUPLOT);
        return ERR_NONE;
    case COMMAND_PLOT:
        return plot(session, command, err);
    case COMMAND_OPTION:
        return change_option(session, command, err);
    case COMMAND_QUIT:
        session_grant_common(session, WISH_QUIT);
        return ERR_NONE;
    case COMMAND_HELP:
        if (command->word[0] != '\0')
            return say_help(session, command->word, err);
        frame_help_open(session_frame(session, session->shown));
        return ERR_NONE;
    default:
        return do_lab(session, command, err);
    }
}

void session_perform(struct session *session, const char *line)
{
    struct command command;
    struct err err = {.code = ERR_NONE};
    bool there;
    enum err_code code = command_parse(line, COMMAND_IN_LAB, &command, &there, &err);
    if (code == ERR_NONE && there)
        code = perform(session, &command, &err);
    if (code != ERR_NONE)
        command_line_refuse(&session->line, &err);
    session->draw = true;
}
