/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/frame.h"

#include "ui/command_line.h"

#include <limits.h>
#include <stdio.h>

const char *const screen_names[SCREEN_COUNT] = {
    [SCREEN_LAB] = "Lab",        [SCREEN_TRADEOFFS] = "Trade-offs", [SCREEN_LANDSCAPE] = "Landscape",
    [SCREEN_RUNS] = "Runs",      [SCREEN_DIALOGUE] = "Dialogue",    [SCREEN_OPTIONS] = "Options",
    [SCREEN_LESSONS] = "Lessons"};

void frame_begin(struct frame *frame, enum screen_id screen, const struct keymap *keymap, enum glyphs glyphs)
{
    *frame = (struct frame){
        .screen = screen,
        .keymap = keymap,
        .glyphs = glyphs,
        .best_glyphs = glyphs,
        .width = 80, /* until it is drawn */
        .height = 24,
        .text_pages = 1,
    };
}

bool frame_fits(const struct frame *frame)
{
    return frame->width >= FRAME_LEAST_WIDTH && frame->height >= FRAME_LEAST_HEIGHT;
}

void frame_say(struct frame *frame, const char *text)
{
    snprintf(frame->message, sizeof frame->message, "%s", text);
    frame->message_alarms = false;
}

screen_wish frame_refuse(struct frame *frame, const struct err *err)
{
    frame_say(frame, err->message);
    frame->message_alarms = true;
    return WISH_REDRAW;
}

/* ---- keys that all screens have ---- */

static screen_wish wish_for(struct frame *frame, int argument)
{
    (void)frame;
    return WISH_REDRAW | (screen_wish)argument;
}

/* Only what the terminal can show, which is what it began with and all that is simpler. */
static screen_wish next_glyphs(struct frame *frame, int argument)
{
    (void)argument;
    static const char *const names[] = {"Braille charts.", "Block charts.", "ASCII charts."};
    frame->glyphs = frame->glyphs == GLYPHS_ASCII ? frame->best_glyphs : (enum glyphs)(frame->glyphs + 1);
    frame_say(frame, frame->best_glyphs == GLYPHS_ASCII ? "ASCII charts: all that this terminal was said to show."
                                                        : names[frame->glyphs]);
    return WISH_REDRAW;
}

static screen_wish turn_text(struct frame *frame, int argument)
{
    (void)argument;
    if (frame->text_pages < 2)
        frame_say(frame, "All of the text is seen.");
    else
        frame->text_page = (frame->text_page + 1) % frame->text_pages;
    return WISH_REDRAW;
}

static screen_wish help_open(struct frame *frame, int argument)
{
    (void)argument;
    frame_help_open(frame);
    return WISH_REDRAW;
}

static screen_wish help_close(struct frame *frame, int argument)
{
    (void)argument;
    frame->helping = false;
    return WISH_REDRAW;
}

static screen_wish help_move(struct frame *frame, int argument)
{
    frame_help_scroll(frame, argument);
    return WISH_REDRAW;
}

#define GO(screen) ((int)WISH_GO << (screen))

