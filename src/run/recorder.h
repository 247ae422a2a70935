/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_RECORDER_H
#define RANKSCOPE_RUN_RECORDER_H

#include "run/experiment.h"

/* Decides after which steps to measure: every one at first, then every 2nd, 4th, … so that a run of any length
 * leaves some thousand records; and no oftener than lets measuring cost a small share of stepping. It counts
 * operations and never looks at a clock, so the same run is recorded at the same steps everywhere. */
struct recorder {
    long stride;          /* steps between records */
    long records;         /* since the stride last doubled */
    double scalar_credit; /* operations stepped since, that measuring may spend a share of */
    double spectra_credit;
};

enum { RECORD_NOTHING = 0, RECORD_SCALARS = 1, RECORD_SPECTRA = 2 };

void recorder_init(struct recorder *recorder);

/* What to measure after the step that the experiment has just taken: a set of RECORD_ bits. Step 0 and the last
 * step of a stage give everything. */
unsigned recorder_due(struct recorder *recorder, const struct experiment *experiment);

#endif
