/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/draw.h"
#include "ui/options_state.h"

#include <stdio.h>
#include <string.h>

enum { LABEL = 3, VALUE = 21, TOP = 2, TEXT_ROWS = 4 };

/* ◂ and ▸ stand here beside the value. */
struct value_place {
    int less, value, more;
};

static struct value_place place_value(const struct options *options, const struct options_view *view, int row)
{
    char value[SETTING_VALUE_SIZE];
    setting_format(view->settings, (enum setting_id)row, value);
    int width = grid_text_width(options->frame.glyphs, value);
    return (struct value_place){VALUE, VALUE + 2, VALUE + 3 + width};
}

static bool has_arrows(const struct options *options, int row)
{
    return row == (int)options->row && !options->editing && setting_table[row].type != SETTING_TEXT;
}

int options_row_at(const struct options *options, const struct options_view *view, int x, int y, int *direction)
{
    int row = y - TOP;
    *direction = 0;
    if (row < 0 || row >= SETTING_COUNT || x < 1 || x >= options->frame.width - 1 ||
        y >= options->frame.height - 2 - TEXT_ROWS)
        return -1;
    struct value_place place = place_value(options, view, row);
    if (has_arrows(options, row))
        *direction = x == place.less ? -1 : x == place.more ? 1 : 0;
    return row;
}

static void draw_row(const struct options *options, struct grid *grid, const struct options_view *view, int row)
{
    enum glyphs glyphs = options->frame.glyphs;
    struct value_place place = place_value(options, view, row);
    char value[SETTING_VALUE_SIZE];
    bool focused = row == (int)options->row;
    int y = TOP + row;
    int room = options->frame.width - 2 - place.value;
    for (int x = 1; focused && x < options->frame.width - 1; x++)
        grid_put(grid, x, y, ' ', STYLE_FOCUS);
    draw_clipped(grid, LABEL, y, VALUE - LABEL - 1, focused ? STYLE_FOCUS : STYLE_TEXT, glyphs,
                 setting_table[row].label);
    if (focused && options->editing) {
        field_draw(&options->field, grid, place.value, y, room, glyphs);
        return;
    }
    setting_format(view->settings, (enum setting_id)row, value);
    draw_clipped(grid, place.value, y, room, focused ? STYLE_FOCUS : STYLE_VALUE, glyphs, value);
    if (!has_arrows(options, row))
        return;
    grid_text(grid, place.less, y, 1, STYLE_FOCUS, glyphs, "◂");
    grid_text(grid, place.more, y, 1, STYLE_FOCUS, glyphs, "▸");
}

/* Below the options: keys that the file has changed. */
static void draw_keys(const struct options *options, struct grid *grid, const struct options_view *view, int bottom)
{
    const struct settings *settings = view->settings;
    enum glyphs glyphs = options->frame.glyphs;
    int y = TOP + SETTING_COUNT + 1;
    int width = options->frame.width - 2 * LABEL;
    if (settings->key_count == 0 || y + 1 >= bottom)
        return;
    draw_clipped(grid, LABEL, y, width, STYLE_TITLE, glyphs, "Keys that the file changes");
    for (int i = 0; i < settings->key_count && y + 1 + i < bottom; i++) {
        draw_clipped(grid, LABEL, y + 1 + i, VALUE - LABEL - 1, STYLE_TEXT, glyphs, settings->keys[i].action);
        draw_clipped(grid, VALUE + 2, y + 1 + i, width - VALUE, STYLE_KEY, glyphs, settings->keys[i].keys);
    }
    struct rect area = {1, TOP, options->frame.width - 2, bottom - TOP};
    frame_more_draw(&options->frame, grid, area, false, y + 1 + settings->key_count > bottom);
}

static void draw_text(const struct options *options, struct grid *grid, const struct options_view *view,
                      struct rect area)
{
    char sentence[512];
    char note[640];
    char allowed[SETTING_ALLOWED_SIZE];
    setting_allowed(options->row, allowed);
    snprintf(sentence, sizeof sentence, "%s It may be %s.", setting_table[options->row].help, allowed);
    if (view->path != NULL)
        snprintf(note, sizeof note, "Kept in %s", view->path);
    else
        snprintf(note, sizeof note, "There is no place to keep options: HOME is not set.");
    frame_text_draw(&options->frame, grid, area, &(struct frame_text){sentence, STYLE_TEXT, note, STYLE_DIM, false});
}

static void draw_inside(const struct options *options, struct grid *grid, const struct options_view *view)
{
    int bottom = options->frame.height - 2 - TEXT_ROWS;
    for (int row = 0; row < SETTING_COUNT && TOP + row < bottom; row++)
        draw_row(options, grid, view, row);
    draw_keys(options, grid, view, bottom);
    draw_across(grid, 0, bottom, options->frame.width, options->frame.glyphs);
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
