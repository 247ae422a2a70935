/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_HISTORY_H
#define RANKSCOPE_RUN_HISTORY_H

#include "run/sample.h"

#include <stddef.h>

/* How a series is called and drawn. */
struct series_info {
    const char *name;  /* "train_loss" */
    const char *title; /* "retraining loss" */
    const char *unit;  /* "" or "degrees" */
};
extern const struct series_info series_table[SERIES_COUNT];

/* One bucket of a decimated curve: all samples from `step` up to the next bucket. Keeping the extremes
 * means that no spike is lost. */
struct bucket {
    long step; /* of the first sample in it */
    double min;
    double max;
    double last; /* newest value in it */
    long last_step;
};

/* One series of one method, decimated to at most HISTORY_BUCKETS buckets: when they are full, neighbours are merged
 * and every bucket from then on spans twice as many steps. */
enum { HISTORY_BUCKETS = 1024 };

struct curve {
    size_t count;
    long span; /* steps that a bucket covers: those that agree in step / span */
    struct bucket bucket[HISTORY_BUCKETS];
};

/* All series of one method in one stage. */
struct history {
    struct curve curve[SERIES_COUNT];
};

struct history *history_new(void); /* NULL: out of memory */
void history_free(struct history *history);
void history_clear(struct history *history);

/* What `from` has of steps up to `step`. A bucket that reaches beyond it is left out. */
void history_copy(struct history *to, const struct history *from, long step);

/* Adds a sample; values that are not finite are skipped. Steps never go back, but may repeat. */
void history_add(struct history *history, const struct sample *sample);

#endif
