/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_COMPARISON_H
#define RANKSCOPE_DIALOGUE_COMPARISON_H

#include "base/err.h"
#include "dialogue/study.h"
#include "run/result.h"

#include <stdio.h>

/* What a study came to. hit@1 of a cell (method, scheme) has two ways of being uncertain, and each is told: over seeds, which is
 * what another run of all would change, and over personas, which is what other people would. */
struct comparison_cell {
    int seeds;        /* that are known for every persona; what follows is over these, NAN for none */
    double hit;       /* mean hit@1 */
    double hit_error; /* standard error over seeds of their mean over personas; NAN below two */
    double loss;      /* mean, of held-out examples */
    double loss_error;
    double gain;   /* mean difference in hit@1 to standard retraining; NAN: not known, or it is standard */
    double gain_t; /* paired t over personas, each a mean over seeds (Student 1908); NAN below two or without spread */
    double gain_p; /* two-sided */
};

/* Over the seeds that both know. */
struct comparison_cell comparison_cell(const struct study *study, int method, int scheme);

/* hit@1 of a persona: mean and standard error over seeds; NAN for none. */
struct comparison_persona {
    int seeds;
    double hit, error;
};
struct comparison_persona comparison_persona(const struct study *study, int method, int scheme, int persona);

/* Of retraining, at its best epoch: held-out hit@1 on its own personas. */
struct comparison_persona comparison_retrained(const struct study *study, int method);

/* For people and for scripts; the man page has the columns. ERR_MEMORY, ERR_IO. */
enum err_code comparison_write(FILE *stream, enum result_format format, const struct study *study, struct err *err);

#endif
