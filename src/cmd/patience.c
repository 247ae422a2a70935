/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/patience.h"

#include "base/clock.h"

#include <poll.h>
#include <stddef.h>

bool patience_wait(bool (*ended)(void *what), void *what)
{
    int64_t until = clock_now() + CLOCK_SECOND;
    while (!ended(what)) {
        if (clock_now() >= until)
            return false;
        poll(NULL, 0, PATIENCE_LOOK);
    }
    return true;
}
