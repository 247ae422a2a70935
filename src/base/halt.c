/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/halt.h"

#include <stddef.h>

bool halt_asked(const atomic_bool *stop, struct err *err)
{
    if (stop == NULL || !atomic_load_explicit(stop, memory_order_relaxed))
        return false;
    err_set(err, ERR_STOPPED, "it was asked to end");
    return true;
}
