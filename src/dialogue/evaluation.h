/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_EVALUATION_H
#define RANKSCOPE_DIALOGUE_EVALUATION_H

#include "base/err.h"
#include "dialogue/study.h"
#include "run/result.h"

#include <stdio.h>

/* What retraining came to on its own personas' held-out dialogues: at each training's best epoch, hit@1 with the 95% interval of Clopper
 * and Pearson (of which persona and turn are the trials), and the loss; of all of them and of each persona. Text has a table of each, CSV
 * a line for each persona, JSON both. ERR_MEMORY, ERR_IO. */
enum err_code evaluation_write(FILE *stream, enum result_format format, const struct study *study, struct err *err);

/* The same of every persona with one adapter: `task` has what each of the examples' tasks came to. */
enum err_code evaluation_write_adapter(FILE *stream, enum result_format format, const struct examples *examples,
                                       const struct training_task *task, struct err *err);

#endif
