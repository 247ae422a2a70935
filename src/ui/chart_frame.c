/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart_frame.h"

#include <stdio.h>
#include <string.h>

enum {
    LABEL_COLUMNS = 5,  /* "10⁻³²" and "1e-32" */
    NARROW = 18,        /* columns below which the data gets all of them */
    LOW_FOR_LABELS = 5, /* rows from which on there are … */
    LOW_FOR_LINE = 7,
    LOW_FOR_NOTES = 9,
    BAND_LEAST = 3, /* rows of a band, if there are to be two */
};

static void divide(struct chart_frame *frame, struct rect rest, int bands)
{
    frame->bands = 1;
    if (bands < 2 || rest.height < 2 * BAND_LEAST + 1) {
        frame->band[0] = rest;
        return;
    }
    int lower = (rest.height - 1) / 2;
    frame->bands = 2;
    frame->band[0] = frame->band[1] = rest;
    frame->band[0].height = rest.height - 1 - lower;
    frame->caption_row = rest.y + frame->band[0].height;
    frame->band[1].y = frame->caption_row + 1;
    frame->band[1].height = lower;
}

struct chart_frame chart_frame_make(struct grid *grid, struct rect area, int bands, bool notes, const struct view *view,
                                    const struct chart_options *options)
{
    struct chart_frame frame = {.grid = grid, .view = view, .options = options};
    frame.caption_row = frame.line_row = frame.label_row = -1;
    struct rect rest = area;
    if (area.height >= 2) {
        frame.title = (struct rect){area.x, rest.y++, area.width, 1};
        rest.height--;
    }
    if (area.height >= LOW_FOR_LABELS)
        frame.label_row = rest.y + --rest.height;
    if (area.height >= LOW_FOR_LINE)
        frame.line_row = rest.y + --rest.height;
    frame.left_axis = area.width >= NARROW;
    if (frame.left_axis) {
        rest.x += LABEL_COLUMNS + 1;
        rest.width -= LABEL_COLUMNS + 1;
    }
    if (notes && area.height >= LOW_FOR_NOTES) {
        frame.notes = (struct rect){rest.x, rest.y++, rest.width, 1};
        rest.height--;
    }
    divide(&frame, rest, bands);
    return frame;
}

struct canvas chart_frame_canvas(const struct chart_frame *frame, int band)
{
    return (struct canvas){frame->grid, frame->band[band], frame->options->glyphs};
}

bool chart_frame_active(const struct chart_frame *frame, int method)
{
    return frame->view->snapshot && frame->view->snapshot->method[method].active;
}

enum style chart_frame_style(int method)
{
    return (enum style)(STYLE_METHOD + method % STYLE_METHODS);
}

void chart_legend_add(struct chart_legend *legend, uint32_t marker, enum style style, const char *text)
{
    if (legend->count == CHART_LEGEND_MAX)
        return;
    legend->item[legend->count].marker = marker;
    legend->item[legend->count].style = style;
    snprintf(legend->item[legend->count].text, LABEL_SIZE, "%s", text);
    legend->count++;
}

void chart_legend_methods(struct chart_legend *legend, const struct chart_frame *frame)
{
    for (int method = 0; method < METHOD_COUNT; method++) {
        if (!chart_frame_active(frame, method))
            continue;
        const struct method_snapshot *snapshot = &frame->view->snapshot->method[method];
        const char *retrained = snapshot_bad_end(snapshot->status);
        const char *end = *retrained ? retrained : snapshot_bad_end(snapshot->adapt_status);
        char text[LABEL_SIZE];
        snprintf(text, sizeof text, "%s%s%s", method_table[method].name, *end ? " " : "", end);
        chart_legend_add(legend, label_marker(method, frame->options->glyphs),
                         *end ? STYLE_WARNING : chart_frame_style(method), text);
    }
}

/* How much of a legend is written. */
enum legend_form { LEGEND_WHOLE, LEGEND_BRIEF, LEGEND_LETTERS, LEGEND_FORMS };

/* One form's gaps: between items, and between a marker and its text. */
static int item_gap(enum legend_form form)
{
    return form == LEGEND_WHOLE ? 2 : 1;
}

/* In ASCII a marker is a letter like any other, so something must part it from the name: "o=std". */
static int marker_width(enum legend_form form, enum glyphs glyphs)
{
    return form == LEGEND_WHOLE || glyphs == GLYPHS_ASCII ? 2 : 1;
}

/* The text of an item that is a method's name, in so many words; readings stay whole. */
static void item_text(const struct chart_legend *legend, int item, enum legend_form form, char text[LABEL_SIZE])
{
    snprintf(text, LABEL_SIZE, "%s", legend->item[item].text);
    for (int method = 0; method < METHOD_COUNT && form != LEGEND_WHOLE; method++)
        if (strcmp(text, method_table[method].name) == 0) {
            snprintf(text, LABEL_SIZE, "%s", method_table[method].brief);
            if (form == LEGEND_LETTERS)
                text[1] = '\0';
            return;
        }
}

