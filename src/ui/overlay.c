/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/overlay.h"

#include "ui/draw.h"

#include <string.h>

static bool matches(const struct scenario_entry *entry, const char *filter)
{
    return strcasestr(entry->name, filter) != NULL || strcasestr(entry->config.title, filter) != NULL;
}

const struct scenario_entry *overlay_menu_entry(const struct lab *lab, size_t n)
{
    for (size_t i = 0; lab->scenarios != NULL && i < lab->scenarios->count; i++)
        if (matches(&lab->scenarios->entry[i], lab->field.text) && n-- == 0)
            return &lab->scenarios->entry[i];
    return NULL;
}

size_t overlay_menu_count(const struct lab *lab)
{
    size_t count = 0;
    while (overlay_menu_entry(lab, count) != NULL)
        count++;
    return count;
}

bool overlay_is_open(const struct lab *lab)
{
    return lab->mode == LAB_CHOOSING || lab->mode == LAB_SHARING || lab->mode == LAB_NAMING;
}

bool overlay_hides_panel(const struct lab *lab)
{
    enum { MENU_LEAST_WIDTH = 64 };
    return overlay_is_open(lab) && lab_layout(lab).charts.width < MENU_LEAST_WIDTH;
}

struct rect overlay_menu_area(const struct lab *lab)
{
    struct layout layout = lab_layout(lab);
    struct rect area = layout.charts;
    if (overlay_hides_panel(lab)) {
        area.x = 1;
        area.width = lab->frame.width - 2;
    }
    return (struct rect){area.x + 1, area.y, area.width - 2, area.height};
}

int overlay_menu_rows(const struct lab *lab)
{
    return overlay_menu_area(lab).height - OVERLAY_MENU_HEAD;
}

static int longest_name(const struct lab *lab)
{
    int longest = 0;
    for (size_t i = 0; lab->scenarios != NULL && i < lab->scenarios->count; i++) {
        int width = grid_text_width(lab->frame.glyphs, lab->scenarios->entry[i].name);
        longest = width > longest ? width : longest;
    }
    return longest;
}

static void draw_entry(const struct lab *lab, struct grid *grid, struct rect line, size_t n)
{
    const struct scenario_entry *entry = overlay_menu_entry(lab, n);
    if (entry == NULL)
        return;
    bool chosen = n == lab->menu_choice;
    int name_width = longest_name(lab);
    if (name_width > line.width / 2)
        name_width = line.width / 2;
    for (int i = -1; chosen && i <= line.width; i++)
        grid_put(grid, line.x + i, line.y, ' ', STYLE_FOCUS);
    draw_clipped(grid, line.x, line.y, name_width, chosen ? STYLE_FOCUS : STYLE_VALUE, lab->frame.glyphs, entry->name);
    draw_clipped(grid, line.x + name_width + 2, line.y, line.width - name_width - 2, chosen ? STYLE_FOCUS : STYLE_TEXT,
                 lab->frame.glyphs, entry->config.title);
}

void overlay_draw(const struct lab *lab, struct grid *grid)
{
    struct rect area = overlay_menu_area(lab);
    if (lab->mode == LAB_SHARING) {
        lab_share_draw(lab, grid, area);
        return;
    }
    if (lab->mode == LAB_NAMING) {
        lab_keep_draw(lab, grid, area);
        return;
    }
    int rows = overlay_menu_rows(lab);
    size_t count = overlay_menu_count(lab);
    int used = grid_text(grid, area.x, area.y, area.width, STYLE_TITLE, lab->frame.glyphs, "Scenarios");
    used +=
        grid_text(grid, area.x + used, area.y, area.width - used, STYLE_DIM, lab->frame.glyphs, "  Type to filter: ");
    field_draw(&lab->field, grid, area.x + used, area.y, area.width - used, lab->frame.glyphs);
    for (int i = 0; i < rows; i++)
        draw_entry(lab, grid, (struct rect){area.x, area.y + OVERLAY_MENU_HEAD + i, area.width, 1},
                   lab->menu_top + (size_t)i);
    if (count == 0)
        draw_clipped(grid, area.x, area.y + OVERLAY_MENU_HEAD, area.width, STYLE_WARNING, lab->frame.glyphs,
                     "No scenario has that in its name or title.");
    frame_more_draw(&lab->frame, grid, area, lab->menu_top > 0, lab->menu_top + (size_t)(rows > 0 ? rows : 0) < count);
}
