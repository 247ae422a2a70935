/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_REPLAY_H
#define RANKSCOPE_RUN_REPLAY_H

#include "run/experiment.h"
#include "run/journal.h"

/* Brings an experiment of the journal's `start` towards its position by one step, phase or event; to be called until it answers
 * REPLAY_ARRIVED. REPLAY_ASTRAY: there is no such place (the run ended before, or a step cannot be taken), or *err has why. */
enum replay_way { REPLAY_STEPPED, REPLAY_ACTED, REPLAY_ARRIVED, REPLAY_ASTRAY };
struct replay {
    const struct journal *journal; /* borrowed */
    int next;                      /* event */
};
enum replay_way replay_step(struct replay *replay, struct experiment *experiment, struct err *err);

#endif
