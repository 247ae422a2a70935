/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_DIALOGUE_LIVE_STATE_H
#define RANKSCOPE_DIALOGUE_DIALOGUE_LIVE_STATE_H

#include "dialogue/dialogue_live.h"
#include "dialogue/movement.h"
#include "dialogue/training.h"

#include <pthread.h>
#include <stdatomic.h>

/* What a struct dialogue_live holds. The files dialogue_live*.c share it. */
struct dialogue_live {
    pthread_t thread;
    bool started;
    char *folder;
    struct exchange *exchange;
    int bell;

    pthread_mutex_t mutex; /* of these, and nothing else is shared */
    pthread_cond_t asked;
    bool paused;
    atomic_bool ending; /* set under it; looked at without it in the middle of long steps */
    int turn;           /* wished for; counted on and back without end */
    int shown;          /* of those, that the view has; −1: none */

    /* the worker's alone */
    struct dialogue_live_setup setup;
    struct dialogue_view now;
    int64_t published;
    struct project project;
    bool opened;
    struct training *training[VIEW_METHODS];
    struct movement *movement;
    double seconds[VIEW_METHODS]; /* spent on training so far */
    int *held_out;                /* examples of retraining's tasks that are */
    int held_outs;
};

/* ---- dialogue_live.c ---- */

void talk_publish(struct dialogue_live *live);

/* Between two steps: publishes now and then, sleeps while it is paused. False: it shall end. */
bool talk_goes_on(struct dialogue_live *live);

/* ---- talk_run.c ---- */

enum err_code talk_run(struct dialogue_live *live, struct err *err); /* to its end, or to where it shall end */
void talk_end(struct dialogue_live *live);                           /* frees what the worker has */
void talk_show_turn(struct dialogue_live *live);                     /* the turn that is wished for, with scores */

#endif
