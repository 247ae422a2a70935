/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_BASE_THREAD_H
#define RANKSCOPE_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* Starts a thread to which no signal is delivered: those are for the thread that waits for them. The caller joins it.
 * False: there is no thread to be had. */
bool thread_start(pthread_t *thread, void *(*work)(void *argument), void *argument);

#endif
