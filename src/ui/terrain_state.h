/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_TERRAIN_STATE_H
#define RANKSCOPE_UI_TERRAIN_STATE_H

#include "ui/frame.h"
#include "ui/terrain.h"

/* What the Landscape screen's own files share; nobody else includes it. */

struct terrain {
    struct frame frame;
    int method; /* row of method_table that is looked at, if it takes part */
    enum landscape_direction direction[2];
    int zoom;    /* powers of 2 */
    bool linear; /* colours by the loss itself, not by its logarithm */
};

/* The method that is looked at in a run of this configuration. */
int terrain_method(const struct terrain *terrain, const struct config *config);

/* ---- terrain_keys.c ---- */

enum keymap_context terrain_context(const struct terrain *terrain);
screen_wish terrain_press(struct terrain *terrain, uint32_t key, const struct terrain_view *view);

/* ---- terrain_panel.c ---- */

void terrain_panel_draw(const struct terrain *terrain, struct grid *grid, const struct terrain_view *view,
                        struct rect area);

/* ---- terrain_map.c ---- */

/* The slice, the way, the place and the truth, with names of the axes and a legend. Anything from 1 × 1 upwards is drawn as well as it can
 * be. */
void terrain_map_draw(const struct survey *survey, struct grid *grid, struct rect area, enum glyphs glyphs,
                      bool linear);

#endif
