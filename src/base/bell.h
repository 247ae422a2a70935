/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_BASE_BELL_H
#define RANKSCOPE_BASE_BELL_H

/* How one thread tells another that there is something to look at: a descriptor that is readable from the first ring
 * until it is hushed. Who hushes it first and looks then misses nothing. Neither waits. */

int bell_new(void); /* the descriptor, which is the caller's to close; −1: there is none left */
void bell_ring(int bell);
void bell_hush(int bell);

#endif
