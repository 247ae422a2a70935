/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/overlay.h"

#include "ui/draw.h"

#include <string.h>

/* Says on the line below that there is more than is seen. */
static void draw_more(const struct lab *lab, struct grid *grid, struct rect area, bool above, bool below)
{
    const char *text = above && below ? " ↑ ↓ more " : above ? " ↑ more " : below ? " ↓ more " : "";
    int width = grid_text_width(lab->glyphs, text);
    if (width < area.width)
        grid_text(grid, area.x + area.width - width, area.y + area.height, width, STYLE_DIM, lab->glyphs, text);
}

/* ---- scenarios ---- */

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

bool overlay_hides_panel(const struct lab *lab)
{
    enum { MENU_LEAST_WIDTH = 64 };
    return lab->mode == LAB_HELPING || (lab->mode == LAB_CHOOSING && lab_layout(lab).charts.width < MENU_LEAST_WIDTH);
}

struct rect overlay_menu_area(const struct lab *lab)
{
    struct layout layout = lab_layout(lab);
    struct rect area = layout.charts;
    if (overlay_hides_panel(lab)) {
        area.x = 1;
        area.width = lab->width - 2;
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
        int width = grid_text_width(lab->glyphs, lab->scenarios->entry[i].name);
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
    draw_clipped(grid, line.x, line.y, name_width, chosen ? STYLE_FOCUS : STYLE_VALUE, lab->glyphs, entry->name);
    draw_clipped(grid, line.x + name_width + 2, line.y, line.width - name_width - 2, chosen ? STYLE_FOCUS : STYLE_TEXT,
                 lab->glyphs, entry->config.title);
}

static void draw_menu(const struct lab *lab, struct grid *grid)
{
    struct rect area = overlay_menu_area(lab);
    int rows = overlay_menu_rows(lab);
    size_t count = overlay_menu_count(lab);
    int used = grid_text(grid, area.x, area.y, area.width, STYLE_TITLE, lab->glyphs, "Scenarios");
    used += grid_text(grid, area.x + used, area.y, area.width - used, STYLE_DIM, lab->glyphs, "  Type to filter: ");
    field_draw(&lab->field, grid, area.x + used, area.y, area.width - used, lab->glyphs);
    for (int i = 0; i < rows; i++)
        draw_entry(lab, grid, (struct rect){area.x, area.y + OVERLAY_MENU_HEAD + i, area.width, 1},
                   lab->menu_top + (size_t)i);
    if (count == 0)
        draw_clipped(grid, area.x, area.y + OVERLAY_MENU_HEAD, area.width, STYLE_WARNING, lab->glyphs,
                     "No scenario has that in its name or title.");
    draw_more(lab, grid, area, lab->menu_top > 0, lab->menu_top + (size_t)(rows > 0 ? rows : 0) < count);
}

/* ---- help ---- */

/* A line of the help: a heading, a binding or, with neither, a blank. */
struct help_line {
    const char *heading;
    const struct binding *binding;
};

enum { HELP_LINES = 160 };

static int help_collect(struct help_line line[HELP_LINES])
{
    int count = 0;
    for (int group = 0; group < GROUP_COUNT; group++) {
        if (count + 2 < HELP_LINES && count > 0)
            line[count++] = (struct help_line){NULL, NULL};
        if (count + 1 < HELP_LINES)
            line[count++] = (struct help_line){keymap_group_titles[group], NULL};
        for (int row = 0; row < keymap_count && count < HELP_LINES; row++)
            if (keymap_table[row].group == (enum keymap_group)group)
                line[count++] = (struct help_line){NULL, &keymap_table[row]};
    }
    return count;
}

/* Where the second column begins: at the heading that makes both nearly as long; `count` where there is but one. */
static int help_split(const struct lab *lab, const struct help_line line[HELP_LINES], int count)
{
    int split = count;
    for (int i = 1; lab->width >= 112 && i < count; i++) {
        int longer = i > count - i ? i : count - i;
        int best = split > count - split ? split : count - split;
        if (line[i].heading != NULL && longer < best)
            split = i;
    }
    return split;
}

int overlay_help_lines(const struct lab *lab)
{
    struct help_line line[HELP_LINES];
    int count = help_collect(line);
    int split = help_split(lab, line, count);
    int left = split < count ? split - 1 : split; /* the blank before a heading is not needed at the foot */
    return left > count - split ? left : count - split;
}

struct rect overlay_help_area(const struct lab *lab)
{
    return (struct rect){2, 1, lab->width - 4, lab->height - 2};
}

static void draw_help_line(const struct lab *lab, struct grid *grid, int x, int y, int width,
                           const struct help_line *line)
{
    int keys = 18;
    if (line->heading != NULL) {
        draw_clipped(grid, x, y, width, STYLE_TITLE, lab->glyphs, line->heading);
    } else if (line->binding != NULL) {
        draw_clipped(grid, x + 1, y, keys - 2, STYLE_KEY, lab->glyphs, line->binding->shown);
        draw_clipped(grid, x + keys, y, width - keys, STYLE_TEXT, lab->glyphs, line->binding->help);
    }
}

static void draw_help(const struct lab *lab, struct grid *grid)
{
    struct help_line line[HELP_LINES];
    int count = help_collect(line);
    int split = help_split(lab, line, count);
    struct rect inside = overlay_help_area(lab);
    int width = split < count ? (inside.width - 2) / 2 : inside.width;
    for (int i = 0; i < inside.height; i++) {
        int at = lab->help_top + i;
        if (at < split)
            draw_help_line(lab, grid, inside.x, inside.y + i, width, &line[at]);
        if (at < count - split)
            draw_help_line(lab, grid, inside.x + width + 2, inside.y + i, width, &line[split + at]);
    }
    draw_more(lab, grid, inside, lab->help_top > 0, lab->help_top + inside.height < overlay_help_lines(lab));
}

void overlay_draw(const struct lab *lab, struct grid *grid)
{
    if (lab->mode == LAB_CHOOSING)
        draw_menu(lab, grid);
    else if (lab->mode == LAB_HELPING)
        draw_help(lab, grid);
}