static const struct binding bindings[] = {
    {"b",
     "glyphs",
     "draw with braille, blocks or ASCII",
     GROUP_SCREEN,
     KEYMAP_WATCHING,
     {.frame = next_glyphs},
     {{'b', 0}}},
    {"O", "options", "the options", GROUP_SCREEN, KEYMAP_WATCHING, {.frame = wish_for}, {{'O', GO(SCREEN_OPTIONS)}}},
    {"F1 F2 F3 F4",
     NULL,
     "lab, trade-offs, landscape, runs",
     GROUP_SCREEN,
     KEYMAP_ALWAYS,
     {.frame = wish_for},
     {{EVENT_KEY_F1, GO(SCREEN_LAB)},
      {EVENT_KEY_F2, GO(SCREEN_TRADEOFFS)},
      {EVENT_KEY_F3, GO(SCREEN_LANDSCAPE)},
      {EVENT_KEY_F4, GO(SCREEN_RUNS)}}},
    {"F5 F6 F7",
     NULL,
     "dialogues, options, lessons",
     GROUP_SCREEN,
     KEYMAP_ALWAYS,
     {.frame = wish_for},
     {{EVENT_KEY_F5, GO(SCREEN_DIALOGUE)}, {EVENT_KEY_F6, GO(SCREEN_OPTIONS)}, {EVENT_KEY_F7, GO(SCREEN_LESSONS)}}},
    {"L", NULL, "lessons", GROUP_SCREEN, KEYMAP_WATCHING, {.frame = wish_for}, {{'L', GO(SCREEN_LESSONS)}}},
    {"Ctrl-L",
     NULL,
     "paint the screen anew",
     GROUP_SCREEN,
     KEYMAP_ALWAYS,
     {.frame = wish_for},
     {{EVENT_KEY_CTRL_L, WISH_REPAINT}}},
    {"Ctrl-Z",
     NULL,
     "suspend; fg comes back",
     GROUP_SCREEN,
     KEYMAP_ALWAYS,
     {.frame = wish_for},
     {{EVENT_KEY_CTRL_Z, WISH_SUSPEND}}},
    {"Ctrl-C",
     NULL,
     "leave, whatever is on the screen",
     GROUP_SCREEN,
     KEYMAP_ALWAYS,
     {.frame = wish_for},
     {{EVENT_KEY_CTRL_C, WISH_QUIT}}},
    {"E", "more", "the next page of the text below", GROUP_SCREEN, KEYMAP_WATCHING, {.frame = turn_text}, {{'E', 0}}},
    {":", "command", "type a command", GROUP_SCREEN, KEYMAP_WATCHING, {.frame = wish_for}, {{':', WISH_COMMAND}}},
    {"?", "help", "this help", GROUP_SCREEN, KEYMAP_WATCHING, {.frame = help_open}, {{'?', 0}}},

    {"↑ ↓",
     "scroll",
     "scroll by a line",
     GROUP_HELP,
     KEYMAP_HELP,
     {.frame = help_move},
     {{EVENT_KEY_UP, -1}, {EVENT_KEY_DOWN, 1}}},
    {"PgUp PgDn",
     NULL,
     "scroll by ten lines",
     GROUP_HELP,
     KEYMAP_HELP,
     {.frame = help_move},
     {{EVENT_KEY_PAGE_UP, -10}, {EVENT_KEY_PAGE_DOWN, 10}}},
    {"Home End",
     NULL,
     "to the beginning, the end",
     GROUP_HELP,
     KEYMAP_HELP,
     {.frame = help_move},
     {{EVENT_KEY_HOME, SHRT_MIN}, {EVENT_KEY_END, SHRT_MAX}}},
    {"Esc Enter ? q",
     "back",
     "close the help",
     GROUP_HELP,
     KEYMAP_HELP,
     {.frame = help_close},
     {{EVENT_KEY_ESCAPE, 0}, {EVENT_KEY_ENTER, 0}, {'?', 0}, {'q', 0}}},

    {"Tab",
     "complete",
     "complete the word, or show what fits",
     GROUP_COMMAND,
     KEYMAP_COMMAND,
     {.line = command_line_complete},
     {{EVENT_KEY_TAB, 0}}},
    {"↑ ↓",
     "history",
     "commands typed before",
     GROUP_COMMAND,
     KEYMAP_COMMAND,
     {.line = command_line_recall},
     {{EVENT_KEY_UP, -1}, {EVENT_KEY_DOWN, 1}}},
    {"← → Home End",
     NULL,
     "move within the line",
     GROUP_COMMAND,
     KEYMAP_COMMAND,
     {.line = command_line_within},
     {{EVENT_KEY_LEFT, EVENT_KEY_LEFT},
      {EVENT_KEY_RIGHT, EVENT_KEY_RIGHT},
      {EVENT_KEY_HOME, EVENT_KEY_HOME},
      {EVENT_KEY_END, EVENT_KEY_END}}},
    {"Backspace Delete",
     NULL,
     "erase a character of the line",
     GROUP_COMMAND,
     KEYMAP_COMMAND,
     {.line = command_line_within},
     {{EVENT_KEY_BACKSPACE, EVENT_KEY_BACKSPACE}, {EVENT_KEY_DELETE, EVENT_KEY_DELETE}}},
    {"Esc",
     "leave",
     "leave the command line",
     GROUP_COMMAND,
     KEYMAP_COMMAND,
     {.line = command_line_leave},
     {{EVENT_KEY_ESCAPE, 0}}},
    {"Enter",
     "do it",
     "do what the line says",
     GROUP_COMMAND,
     KEYMAP_COMMAND,
     {.line = command_line_enter},
     {{EVENT_KEY_ENTER, 0}}},
};
const struct keymap frame_keymap = {
    .titles = {[GROUP_COMMAND] = "While a command is typed"},
    .binding = bindings,
    .count = sizeof bindings / sizeof *bindings,
};

