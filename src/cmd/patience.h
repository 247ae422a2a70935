/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_PATIENCE_H
#define RANKSCOPE_CMD_PATIENCE_H

#include <stdbool.h>

enum { PATIENCE_LOOK = 2 }; /* milliseconds between looks at what is ending */

/* Gives threads that were asked to end the second that a step may still take when the person leaves. `ended` is asked
 * now and then whether `what` has, and may free what has. False: it has not. */
bool patience_wait(bool (*ended)(void *what), void *what);

#endif
