/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_ESTIMATE_H
#define RANKSCOPE_SWEEP_ESTIMATE_H

#include "sweep/plan.h"

/* Seconds that all trials would take on one thread, roughly: one of them is computed and timed, a cheap one, and others compared with it
 * by their operations. NAN where not even that can be told. */
double estimate_seconds(const struct plan *plan);

#endif
