/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_DIALOGUE_H
#define RANKSCOPE_CMD_DIALOGUE_H

#include "cmd/interrupt.h"
#include "dialogue/personas.h"
#include "dialogue/study.h"
#include "run/result.h"

#include <stdio.h>

/* What `rankscope dialogue ACTION` was asked for. */
enum dialogue_action {
    DIALOGUE_GENERATE,
    DIALOGUE_PRETRAIN,
    DIALOGUE_RETRAIN,
    DIALOGUE_ADAPT,
    DIALOGUE_EVALUATE,
    DIALOGUE_COMPARE,
    DIALOGUE_ACTIONS
};

struct dialogue_request {
    enum dialogue_action action;
    char *folder;
    const char *data, *model, *output, *plot; /* or NULL */
    const char *exports, *adapter;            /* folders, or NULL */
    struct personas_settings personas;
    struct dialogue_settings settings;
    struct pretraining_settings pretraining;
    struct encoder_shape shape; /* to pretrain */
    int vocabulary;
    struct study_plan plan;
    const char *scheme; /* of adapt; NULL: the plan's */
    int rank;
    const char *ranks; /* "1,4,8", or NULL */
    int jobs;          /* 0: not asked for */
    enum result_format format;
};

/* What held-out turns of all personas come to with request->adapter on the project's encoder. Returns the exit status. */
int dialogue_judge_adapter(const struct dialogue_request *request, const struct project *project,
                           const struct interrupt *interrupt);

/* Does it, and prints what came of it. Returns the exit status. */
int dialogue_perform(struct dialogue_request *request);

#endif
