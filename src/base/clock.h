/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_BASE_CLOCK_H
#define RANKSCOPE_BASE_CLOCK_H

#include <stdint.h>

/* Time for display and pacing; it never enters a result. */

enum { CLOCK_MILLISECOND = 1000000, CLOCK_SECOND = 1000000000 };
#define CLOCK_NEVER INT64_MAX

/* Nanoseconds since some moment, never going back (CLOCK_MONOTONIC). */
int64_t clock_now(void);

/* For poll: milliseconds until a moment, rounded up, 0 where it has passed; and the sooner of two such times, of which −1 means
 * never. */
int clock_milliseconds_until(int64_t time);
int clock_sooner(int a, int b);

#endif
