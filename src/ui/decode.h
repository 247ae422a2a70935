/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_DECODE_H
#define RANKSCOPE_UI_DECODE_H

#include "ui/event.h"

#include <stdbool.h>
#include <stddef.h>

/* What a terminal sends, taken apart: UTF-8 text, keys as CSI and SS3 sequences, mouse reports (SGR and X10). Pure: no
 * clock, no descriptor. Sequences that mean nothing here are skipped whole, broken ones without harm. */

enum { DECODE_SIZE = 256 };

/* Begins zeroed. */
struct decode {
    unsigned char byte[DECODE_SIZE]; /* not yet understood */
    size_t count;
    unsigned char skipping; /* what begins the sequence that was too long and is passed over up to its end: '[', or
                             * ']' for strings; 0: none */
};

/* Where the next bytes go, and how many at most; when they are there, `count` is raised by them. There is always
 * room after decode_event has returned false. */
unsigned char *decode_room(struct decode *decode, size_t *size);

/* The next event; false: what is there is not a whole one. `final` says that no more came for a while: an Escape
 * that begins no sequence is then the key. */
bool decode_event(struct decode *decode, bool final, struct event *event);

/* Whether an Escape waits to be told apart from the beginning of a sequence. */
bool decode_undecided(const struct decode *decode);

#endif
