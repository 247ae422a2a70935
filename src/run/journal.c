/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/journal.h"

#include <stddef.h>

void journal_begin(struct journal *journal, const struct config *start)
{
    *journal = (struct journal){.start = *start};
}

void journal_note(struct journal *journal, enum journal_kind kind, struct position at, const struct config *config)
{
    struct journal_event *last = journal->count > 0 ? &journal->event[journal->count - 1] : NULL;
    struct journal_event event = {.kind = kind, .at = at, .config = config ? *config : journal->start};
    bool again = last && kind == JOURNAL_UPDATE && last->kind == JOURNAL_UPDATE &&
                 position_compare(last->at, at) == 0 && last->config.retrain.solver == event.config.retrain.solver;
    if (again)
        *last = event;
    else if (journal->count < JOURNAL_EVENTS)
        journal->event[journal->count++] = event;
    else
        journal->full = true;
}

void journal_resume(struct journal *journal, long step, const struct config *config)
{
    struct position at = {.stage = STAGE_RETRAIN, .step = step};
    for (; journal->count > 0 && position_compare(journal->event[journal->count - 1].at, at) >= 0; journal->count--)
        journal->full = false; /* what it had no room for came after this one */
    journal_note(journal, JOURNAL_RESUME, at, config);
}
