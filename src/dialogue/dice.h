/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_DIALOGUE_DICE_H
#define RANKSCOPE_DIALOGUE_DICE_H

#include <stddef.h>
#include <stdint.h>

/* Whole random numbers from GSL's generator (mt19937), a stream for each purpose and two indices: an order of examples is known from
 * its epoch alone, so that a training taken up again needs no generator's state. */
enum dice_purpose { DICE_PERSONA, DICE_DIALOGUE, DICE_ORDER, DICE_MASK };

struct dice;
struct dice *dice_new(void);       /* NULL: out of memory */
void dice_free(struct dice *dice); /* NULL is allowed */

void dice_begin(struct dice *dice, uint64_t seed, enum dice_purpose purpose, uint64_t a, uint64_t b);
int dice_below(struct dice *dice, int limit); /* 0 … limit − 1; limit ≥ 1 */
void dice_shuffle(struct dice *dice, int *items, int count);

#endif
