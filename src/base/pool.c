/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/pool.h"

#include "base/thread.h"

#include <stdbool.h>
#include <stdlib.h>

struct lane {
    struct pool *pool;
    int number;
    pthread_t thread;
};

struct pool {
    pthread_mutex_t mutex; /* of all that follows, but lane */
    pthread_cond_t begun, ended;
    pool_work *work;
    void *context;
    int items, next; /* of the present run */
    int busy;        /* threads that are at an item */
    bool closing;
    int threads; /* that were made, lane[1] on */
    struct lane lane[];
};

/* Takes items until there is none left; the mutex is held but for the work itself. */
static void work_off(struct pool *pool, int lane)
{
    while (pool->next < pool->items) {
        int item = pool->next++;
        pool_work *work = pool->work;
        void *context = pool->context;
        pool->busy++;
        pthread_mutex_unlock(&pool->mutex);
        work(context, item, lane);
        pthread_mutex_lock(&pool->mutex);
        pool->busy--;
    }
    if (pool->busy == 0)
        pthread_cond_signal(&pool->ended);
}

static void *serve(void *argument)
{
    struct lane *lane = argument;
    struct pool *pool = lane->pool;
    pthread_mutex_lock(&pool->mutex);
    while (!pool->closing) {
        if (pool->next < pool->items)
            work_off(pool, lane->number);
        else
            pthread_cond_wait(&pool->begun, &pool->mutex);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

struct pool *pool_new(int threads)
{
    size_t lanes = threads > 1 ? (size_t)threads : 1;
    struct pool *pool = calloc(1, sizeof *pool + lanes * sizeof *pool->lane);
    if (!pool)
        return NULL;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->begun, NULL);
    pthread_cond_init(&pool->ended, NULL);
    pool->threads = 1;
    for (int i = 1; i < (int)lanes; i++) {
        struct lane *lane = &pool->lane[i];
        *lane = (struct lane){.pool = pool, .number = i};
        if (!thread_start(&lane->thread, serve, lane)) {
            pool_free(pool);
            return NULL;
        }
        pool->threads++;
    }
    return pool;
}

void pool_free(struct pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->mutex);
    pool->closing = true;
    pthread_cond_broadcast(&pool->begun);
    pthread_mutex_unlock(&pool->mutex);
    for (int i = 1; i < pool->threads; i++)
        pthread_join(pool->lane[i].thread, NULL);
    pthread_cond_destroy(&pool->ended);
    pthread_cond_destroy(&pool->begun);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

int pool_lanes(const struct pool *pool)
{
    return pool ? pool->threads : 1;
}

void pool_run(struct pool *pool, int items, pool_work *work, void *context)
{
    if (pool_lanes(pool) == 1) {
        for (int item = 0; item < items; item++)
            work(context, item, 0);
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->work = work;
    pool->context = context;
    pool->next = 0;
    pool->items = items;
    pthread_cond_broadcast(&pool->begun);
    work_off(pool, 0);
    while (pool->busy > 0)
        pthread_cond_wait(&pool->ended, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
}
