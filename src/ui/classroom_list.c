/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/classroom_state.h"
#include "ui/draw.h"

#include <stdio.h>

enum { TOP = 2, LEFT = 3, BOX_ROWS = 4, BAR = 10, HEADING = -1 };

/* ---- rows: headings and lessons ---- */

int classroom_kind(const struct lesson *lesson)
{
    return lesson->own ? 2 : lesson->demo ? 1 : 0;
}

/* Row n of the list: the lesson there, HEADING for one, or −2 behind the last. */
static long row_at(const struct classroom *classroom, size_t n)
{
    const struct lesson_list *lessons = classroom->lessons;
    size_t row = 0;
    for (size_t i = 0; i < lessons->count; i++) {
        bool heads = i == 0 || classroom_kind(&lessons->lesson[i]) != classroom_kind(&lessons->lesson[i - 1]);
        if (heads && row++ == n)
            return HEADING;
        if (row++ == n)
            return (long)i;
    }
    return -2;
}

static size_t row_of(const struct classroom *classroom, size_t choice)
{
    size_t row = 0;
    while (row_at(classroom, row) != (long)choice && row_at(classroom, row) != -2)
        row++;
    return row;
}

static size_t rows_seen(const struct classroom *classroom)
{
    int rows = classroom->frame.height - TOP - BOX_ROWS - 1;
    return rows > 1 ? (size_t)rows : 1;
}

void classroom_list_settle(struct classroom *classroom)
{
    size_t at = row_of(classroom, classroom->choice);
    size_t seen = rows_seen(classroom);
    size_t first = at > 0 && row_at(classroom, at - 1) == HEADING ? at - 1 : at;
    if (classroom->top > first)
        classroom->top = first;
    if (at - classroom->top >= seen)
        classroom->top = at - seen + 1;
    while (classroom->top > 0 && row_at(classroom, classroom->top + seen - 1) == -2)
        classroom->top--;
}

bool classroom_list_at(const struct classroom *classroom, int x, int y, size_t *choice)
{
    size_t row = (size_t)(y - TOP);
    if (y < TOP || row >= rows_seen(classroom) || x < 1 || x >= classroom->frame.width - 1)
        return false;
    long at = row_at(classroom, classroom->top + row);
    *choice = (size_t)at;
    return at >= 0;
}

/* ---- drawing ---- */

static void draw_bar(const struct classroom *classroom, struct grid *grid, int x, int y, int done, int all)
{
    bool ascii = classroom->frame.glyphs == GLYPHS_ASCII;
    for (int i = 0; i < BAR; i++) {
        bool full = all > 0 && i < (done * BAR + all - 1) / all;
        grid_put(grid, x + i, y, full ? (ascii ? '#' : 0x25b0) : (ascii ? '.' : 0x25b1),
                 full ? STYLE_VALUE : STYLE_DIM);
    }
}

static void draw_progress(const struct classroom *classroom, struct grid *grid, int x, int y,
                          const struct lesson *lesson)
{
    const struct course_entry *entry = course_of(classroom->course, lesson->name);
    bool done = entry != NULL && entry->done;
    int steps = done ? lesson->steps : entry != NULL ? entry->step : 0;
    char text[32];
    if (lesson->demo)
        return;
    draw_bar(classroom, grid, x, y, steps < lesson->steps ? steps : lesson->steps, lesson->steps);
    snprintf(text, sizeof text, done ? "done" : "%d/%d", steps, lesson->steps);
    grid_text(grid, x + BAR + 1, y, -1, done ? STYLE_VALUE : STYLE_DIM, classroom->frame.glyphs, text);
}

static void draw_lesson(const struct classroom *classroom, struct grid *grid, int y, size_t index)
{
    enum glyphs glyphs = classroom->frame.glyphs;
    const struct lesson *lesson = &classroom->lessons->lesson[index];
    bool chosen = index == classroom->choice;
    int width = grid->width - 2 * LEFT;
    int title = width - BAR - 10;
    for (int i = 0; chosen && i < title; i++)
        grid_put(grid, LEFT + i, y, ' ', STYLE_FOCUS);
    if (chosen)
        grid_text(grid, LEFT, y, 1, STYLE_FOCUS, glyphs, "▸");
    char number[24] = "";
    if (classroom_kind(lesson) == 0)
        snprintf(number, sizeof number, "%2zu", index + 1);
    grid_text(grid, LEFT + 1, y, 3, chosen ? STYLE_FOCUS : STYLE_DIM, glyphs, number);
    draw_clipped(grid, LEFT + 5, y, title - 6, chosen ? STYLE_FOCUS : STYLE_TEXT, glyphs, lesson->title);
    draw_progress(classroom, grid, LEFT + title + 1, y, lesson);
}

static void draw_box(struct classroom *classroom, struct grid *grid)
{
    int line = grid->height - BOX_ROWS - 1;
    struct rect area = {2, line + 1, grid->width - 4, BOX_ROWS - 1};
    const struct lesson_list *lessons = classroom->lessons;
    char sentence[sizeof lessons->lesson->summary + 64];
    snprintf(sentence, sizeof sentence, "%s",
             classroom->choice < lessons->count ? lessons->lesson[classroom->choice].summary
                                                : "There are no lessons beside this program.");
    const struct frame_text text = {sentence, STYLE_TEXT, "Enter opens it; F1 is the lab.", STYLE_DIM, false};
    draw_across(grid, 0, line, grid->width, classroom->frame.glyphs);
    frame_text_draw(&classroom->frame, grid, area, &text);
}

void classroom_list_draw(struct classroom *classroom, struct grid *grid)
{
    size_t seen = rows_seen(classroom);
    classroom_list_settle(classroom);
    for (size_t i = 0; i < seen; i++) {
        long row = row_at(classroom, classroom->top + i);
        int y = TOP + (int)i;
        if (row == HEADING) {
            static const char *const headings[] = {"The course", "Demos", "Your own"};
            long next = row_at(classroom, classroom->top + i + 1);
            grid_text(grid, LEFT, y, -1, STYLE_TITLE, classroom->frame.glyphs,
                      headings[classroom_kind(&classroom->lessons->lesson[next])]);
        } else if (row >= 0) {
            draw_lesson(classroom, grid, y, (size_t)row);
        }
    }
    struct rect area = {LEFT, TOP, grid->width - 2 * LEFT, grid->height - TOP - BOX_ROWS - 1};
    frame_more_draw(&classroom->frame, grid, area, classroom->top > 0, row_at(classroom, classroom->top + seen) != -2);
    draw_box(classroom, grid);
}
