/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_PLOT_SWEEP_GRID_H
#define RANKSCOPE_PLOT_SWEEP_GRID_H

#include "base/err.h"
#include "plot/decades.h"
#include "sweep/table.h"

#include <stdbool.h>

/* What the figures of a sweep are drawn from: one metric over two of its axes (or over the only one), every number of it computed
 * once. */

/* What of a table is shown. */
struct sweep_choice {
    const struct table *table;
    enum metric metric;
    enum statistic statistic;
    int across, up;         /* axes; up −1: the table has one alone */
    size_t held[PLAN_AXES]; /* of every other axis: which of its values */
};

/* The median, over the axis with the most values across (numbers before names) and the next one up; the first value of the
 * others. */
struct sweep_choice sweep_choice_default(const struct table *table, enum metric metric);

enum sweep_state {
    SWEEP_IMPOSSIBLE, /* the keys do not agree with each other there */
    SWEEP_WAITING,    /* nothing is known yet */
    SWEEP_WITHOUT,    /* trials were done, and none has a value */
    SWEEP_VALUE,
};

struct sweep_cell {
    enum sweep_state state;
    double value;           /* the statistic; NAN unless there is one */
    struct interval around; /* band of a median, 95% of a mean; NAN where there is none */
    double theory;          /* of all draws; NAN: silent */
    const char *formula;    /* of the theory: "k(T+1)"; "": none */
    bool beyond;            /* the theory has less for another method */
    int predicted, agreed;  /* trials that the theory speaks of, and those that came out so */
};

/* The values that are shown of an axis: every stride-th. */
struct sweep_side {
    const struct axis *axis; /* NULL: there is none, and count is 1 */
    size_t count, stride;
    bool numbers;   /* rising or falling, so that there is a line to put them on */
    bool geometric; /* a logarithmic one */
};
enum { SWEEP_SIDE_LIMIT = 200 };

struct sweep_grid {
    struct sweep_choice choice;
    struct sweep_side across, up;
    bool active[METHOD_COUNT];
    struct sweep_cell *cell; /* METHOD_COUNT × up.count × across.count */
    bool logarithmic;        /* the metric's scale */
    double floor;            /* of a logarithmic one: what is below counts as zero */
};

/* NULL: ERR_MEMORY. The table is borrowed, for as long as the grid lives. */
struct sweep_grid *sweep_grid_new(const struct sweep_choice *choice, struct err *err);
void sweep_grid_free(struct sweep_grid *grid); /* NULL is allowed */

const struct sweep_cell *sweep_grid_at(const struct sweep_grid *grid, int method, size_t across, size_t up);

const char *sweep_side_value(const struct sweep_side *side, size_t index); /* as a scenario has it */
double sweep_side_number(const struct sweep_side *side, size_t index);     /* NAN: it is none */

/* The scale of all values, and of what is around them and the theory's if `all`: whole decades of those that do not count as zero,
 * or from the least to the most. There is always room between the two. */
struct sweep_scale {
    bool logarithmic;
    struct decades decades; /* logarithmic */
    double least, most;     /* both kinds */
};
struct sweep_scale sweep_grid_scale(const struct sweep_grid *grid, bool all);

/* Where a value lies on the scale: from 0 to 1. */
double sweep_scale_place(const struct sweep_scale *scale, double value);

/* The value in few characters, for a person: "89", "0.031", "4e-7", "≈ 0"; on a plain scale "17.8". */
enum { SWEEP_NUMBER_SIZE = 32 };
void sweep_grid_number(const struct sweep_grid *grid, double value, char text[SWEEP_NUMBER_SIZE]);

#endif
