/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_DIALOGUE_SAMPLE_H
#define RANKSCOPE_TESTS_SUPPORT_DIALOGUE_SAMPLE_H

#include "dialogue/project.h"
#include "dialogue/training.h"
#include "dialogue/view.h"

/* A project in memory that trains in milliseconds: eight generated personas, three to retrain on and two unseen, four candidates, an
 * encoder of width 8 at its start. */
struct dialogue_sample {
    struct project project;
    char *vocab, *merges;
};

struct personas_settings dialogue_sample_personas(void);
struct dialogue_settings dialogue_sample_settings(void);

/* False with *err: what could not be made. */
bool dialogue_sample_make(struct dialogue_sample *sample, struct err *err);
void dialogue_sample_free(struct dialogue_sample *sample);

/* For a training of that kind on it: adapting is LoRA of rank 2 to the first unseen persona. */
struct training_setup dialogue_sample_setup(const struct dialogue_sample *sample, enum training_kind kind);

/* What a screen is shown in the middle of adapting: six epochs of 90 turns, two layers of 12 singular values that fall
 * by 0.8 or by 0.5 from 2.385, and four epochs of adapting to the first of three personas. */
void dialogue_sample_view(struct dialogue_view *view);

#endif
