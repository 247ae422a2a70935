/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_TRAINING_STATE_H
#define RANKSCOPE_DIALOGUE_TRAINING_STATE_H

#include "dialogue/dice.h"
#include "dialogue/trained.h"
#include "dialogue/training.h"
#include "model/encoder/encoder.h"

/* What a struct training holds. The files training*.c share it. */

/* Who is trained in a step. */
struct training_slot {
    int task, batch;
    int64_t order; /* number of the order of its examples */
};

struct training {
    struct training_setup setup;
    struct training_position at;
    int first, tasks; /* of examples' tasks */
    int64_t epoch_steps, steps;
    struct tensors *base; /* a copy of its own where it is trained, else the setup's */
    bool owns_base;
    struct adapter **adapter; /* adapters of them: one, or one a task */
    int adapters;
    struct trained *set; /* sets of them: the base's if trained, then the adapters' */
    int sets;
    int *adapter_set; /* adapters + 1: where an adapter's sets begin in `set` */
    struct encoder *encoder;
    struct batch *batch;
    int *label;            /* batch->sequences_max */
    int32_t *sequence;     /* examples->longest */
    int *order;            /* examples->count: each task's own, as its training examples come */
    int64_t *order_number; /* tasks: which order that is; −1: none */
    double *score;         /* examples->candidates */
    struct dice *dice;
    struct training_epoch *epoch; /* epochs */
    int epochs;
    struct training_task *now, *best; /* examples->tasks */
};

/* ---- training_plan.c: whose turn it is ---- */

int64_t training_epoch_length(const struct training *training); /* steps */
struct training_slot training_slot(const struct training *training, int64_t step);

/* ---- training_score.c ---- */

/* Evaluates the next held-out example; false: there is none left. */
bool training_evaluate(struct training *training);

#endif