static int legend_width(const struct chart_legend *legend, enum legend_form form, enum glyphs glyphs)
{
    int width = 0;
    for (int i = 0; i < legend->count; i++) {
        char text[LABEL_SIZE];
        item_text(legend, i, form, text);
        width += (i > 0 ? item_gap(form) : 0) + (legend->item[i].marker ? marker_width(form, glyphs) : 0) +
                 grid_text_width(glyphs, text);
    }
    return width;
}

/* The longest title that leaves room for the legend: "" if there is none. */
static const char *fitting(const char *title, const char *brief, enum glyphs glyphs, int room)
{
    if (grid_text_width(glyphs, title) <= room)
        return title;
    return grid_text_width(glyphs, brief) <= room ? brief : "";
}

/* Two names are told apart by their place; more of them are shortened until they fit. Returns the title. */
static const char *choose_form(const struct chart_frame *frame, const char *title, const char *brief,
                               const struct chart_legend *legend, enum legend_form *form)
{
    enum { FEW = 2 };
    enum glyphs glyphs = frame->options->glyphs;
    enum legend_form last = legend->count > FEW + (frame->options->crosshair ? 1 : 0) ? LEGEND_LETTERS : LEGEND_WHOLE;
    const char *shown = "";
    for (*form = LEGEND_WHOLE;; ++*form) {
        shown = fitting(title, brief, glyphs, frame->title.width - legend_width(legend, *form, glyphs) - 2);
        if (*shown != '\0' || *form == last)
            return shown;
    }
}

static void draw_legend(const struct chart_frame *frame, const struct chart_legend *legend, enum legend_form form,
                        int x)
{
    enum glyphs glyphs = frame->options->glyphs;
    struct rect at = frame->title;
    int end = at.x + at.width;
    bool crowded = legend_width(legend, form, glyphs) > at.width;
    for (int i = crowded && legend->count > 1 && !legend->item[0].marker; i < legend->count && x < end; i++) {
        char text[LABEL_SIZE];
        item_text(legend, i, form, text);
        if (legend->item[i].marker) {
            grid_put(frame->grid, x, at.y, legend->item[i].marker, legend->item[i].style);
            if (form != LEGEND_WHOLE && glyphs == GLYPHS_ASCII)
                grid_put(frame->grid, x + 1, at.y, '=', STYLE_DIM);
            x += marker_width(form, glyphs);
        }
        if (x < end)
            x += item_gap(form) + grid_text(frame->grid, x, at.y, end - x, legend->item[i].style, glyphs, text);
    }
}

void chart_frame_heading(const struct chart_frame *frame, const char *title, const char *brief,
                         const struct chart_legend *legend)
{
    enum glyphs glyphs = frame->options->glyphs;
    struct rect at = frame->title;
    if (at.width <= 0)
        return;
    enum legend_form form;
    const char *shown = choose_form(frame, title, brief, legend, &form);
    int used = legend_width(legend, form, glyphs);
    if (*shown == '\0' && !frame->options->crosshair) { /* names are less than the title, readings more */
        shown = fitting(title, brief, glyphs, at.width);
        used = 0;
    }
    int x = grid_text(frame->grid, at.x, at.y, at.width, frame->options->focused ? STYLE_FOCUS : STYLE_TITLE, glyphs,
                      shown);
    if (used == 0 && x > 0)
        return;
    draw_legend(frame, legend, form, used < at.width ? at.x + at.width - used : at.x);
}

void chart_frame_title(const struct chart_frame *frame, enum chart chart, const struct chart_legend *legend)
{
    static const char *const brief[CHART_COUNT] = {[CHART_LOSS] = "Loss",
                                                   [CHART_ADAPTATION] = "Risk by rank",
                                                   [CHART_RECOVERY] = "Recovery",
                                                   [CHART_SPECTRUM] = "Spectrum"};
    chart_frame_heading(frame, chart_table[chart].title, brief[chart], legend);
}

void chart_frame_y(const struct chart_frame *frame, int band, const struct scale *axis, int wanted)
{
    if (!frame->left_axis)
        return;
    enum glyphs glyphs = frame->options->glyphs;
    struct canvas canvas = chart_frame_canvas(frame, band);
    struct rect area = canvas.area;
    for (int row = 0; row < area.height; row++)
        grid_put(frame->grid, area.x - 1, area.y + row, glyphs == GLYPHS_ASCII ? '|' : 0x2502, STYLE_DIM);
    double value[SCALE_TICKS_MAX];
    int count = wanted > 0 ? scale_ticks(axis, wanted, value) : 0;
    int above = area.y + area.height;
    for (int i = 0; i < count; i++) {
        char text[LABEL_SIZE];
        scale_label(axis, glyphs, value[i], text);
        int width = grid_text_width(glyphs, text);
        int row = canvas_row(&canvas, scale_position(axis, value[i]));
        if (row >= above || width > LABEL_COLUMNS)
            continue;
        above = row;
        grid_put(frame->grid, area.x - 1, row, glyphs == GLYPHS_ASCII ? '+' : 0x2524, STYLE_DIM);
        grid_text(frame->grid, area.x - 1 - width, row, width, STYLE_DIM, glyphs, text);
    }
}

