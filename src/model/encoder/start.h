/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_ENCODER_START_H
#define RANKSCOPE_MODEL_ENCODER_START_H

#include "model/encoder/tensors.h"

/* Draws a tensor's first values from the stream of (seed, purpose, its name and a task). ERR_MEMORY. */
enum err_code start_normal(struct tensors *set, int index, double deviation, uint64_t seed, enum random_purpose purpose,
                           int task, struct err *err);

/* Uniform between −bound and bound. */
enum err_code start_uniform(struct tensors *set, int index, double bound, uint64_t seed, enum random_purpose purpose,
                            int task, struct err *err);

/* All tensors of a set: matrices ~ N(0, 0.02²), biases 0, layer norms 1 and 0. */
enum err_code start_usual(struct tensors *set, uint64_t seed, enum random_purpose purpose, int task, struct err *err);

#endif
