/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_SETTINGS_H
#define RANKSCOPE_DIALOGUE_SETTINGS_H

#include <stdint.h>

/* How retraining on dialogues and adapting to new personas go. Plain values; together with model, corpus and seed they determine
 * every number. */
struct dialogue_settings {
    int tasks;  /* personas to retrain on: those with most examples, in the order of the file where they are as many */
    int unseen; /* personas to adapt to: the next ones */
    int held_out;      /* last dialogues of each persona, never trained on */
    int history;       /* partner's utterances that an example goes back, 0: all of the dialogue so far */
    int batch;         /* examples a step, each with all of its candidates */
    int epochs;        /* of retraining */
    int adapt_epochs;  /* of adapting */
    int rank;          /* of the adapters that meta retraining trains beside the base */
    int inner;         /* reptile: steps on one task before the base moves */
    double outer_rate; /* reptile: how much of the inner steps' way it moves (Nichol et al. 2018) */
    double rate;       /* AdamW's in retraining; in adapting adapt_rate */
    double adapt_rate;
    double warm;    /* part of all steps in which the rate rises; it falls to zero in the others */
    double alpha;   /* of LoRA, which is scaled by alpha / rank */
    double dropout; /* wherever there is one */
    int prior; /* 1: heads begin with the log-odds of one right candidate among all, not with none (Lin et al. 2017) */
    int pass;  /* tokens in one pass: a batch that has more comes in parts */
};

/* As in the published experiment on RoBERTa, and small enough for a model of this program's making. */
extern const struct dialogue_settings dialogue_published, dialogue_small;

#endif
