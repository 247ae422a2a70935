/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/draw.h"
#include "ui/options_state.h"

#include <stdio.h>
#include <string.h>

enum { LABEL = 3, VALUE = 26, TOP = 1, TEXT_ROWS = 4, HEADS = 2 };

/* Lines are rows and what stands between them: a blank line and the heading of the keys. */
static int line_of(int row)
{
    return row < SETTING_COUNT ? row : row + HEADS;
}

static int row_of(int line)
{
    return line < SETTING_COUNT ? line : line < SETTING_COUNT + HEADS ? -1 : line - HEADS;
}

int options_page(const struct options *options)
{
    int lines = options->frame.height - 2 - TEXT_ROWS - TOP;
    return lines > 1 ? lines : 1;
}

/* Scrolls so that the focused row is seen. */
static void settle(struct options *options, const struct options_view *view)
{
    int rows = options_rows(view);
    if (options->row >= rows)
        options->row = rows - 1;
    size_t line = (size_t)line_of(options->row), count = (size_t)line_of(rows - 1) + 1;
    options->top = (int)draw_scroll((size_t)options->top, line, options_page(options), count);
}

/* ◂ and ▸ stand here beside the value. */
struct value_place {
    int less, value, more;
};

static struct value_place place_value(const struct options *options, const char *value)
{
    return (struct value_place){VALUE, VALUE + 2, VALUE + 3 + grid_text_width(options->frame.glyphs, value)};
}

static bool has_arrows(const struct options *options, int row)
{
    return row == options->row && !options->editing && options_type(row) != SETTING_TEXT;
}

int options_row_at(const struct options *options, const struct options_view *view, int x, int y, int *direction)
{
    char label[KEYMAP_ACTION_SIZE];
    char value[SETTING_VALUE_SIZE];
    int row = row_of(options->top + y - TOP);
    *direction = 0;
    if (y < TOP || y >= TOP + options_page(options) || row < 0 || row >= options_rows(view) || x < 1 ||
        x >= options->frame.width - 1)
        return -1;
    options_format(view, row, label, value);
    struct value_place place = place_value(options, value);
    if (has_arrows(options, row))
        *direction = x == place.less ? -1 : x == place.more ? 1 : 0;
    return row;
}

static void draw_row(const struct options *options, struct grid *grid, const struct options_view *view, int row, int y)
{
    enum glyphs glyphs = options->frame.glyphs;
    char label[KEYMAP_ACTION_SIZE];
    char value[SETTING_VALUE_SIZE];
    bool focused = row == options->row;
    options_format(view, row, label, value);
    struct value_place place = place_value(options, value);
    int room = options->frame.width - 2 - place.value;
    for (int x = 1; focused && x < options->frame.width - 1; x++)
        grid_put(grid, x, y, ' ', STYLE_FOCUS);
    draw_clipped(grid, LABEL, y, VALUE - LABEL - 1, focused ? STYLE_FOCUS : STYLE_TEXT, glyphs, label);
    if (focused && options->editing) {
        field_draw(&options->field, grid, place.value, y, room, glyphs);
        return;
    }
    enum style style = options_is_key(row) ? STYLE_KEY : STYLE_VALUE;
    draw_clipped(grid, place.value, y, room, focused ? STYLE_FOCUS : style, glyphs, value);
    if (!has_arrows(options, row))
        return;
    grid_text(grid, place.less, y, 1, STYLE_FOCUS, glyphs, "◂");
    grid_text(grid, place.more, y, 1, STYLE_FOCUS, glyphs, "▸");
}

/* What the row with the focus is about. */
static void describe(const struct options *options, const struct options_view *view, char text[512])
{
    char allowed[SETTING_ALLOWED_SIZE];
    struct keymap_entry entry;
    if (options_is_key(options->row)) {
        bool there = keymaps_entry(view->keymaps, options->row - SETTING_COUNT, &entry);
        snprintf(text, 512,
                 "Keys: %s. Characters, Space, Tab, Enter, Home, PgUp, F9 and the like, with a blank between.",
                 there ? entry.binding->help : "");
        return;
    }
    setting_allowed((enum setting_id)options->row, allowed);
    snprintf(text, 512, "%s It may be %s.", setting_table[options->row].help, allowed);
}

static void draw_text(struct options *options, struct grid *grid, const struct options_view *view, struct rect area)
{
    char sentence[512];
    char note[640];
    describe(options, view, sentence);
    if (view->path != NULL)
        snprintf(note, sizeof note, "Kept in %s", view->path);
    else
        snprintf(note, sizeof note, "There is no place to keep options: HOME is not set.");
    frame_text_draw(&options->frame, grid, area, &(struct frame_text){sentence, STYLE_TEXT, note, STYLE_DIM, false});
}

static void draw_inside(struct options *options, struct grid *grid, const struct options_view *view)
{
    int page = options_page(options);
    int rows = options_rows(view);
    int bottom = TOP + page;
    settle(options, view);
    for (int i = 0; i < page; i++) {
        int line = options->top + i;
        int row = row_of(line);
        if (row >= 0 && row < rows)
            draw_row(options, grid, view, row, TOP + i);
        else if (line == SETTING_COUNT + HEADS - 1)
            draw_clipped(grid, LABEL, TOP + i, options->frame.width - 2 * LABEL, STYLE_TITLE, options->frame.glyphs,
                         "Keys");
    }
    draw_across(grid, 0, bottom, options->frame.width, options->frame.glyphs);
    struct rect area = {1, TOP, options->frame.width - 2, page};
    frame_more_draw(&options->frame, grid, area, options->top > 0, options->top + page <= line_of(rows - 1));
    draw_text(options, grid, view, (struct rect){2, bottom + 1, options->frame.width - 4, TEXT_ROWS});
}

void options_draw(struct options *options, struct grid *grid, const struct options_view *view)
{
    if (!frame_draw(&options->frame, grid))
        return;
    if (options->frame.helping)
        frame_help_draw(&options->frame, grid);
    else
        draw_inside(options, grid, view);
    frame_title_draw(&options->frame, grid, "Options", NULL, 0);
    frame_hints_draw(&options->frame, grid, options_context(options));
}
