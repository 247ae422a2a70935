/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sweep/crew.h"

#include "base/bell.h"
#include "base/thread.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* A trial that waits. */
struct job {
    struct trial trial;
    struct config config;
};

/* All that the threads share. The lock is held only to move a trial from one place to another. */
struct crew {
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct job job[CREW_QUEUE]; /* a ring */
    size_t first, jobs;
    struct crew_result result[CREW_QUEUE]; /* a ring */
    size_t first_result, results;
    size_t with_crew; /* jobs, in work, and results */
    int bell;
    atomic_bool stop;
    atomic_int alive; /* threads that have not ended */
    int threads;
    pthread_t thread[CREW_THREADS];
};

int crew_cores(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > CREW_THREADS ? CREW_THREADS : (int)count;
}

void crew_poke(struct crew *crew)
{
    bell_ring(crew->bell);
}

/* Waits for a job. False: there will be none. */
static bool await_job(struct crew *crew, struct job *job)
{
    pthread_mutex_lock(&crew->lock);
    while (crew->jobs == 0 && !atomic_load(&crew->stop))
        pthread_cond_wait(&crew->work, &crew->lock);
    bool there = !atomic_load(&crew->stop);
    if (there) {
        *job = crew->job[crew->first];
        crew->first = (crew->first + 1) % CREW_QUEUE;
        crew->jobs--;
    }
    pthread_mutex_unlock(&crew->lock);
    return there;
}

static void hand_in(struct crew *crew, const struct crew_result *result)
{
    pthread_mutex_lock(&crew->lock);
    crew->result[(crew->first_result + crew->results++) % CREW_QUEUE] = *result;
    pthread_mutex_unlock(&crew->lock);
    crew_poke(crew);
}

static void *work(void *argument)
{
    struct crew *crew = argument;
    struct job job;
    while (await_job(crew, &job)) {
        struct crew_result result = {.trial = job.trial, .err = {.code = ERR_NONE}};
        outcome_compute(&job.config, &crew->stop, result.outcome, &result.err);
        if (atomic_load(&crew->stop))
            break;
        hand_in(crew, &result);
    }
    atomic_fetch_sub(&crew->alive, 1);
    return NULL;
}

static struct crew *no_crew(struct crew *crew, struct err *err)
{
    err_set(err, ERR_MEMORY, "no memory for the threads of a sweep");
    crew_free(crew);
    return NULL;
}

struct crew *crew_new(int threads, struct err *err)
{
    struct crew *crew = calloc(1, sizeof *crew);
    if (!crew)
        return no_crew(NULL, err);
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->work, NULL);
    crew->bell = bell_new();
    if (crew->bell < 0)
        return no_crew(crew, err);
    if (threads > CREW_THREADS)
        threads = CREW_THREADS;
    while (crew->threads < threads) {
        atomic_fetch_add(&crew->alive, 1);
        if (!thread_start(&crew->thread[crew->threads], work, crew)) {
            atomic_fetch_sub(&crew->alive, 1);
            break; /* fewer do as well */
        }
        crew->threads++;
    }
    return crew->threads > 0 ? crew : no_crew(crew, err);
}

void crew_end(struct crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    atomic_store(&crew->stop, true);
    pthread_cond_broadcast(&crew->work);
    pthread_mutex_unlock(&crew->lock);
}

bool crew_ended(const struct crew *crew)
{
    return atomic_load(&crew->alive) == 0;
}

void crew_free(struct crew *crew)
{
    if (!crew)
        return;
    crew_end(crew);
    for (int i = 0; i < crew->threads; i++)
        pthread_join(crew->thread[i], NULL);
    if (crew->bell >= 0)
        close(crew->bell);
    pthread_cond_destroy(&crew->work);
    pthread_mutex_destroy(&crew->lock);
    free(crew);
}

bool crew_give(struct crew *crew, const struct trial *trial, const struct config *config)
{
    pthread_mutex_lock(&crew->lock);
    bool room = crew->with_crew < CREW_QUEUE;
    if (room) {
        crew->job[(crew->first + crew->jobs++) % CREW_QUEUE] = (struct job){*trial, *config};
        crew->with_crew++;
        pthread_cond_signal(&crew->work);
    }
    pthread_mutex_unlock(&crew->lock);
    return room;
}

bool crew_take(struct crew *crew, struct crew_result *result)
{
    pthread_mutex_lock(&crew->lock);
    bool there = crew->results > 0;
    if (there) {
        *result = crew->result[crew->first_result];
        crew->first_result = (crew->first_result + 1) % CREW_QUEUE;
        crew->results--;
        crew->with_crew--;
    } else {
        bell_hush(crew->bell); /* what comes after the lock rings it anew */
    }
    pthread_mutex_unlock(&crew->lock);
    return there;
}

bool crew_withdraw(struct crew *crew, struct trial *trial)
{
    pthread_mutex_lock(&crew->lock);
    bool there = crew->jobs > 0;
    if (there) {
        *trial = crew->job[(crew->first + --crew->jobs) % CREW_QUEUE].trial;
        crew->with_crew--;
    }
    pthread_mutex_unlock(&crew->lock);
    return there;
}

int crew_descriptor(const struct crew *crew)
{
    return crew->bell;
}
