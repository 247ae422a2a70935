/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"

#include <time.h>

int64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * CLOCK_SECOND + now.tv_nsec;
}

int clock_milliseconds_until(int64_t time)
{
    int64_t left = time - clock_now();
    return left > 0 ? (int)(left / CLOCK_MILLISECOND) + 1 : 0;
}

int clock_sooner(int a, int b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}
