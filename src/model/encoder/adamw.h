/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_ENCODER_ADAMW_H
#define RANKSCOPE_MODEL_ENCODER_ADAMW_H

#include "base/err.h"
#include "base/pool.h"
#include "model/encoder/tensors.h"

#include <stdint.h>

/* AdamW (Loshchilov and Hutter, 2019) on one set of tensors, decay decoupled and on every parameter:
 *
 *   v ← v − rate · decay · v;  m ← β₁ m + (1 − β₁) g;  s ← β₂ s + (1 − β₂) g²;  v ← v − rate · m̂ / (√ŝ + ε)
 *
 * A set that took no part in a pass is simply not stepped: its moments, its count and its values stay. */
struct adamw_settings {
    double beta1, beta2, epsilon, decay;
};
extern const struct adamw_settings adamw_usual; /* 0.9, 0.999, 1e-8, 0.01 */

struct adamw {
    struct adamw_settings settings;
    uint64_t steps;        /* taken; of m̂ and ŝ */
    size_t size;           /* the set's */
    float *first, *second; /* size: m and s, in the set's layout, to be kept with a checkpoint */
    void *owned;
};

/* Moments of zero for a set. NULL and ERR_MEMORY. */
struct adamw *adamw_new(const struct tensors *set, const struct adamw_settings *settings, struct err *err);
void adamw_free(struct adamw *adamw); /* NULL is allowed */
void adamw_reset(struct adamw *adamw);

/* One step down the set's gradient, which is zero afterwards. Nothing for a frozen set. `pool` may be NULL. */
void adamw_step(struct adamw *adamw, struct tensors *set, double rate, struct pool *pool);

/* Linear warm-up to `peak` over the first `warm` steps and linear decay to zero at `steps`: the rate of step i, from
 * 0 (as get_linear_schedule_with_warmup of Hugging Face has it). */
double adamw_rate(double peak, int64_t step, int64_t warm, int64_t steps);

#endif
