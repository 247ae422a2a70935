/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/dialogue_screen.h"

#include "ui/dialogue_state.h"

#include <stdlib.h>

struct dialogue_screen *dialogue_screen_new(enum glyphs glyphs, struct err *err)
{
    struct dialogue_screen *screen = calloc(1, sizeof *screen);
    if (screen == NULL) {
        err_set(err, ERR_MEMORY, "no memory for the dialogues' screen");
        return NULL;
    }
    frame_begin(&screen->frame, SCREEN_DIALOGUE, &dialogue_keymap, glyphs);
    return screen;
}

void dialogue_screen_free(struct dialogue_screen *screen)
{
    free(screen);
}

struct frame *dialogue_screen_frame(struct dialogue_screen *screen)
{
    return &screen->frame;
}

void dialogue_screen_say(struct dialogue_screen *screen, const char *text)
{
    frame_say(&screen->frame, text);
}

/* ---- layout ---- */

static int text_rows(int height)
{
    return height >= 30 ? 5 : height >= 22 ? 4 : 3;
}

/* Charts two by two with the talk beside them; or two charts above each other beside it; or one pane. */
struct dialogue_layout dialogue_layout(const struct dialogue_screen *screen)
{
    enum { TALK_LEAST = 44, CHART_LEAST = 30, CHART_LEAST_HEIGHT = 8 };
    struct dialogue_layout layout = {0};
    int rows = text_rows(screen->frame.height);
    struct rect whole = {1, 1, screen->frame.width - 2, screen->frame.height - 3 - rows};
    layout.text = (struct rect){2, whole.y + whole.height + 1, screen->frame.width - 4, rows};
    int talk = whole.width * 2 / 5 > TALK_LEAST ? whole.width * 2 / 5 : TALK_LEAST;
    int columns = (whole.width - talk - 1) / CHART_LEAST;
    if (columns < 1 || whole.height < 2 * CHART_LEAST_HEIGHT + 1) {
        layout.pane[screen->pane] = whole;
        return layout;
    }
    columns = columns > 2 ? 2 : columns;
    int width = (whole.width - talk - columns) / columns;
    int across = columns;
    int down = PANE_CHARTS / across;
    if (whole.height / down < CHART_LEAST_HEIGHT)
        down = 2; /* four above each other do not fit: the first two are shown, or the other two */
    int first = across == 1 && down == 2 && screen->pane >= PANE_MOVEMENT && screen->pane < PANE_TALK ? PANE_MOVEMENT
                                                                                                      : PANE_HITS;
    int height = (whole.height - down + 1) / down;
    for (int i = 0; i < across * down; i++) {
        int top = whole.y + i / across * (height + 1);
        bool lowest = i / across == down - 1;
        layout.pane[first + i] = (struct rect){whole.x + i % across * (width + 1), top, width,
                                               lowest ? whole.y + whole.height - top : height};
    }
    int left = whole.x + across * (width + 1);
    layout.pane[PANE_TALK] = (struct rect){left, whole.y, whole.x + whole.width - left, whole.height};
    return layout;
}

/* ---- drawing ---- */

static void draw_lines(const struct dialogue_screen *screen, struct grid *grid, const struct dialogue_layout *layout)
{
    enum glyphs glyphs = screen->frame.glyphs;
    int bottom = layout->text.y - 1;
    draw_across(grid, 0, bottom, screen->frame.width, glyphs);
    for (int i = 0; i < PANE_CHARTS; i++) {
        const struct rect *area = &layout->pane[i];
        if (area->width <= 0 || area->x + area->width >= screen->frame.width - 1)
            continue;
        draw_down(grid, area->x + area->width, 0, bottom + 1, glyphs);
        if (area->y + area->height < bottom)
            draw_across(grid, area->x - 1, area->y + area->height, area->width + 2, glyphs);
    }
}

/* What is drawn does not touch the lines. */
static struct rect inside(struct rect pane)
{
    return (struct rect){pane.x + 1, pane.y, pane.width - 2, pane.height};
}

void dialogue_screen_draw(struct dialogue_screen *screen, struct grid *grid, const struct dialogue_status *status)
{
    if (!frame_draw(&screen->frame, grid))
        return;
    if (screen->frame.helping) {
        frame_help_draw(&screen->frame, grid);
    } else {
        struct dialogue_layout layout = dialogue_layout(screen);
        char sentence[DIALOGUE_SENTENCE_SIZE];
        dialogue_describe(status, sentence);
        draw_lines(screen, grid, &layout);
        for (int i = 0; i < PANE_CHARTS; i++)
            if (layout.pane[i].width > 0)
                dialogue_chart_draw(screen, grid, status->view, (enum dialogue_pane)i, inside(layout.pane[i]));
        if (layout.pane[PANE_TALK].width > 0)
            dialogue_talk_draw(screen, grid, status->view, inside(layout.pane[PANE_TALK]));
        const struct frame_text text = {sentence, STYLE_TEXT, "", STYLE_DIM, false};
        frame_text_draw(&screen->frame, grid, layout.text, &text);
    }
    dialogue_title_draw(screen, grid, status);
    frame_hints_draw(&screen->frame, grid, dialogue_context(screen));
}

/* ---- events ---- */

static screen_wish point(struct dialogue_screen *screen, const struct event *event,
                         const struct dialogue_status *status)
{
    uint32_t key = 0;
    screen_wish wish = 0;
    if (frame_point(&screen->frame, dialogue_context(screen), event, &key, &wish)) {
        if (key != 0)
            wish |= dialogue_press(screen, key, status);
        return wish;
    }
    struct dialogue_layout layout = dialogue_layout(screen);
    if (rect_holds(layout.pane[PANE_TALK], event->x, event->y)) {
        if (event->mouse == EVENT_MOUSE_WHEEL_DOWN)
            return WISH_REDRAW | DIALOGUE_NEXT;
        if (event->mouse == EVENT_MOUSE_WHEEL_UP)
            return WISH_REDRAW | DIALOGUE_PREVIOUS;
    }
    return wish;
}

screen_wish dialogue_screen_handle(struct dialogue_screen *screen, const struct event *event,
                                   const struct dialogue_status *status)
{
    screen_wish wish = frame_notice(&screen->frame, event);
    if (event->type == EVENT_KEY)
        wish |= dialogue_press(screen, event->key, status);
    else if (event->type == EVENT_MOUSE)
        wish |= point(screen, event, status);
    return wish;
}
