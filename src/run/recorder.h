/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_RECORDER_H
#define RANKSCOPE_RUN_RECORDER_H

#include "run/experiment.h"

/* Decides after which steps to measure: every one at first, then every 2nd, 4th, … so that a run of any length
 * leaves some thousand records; and no oftener than lets measuring cost a small share of stepping, but for a fixed
 * advance that lets even a short run have smooth curves. It counts operations and never looks at a clock, so the same
 * run is recorded at the same steps everywhere. */
struct recorder {
    enum stage stage;
    long step;             /* at the last call; −1 before the first */
    long stride;           /* steps between records */
    long records;          /* since the stride last doubled */
    long scalars_step;     /* of the last record */
    long spectra_step;     /* of the last record with spectra */
    long credited_step;    /* up to which stepping was counted into the credits */
    double scalars_credit; /* operations that measuring may take now */
    double spectra_credit;
};

enum { RECORD_NOTHING = 0, RECORD_SCALARS = 1, RECORD_SPECTRA = 2 };

void recorder_init(struct recorder *recorder);

/* What to measure where the experiment stands now: a set of RECORD_ bits. To be called at its start and after every
 * step or phase; in mid-step there is nothing to measure. Step 0 and the last step of a stage give everything. */
unsigned recorder_due(struct recorder *recorder, const struct experiment *experiment);

/* The run has gone elsewhere: what came after this step is as if it had not been recorded. */
void recorder_rewind(struct recorder *recorder, long step);

/* Measures what is due into `samples`; returns how many were taken. */
int recorder_record(struct recorder *recorder, struct experiment *experiment, struct sample samples[METHOD_COUNT]);

#endif
