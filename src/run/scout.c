/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/scout.h"

#include "base/bell.h"
#include "base/thread.h"

#include <stdlib.h>
#include <unistd.h>

/* All that the two threads share, under the lock but for the flags. */
struct scout {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wanted;
    struct survey_request request; /* waits, where `asked` */
    bool asked, working, answered;
    struct survey answer;
    struct err err;
    bool end;
    atomic_bool stop;  /* the survey that is being made shall be given up */
    atomic_bool ended; /* the thread has done its last */
    int bell;
    struct surveyor *surveyor; /* the thread's */
    struct survey *survey;     /* the thread's */
};

/* False: there will be no more. */
static bool await(struct scout *scout, struct survey_request *request)
{
    pthread_mutex_lock(&scout->lock);
    scout->working = false;
    while (!scout->asked && !scout->end)
        pthread_cond_wait(&scout->wanted, &scout->lock);
    bool there = !scout->end;
    *request = scout->request;
    scout->asked = false;
    scout->working = there;
    if (there)
        atomic_store(&scout->stop, false);
    pthread_mutex_unlock(&scout->lock);
    return there;
}

static void hand_in(struct scout *scout, const struct err *err)
{
    pthread_mutex_lock(&scout->lock);
    if (!err->code)
        scout->answer = *scout->survey;
    scout->err = *err;
    scout->answered = true;
    scout->working = false;
    pthread_mutex_unlock(&scout->lock);
    bell_ring(scout->bell);
}

static void *work(void *argument)
{
    struct scout *scout = argument;
    struct survey_request request;
    while (await(scout, &request)) {
        struct err err = {.code = ERR_NONE};
        bool done = false;
        enum err_code code = surveyor_survey(scout->surveyor, &request, &scout->stop, scout->survey, &done, &err);
        if (code || done)
            hand_in(scout, &err);
    }
    atomic_store(&scout->ended, true);
    return NULL;
}

static void release(struct scout *scout)
{
    if (scout->bell >= 0)
        close(scout->bell);
    surveyor_free(scout->surveyor);
    free(scout->survey);
    pthread_cond_destroy(&scout->wanted);
    pthread_mutex_destroy(&scout->lock);
    free(scout);
}

struct scout *scout_new(struct err *err)
{
    struct scout *scout = calloc(1, sizeof *scout);
    if (!scout) {
        err_set(err, ERR_MEMORY, "no memory to look at the landscape");
        return NULL;
    }
    pthread_mutex_init(&scout->lock, NULL);
    pthread_cond_init(&scout->wanted, NULL);
    scout->surveyor = surveyor_new();
    scout->survey = calloc(1, sizeof *scout->survey);
    scout->bell = bell_new();
    if (!scout->surveyor || !scout->survey)
        err_set(err, ERR_MEMORY, "no memory to look at the landscape");
    else if (scout->bell < 0)
        err_set(err, ERR_IO, "no descriptor is left to look at the landscape");
    else if (!thread_start(&scout->thread, work, scout))
        err_set(err, ERR_MEMORY, "no memory or no thread is left to look at the landscape");
    else
        return scout;
    release(scout);
    return NULL;
}

void scout_end(struct scout *scout)
{
    pthread_mutex_lock(&scout->lock);
    scout->end = true;
    atomic_store(&scout->stop, true);
    pthread_cond_signal(&scout->wanted);
    pthread_mutex_unlock(&scout->lock);
}

bool scout_ended(const struct scout *scout)
{
    return atomic_load(&scout->ended);
}

void scout_free(struct scout *scout)
{
    if (!scout)
        return;
    scout_end(scout);
    pthread_join(scout->thread, NULL);
    release(scout);
}

void scout_ask(struct scout *scout, const struct survey_request *request, bool urgent)
{
    pthread_mutex_lock(&scout->lock);
    scout->request = *request;
    scout->asked = true;
    if (urgent)
        atomic_store(&scout->stop, true);
    pthread_cond_signal(&scout->wanted);
    pthread_mutex_unlock(&scout->lock);
}

bool scout_busy(struct scout *scout)
{
    pthread_mutex_lock(&scout->lock);
    bool busy = scout->asked || scout->working;
    pthread_mutex_unlock(&scout->lock);
    return busy;
}

bool scout_take(struct scout *scout, struct survey *survey, struct err *err)
{
    pthread_mutex_lock(&scout->lock);
    bell_hush(scout->bell);
    bool there = scout->answered;
    scout->answered = false;
    if (there)
        *err = scout->err;
    if (there && !scout->err.code)
        *survey = scout->answer;
    pthread_mutex_unlock(&scout->lock);
    return there;
}

int scout_descriptor(const struct scout *scout)
{
    return scout->bell;
}
