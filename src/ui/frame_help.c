/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/command.h"
#include "ui/frame.h"
#include "ui/keymap_change.h"

/* The help: every key of the screen in its groups, on one column or two. A blank line stands above every group but the first. */

enum { HELP_LINES = KEYMAP_LINES + GROUP_COUNT + COMMAND_COUNT + 2, TWO_COLUMNS = 112 };

static int collect(const struct frame *frame, struct keymap_line line[HELP_LINES])
{
    struct keymap_line key[KEYMAP_LINES];
    int keys = keymap_lines(frame->keymap, key);
    int count = 0;
    for (int i = 0; i < keys; i++) {
        if (i > 0 && key[i].title != NULL)
            line[count++] = (struct keymap_line){.title = NULL};
        line[count++] = key[i];
    }
    line[count++] = (struct keymap_line){.title = NULL};
    line[count++] = (struct keymap_line){.title = "Commands, after a colon"};
    for (int id = 0; id < COMMAND_COUNT; id++)
        if (command_table[id].where & COMMAND_IN_LAB)
            line[count++] = (struct keymap_line){.command = &command_table[id]};
    return count;
}

/* Where the second column begins: at the title that makes both nearly as long; `count` where there is but one. */
static int split_of(const struct frame *frame, const struct keymap_line line[HELP_LINES], int count)
{
    int split = count;
    for (int i = 1; frame->width >= TWO_COLUMNS && i < count; i++) {
        int longer = i > count - i ? i : count - i;
        int best = split > count - split ? split : count - split;
        if (line[i].title != NULL && longer < best)
            split = i;
    }
    return split;
}

/* Lines of the longer column. */
static int lines_of(const struct frame *frame)
{
    struct keymap_line line[HELP_LINES];
    int count = collect(frame, line);
    int split = split_of(frame, line, count);
    int left = split < count ? split - 1 : split; /* the blank before a title is not needed at the foot */
    return left > count - split ? left : count - split;
}

static struct rect area_of(const struct frame *frame)
{
    return (struct rect){2, 1, frame->width - 4, frame->height - 2};
}

void frame_help_open(struct frame *frame)
{
    frame->helping = true;
    frame->help_top = 0;
}

void frame_help_scroll(struct frame *frame, int lines)
{
    int most = lines_of(frame) - area_of(frame).height;
    frame->help_top += lines;
    if (frame->help_top > most)
        frame->help_top = most;
    if (frame->help_top < 0)
        frame->help_top = 0;
}

static void draw_line(const struct frame *frame, struct grid *grid, int x, int y, int width,
                      const struct keymap_line *line)
{
    enum { KEYS = 18 };
    if (line->title != NULL) {
        draw_clipped(grid, x, y, width, STYLE_TITLE, frame->glyphs, line->title);
    } else if (line->binding != NULL) {
        draw_clipped(grid, x + 1, y, KEYS - 2, STYLE_KEY, frame->glyphs, line->binding->shown);
        draw_clipped(grid, x + KEYS, y, width - KEYS, STYLE_TEXT, frame->glyphs, line->binding->help);
    } else if (line->command != NULL) {
        char usage[COMMAND_USAGE_SIZE];
        command_usage((enum command_id)(line->command - command_table), usage);
        draw_clipped(grid, x + 1, y, KEYS - 2, STYLE_KEY, frame->glyphs, usage);
        draw_clipped(grid, x + KEYS, y, width - KEYS, STYLE_TEXT, frame->glyphs, line->command->help);
    }
}

/* The line at a cell, and the column where it begins; NULL: there is none. */
static const struct keymap_line *line_at(const struct frame *frame, struct keymap_line line[HELP_LINES], int x, int y,
                                         int *left)
{
    int count = collect(frame, line);
    int split = split_of(frame, line, count);
    struct rect inside = area_of(frame);
    int width = split < count ? (inside.width - 2) / 2 : inside.width;
    bool right = x >= inside.x + width + 2;
    int at = frame->help_top + y - inside.y + (right ? split : 0);
    *left = right ? inside.x + width + 2 : inside.x;
    if (y < inside.y || y >= inside.y + inside.height || x < *left || x >= *left + width)
        return NULL;
    return at < (right ? count : split) ? &line[at] : NULL;
}

bool frame_help_at(const struct frame *frame, int x, int y, uint32_t *key)
{
    struct keymap_line line[HELP_LINES];
    int left;
    const struct keymap_line *at = line_at(frame, line, x, y, &left);
    if (at == NULL)
        return false;
    if (at->command != NULL) {
        *key = keymap_key_named(KEYMAP_WORD(frame->keymap, "command"));
        return *key != 0;
    }
    if (at->binding == NULL || (at->binding->context != KEYMAP_WATCHING && at->binding->context != KEYMAP_ALWAYS))
        return false;
    *key = keymap_hint_key(&(struct hint){at->binding, left + 1, 0}, frame->glyphs, x);
    return true;
}

void frame_help_draw(struct frame *frame, struct grid *grid)
{
    struct keymap_line line[HELP_LINES] = {{.title = NULL}};
    frame_help_scroll(frame, 0); /* after a resize: no further than there are lines */
    int count = collect(frame, line);
    int split = split_of(frame, line, count);
    struct rect inside = area_of(frame);
    int width = split < count ? (inside.width - 2) / 2 : inside.width;
    for (int i = 0; i < inside.height; i++) {
        int at = frame->help_top + i;
        if (at < split)
            draw_line(frame, grid, inside.x, inside.y + i, width, &line[at]);
        if (at < count - split)
            draw_line(frame, grid, inside.x + width + 2, inside.y + i, width, &line[split + at]);
    }
    frame_more_draw(frame, grid, inside, frame->help_top > 0, frame->help_top + inside.height < lines_of(frame));
}
