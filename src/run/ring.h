/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_RING_H
#define RANKSCOPE_RUN_RING_H

#include "run/sample.h"

#include <stdbool.h>
#include <stddef.h>

/* Samples from one writing thread to one reading thread, without locks. A full ring drops the new sample and counts
 * it: the writer never waits. */
struct ring;

struct ring *ring_new(size_t capacity); /* rounded up to a power of two; NULL: out of memory */
void ring_free(struct ring *ring);      /* NULL is allowed; neither thread may be using it */

bool ring_push(struct ring *ring, const struct sample *sample); /* writer; false: dropped and counted */
bool ring_pop(struct ring *ring, struct sample *sample);        /* reader; false: empty */
size_t ring_dropped(const struct ring *ring);                   /* either thread: samples lost so far */

#endif
