/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_LOOKOUT_H
#define RANKSCOPE_CMD_LOOKOUT_H

#include "run/scout.h"
#include "ui/terrain.h"

/* What the Landscape screen shows: surveys of the lab's run, made on a thread of their own while somebody looks. Nothing here waits but
 * lookout_free, and that for a moment. Begins zeroed. */
struct lookout {
    struct scout *scout;         /* NULL: nobody has looked yet, or there is none to be had */
    struct survey *survey;       /* the newest; NULL: none */
    struct err err;              /* why the newest could not be made */
    struct survey_request asked; /* last */
    bool any;                    /* something was asked */
    int64_t due;                 /* clock_now(), when a run that goes on may be looked at again */
};

/* Looks at what the screen wants of the run, if that is something else than was asked last: at once where it is the person's wish (`urgent`),
 * or the run stands; a few times a second while it runs. NULL for `journal`: the run has not begun. */
void lookout_look(struct lookout *lookout, const struct terrain *terrain, const struct journal *journal, bool running,
                  bool urgent);

bool lookout_tend(struct lookout *lookout); /* takes what was found; true: something new */
int lookout_descriptor(const struct lookout *lookout);
int lookout_timeout(const struct lookout *lookout,
                    bool running); /* milliseconds until lookout_look is due; −1: never */
bool lookout_busy(const struct lookout *lookout);

void lookout_end(struct lookout *lookout);  /* asks the thread to end, without waiting */
bool lookout_free(struct lookout *lookout); /* false: it is still in the middle of a step */

#endif
