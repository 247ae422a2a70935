/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/parameters.h"

#include "run/key.h"
#include "ui/draw.h"

#include <stdio.h>
#include <string.h>

/* Sections of the key table by the name before the dot; keys without one stand under the first. */
static const struct section {
    const char *name, *heading;
} section_table[] = {{"problem", "Problem"}, {"retrain", "Retraining"}, {"adapt", "Fine-tuning"}};
enum { SECTION_COUNT = sizeof section_table / sizeof *section_table };

static int section_of(int key)
{
    const char *path = key_table[key].path;
    size_t length = strcspn(path, ".");
    for (int i = 0; i < SECTION_COUNT; i++)
        if (strlen(section_table[i].name) == length && memcmp(section_table[i].name, path, length) == 0)
            return i;
    return 0;
}

static bool is_hidden(const struct lab *lab, int key)
{
    return (lab->limits.hidden >> key & 1) != 0;
}

int parameters_rows(const struct lab *lab, int height, struct parameters_row row[PARAMETERS_ROWS])
{
    bool airy = height >= key_count + 2 * SECTION_COUNT - 1;
    int count = 0;
    for (int section = 0; section < SECTION_COUNT; section++) {
        int begin = count;
        if (airy && count > 0 && count < PARAMETERS_ROWS)
            row[count++] = (struct parameters_row){PARAMETERS_BLANK, ""};
        if (count < PARAMETERS_ROWS)
            row[count++] = (struct parameters_row){PARAMETERS_HEADING, section_table[section].heading};
        int first = count;
        for (int key = 0; key < key_count && count < PARAMETERS_ROWS; key++)
            if (section_of(key) == section && !is_hidden(lab, key))
                row[count++] = (struct parameters_row){key, NULL};
        if (count == first)
            count = begin;
    }
    return count;
}

void parameters_scroll(struct lab *lab, struct rect area)
{
    struct parameters_row row[PARAMETERS_ROWS];
    int count = parameters_rows(lab, area.height, row);
    if (area.height <= 0)
        return;
    int at = 0;
    while (at < count - 1 && row[at].key != lab->key)
        at++;
    int first = at > 0 && row[at - 1].key == PARAMETERS_HEADING ? at - 1 : at;
    if (lab->panel_top > first)
        lab->panel_top = first;
    if (lab->panel_top < at - area.height + 1)
        lab->panel_top = at - area.height + 1;
    if (lab->panel_top > count - area.height)
        lab->panel_top = count - area.height;
    if (lab->panel_top < 0)
        lab->panel_top = 0;
}

/* ◂ and ▸ stand here beside the value. */
struct value_place {
    int label_end, less, value, value_end, more;
};

static struct value_place place_value(const struct lab *lab, struct rect area, int key)
{
    char value[KEY_VALUE_SIZE];
    char label[64];
    struct value_place place;
    snprintf(label, sizeof label, "%s%s%s", key_table[key].label, *key_table[key].symbol ? " " : "",
             key_table[key].symbol);
    key_format(&lab->config, key, value);
    place.label_end = area.x + 1 + grid_text_width(lab->frame.glyphs, label);
    place.more = area.x + area.width - 2;
    place.value_end = place.more - 1;
    place.value = place.value_end - grid_text_width(lab->frame.glyphs, value);
    if (place.value < place.label_end + 3)
        place.value = place.label_end + 3;
    place.less = place.value - 2;
    return place;
}

static bool has_arrows(const struct lab *lab, int key)
{
    return !lab->chart_focused && lab->mode == LAB_WATCHING && key == lab->key && key_table[key].type != KEY_TEXT;
}

static void draw_key(const struct lab *lab, struct grid *grid, struct rect area, int y, int key)
{
    char value[KEY_VALUE_SIZE];
    char label[64];
    struct value_place place = place_value(lab, area, key);
    bool focused = !lab->chart_focused && key == lab->key;
    enum style style = focused ? STYLE_FOCUS : STYLE_TEXT;
    snprintf(label, sizeof label, "%s", key_table[key].label);
    for (int i = 0; focused && i < area.width; i++)
        grid_put(grid, area.x + i, y, ' ', STYLE_FOCUS);
    int used = draw_clipped(grid, area.x + 1, y, area.width - 2, style, lab->frame.glyphs, label);
    grid_text(grid, area.x + 2 + used, y, area.width - 3 - used, focused ? STYLE_FOCUS : STYLE_DIM, lab->frame.glyphs,
              key_table[key].symbol);
    if (focused && lab->mode == LAB_EDITING) {
        int start = place.label_end + 1;
        field_draw(&lab->field, grid, start, y, area.x + area.width - start, lab->frame.glyphs);
        return;
    }
    key_format(&lab->config, key, value);
    if (!key_applies(&lab->config, key))
        snprintf(value, sizeof value, "–");
    draw_clipped(grid, place.value, y, place.value_end - place.value, focused ? STYLE_FOCUS : STYLE_VALUE,
                 lab->frame.glyphs, value);
    if (has_arrows(lab, key)) {
        grid_text(grid, place.less, y, 1, STYLE_FOCUS, lab->frame.glyphs, "◂");
        grid_text(grid, place.more, y, 1, STYLE_FOCUS, lab->frame.glyphs, "▸");
    }
}

void parameters_draw(const struct lab *lab, struct grid *grid, struct rect area)
{
    struct parameters_row row[PARAMETERS_ROWS];
    int count = parameters_rows(lab, area.height, row);
    for (int i = 0; i < area.height && lab->panel_top + i < count; i++) {
        const struct parameters_row *at = &row[lab->panel_top + i];
        if (at->key >= 0)
            draw_key(lab, grid, area, area.y + i, at->key);
        else
            draw_clipped(grid, area.x + 1, area.y + i, area.width - 1, STYLE_TITLE, lab->frame.glyphs, at->heading);
    }
}

int parameters_hit(const struct lab *lab, struct rect area, int x, int y, int *direction)
{
    struct parameters_row row[PARAMETERS_ROWS];
    int count = parameters_rows(lab, area.height, row);
    int at = lab->panel_top + y - area.y;
    *direction = 0;
    if (!rect_holds(area, x, y) || at < 0 || at >= count || row[at].key < 0)
        return -1;
    struct value_place place = place_value(lab, area, row[at].key);
    if (has_arrows(lab, row[at].key))
        *direction = x == place.less ? -1 : x == place.more ? 1 : 0;
    return row[at].key;
}
