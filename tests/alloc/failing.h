/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_ALLOC_FAILING_H
#define RANKSCOPE_TESTS_ALLOC_FAILING_H

#include <stdbool.h>

/* Lets allocations fail: the linker puts functions of failing.c in front of what our own objects call (WRAPPED in the
 * Makefile), in every thread. Libraries keep their memory. */

/* What an action came to, as its caller was told. */
enum failing_outcome {
    FAILING_SUCCESS,  /* it did its work */
    FAILING_REPORTED, /* it said that memory was short */
    FAILING_WRONG,    /* anything else */
};

/* Runs `action` again and again, the n-th allocation failing in the n-th run and all others as ever, until a run gets
 * by without the failure. Each run must report the failure, and with a leak checker leave nothing behind. A failed
 * cmocka assertion says which allocation it was. Returns how many allocations there were to fail. */
int failing_every(enum failing_outcome (*action)(void *context), void *context);

/* From here on no allocation fails: for the part of an action that only watches. */
void failing_pause(void);

#endif
