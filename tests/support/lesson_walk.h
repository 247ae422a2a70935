/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_LESSON_WALK_H
#define RANKSCOPE_TESTS_SUPPORT_LESSON_WALK_H

#include <stddef.h>

/* Plays built-in lessons from the `first` of the course on, each in a terminal of 80 × 24 from its first step to
 * its end: answers what is asked, lets it be shown how a step goes, and holds what the screen says against the
 * claims. Where tests are slow, only the first. */
void lesson_walk(size_t first, size_t count);

/* How many there are, without demos. */
size_t lesson_walk_count(void);

#endif
