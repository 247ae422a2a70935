/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/classroom_state.h"
#include "ui/draw.h"
#include "ui/telling_draw.h"

#include "lesson/telling.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- the box with the lesson: pieces of text below each other ---- */

struct column {
    struct grid *grid;
    struct rect area; /* what is left of it */
    enum glyphs glyphs;
};

static void put(struct column *column, enum style style, const char *text)
{
    int rows = telling_draw(column->grid, column->area, style, column->glyphs, text);
    rows = rows < column->area.height ? rows : column->area.height;
    column->area.y += rows;
    column->area.height -= rows;
}

static void put_told(struct column *column, const struct classroom *classroom, const struct classroom_run *run,
                     enum style style, const char *text)
{
    char told[TELLING_SIZE];
    classroom_text(classroom, run, text, told);
    put(column, style, told);
}

/* The cells of one choice; empty where it is not seen. */
static struct rect choice_area(const struct column *column, int choice)
{
    bool seen = choice < column->area.height;
    return (struct rect){column->area.x, column->area.y + choice, seen ? column->area.width : 0, seen ? 1 : 0};
}

static struct column begin_column(const struct classroom *classroom, struct grid *grid)
{
    struct column column = {grid, lab_text_area(classroom->lab), classroom->frame.glyphs};
    column.area.y++; /* where it is, and the message in the last row */
    column.area.height -= 2;
    return column;
}

struct rect classroom_choice_area(const struct classroom *classroom, const struct classroom_run *run, int choice)
{
    struct grid nowhere = {0, 0, NULL};
    struct column column = begin_column(classroom, &nowhere);
    put_told(&column, classroom, run, STYLE_TEXT, player_step(&classroom->player)->text.text);
    put_told(&column, classroom, run, STYLE_TITLE, player_step(&classroom->player)->question.ask.text);
    return choice_area(&column, choice);
}

static void put_choices(struct column *column, const struct classroom *classroom)
{
    const struct lesson_question *question = &player_step(&classroom->player)->question;
    for (int i = 0; i < question->choices; i++) {
        char text[LESSON_TEXT_MAX + 16];
        struct rect area = choice_area(column, i);
        bool chosen = i == classroom->asked && !classroom->demo;
        for (int x = 0; chosen && x < area.width; x++)
            grid_put(column->grid, area.x + x, area.y, ' ', STYLE_FOCUS);
        snprintf(text, sizeof text, "%s%d  %s", chosen ? "▸" : " ", i + 1, question->choice[i].text);
        draw_clipped(column->grid, area.x, area.y, area.width, chosen ? STYLE_FOCUS : STYLE_TEXT, column->glyphs, text);
    }
}

static void put_field(const struct column *column, const struct classroom *classroom)
{
    static const char label[] = "Your answer: ";
    int width = grid_text_width(column->glyphs, label);
    if (column->area.height <= 0 || classroom->demo)
        return;
    grid_text(column->grid, column->area.x, column->area.y, width, STYLE_TEXT, column->glyphs, label);
    field_draw(&classroom->field, column->grid, column->area.x + width, column->area.y, column->area.width - width,
               column->glyphs);
}

/* Rows that the answers take, or the number that is typed. */
static int rows_to_answer(const struct classroom *classroom)
{
    int choices = player_step(&classroom->player)->question.choices;
    return choices > 0 ? choices : 1;
}

static void put_question(struct column *column, const struct classroom *classroom, const struct classroom_run *run)
{
    const struct lesson_step *step = player_step(&classroom->player);
    put_told(column, classroom, run, STYLE_TEXT, step->text.text);
    put_told(column, classroom, run, STYLE_TITLE, step->question.ask.text);
    if (step->question.choices > 0)
        put_choices(column, classroom);
    else
        put_field(column, classroom);
    int rows = rows_to_answer(classroom);
    rows = rows < column->area.height ? rows : column->area.height;
    column->area.y += rows;
    column->area.height -= rows;
}

static void put_verdict(struct column *column, const struct classroom *classroom)
{
    const struct player *player = &classroom->player;
    char text[PLAYER_SENTENCE_SIZE];
    player_tell_verdict(player, text);
    put(column, player_answered(player) && !player->right ? STYLE_WARNING : STYLE_VALUE, text);
}

