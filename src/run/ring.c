/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/ring.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

enum { CACHE_LINE = 64 };

/* Positions count up for ever and are reduced by the mask, so that full and empty differ. What each side writes has a
 * cache line of its own, with its last known position of the other side beside it: the other's line is only touched
 * when that is used up. */
struct ring {
    alignas(CACHE_LINE) _Atomic size_t head; /* samples written; stored by the writer */
    size_t known_tail;                       /* the writer's */
    _Atomic size_t dropped;                  /* stored by the writer */
    alignas(CACHE_LINE) _Atomic size_t tail; /* samples read; stored by the reader */
    size_t known_head;                       /* the reader's */
    alignas(CACHE_LINE) size_t mask;
    struct sample *slot; /* mask + 1 */
};

struct ring *ring_new(size_t capacity)
{
    if (capacity > SIZE_MAX / 4 / sizeof(struct sample))
        return NULL;
    size_t slots = 1;
    while (slots < capacity)
        slots *= 2;

    struct ring *ring = aligned_alloc(CACHE_LINE, sizeof *ring);
    if (!ring)
        return NULL;
    ring->slot = malloc(slots * sizeof *ring->slot);
    if (!ring->slot) {
        free(ring);
        return NULL;
    }
    atomic_init(&ring->head, 0);
    atomic_init(&ring->tail, 0);
    atomic_init(&ring->dropped, 0);
    ring->known_head = ring->known_tail = 0;
    ring->mask = slots - 1;
    return ring;
}

void ring_free(struct ring *ring)
{
    if (!ring)
        return;
    free(ring->slot);
    free(ring);
}

bool ring_push(struct ring *ring, const struct sample *sample)
{
    size_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    if (head - ring->known_tail > ring->mask)
        ring->known_tail = atomic_load_explicit(&ring->tail, memory_order_acquire);
    if (head - ring->known_tail > ring->mask) {
        size_t dropped = atomic_load_explicit(&ring->dropped, memory_order_relaxed);
        atomic_store_explicit(&ring->dropped, dropped + 1, memory_order_relaxed);
        return false;
    }
    ring->slot[head & ring->mask] = *sample;
    atomic_store_explicit(&ring->head, head + 1, memory_order_release);
    return true;
}

bool ring_pop(struct ring *ring, struct sample *sample)
{
    size_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    if (tail == ring->known_head)
        ring->known_head = atomic_load_explicit(&ring->head, memory_order_acquire);
    if (tail == ring->known_head)
        return false;
    *sample = ring->slot[tail & ring->mask];
    atomic_store_explicit(&ring->tail, tail + 1, memory_order_release);
    return true;
}

size_t ring_dropped(const struct ring *ring)
{
    return atomic_load_explicit(&ring->dropped, memory_order_relaxed);
}
