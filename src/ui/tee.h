/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_UI_TEE_H
#define RANKSCOPE_UI_TEE_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* What goes to standard output, the terminal, and a copy of it for recordings where that is wanted. Begins zeroed. */
struct tee {
    bool lost;   /* the terminal has hung up */
    bool kept;   /* what is written is kept */
    int catcher; /* a file in memory that stands in the terminal's place at times; 0: none */
    char *bytes;
    size_t size, room;
    bool told; /* what is kept was asked for, and goes with the next byte */
};

/* Forgets what was kept before. ERR_IO: it cannot be kept. */
enum err_code tee_begin(struct tee *tee, bool kept, struct err *err);
void tee_end(struct tee *tee); /* keeps no more; what was kept stays until tee_forget */
void tee_forget(struct tee *tee);

void tee_write(struct tee *tee, const char *text);
void tee_write_unkept(struct tee *tee, const char *text);

/* Calls a function that writes to standard output by itself and tells nobody what. */
void tee_call(struct tee *tee, int (*call)(void));

/* What was kept since the last call, as far as there was memory for it; the tee's until the next byte. */
const char *tee_take(struct tee *tee, size_t *size);

#endif
