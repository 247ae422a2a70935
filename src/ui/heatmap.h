/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_HEATMAP_H
#define RANKSCOPE_UI_HEATMAP_H

#include "ui/digest.h"
#include "ui/draw.h"

/* A sweep as a map: a block of cells of the screen for each cell of the plan, its value as a colour and as text. The plan's last axis
 * runs to the right, the one before upwards; of further axes the first value counts. Where the theory changes from one formula to
 * another, or from one method that needs less to another, a line is drawn. */

enum { HEATMAP_X, HEATMAP_Y, HEATMAP_AXES };

/* The plan's axis that runs to the right, or upwards; NULL: there is none. */
const struct axis *heatmap_axis(const struct plan *plan, int direction);
size_t heatmap_count(const struct plan *plan, int direction); /* of its values; 1 where there is no axis */
size_t heatmap_cell(const struct plan *plan, const size_t at[HEATMAP_AXES]);

/* Where the cells lie in an area. */
struct heatmap_place {
    struct rect blocks;         /* all that are seen together */
    int width, height;          /* of a block */
    size_t seen[HEATMAP_AXES];  /* how many blocks */
    size_t first[HEATMAP_AXES]; /* the leftmost and the lowest */
    struct rect title, labels;  /* one row each, or empty */
    int left;                   /* columns of the labels beside the blocks */
};

/* `cursor` is kept in sight: the window on a map that has no room for all moves as little as it must from `first`. */
struct heatmap_place heatmap_place(struct rect area, const struct plan *plan, enum glyphs glyphs,
                                   const size_t first[HEATMAP_AXES], const size_t cursor[HEATMAP_AXES]);

/* The cell of the plan at a cell of the screen; false: none. */
bool heatmap_at(const struct heatmap_place *place, int x, int y, size_t at[HEATMAP_AXES]);

/* How values are written. */
enum heatmap_text {
    HEATMAP_VALUES,
    HEATMAP_POWERS, /* of ten, rounded down */
    HEATMAP_RAMP,   /* a character by its level: there is no room for more */
};

/* Marks that occur; bits. */
enum { HEATMAP_UNKNOWN = 1, HEATMAP_DISAGREES = 2, HEATMAP_CHANGES = 4, HEATMAP_IMPOSSIBLE = 8 };

struct heatmap {
    struct digest *digest;
    const struct scale *scale; /* from values to levels */
    enum glyphs glyphs;
    enum heatmap_text text;
    size_t cursor[HEATMAP_AXES];
    bool focused; /* the map has the focus */
};

/* The first way of writing that has room for every value that is seen, of these methods (bits). */
enum heatmap_text heatmap_text(struct digest *digest, const struct heatmap_place *place, unsigned methods,
                               enum glyphs glyphs);

unsigned heatmap_marks(struct digest *digest, const struct heatmap_place *place, unsigned methods);

/* From these values to levels: whole numbers and the like from 0 on, others by decades. */
struct scale heatmap_scale(const struct extent *extent, bool logarithmic);
int heatmap_level(const struct scale *scale, double value); /* 0 … STYLE_LEVELS − 1 */
char heatmap_ramp(int level);

/* Everything of one method: title, labels, blocks. Anything from 1 × 1 upwards is drawn as well as it can be. */
void heatmap_draw(const struct heatmap *map, struct grid *grid, const struct heatmap_place *place, int method);

/* The levels with their numbers, and what these marks mean. */
void heatmap_legend_draw(const struct heatmap *map, struct grid *grid, struct rect row, unsigned marks);

#endif