void chart_frame_x(const struct chart_frame *frame, const char *name)
{
    enum glyphs glyphs = frame->options->glyphs;
    struct rect area = frame->band[0];
    if (frame->line_row >= 0) {
        for (int column = 0; column < area.width; column++)
            grid_put(frame->grid, area.x + column, frame->line_row, glyphs == GLYPHS_ASCII ? '-' : 0x2500, STYLE_DIM);
        if (frame->left_axis)
            grid_put(frame->grid, area.x - 1, frame->line_row, glyphs == GLYPHS_ASCII ? '+' : 0x2514, STYLE_DIM);
    }
    if (frame->label_row >= 0 && frame->left_axis)
        grid_text(frame->grid, area.x - 1 - grid_text_width(glyphs, name), frame->label_row, LABEL_COLUMNS, STYLE_DIM,
                  glyphs, name);
}

void chart_frame_x_tick(const struct chart_frame *frame, int column, const char *label, int *free_from)
{
    enum glyphs glyphs = frame->options->glyphs;
    struct rect area = frame->band[0];
    int width = grid_text_width(glyphs, label);
    int x = column - width / 2;
    if (x + width > area.x + area.width)
        x = area.x + area.width - width;
    if (x < area.x)
        x = area.x;
    if (frame->label_row < 0 || x < *free_from || width > area.width)
        return;
    if (frame->line_row >= 0)
        grid_put(frame->grid, column, frame->line_row, glyphs == GLYPHS_ASCII ? '+' : 0x252C, STYLE_DIM);
    grid_text(frame->grid, x, frame->label_row, width, STYLE_DIM, glyphs, label);
    *free_from = x + width + 1;
}

void chart_frame_theory(const struct chart_frame *frame, int column, unsigned methods, const char *name, int *free_from)
{
    enum glyphs glyphs = frame->options->glyphs;
    int markers = 0;
    int first = -1;
    for (int method = 0; method < METHOD_COUNT; method++)
        if (methods & 1u << method) {
            first = markers++ == 0 ? method : first;
        }
    for (int band = 0; band < frame->bands && column >= frame->band[0].x; band++) {
        struct canvas canvas = chart_frame_canvas(frame, band);
        canvas_rule(&canvas, column, chart_frame_style(first));
    }
    int width = markers + 1 + grid_text_width(glyphs, name);
    struct rect notes = frame->notes;
    int x = column > notes.x ? column : notes.x;
    if (x + width > notes.x + notes.width)
        x = notes.x + notes.width - width;
    if (x < *free_from)
        x = *free_from;
    if (notes.height <= 0 || x + width > notes.x + notes.width)
        return;
    int at = x;
    for (int method = 0; method < METHOD_COUNT; method++)
        if (methods & 1u << method)
            grid_put(frame->grid, at++, notes.y, label_marker(method, glyphs), chart_frame_style(method));
    grid_text(frame->grid, at + 1, notes.y, width - markers - 1, STYLE_THEORY, glyphs, name);
    *free_from = x + width + 2;
}

double chart_frame_cursor(const struct chart_frame *frame)
{
    double cursor = frame->options->cursor;
    return cursor > 0 ? cursor < 1 ? cursor : 1 : 0; /* NAN: 0 */
}

void chart_frame_crosshair(const struct chart_frame *frame, int column)
{
    if (!frame->options->crosshair)
        return;
    bool ascii = frame->options->glyphs == GLYPHS_ASCII;
    for (int band = 0; band < frame->bands; band++) {
        struct rect area = frame->band[band];
        for (int row = 0; row < area.height; row++)
            grid_put(frame->grid, column, area.y + row, ascii ? ':' : 0x2502, STYLE_CROSSHAIR);
    }
    if (frame->line_row >= 0)
        grid_put(frame->grid, column, frame->line_row, ascii ? '|' : 0x253C, STYLE_CROSSHAIR);
}

static void say_in(const struct chart_frame *frame, int band, const char *text)
{
    struct rect area = frame->band[band];
    enum glyphs glyphs = frame->options->glyphs;
    int width = grid_text_width(glyphs, text);
    if (width <= area.width) {
        grid_text(frame->grid, area.x + (area.width - width) / 2, area.y + (area.height - 1) / 2, area.width, STYLE_DIM,
                  glyphs, text);
        return;
    }
    struct grid nowhere = {0, 0, NULL};
    int rows = grid_paragraph(&nowhere, area, STYLE_DIM, glyphs, text);
    area.y += (area.height - rows) / 2;
    area.height = rows;
    grid_paragraph(frame->grid, area, STYLE_DIM, glyphs, text);
}

void chart_frame_empty(const struct chart_frame *frame)
{
    say_in(frame, 0, "no data yet");
}

bool chart_frame_missing(const struct chart_frame *frame, int band, enum snapshot_need need)
{
    const char *missing = snapshot_missing(frame->view->snapshot, need);
    if (*missing)
        say_in(frame, band, missing);
    return *missing != '\0';
}
