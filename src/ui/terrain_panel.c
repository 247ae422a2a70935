/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/label.h"
#include "ui/terrain_state.h"

#include <math.h>
#include <stdio.h>

/* A column of facts, label at the left and value at the right, as many as there is room for. */
struct column {
    struct grid *grid;
    struct rect area; /* what is left of it */
    enum glyphs glyphs;
};

static void put_line(struct column *column, const char *label, enum style label_style, const char *value,
                     enum style style)
{
    struct rect *area = &column->area;
    if (area->height <= 0)
        return;
    int width = grid_text_width(column->glyphs, value);
    draw_clipped(column->grid, area->x, area->y, area->width, label_style, column->glyphs, label);
    draw_clipped(column->grid, area->x + (width < area->width ? area->width - width : 0), area->y, area->width, style,
                 column->glyphs, value);
    area->y++;
    area->height--;
}

static void put_number(struct column *column, const char *label, double value, enum style style)
{
    char text[LABEL_SIZE];
    label_number(text, value, 3);
    put_line(column, label, STYLE_TEXT, text, style);
}

static void put_heading(struct column *column, const char *label, bool airy)
{
    if (airy)
        put_line(column, "", STYLE_TEXT, "", STYLE_TEXT);
    put_line(column, label, STYLE_TITLE, "", STYLE_TEXT);
}

static void put_eigenvalues(struct column *column, const struct landscape_place *place, int room)
{
    for (int i = 0; i < place->eigenvalues && i < room; i++) {
        char label[LABEL_SIZE];
        snprintf(label, sizeof label, "  %d", i + 1);
        put_number(column, label, place->eigenvalue[i],
                   place->eigenvalue[i] < -place->nothing ? STYLE_WARNING : STYLE_VALUE);
    }
}

static void put_place(struct column *column, const struct survey *survey)
{
    const struct landscape_place *place = &survey->place;
    char text[LABEL_SIZE];
    label_count(text, (double)survey->step);
    put_line(column, "step", STYLE_TEXT, text, STYLE_VALUE);
    put_line(column, "place", STYLE_TEXT, landscape_kind_names[place->kind],
             survey_is_spurious(survey) ? STYLE_WARNING : STYLE_TITLE);
    put_number(column, "loss", place->loss, STYLE_VALUE);
    put_number(column, "gradient", place->gradient_norm, STYLE_VALUE);
}

void terrain_panel_draw(const struct terrain *terrain, struct grid *grid, const struct terrain_view *view,
                        struct rect area)
{
    enum { FIXED = 12 }; /* rows besides the eigenvalues and the air */
    struct column column = {grid, area, terrain->frame.glyphs};
    const struct survey *survey = view->survey;
    bool airy = area.height >= FIXED + HESSIAN_LOWEST + 4;
    char text[LABEL_SIZE];
    int method = survey != NULL ? survey->request.method : terrain->method;
    put_line(&column, "method", STYLE_TEXT, method_table[method].name,
             (enum style)(STYLE_METHOD + method % STYLE_METHODS));
    if (survey != NULL) {
        int room = area.height - FIXED - (airy ? 2 : 0);
        put_place(&column, survey);
        put_heading(&column, "Lowest eigenvalues", airy);
        put_eigenvalues(&column, &survey->place, room > 2 ? room : 2);
    }
    put_heading(&column, "Slice", airy);
    for (int axis = 0; axis < 2; axis++) {
        enum landscape_direction direction =
            survey != NULL ? survey->request.direction[axis] : terrain->direction[axis];
        bool other = direction != terrain->direction[axis];
        put_line(&column, axis == 0 ? "x across" : "y upwards", STYLE_TEXT, landscape_direction_names[direction],
                 other ? STYLE_WARNING : STYLE_VALUE);
    }
    snprintf(text, sizeof text, "%g", exp2(terrain->zoom));
    put_line(&column, "zoom", STYLE_TEXT, text, STYLE_VALUE);
    if (survey != NULL && survey->sliced)
        put_number(&column, "each side", survey->span, STYLE_VALUE);
}
