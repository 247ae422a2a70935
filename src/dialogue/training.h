/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_TRAINING_H
#define RANKSCOPE_DIALOGUE_TRAINING_H

#include "base/err.h"
#include "base/pool.h"
#include "dialogue/examples.h"
#include "dialogue/settings.h"
#include "model/encoder/adapter.h"
#include "model/encoder/tensors.h"

#include <stdbool.h>
#include <stdint.h>

/* Retraining an encoder on personas, and adapting it to one: the same loop with other sets of parameters.
 *
 *   standard  base and one head, a batch of each task in turn until all examples were seen
 *   meta      base, and an adapter and a head for each task: a batch of each task in turn until the shortest ends the epoch
 *   reptile   base and one head; a task's `inner` steps with fresh moments, then both move a part of the way that those went
 *             (Nichol et al. 2018); an epoch is as many tasks as come nearest to standard's steps
 *   adapting  one task's fresh adapter and head, the base frozen
 *
 * The loss is the mean cross-entropy of right and wrong over all pairs of dialogue and candidate, the score of a candidate its
 * logit of "right", and hit@1 the share of examples whose right candidate alone has the highest score. */
enum training_kind { TRAINING_STANDARD, TRAINING_META, TRAINING_REPTILE, TRAINING_ADAPT, TRAINING_KINDS };
enum { TRAINING_METHODS = TRAINING_ADAPT }; /* the first ones retrain */
extern const char *const training_names[TRAINING_KINDS];

struct training_setup {
    enum training_kind kind;
    const struct examples *examples;
    const struct encoder_shape *shape;
    const struct dialogue_settings *settings;
    const struct tensors *base;          /* where it begins */
    const struct adapter_method *scheme; /* of adapting */
    int rank;                            /* of its adapter */
    int task;                            /* to adapt to */
    uint64_t seed;
    struct pool *pool; /* shares the work of a pass; NULL: none */
};

enum training_status {
    TRAINING_GOES_ON,
    TRAINING_DONE,
    TRAINING_DIVERGED, /* the loss was not finite; what is there stays as it was before */
};

/* What an epoch came to. */
struct training_epoch {
    double training_loss; /* mean over its steps */
    double loss;          /* over the held-out examples */
    int hits, count;
};

/* A training's numbers; all that changes but its sets. */
struct training_position {
    int64_t step;   /* taken */
    int64_t pass;   /* learning passes, which determine what is dropped */
    int64_t tokens; /* trained on so far */
    int32_t epoch;  /* ended and evaluated */
    int32_t next;   /* held-out example that is evaluated next; −1: it is trained */
    int32_t best;   /* epoch whose sets are kept, from 0; −1: none yet */
    int32_t diverged;
    double loss;               /* newest step's; NAN before the first */
    double loss_sum;           /* of this epoch's steps */
    struct training_epoch now; /* so far, of the evaluation that goes on */
};

struct training_task {
    double loss; /* sum over its held-out examples */
    int hits, count;
};

struct training;

/* Copies base; all else is borrowed. NULL: ERR_INPUT, ERR_MEMORY. */
struct training *training_new(const struct training_setup *setup, struct err *err);
void training_free(struct training *training); /* NULL is allowed */

/* One batch trained or one held-out example evaluated. Nothing is allocated. */
enum training_status training_step(struct training *training);
enum training_status training_status(const struct training *training);

const struct training_setup *training_setup_of(const struct training *training);
const struct training_position *training_at(const struct training *training);
int training_epochs(const struct training *training);
int64_t training_steps(const struct training *training);                                 /* of all epochs */
const struct training_epoch *training_epoch(const struct training *training, int epoch); /* that has ended */

/* Held-out results of each of its tasks, at the epoch that was best, or when adapting at the last. One for each of examples' tasks;
 * those that are not this training's are zero. */
const struct training_task *training_results(const struct training *training);

/* The base as it is, and as it was at its best epoch by hit@1 (then by loss); when adapting, the one it began with. */
const struct tensors *training_base(const struct training *training);
const struct tensors *training_best(const struct training *training);

/* What it adapts with, a head at least; of trainings that adapt alone. */
struct adapter *training_adapter(const struct training *training);

/* What the held-out examples of its one task come to as it is now; of trainings that adapt alone. */
struct training_task training_judge(struct training *training);

/* Scores of an example's candidates by what is trained now; `task` says whose adapter (meta). */
void training_score(struct training *training, int example, double *scores);

/* ---- training_file.c ---- */

/* Everything that determines a training's numbers, in one. */
uint64_t training_fingerprint(const struct training_setup *setup);

/* Writes all of it into a file, atomically: a training that reads it goes on to the same bits. ERR_IO, ERR_MEMORY. */
enum err_code training_write(const struct training *training, const char *path, struct err *err);

/* Takes up what a file has. ERR_INPUT: it is no training's, another training's, or damaged. After an error all that can be done with
 * the training is to free it. */
enum err_code training_read(struct training *training, const char *path, struct err *err);

#endif