/* What was answered, while it is not known yet whether that is right. */
static void put_answer(struct column *column, const struct player *player)
{
    char text[PLAYER_SENTENCE_SIZE];
    player_tell_answer(player, text);
    if (*text)
        put(column, STYLE_VALUE, text);
}

static void put_broken(struct column *column, const struct player *player)
{
    const struct lesson_step *step = player_step(player);
    for (int i = 0; i < step->claims; i++) {
        char text[EXPRESSION_SIZE + 64];
        if ((player->broken & (1u << i)) == 0)
            continue;
        snprintf(text, sizeof text, "Here it is otherwise: %s does not hold.", step->claim[i].text);
        put(column, STYLE_WARNING, text);
    }
}

static void put_told_step(struct column *column, const struct classroom *classroom, const struct classroom_run *run)
{
    const struct lesson_step *step = player_step(&classroom->player);
    bool explains = *step->explain.text != '\0';
    if (player_has_question(&classroom->player))
        put_verdict(column, classroom);
    put_broken(column, &classroom->player);
    put_told(column, classroom, run, STYLE_TEXT, explains ? step->explain.text : step->text.text);
}

static void put_step(struct column *column, const struct classroom *classroom, const struct classroom_run *run)
{
    const struct player *player = &classroom->player;
    const struct lesson_step *step = player_step(player);
    switch (player->phase) {
    case PLAYER_ASKING:
        put_question(column, classroom, run);
        break;
    case PLAYER_ACTING:
        put_told(column, classroom, run, STYLE_TEXT, step->text.text);
        put_answer(column, player);
        break;
    case PLAYER_TOLD:
        put_told_step(column, classroom, run);
        break;
    case PLAYER_FINISHED:
        put(column, STYLE_TITLE, classroom->demo ? "That was it." : "This lesson is done.");
        put(column, STYLE_TEXT, classroom->demo ? "" : "Enter goes on with the next lesson, Esc to the list.");
        break;
    }
    if (player->hinted && player->phase < PLAYER_TOLD)
        put_told(column, classroom, run, STYLE_VALUE, step->hint.text);
}

/* ---- where it is ---- */

static void draw_head(const struct classroom *classroom, struct grid *grid, struct rect area)
{
    enum glyphs glyphs = classroom->frame.glyphs;
    const struct player *player = &classroom->player;
    bool ascii = glyphs == GLYPHS_ASCII;
    char text[64];
    int x = area.x;
    for (int i = 0; i < player->lesson->steps && i < area.width / 2; i++) {
        bool done = i < player->step || player->phase >= PLAYER_TOLD;
        bool full = i < player->step + (player->phase >= PLAYER_TOLD);
        grid_put(grid, x++, area.y, full ? (ascii ? '#' : 0x25b0) : (ascii ? '.' : 0x25b1),
                 i == player->step ? STYLE_KEY
                 : done            ? STYLE_VALUE
                                   : STYLE_DIM);
    }
    snprintf(text, sizeof text, " Step %d of %d", player->step + 1, player->lesson->steps);
    grid_text(grid, x, area.y, area.width - (x - area.x), STYLE_DIM, glyphs, text);
    const char *state = player->phase == PLAYER_TOLD && !classroom->demo ? "Enter: next" : "";
    if (classroom->paused)
        state = "paused";
    int width = grid_text_width(glyphs, state);
    grid_text(grid, area.x + area.width - width, area.y, width, classroom->paused ? STYLE_WARNING : STYLE_KEY, glyphs,
              state);
}

/* At the foot of the area, as many rows up as are free. */
static void draw_message(const struct classroom *classroom, struct grid *grid, struct rect area, int free_rows)
{
    const struct frame *frame = &classroom->frame;
    struct rect rest = area;
    enum style style = frame->message_alarms ? STYLE_WARNING : STYLE_VALUE;
    struct grid nowhere = {0, 0, NULL};
    int rows = grid_paragraph(&nowhere, area, style, frame->glyphs, frame->message);
    int most = free_rows > 0 ? free_rows + 1 : 1;
    rows = rows > most ? most : rows;
    rest.y += area.height - rows;
    rest.height = rows;
    grid_paragraph(grid, rest, style, frame->glyphs, frame->message);
}

