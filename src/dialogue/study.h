/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_STUDY_H
#define RANKSCOPE_DIALOGUE_STUDY_H

#include "base/err.h"
#include "dialogue/project.h"
#include "dialogue/training.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/* The whole experiment: an encoder is retrained by each method, several seeds each, and each of those bases is adapted to every
 * unseen persona by every scheme. It falls into jobs that know nothing of each other, but that adapting needs its base; what is
 * finished, and where each training stands, is in the project's folder. */

struct study_scheme {
    const struct adapter_method *method;
    int rank;      /* 0: the scheme has none */
    char name[24]; /* "lora 8", "head" */
};

enum { STUDY_SCHEMES = 8, STUDY_SEEDS = 32 };

struct study_plan {
    unsigned methods; /* bits by enum training_kind */
    int seeds;        /* 1 to STUDY_SEEDS: 0, 1, … */
    int first_seed;
    struct study_scheme scheme[STUDY_SCHEMES];
    int schemes;
    int checkpoint; /* steps between two checkpoints of a training */
};

/* Head alone, and LoRA of ranks 1, 4 and 8; all methods, five seeds. */
struct study_plan study_usual(void);

/* Adds a scheme by its name and rank. ERR_INPUT: there is none of that name, the rank is none, or there are too many. */
enum err_code study_add_scheme(struct study_plan *plan, const char *method, int rank, const struct encoder_shape *shape,
                               struct err *err);

/* One training's outcome. Epochs are allocated with the study. */
struct study_outcome {
    bool known, diverged;
    int epochs;                   /* that ended */
    struct training_epoch *epoch; /* one for each of the settings' epochs */
    int best;                     /* of those; when adapting the last */
    struct training_task *task;   /* when retraining: each retraining task's held-out results at the best; else NULL */
};

struct study {
    struct study_plan plan;
    const struct project *project;
    struct study_outcome *retrained; /* method × seed */
    struct study_outcome *adapted;   /* method × seed × scheme × unseen persona */
    struct tensors **base;           /* method × seed: at its best epoch; NULL: not retrained yet */
    char *journal;                   /* path of what was finished */
    const char *exports;     /* folder that what is finished is written into as well (study_export.h); NULL: none */
    pthread_mutex_t mutex;   /* of what follows, and of the journal */
    struct study_line *line; /* finished adaptations by fingerprint */
    size_t lines;
    struct err err;        /* why a job failed first */
    atomic_bool stopping;  /* every job shall save where it is and return */
    atomic_long done;      /* jobs */
    atomic_llong steps;    /* optimizer steps taken, for a sign of life */
    bool (*asked)(void *); /* whether to stop, asked between steps; NULL: nobody does */
    void *asked_context;
};

/* Reads what earlier runs have finished. ERR_INPUT: the journal is damaged; ERR_MEMORY, ERR_IO. Free with study_free. */
enum err_code study_begin(struct study *study, const struct study_plan *plan, const struct project *project,
                          struct err *err);
void study_free(struct study *study); /* after study_begin only */

int study_retrain_jobs(const struct study *study);
int study_adapt_jobs(const struct study *study);

/* Pool's work, context the study: does the job or takes it up where its checkpoint is, unless the study is stopping. What fails
 * stops the study. `lane` is not used. */
void study_retrain(void *context, int job, int lane);
void study_adapt(void *context, int job, int lane);

const struct study_outcome *study_retrained(const struct study *study, int method, int seed);
const struct study_outcome *study_adapted(const struct study *study, int method, int seed, int scheme, int persona);

#endif
