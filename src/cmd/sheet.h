/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_SHEET_H
#define RANKSCOPE_CMD_SHEET_H

#include "base/err.h"
#include "plot/figures.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/* A thread that has gnuplot draw a sheet of figures into a file, while the session goes on. Begins zeroed. */
struct sheet {
    bool busy; /* a thread was started and not yet taken notice of */
    pthread_t thread;
    atomic_bool stop, ended;
    char path[256];
    char *script; /* the thread's, as is all below, until it has ended */
    size_t size;
    struct err err; /* code ERR_NONE: the file is there */
};

/* The subject is turned into text at once and not kept. ERR_INPUT: no picture is called so, or another is still being
 * drawn; ERR_MEMORY. */
enum err_code sheet_start(struct sheet *sheet, const char *path, const struct figures *figures, const void *subject,
                          struct err *err);

/* True once, when it has ended: err tells how. */
bool sheet_ended(struct sheet *sheet);
int sheet_timeout(const struct sheet *sheet); /* milliseconds until sheet_ended is to be asked; −1: never */

/* Asks it to end, and its gnuplot with it, and gives it a moment. False: it has not ended. */
bool sheet_free(struct sheet *sheet);

#endif
