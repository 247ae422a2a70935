/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/command_line.h"

#include "ui/draw.h"
#include "ui/frame.h"

#include <stdio.h>
#include <string.h>

static const struct keymap no_keys = {.count = 0}; /* of its own: they stand among every screen's */

static void say(struct command_line *line, const char *text, bool alarms)
{
    snprintf(line->note, sizeof line->note, "%s", text);
    line->alarms = alarms;
}

void command_line_open(struct command_line *line)
{
    line->open = true;
    line->entered = false;
    line->recalled = line->count;
    field_begin(&line->field, "", FIELD_SIZE - 1);
    say(line, "A command; Tab shows which there are.", false);
}

void command_line_refuse(struct command_line *line, const struct err *err)
{
    line->open = true;
    line->entered = false;
    line->recalled = line->count;
    say(line, err->message, true);
}

/* ---- what keys do ---- */

/* Puts text in place of what stands from `start` up to the cursor; what does not fit is left away. */
static void replace(struct field *field, size_t start, const char *text)
{
    char after[FIELD_SIZE];
    char all[2 * COMMAND_SIZE];
    snprintf(after, sizeof after, "%s", field->text + field->cursor);
    snprintf(all, sizeof all, "%.*s%s", (int)start, field->text, text);
    field_begin(field, all, FIELD_SIZE - 1);
    size_t cursor = field->cursor;
    snprintf(all, sizeof all, "%s%s", field->text, after);
    char before[FIELD_SIZE];
    snprintf(before, sizeof before, "%s", field->text);
    field_begin(field, all, FIELD_SIZE - 1);
    field->cursor = cursor;
}

screen_wish command_line_complete(struct command_line *line, int argument)
{
    (void)argument;
    struct completion completion;
    char typed[FIELD_SIZE];
    char text[COMMAND_SIZE + 1];
    snprintf(typed, sizeof typed, "%.*s", (int)line->field.cursor, line->field.text);
    command_complete(typed, COMMAND_IN_LAB, line->scenarios, &completion);
    if (completion.count == 0) {
        say(line, "Nothing fits here that could be completed.", false);
        return WISH_REDRAW;
    }
    bool one = completion.count == 1 && line->field.text[line->field.cursor] == '\0';
    snprintf(text, sizeof text, "%s%s", completion.common, one ? " " : "");
    replace(&line->field, completion.start, text);
    say(line, completion.list, false);
    return WISH_REDRAW;
}

screen_wish command_line_recall(struct command_line *line, int argument)
{
    int next = line->recalled + argument;
    if (next < 0 || next > line->count)
        return 0;
    if (line->recalled == line->count)
        snprintf(line->draft, sizeof line->draft, "%s", line->field.text);
    line->recalled = next;
    field_begin(&line->field, next == line->count ? line->draft : line->history[next], FIELD_SIZE - 1);
    return WISH_REDRAW;
}

/* What may come next, in place of what was said before. */
static screen_wish hint(struct command_line *line)
{
    char text[COMMAND_HINT_SIZE];
    command_hint(line->field.text, COMMAND_IN_LAB, text);
    say(line, text, false);
    return WISH_REDRAW;
}

/* Erasing from an empty line leaves it. */
screen_wish command_line_within(struct command_line *line, int argument)
{
    if (argument == EVENT_KEY_BACKSPACE && line->field.text[0] == '\0')
        return command_line_leave(line, 0);
    return field_key(&line->field, (enum event_key)argument) ? hint(line) : 0;
}

screen_wish command_line_leave(struct command_line *line, int argument)
{
    (void)argument;
    line->open = false;
    return WISH_REDRAW;
}

/* The same twice in a row is remembered once, and the oldest is forgotten. */
static void remember(struct command_line *line)
{
    if (line->count > 0 && strcmp(line->history[line->count - 1], line->field.text) == 0)
        return;
    if (line->count == COMMAND_LINE_HISTORY) {
        memmove(line->history[0], line->history[1], sizeof line->history - sizeof line->history[0]);
        line->count--;
    }
    memcpy(line->history[line->count++], line->field.text, FIELD_SIZE);
}

screen_wish command_line_enter(struct command_line *line, int argument)
{
    (void)argument;
    line->open = false;
    line->entered = line->field.text[0] != '\0';
    if (line->entered)
        remember(line);
    return WISH_REDRAW;
}

/* ---- events ---- */

static bool press(struct command_line *line, uint32_t key, screen_wish *wish)
{
    int argument = 0;
    const struct binding *binding = keymap_find(&frame_keymap, KEYMAP_COMMAND, key, &argument);
    if (binding != NULL && binding->context == KEYMAP_COMMAND) {
        *wish |= binding->action.line(line, argument);
        return true;
    }
    if (binding != NULL) {
        *wish |= command_line_leave(line, 0);
        return false;
    }
    if (field_insert(&line->field, key))
        *wish |= hint(line);
    return true;
}

static bool point(struct command_line *line, const struct event *event, screen_wish *wish)
{
    struct hint hint[KEYMAP_HINTS];
    if (event->mouse != EVENT_MOUSE_PRESS)
        return true;
    if (event->y < line->height - 3) {
        *wish |= command_line_leave(line, 0);
        return true;
    }
    int count = keymap_hints(&no_keys, KEYMAP_COMMAND, FRAME_EDGE, line->width - FRAME_EDGE, line->glyphs, hint);
    for (int i = 0; i < count && event->y == line->height - 1; i++)
        if (event->x >= hint[i].x && event->x < hint[i].x + hint[i].width)
            return press(line, keymap_hint_key(&hint[i], line->glyphs, event->x), wish);
    return true;
}

/* Where there is no room it is not seen, and keys are for leaving. */
static bool is_hidden(const struct command_line *line)
{
    return line->width > 0 && (line->width < FRAME_LEAST_WIDTH || line->height < FRAME_LEAST_HEIGHT);
}

bool command_line_handle(struct command_line *line, const struct event *event, screen_wish *wish)
{
    if (is_hidden(line)) {
        if (event->type == EVENT_KEY)
            *wish |= command_line_leave(line, 0);
        return false;
    }
    if (event->type == EVENT_KEY)
        return press(line, event->key, wish);
    return event->type == EVENT_MOUSE ? point(line, event, wish) : false;
}

/* ---- drawing ---- */

void command_line_draw(struct command_line *line, struct grid *grid, enum glyphs glyphs)
{
    struct frame frame;
    frame_begin(&frame, SCREEN_LAB, &no_keys, glyphs);
    frame.width = line->width = grid->width;
    frame.height = line->height = grid->height;
    line->glyphs = glyphs;
    if (!frame_fits(&frame))
        return;
    enum { MOST_ROWS = 3 }; /* of the note */
    struct grid nowhere = {0, 0, NULL};
    struct rect note = {2, 0, grid->width - 4, MOST_ROWS};
    int y = grid->height - 2;
    note.height = grid_paragraph(&nowhere, note, STYLE_TEXT, glyphs, line->note);
    note.y = y - note.height;
    for (int row = note.y; row < grid->height; row++) /* away with the screen's text and hints */
        for (int x = 1; x < grid->width - 1; x++)
            grid_put(grid, x, row, ' ', STYLE_TEXT);
    grid_paragraph(grid, note, line->alarms ? STYLE_WARNING : STYLE_DIM, glyphs, line->note);
    grid_put(grid, 2, y, ':', STYLE_KEY);
    field_draw(&line->field, grid, 3, y, note.width - 1, glyphs);
    draw_across(grid, 0, y + 1, grid->width, glyphs);
    frame_hints_draw(&frame, grid, KEYMAP_COMMAND);
}
