/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_EXPORT_H
#define RANKSCOPE_RUN_EXPORT_H

#include "run/experiment.h"
#include "run/given.h"
#include "run/view.h"

/* Writes where an experiment has come to as .npz, wholly or not at all; the man page lists the arrays. What is not known
 * is left out. `view` is of the same experiment; `given` is what its tasks were made from, and NULL if they were drawn.
 * ERR_IO, ERR_MEMORY or ERR_MATH. */
enum err_code export_write(const char *path, const struct experiment *experiment, const struct view *view,
                           const struct given *given, struct err *err);

/* Whether this is the name of one of those arrays. */
bool export_writes(const char *name);

#endif
