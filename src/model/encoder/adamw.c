/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/encoder/adamw.h"

#include "base/arena.h"
#include "model/encoder/kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct adamw_settings adamw_usual = {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .decay = 0.01};

struct adamw *adamw_new(const struct tensors *set, const struct adamw_settings *settings, struct err *err)
{
    size_t bytes = arena_struct_size(set->size * sizeof(float));
    struct adamw *adamw = calloc(1, sizeof *adamw);
    struct arena *arena = adamw ? arena_new(arena_add(bytes, bytes)) : NULL;
    if (!arena) {
        free(adamw);
        err_set(err, ERR_MEMORY, "no memory for the moments of %zu parameters", set->size);
        return NULL;
    }
    adamw->settings = *settings;
    adamw->size = set->size;
    adamw->owned = arena;
    adamw->first = arena_struct(arena, set->size * sizeof(float));
    adamw->second = arena_struct(arena, set->size * sizeof(float));
    return adamw;
}

void adamw_free(struct adamw *adamw)
{
    if (!adamw)
        return;
    arena_free(adamw->owned);
    free(adamw);
}

void adamw_reset(struct adamw *adamw)
{
    adamw->steps = 0;
    memset(adamw->first, 0, adamw->size * sizeof *adamw->first);
    memset(adamw->second, 0, adamw->size * sizeof *adamw->second);
}

struct work {
    const struct encoder_kernel *kernel;
    struct adamw_factors factors;
    struct adamw *adamw;
    struct tensors *set;
};

enum { PART = 1 << 16 }; /* parameters that are one item of work */

static void step_part(void *context, int item, int lane)
{
    const struct work *work = context;
    size_t first = (size_t)item * PART, left = work->set->size - first;
    (void)lane;
    work->kernel->adamw(left < PART ? left : PART, &work->factors, work->set->gradient + first,
                        work->adamw->first + first, work->adamw->second + first, work->set->value + first);
}

void adamw_step(struct adamw *adamw, struct tensors *set, double rate, struct pool *pool)
{
    if (!set->gradient)
        return;
    const struct adamw_settings *s = &adamw->settings;
    double steps = (double)++adamw->steps;
    struct work work = {.kernel = encoder_kernel_best(), .adamw = adamw, .set = set};
    work.factors = (struct adamw_factors){.beta1 = (float)s->beta1,
                                          .beta2 = (float)s->beta2,
                                          .rest1 = (float)(1 - s->beta1),
                                          .rest2 = (float)(1 - s->beta2),
                                          .epsilon = (float)s->epsilon,
                                          .keep = (float)(1 - rate * s->decay),
                                          .rate = (float)(rate / (1 - pow(s->beta1, steps))),
                                          .root = (float)(1 / sqrt(1 - pow(s->beta2, steps)))};
    pool_run(pool, (int)((set->size + PART - 1) / PART), step_part, &work);
}

double adamw_rate(double peak, int64_t step, int64_t warm, int64_t steps)
{
    if (step < warm)
        return peak * (double)step / (double)warm;
    if (step >= steps)
        return 0;
    return peak * (double)(steps - step) / (double)(steps - warm);
}