static const char *failure(const struct classroom_run *run)
{
    return run->status.state == LIVE_FAILED && run->status.message != NULL ? run->status.message : "";
}

static void draw_lesson(struct classroom *classroom, struct grid *grid, const struct classroom_run *run)
{
    struct rect area = lab_draw_within(classroom->lab, grid, &run->view, &run->status, classroom->frame.glyphs);
    draw_head(classroom, grid, area);
    struct column column = begin_column(classroom, grid);
    put(&column, STYLE_WARNING, failure(run));
    put_step(&column, classroom, run);
    draw_message(classroom, grid, area, column.area.height);
}

/* ---- the screen ---- */

static const char *word_of(enum live_state state)
{
    static const char *const words[] = {[LIVE_BUILDING] = "… drawing the problem",
                                        [LIVE_PAUSED] = "‖ paused",
                                        [LIVE_RUNNING] = "● running",
                                        [LIVE_DONE] = "✓ done",
                                        [LIVE_FAILED] = "✗ failed"};
    return words[state];
}

static long steps_of(const struct view *view)
{
    long steps = 0;
    for (int i = 0; view->snapshot != NULL && i < METHOD_COUNT; i++)
        if (view->snapshot->method[i].active && view->snapshot->method[i].step > steps)
            steps = view->snapshot->method[i].step;
    return steps;
}

static void draw_title(const struct classroom *classroom, struct grid *grid, const struct classroom_run *run)
{
    struct frame_piece piece[2] = {{"", STYLE_TEXT, 1}, {"", STYLE_TEXT, 0}};
    if (classroom->lesson == NULL) {
        frame_title_draw(&classroom->frame, grid, "Lessons", piece, 0);
        return;
    }
    snprintf(piece[0].text, sizeof piece->text, "%s", word_of(run->status.state));
    snprintf(piece[1].text, sizeof piece->text, "step %ld", steps_of(&run->view));
    frame_title_draw(&classroom->frame, grid, classroom->lesson->title, piece, 2);
}

/* In a demo the charts have the room, and wide margins. */
static int margin_of(const struct classroom *classroom, int width)
{
    enum { WIDE = 100, MARGIN_SHARE = 10 };
    return classroom->demo && width >= WIDE ? width / MARGIN_SHARE : 0;
}

/* Rows of the box: the usual ones, so that charts do not jump, unless there is more to read, or no room for a chart. */
static int rows_of(const struct classroom *classroom, const struct grid *grid, int margin,
                   const struct classroom_run *run)
{
    enum { MANY = 500, OTHER_ROWS = 3, CHARTS_LEAST = 5, CHARTS_FEW = 2 };
    struct grid nowhere = {0, 0, NULL};
    struct column column = {&nowhere, {0, 0, grid->width - 4 - 2 * margin, MANY}, classroom->frame.glyphs};
    put_step(&column, classroom, run);
    int needed = MANY - column.area.height + 2;
    int most = grid->height - OTHER_ROWS - CHARTS_LEAST;
    int usual = most < CLASSROOM_BOX_ROWS ? most : CLASSROOM_BOX_ROWS;
    int all = grid->height - OTHER_ROWS - CHARTS_FEW;
    return needed <= usual ? usual : needed < all ? needed : all;
}

void classroom_draw(struct classroom *classroom, struct grid *grid, const struct classroom_run *run)
{
    if (!frame_draw(&classroom->frame, grid))
        return;
    if (classroom->frame.helping) {
        frame_help_draw(&classroom->frame, grid);
    } else if (classroom->lesson == NULL) {
        classroom_list_draw(classroom, grid);
    } else {
        int margin = margin_of(classroom, grid->width);
        lab_set_margin(classroom->lab, margin);
        lab_set_text_rows(classroom->lab, rows_of(classroom, grid, margin, run));
        draw_lesson(classroom, grid, run);
    }
    draw_title(classroom, grid, run);
    if (classroom_yields(classroom))
        lab_draw_hints(classroom->lab, grid);
    else
        frame_hints_draw(&classroom->frame, grid, classroom_context(classroom));
}
