/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/chart.h"
#include "ui/chart_frame.h"

const struct chart_info chart_table[CHART_COUNT] = {
    [CHART_LOSS] = {"loss", "Retraining loss"},
    [CHART_ADAPTATION] = {"adaptation", "Unseen task: risk by rank"},
    [CHART_RECOVERY] = {"recovery", "Recovery: principal angle"},
    [CHART_SPECTRUM] = {"spectrum", "Singular values of Â − A*"},
};

/* How each is laid out and drawn. */
static const struct part {
    int bands;
    bool notes;
    void (*draw)(const struct chart_frame *frame);
} part_table[CHART_COUNT] = {
    [CHART_LOSS] = {1, false, chart_loss_draw},
    [CHART_ADAPTATION] = {1, true, chart_adaptation_draw},
    [CHART_RECOVERY] = {2, false, chart_recovery_draw},
    [CHART_SPECTRUM] = {1, true, chart_spectrum_draw},
};

void chart_draw(struct grid *grid, struct rect area, enum chart chart, const struct view *view,
                const struct chart_options *options)
{
    if (area.width <= 0 || area.height <= 0)
        return;
    for (int row = 0; row < area.height; row++)
        for (int column = 0; column < area.width; column++)
            grid_put(grid, area.x + column, area.y + row, ' ', STYLE_TEXT);
    const struct part *part = &part_table[chart];
    struct chart_frame frame = chart_frame_make(grid, area, part->bands, part->notes, view, options);
    part->draw(&frame);
}

struct rect chart_plot_area(struct rect area, enum chart chart, const struct view *view,
                            const struct chart_options *options)
{
    const struct part *part = &part_table[chart];
    struct chart_frame frame = chart_frame_make(NULL, area, part->bands, part->notes, view, options);
    struct rect plot = frame.band[0];
    if (frame.bands > 1)
        plot.height = frame.band[1].y + frame.band[1].height - plot.y;
    return plot;
}
