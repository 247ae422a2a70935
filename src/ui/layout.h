/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_LAYOUT_H
#define RANKSCOPE_UI_LAYOUT_H

#include "ui/chart.h"

/* Where the parts of the lab screen lie. Drawing and the mouse read the same layout. */

struct layout {
    int width, height;
    bool single;                    /* one chart at a time, with a line of tabs */
    struct rect panel;              /* parameters; empty while a chart is zoomed */
    struct rect charts;             /* all charts together, with the lines between them */
    struct rect tabs;               /* names of the charts; empty unless `single` */
    struct rect chart[CHART_COUNT]; /* empty where it is not shown */
    struct rect text;               /* message or help, then the sentence */
};

/* What another screen that has the lab as a part of it asks for; zeros: nothing. */
struct layout_limits {
    int text_rows; /* of the box below; 0: as many as the usual sentence needs */
    int margin;    /* columns that stay empty at both sides, and above half as many rows */
    bool bare;     /* no parameters */
};

/* `shown` is the chart that is seen where there is room for one; `zoomed` gives it all the room. */
struct layout layout_make(int width, int height, enum chart shown, bool zoomed, const struct layout_limits *limits);

#endif
