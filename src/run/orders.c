/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/orders.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

struct orders {
    pthread_mutex_t mutex; /* guards queue, given, first, count; and that no wake is missed */
    pthread_cond_t come;
    atomic_bool pending; /* count > 0 */
    atomic_bool ended;
    unsigned long given; /* serial number of the newest */
    int first;
    int count;
    struct order queue[ORDERS_LIMIT];
};

static bool init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes))
        return false;
    bool good = !pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) && !pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
    return good;
}

struct orders *orders_new(void)
{
    struct orders *orders = calloc(1, sizeof *orders);
    if (!orders)
        return NULL;
    if (!init_condition(&orders->come)) {
        free(orders);
        return NULL;
    }
    if (pthread_mutex_init(&orders->mutex, NULL)) {
        pthread_cond_destroy(&orders->come);
        free(orders);
        return NULL;
    }
    atomic_init(&orders->pending, false);
    atomic_init(&orders->ended, false);
    return orders;
}

void orders_free(struct orders *orders)
{
    if (!orders)
        return;
    pthread_mutex_destroy(&orders->mutex);
    pthread_cond_destroy(&orders->come);
    free(orders);
}

static void append(struct orders *orders, const struct order *order)
{
    struct order *last = orders->count ? &orders->queue[(orders->first + orders->count - 1) % ORDERS_LIMIT] : NULL;
    if (last && last->kind == order->kind) {
        int count = last->count + order->count;
        *last = *order;
        last->count = count;
    } else if (orders->count < ORDERS_LIMIT) {
        last = &orders->queue[(orders->first + orders->count++) % ORDERS_LIMIT];
        *last = *order;
    } else {
        return;
    }
    last->serial = ++orders->given;
}

unsigned long orders_give(struct orders *orders, const struct order *order)
{
    pthread_mutex_lock(&orders->mutex);
    append(orders, order);
    unsigned long newest = orders->given;
    atomic_store_explicit(&orders->pending, true, memory_order_release);
    pthread_cond_signal(&orders->come);
    pthread_mutex_unlock(&orders->mutex);
    return newest;
}

void orders_end(struct orders *orders)
{
    pthread_mutex_lock(&orders->mutex);
    atomic_store_explicit(&orders->ended, true, memory_order_release);
    pthread_cond_signal(&orders->come);
    pthread_mutex_unlock(&orders->mutex);
}

bool orders_pending(const struct orders *orders)
{
    return atomic_load_explicit(&orders->pending, memory_order_acquire);
}

bool orders_ended(const struct orders *orders)
{
    return atomic_load_explicit(&orders->ended, memory_order_acquire);
}

bool orders_take(struct orders *orders, struct order *order)
{
    pthread_mutex_lock(&orders->mutex);
    bool any = orders->count > 0;
    if (any) {
        *order = orders->queue[orders->first];
        orders->first = (orders->first + 1) % ORDERS_LIMIT;
        orders->count--;
    }
    atomic_store_explicit(&orders->pending, orders->count > 0, memory_order_release);
    pthread_mutex_unlock(&orders->mutex);
    return any;
}

bool orders_call_off(struct orders *orders)
{
    bool found = false;
    if (!orders_pending(orders))
        return false;
    pthread_mutex_lock(&orders->mutex);
    for (int i = 0; i < orders->count; i++)
        found = found || orders->queue[(orders->first + i) % ORDERS_LIMIT].kind == ORDER_PAUSE;
    pthread_mutex_unlock(&orders->mutex);
    return found;
}

void orders_wait(struct orders *orders, int64_t deadline)
{
    struct timespec until = {.tv_sec = (time_t)(deadline / CLOCK_SECOND), .tv_nsec = (long)(deadline % CLOCK_SECOND)};
    int late = 0;
    pthread_mutex_lock(&orders->mutex);
    while (!late && orders->count == 0 && !orders_ended(orders))
        late = deadline == CLOCK_NEVER ? pthread_cond_wait(&orders->come, &orders->mutex)
                                       : pthread_cond_timedwait(&orders->come, &orders->mutex, &until);
    pthread_mutex_unlock(&orders->mutex);
}
