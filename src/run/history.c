/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run/history.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

const struct series_info series_table[SERIES_COUNT] = {
    [SERIES_TRAIN_LOSS] = {"train_loss", "loss", ""},
    [SERIES_BASE_ERROR] = {"base_error", "base error", ""},
    [SERIES_RECOVERY_ANGLE] = {"recovery_angle", "principal angle", "degrees"},
    [SERIES_RISK] = {"risk", "risk on the unseen task", ""},
};

struct history *history_new(void)
{
    struct history *history = malloc(sizeof *history);
    if (history)
        history_clear(history);
    return history;
}

void history_free(struct history *history)
{
    free(history);
}

void history_clear(struct history *history)
{
    for (int series = 0; series < SERIES_COUNT; series++) {
        history->curve[series].count = 0;
        history->curve[series].span = 1;
    }
}

void history_copy(struct history *to, const struct history *from, long step)
{
    *to = *from;
    for (int series = 0; series < SERIES_COUNT; series++) {
        struct curve *curve = &to->curve[series];
        while (curve->count > 0 && curve->bucket[curve->count - 1].last_step > step)
            curve->count--;
    }
}

/* Buckets lie on a grid: two steps share one when they agree in step / span. */
static bool same_bucket(const struct curve *curve, long step, long other)
{
    return step / curve->span == other / curve->span;
}

static void take_in(struct bucket *bucket, const struct bucket *later)
{
    bucket->min = fmin(bucket->min, later->min);
    bucket->max = fmax(bucket->max, later->max);
    bucket->last = later->last;
    bucket->last_step = later->last_step;
}

/* Doubles the span and merges the neighbours that now share a bucket. */
static void coarsen(struct curve *curve)
{
    curve->span *= 2;
    size_t kept = 0;
    for (size_t i = 1; i < curve->count; i++) {
        if (same_bucket(curve, curve->bucket[kept].step, curve->bucket[i].step))
            take_in(&curve->bucket[kept], &curve->bucket[i]);
        else
            curve->bucket[++kept] = curve->bucket[i];
    }
    curve->count = kept + 1;
}

static void curve_add(struct curve *curve, long step, double value)
{
    struct bucket newest = {.step = step, .min = value, .max = value, .last = value, .last_step = step};
    for (;;) {
        if (curve->count && same_bucket(curve, curve->bucket[curve->count - 1].step, step)) {
            take_in(&curve->bucket[curve->count - 1], &newest);
            return;
        }
        if (curve->count < HISTORY_BUCKETS) {
            curve->bucket[curve->count++] = newest;
            return;
        }
        coarsen(curve); /* samples far apart may need it more than once */
    }
}

void history_add(struct history *history, const struct sample *sample)
{
    for (int series = 0; series < SERIES_COUNT; series++)
        if (isfinite(sample->value[series]))
            curve_add(&history->curve[series], sample->step, sample->value[series]);
}
