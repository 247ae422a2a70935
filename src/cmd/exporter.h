/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_CMD_EXPORTER_H
#define RANKSCOPE_CMD_EXPORTER_H

#include "base/err.h"
#include "run/journal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/* A thread that runs a run again, to where its journal leads, and writes it into a folder (folder.h). Begins zeroed. */
struct exporter {
    bool busy; /* a thread was started and not yet taken notice of */
    pthread_t thread;
    atomic_bool stop, ended;
    struct journal way; /* the thread's, as is all below, until it has ended */
    char path[256];
    bool pictures;
    struct err err, why; /* why there is no folder, no pictures */
};

/* ERR_MEMORY: no thread is left. Not while it is busy. */
enum err_code exporter_start(struct exporter *exporter, const struct journal *way, const char *path, struct err *err);

/* True once, when it has ended: err (code ERR_NONE: the folder is there) and pictures tell how. */
bool exporter_ended(struct exporter *exporter);

void exporter_end(struct exporter *exporter); /* asks it to end, without waiting */

/* Asks it to end and gives it a moment. False: it is in the middle of a step, or gnuplot draws. */
bool exporter_free(struct exporter *exporter);

#endif
