/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_CHANCE_H
#define RANKSCOPE_TESTS_SUPPORT_CHANCE_H

#include "ui/event.h"
#include "ui/grid.h"

/* What a person might do, or a cat, from a seed (not 0). */

int chance_below(uint64_t *seed, int limit); /* 0 … limit − 1 */

/* A key, the mouse in and around the grid, now and then another size. */
struct event chance_event(uint64_t *seed, const struct grid *grid);

#endif
