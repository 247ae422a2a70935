/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dialogue/dialogue_live.h"

#include "base/bell.h"
#include "base/clock.h"
#include "base/thread.h"
#include "dialogue/dialogue_live_state.h"
#include "run/exchange.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct dialogue_live_setup dialogue_live_usual(const char *folder)
{
    enum { VOCABULARY = 1000, RANK = 8 };
    return (struct dialogue_live_setup){
        folder, personas_usual, dialogue_small, pretraining_small, project_small_shape, VOCABULARY, RANK};
}

/* ---- between the threads ---- */

void talk_publish(struct dialogue_live *live)
{
    memcpy(exchange_slot(live->exchange), &live->now, sizeof live->now);
    exchange_publish(live->exchange);
    live->published = clock_now();
    bell_ring(live->bell);
}

bool talk_goes_on(struct dialogue_live *live)
{
    enum { INTERVAL = CLOCK_SECOND / 10 };
    bool due = clock_now() - live->published >= INTERVAL;
    pthread_mutex_lock(&live->mutex);
    bool other = live->turn != live->shown;
    pthread_mutex_unlock(&live->mutex);
    if (other)
        talk_show_turn(live);
    if (due || other)
        talk_publish(live);
    pthread_mutex_lock(&live->mutex);
    while (live->paused && !live->ending && live->turn == live->shown)
        pthread_cond_wait(&live->asked, &live->mutex);
    bool goes_on = !live->ending;
    pthread_mutex_unlock(&live->mutex);
    return goes_on;
}

/* Nothing is left to do but to show other turns. */
static void linger(struct dialogue_live *live)
{
    pthread_mutex_lock(&live->mutex);
    while (!live->ending) {
        bool other = live->turn != live->shown;
        if (!other) {
            pthread_cond_wait(&live->asked, &live->mutex);
            continue;
        }
        pthread_mutex_unlock(&live->mutex);
        talk_show_turn(live);
        talk_publish(live);
        pthread_mutex_lock(&live->mutex);
    }
    pthread_mutex_unlock(&live->mutex);
}

static void *work(void *context)
{
    struct dialogue_live *live = context;
    struct err err = {.code = ERR_NONE};
    if (talk_run(live, &err) && err.code != ERR_STOPPED) {
        live->now.stage = DIALOGUE_FAILED;
        memcpy(live->now.why, err.message, sizeof live->now.why);
    }
    talk_publish(live);
    linger(live);
    talk_end(live);
    return NULL;
}

/* ---- the watcher's side ---- */

struct dialogue_live *dialogue_live_new(const struct dialogue_live_setup *setup, struct err *err)
{
    struct dialogue_live *live = calloc(1, sizeof *live);
    if (live == NULL) {
        err_set(err, ERR_MEMORY, "no memory to retrain on dialogues");
        return NULL;
    }
    pthread_mutex_init(&live->mutex, NULL);
    pthread_cond_init(&live->asked, NULL);
    live->setup = *setup;
    live->folder = strdup(setup->folder);
    live->setup.folder = live->folder;
    live->shown = -1;
    for (int i = 0; i < VIEW_METHODS; i++)
        live->now.method[i].loss = live->now.method[i].tokens = (double)NAN;
    live->now.loss = (double)NAN;
    live->now.rank = setup->rank;
    live->bell = bell_new();
    live->exchange = exchange_new(sizeof(struct dialogue_view));
    if (live->folder != NULL && live->exchange != NULL && live->bell >= 0)
        live->started = thread_start(&live->thread, work, live);
    if (live->started)
        return live;
    dialogue_live_free(live);
    err_set(err, ERR_MEMORY, "no memory or no thread to retrain on dialogues");
    return NULL;
}

void dialogue_live_end(struct dialogue_live *live)
{
    pthread_mutex_lock(&live->mutex);
    live->ending = true;
    pthread_cond_signal(&live->asked);
    pthread_mutex_unlock(&live->mutex);
}

void dialogue_live_free(struct dialogue_live *live)
{
    if (live == NULL)
        return;
    if (live->started) {
        dialogue_live_end(live);
        pthread_join(live->thread, NULL);
    }
    if (live->bell >= 0)
        close(live->bell);
    exchange_free(live->exchange);
    pthread_mutex_destroy(&live->mutex);
    pthread_cond_destroy(&live->asked);
    free(live->folder);
    free(live);
}

void dialogue_live_pause(struct dialogue_live *live, bool paused)
{
    pthread_mutex_lock(&live->mutex);
    live->paused = paused;
    pthread_cond_signal(&live->asked);
    pthread_mutex_unlock(&live->mutex);
}

bool dialogue_live_paused(const struct dialogue_live *live)
{
    return live->paused; /* written by this thread alone */
}

void dialogue_live_turn(struct dialogue_live *live, int by)
{
    pthread_mutex_lock(&live->mutex);
    live->turn += by;
    pthread_cond_signal(&live->asked);
    pthread_mutex_unlock(&live->mutex);
}

int dialogue_live_descriptor(const struct dialogue_live *live)
{
    return live->bell;
}

const struct dialogue_view *dialogue_live_view(struct dialogue_live *live, bool *fresh)
{
    bell_hush(live->bell);
    return exchange_read(live->exchange, fresh);
}
