/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_BASE_POOL_H
#define RANKSCOPE_BASE_POOL_H

/* A few threads that wait for work which falls into independent items. One owner at a time gives it out and takes part. */
struct pool;

/* `threads` counts the owner's own. NULL: out of memory or threads. */
struct pool *pool_new(int threads);
void pool_free(struct pool *pool); /* NULL is allowed */

/* Threads that may take part: lanes are numbered from 0. 1 for NULL. */
int pool_lanes(const struct pool *pool);

/* Calls work(context, item, lane) for every item from 0 to items − 1, each once, in any order; a lane does one at a time.
 * Returns when all are done, and what they wrote is seen then. NULL does all here, in order. */
typedef void pool_work(void *context, int item, int lane);
void pool_run(struct pool *pool, int items, pool_work *work, void *context);

#endif
