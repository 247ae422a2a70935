/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_TOPIC_H
#define RANKSCOPE_RUN_TOPIC_H

#include "run/view.h"

#include <stddef.h>

/* What a run can be asked for in words: where it is, its parameters, every chart, what the theory says, and every measure by its
 * name. The plain mode and the lab's command line read this table. */

const char *topic_name(int index); /* "loss"; NULL after the last */

enum { TOPIC_NONE = -1 };
int topic_find(const char *name); /* index, or TOPIC_NONE */

/* Sentences from the measured values, like explain. The text has at most `size` bytes with its NUL, spaces where a line may be
 * broken. */
enum { TOPIC_SIZE = 4096 };
void topic_tell(const struct view *view, int index, char *text, size_t size);

#endif
