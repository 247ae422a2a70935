/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_BASE_HALT_H
#define RANKSCOPE_BASE_HALT_H

#include "base/err.h"

#include <stdatomic.h>
#include <stdbool.h>

/* Whether somebody else has asked this thread to end what it is doing; err (NULL is allowed) is ERR_STOPPED then. A stop
 * of NULL: nobody does. Cheap enough to be asked once in some microseconds' work. */
bool halt_asked(const atomic_bool *stop, struct err *err);

#endif
