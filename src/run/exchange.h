/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_EXCHANGE_H
#define RANKSCOPE_RUN_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>

/* The newest value of something large, from one writing thread to one reading thread, without locks or waiting:
 * three slots, of which the writer holds one, the reader one, and the third changes hands. */
struct exchange;

struct exchange *exchange_new(size_t slot_size); /* slots start zeroed; NULL: out of memory */
void exchange_free(struct exchange *exchange);   /* NULL is allowed; neither thread may be using it */

void *exchange_slot(struct exchange *exchange); /* writer: the slot to fill, aligned to 64 bytes; its content is old */
void exchange_publish(struct exchange *exchange); /* writer: what was filled is now the newest */

/* Reader: the newest published slot, the reader's until the next call; NULL before the first publish. *fresh
 * (may be NULL): it is another one than last time. */
const void *exchange_read(struct exchange *exchange, bool *fresh);

#endif
