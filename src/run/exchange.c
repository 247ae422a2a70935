/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/exchange.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_LINE = 64, SLOTS = 3 };

/* `between` is the number of the slot that nobody holds, and FRESH while the reader has not seen it. Publishing and
 * reading each swap it for the slot they held, so no slot is ever in two hands. */
enum { SLOT_MASK = 3, FRESH = 4 };

struct exchange {
    alignas(CACHE_LINE) atomic_uint between;
    alignas(CACHE_LINE) unsigned written; /* slot in the writer's hands */
    alignas(CACHE_LINE) unsigned read;    /* slot in the reader's hands */
    bool begun;                           /* the reader's: something was published and read */
    alignas(CACHE_LINE) size_t slot_size; /* rounded up to whole cache lines; fixed, as is slots */
    unsigned char *slots;
};

struct exchange *exchange_new(size_t slot_size)
{
    if (slot_size > SIZE_MAX / SLOTS - CACHE_LINE)
        return NULL;
    struct exchange *exchange = aligned_alloc(CACHE_LINE, sizeof *exchange);
    if (!exchange)
        return NULL;
    exchange->slot_size = slot_size ? (slot_size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE : CACHE_LINE;
    exchange->slots = aligned_alloc(CACHE_LINE, SLOTS * exchange->slot_size);
    if (!exchange->slots) {
        free(exchange);
        return NULL;
    }
    memset(exchange->slots, 0, SLOTS * exchange->slot_size);
    exchange->written = 0;
    atomic_init(&exchange->between, 1);
    exchange->read = 2;
    exchange->begun = false;
    return exchange;
}

void exchange_free(struct exchange *exchange)
{
    if (!exchange)
        return;
    free(exchange->slots);
    free(exchange);
}

void *exchange_slot(struct exchange *exchange)
{
    return exchange->slots + exchange->written * exchange->slot_size;
}

void exchange_publish(struct exchange *exchange)
{
    unsigned old = atomic_exchange_explicit(&exchange->between, exchange->written | FRESH, memory_order_acq_rel);
    exchange->written = old & SLOT_MASK;
}

const void *exchange_read(struct exchange *exchange, bool *fresh)
{
    bool is_fresh = atomic_load_explicit(&exchange->between, memory_order_relaxed) & FRESH;
    if (is_fresh) {
        unsigned newest = atomic_exchange_explicit(&exchange->between, exchange->read, memory_order_acq_rel);
        exchange->read = newest & SLOT_MASK;
        exchange->begun = true;
    }
    if (fresh)
        *fresh = is_fresh;
    return exchange->begun ? exchange->slots + exchange->read * exchange->slot_size : NULL;
}