/* ---- events ---- */

screen_wish frame_notice(struct frame *frame, const struct event *event)
{
    bool acts = event->type == EVENT_KEY ||
                (event->type == EVENT_MOUSE && event->mouse != EVENT_MOUSE_DRAG && event->mouse != EVENT_MOUSE_RELEASE);
    if (event->type == EVENT_RESIZE) {
        frame->width = event->x;
        frame->height = event->y;
        return WISH_REDRAW;
    }
    if (!acts || frame->message[0] == '\0')
        return 0;
    frame->message[0] = '\0';
    return WISH_REDRAW;
}

bool frame_press(struct frame *frame, enum keymap_context context, uint32_t key, screen_wish *wish)
{
    int argument = 0;
    const struct keymap *common = frame->keymap->common != NULL ? frame->keymap->common : &frame_keymap;
    const struct binding *binding = keymap_find(common, context, key, &argument);
    if (!frame_fits(frame)) { /* nobody sees what a key does, so only leaving counts */
        if (binding != NULL && binding->context == KEYMAP_ALWAYS)
            *wish |= binding->action.frame(frame, argument);
        else if (key == 'q')
            *wish |= WISH_QUIT;
        return true;
    }
    if (binding == NULL)
        return context == KEYMAP_HELP;
    *wish |= binding->action.frame(frame, argument);
    return true;
}

static uint32_t hint_at(const struct frame *frame, enum keymap_context context, int x)
{
    struct hint hint[KEYMAP_HINTS];
    int count = keymap_hints(frame->keymap, context, FRAME_EDGE, frame->width - FRAME_EDGE, frame->glyphs, hint);
    for (int i = 0; i < count; i++)
        if (x >= hint[i].x && x < hint[i].x + hint[i].width)
            return keymap_hint_key(&hint[i], frame->glyphs, x);
    return 0;
}

bool frame_point(struct frame *frame, enum keymap_context context, const struct event *event, uint32_t *key,
                 screen_wish *wish)
{
    enum screen_id screen;
    bool press = event->mouse == EVENT_MOUSE_PRESS;
    *key = 0;
    if (!frame_fits(frame))
        return true;
    if (event->y == frame->height - 1) {
        *key = press ? hint_at(frame, context, event->x) : 0;
        return true;
    }
    if (press && frame_screen_at(frame, event->x, event->y, &screen)) {
        *wish |= WISH_REDRAW | (screen_wish)WISH_GO << screen;
        return true;
    }
    if (press && !frame->helping && rect_holds(frame->turn, event->x, event->y)) {
        *wish |= turn_text(frame, 0);
        return true;
    }
    if (!frame->helping)
        return false;
    if (event->mouse == EVENT_MOUSE_WHEEL_UP || event->mouse == EVENT_MOUSE_WHEEL_DOWN)
        *wish |= help_move(frame, event->mouse == EVENT_MOUSE_WHEEL_UP ? -3 : 3);
    else if (press) {
        if (!frame_help_at(frame, event->x, event->y, key)) /* a line is a button, and does what its key does */
            *key = 0;
        *wish |= help_close(frame, 0);
    }
    return true;
}
