/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_JOURNAL_H
#define RANKSCOPE_RUN_JOURNAL_H

#include "model/config.h"
#include "run/position.h"

/* What was done to a run and where: with the config that it began with, all that brings another experiment to the same place, to the
 * last bit. */

enum journal_kind {
    JOURNAL_UPDATE, /* live keys changed */
    JOURNAL_ADAPT,  /* retraining was ended for fine-tuning */
    JOURNAL_RESUME, /* every solver was made anew where it stood, after going back; with the live keys of that moment */
};

struct journal_event {
    enum journal_kind kind;
    struct position at;
    struct config config; /* its live keys, from here on */
};

enum { JOURNAL_EVENTS = 32 };

struct journal {
    struct config start;
    struct position position; /* where the run is now */
    bool full;                /* more happened than it has room for: it no longer leads there */
    int count;
    struct journal_event event[JOURNAL_EVENTS];
};

void journal_begin(struct journal *journal, const struct config *start);

/* Notes what happens now, at experiment_position; config: of UPDATE and RESUME. */
void journal_note(struct journal *journal, enum journal_kind kind, struct position at, const struct config *config);

/* Forgets what came at or after this step of retraining, and notes that solvers are made anew there. */
void journal_resume(struct journal *journal, long step, const struct config *config);

#endif
