/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_POSITION_H
#define RANKSCOPE_RUN_POSITION_H

#include "run/sample.h"

#include <stdbool.h>

/* Where a run stands: whole steps of a stage, and phases of the next one. */
struct position {
    enum stage stage;
    long step;
    int phases;
};

/* Below, at or above 0 as a is before, at or after b. */
int position_compare(struct position a, struct position b);

/* On which line of a run, where somebody goes back and on another way. */
struct rewind_place {
    int line;    /* 0 for the first, one more for each that began */
    long fork;   /* the step at which this line left the one before; 0 for the first */
    bool behind; /* it went back, and has taken no step since */
    bool other;  /* there is another line to go to */
    int mark;    /* checkpoints before here */
    int marks;   /* of the line, that one could go to; 0: there are none, or they would be too large to keep */
};

#endif
