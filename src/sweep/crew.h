/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_SWEEP_CREW_H
#define RANKSCOPE_SWEEP_CREW_H

#include "sweep/outcome.h"
#include "sweep/plan.h"

/* Threads that compute trials which one owner hands them. All functions are for the owner's thread, and none but crew_free waits. */
struct crew;

enum { CREW_THREADS = 256, CREW_QUEUE = 256 }; /* trials that are with the crew: waiting, in work, or finished */

int crew_cores(void); /* threads that can run at once here */

/* NULL: ERR_MEMORY, also where no thread is to be had. */
struct crew *crew_new(int threads, struct err *err);

void crew_end(struct crew *crew);         /* no more work: each thread ends after the step it is in */
bool crew_ended(const struct crew *crew); /* crew_free will not wait */
void crew_free(struct crew *crew);        /* ends it; NULL is allowed */

/* Hands out a trial. False: CREW_QUEUE of them are with the crew. */
bool crew_give(struct crew *crew, const struct trial *trial, const struct config *config);

/* A trial that is finished; false: none. */
struct crew_result {
    struct trial trial;
    struct err err; /* code ERR_NONE, or why it could not be computed */
    struct outcome outcome[METHOD_COUNT];
};
bool crew_take(struct crew *crew, struct crew_result *result);

/* Takes back one that was not begun; false: none. */
bool crew_withdraw(struct crew *crew, struct trial *trial);

/* Polls readable when something was finished; crew_take makes it quiet when it answers false. */
int crew_descriptor(const struct crew *crew);
void crew_poke(struct crew *crew); /* makes it readable */

#endif
