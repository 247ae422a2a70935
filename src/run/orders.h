/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_ORDERS_H
#define RANKSCOPE_RUN_ORDERS_H

#include "model/config.h"

#include <stdbool.h>
#include <stdint.h>

/* What the watching thread asks of the worker, in the order it was asked. The lock is held only while an order is
 * copied, so neither thread ever waits for what the other computes. */

enum order_kind {
    ORDER_RUN,
    ORDER_PAUSE,
    ORDER_STEP,
    ORDER_PHASE,
    ORDER_ADAPT,
    ORDER_SPEED,
    ORDER_UPDATE,
    ORDER_REWIND,
    ORDER_SWAP
};

struct order {
    enum order_kind kind;
    int count;            /* of ORDER_STEP and ORDER_PHASE: how many; of ORDER_REWIND: checkpoints, back below 0 */
    int speed;            /* of ORDER_SPEED: row of live_speed_table */
    struct config config; /* of ORDER_UPDATE */
    unsigned long serial; /* from 1 on, in the order they were given; orders_give sets it */
};

struct orders;

struct orders *orders_new(void); /* NULL: out of memory */
void orders_free(struct orders *orders);

/* Watching thread. Orders of the same kind in a row become one: steps add up, of the others the newest counts. Where
 * ORDERS_LIMIT of them wait already, the order is lost. Returns the serial number of the newest that is not. */
enum { ORDERS_LIMIT = 64 };
unsigned long orders_give(struct orders *orders, const struct order *order);
void orders_end(struct orders *orders); /* no more work is wanted; nothing can hold this up */

/* Worker. */
bool orders_pending(const struct orders *orders); /* orders_take has something; without a lock */
bool orders_ended(const struct orders *orders);   /* without a lock */
bool orders_take(struct orders *orders, struct order *order);
bool orders_call_off(struct orders *orders); /* ORDER_PAUSE is among those that wait */

/* Sleeps until an order or the end comes, or the clock (base/clock.h) reaches `deadline`; CLOCK_NEVER: without one. */
void orders_wait(struct orders *orders, int64_t deadline);

#endif
