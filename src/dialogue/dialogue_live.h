/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_DIALOGUE_LIVE_H
#define RANKSCOPE_DIALOGUE_DIALOGUE_LIVE_H

#include "base/err.h"
#include "dialogue/project.h"
#include "dialogue/study.h"
#include "dialogue/view.h"

#include <stdbool.h>

/* Standard and meta retraining side by side on a thread of its own, step for step, and then adapting to each unseen persona. What it
 * needs is made first: a corpus and a pretrained encoder in `folder`, where they are not there. */
struct dialogue_live;

struct dialogue_live_setup {
    const char *folder; /* made where it is not there; borrowed while it is made */
    struct personas_settings personas;
    struct dialogue_settings settings;
    struct pretraining_settings pretraining;
    struct encoder_shape shape;
    int vocabulary;
    int rank; /* of adapting */
};
struct dialogue_live_setup dialogue_live_usual(const char *folder);

/* Begins at once. NULL: *err says why. */
struct dialogue_live *dialogue_live_new(const struct dialogue_live_setup *setup, struct err *err);

void dialogue_live_end(struct dialogue_live *live); /* asks it to end, without waiting */

/* Waits for the step that the thread is in. NULL is allowed. */
void dialogue_live_free(struct dialogue_live *live);

void dialogue_live_pause(struct dialogue_live *live, bool paused);
bool dialogue_live_paused(const struct dialogue_live *live);
void dialogue_live_turn(struct dialogue_live *live, int by); /* shows another held-out turn */

/* A descriptor that can be read when there is something new; dialogue_live_view takes it in. The view is NULL before the first. */
int dialogue_live_descriptor(const struct dialogue_live *live);
const struct dialogue_view *dialogue_live_view(struct dialogue_live *live, bool *fresh);

#endif
