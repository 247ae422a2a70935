/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_MODEL_ENCODER_LORA_H
#define RANKSCOPE_MODEL_ENCODER_LORA_H

#include "model/encoder/adapter.h"

/* The scheme "lora" of adapter_table; see adapter.h for what its functions do. */
int lora_layout(const struct encoder_shape *shape, int rank, struct tensor *list);
enum err_code lora_start(struct adapter *adapter, uint64_t seed, int task, struct err *err);
void lora_forward(const struct adapter_site *site, int first, int rows, const float *x, float *y, int stride,
                  float *scratch);
void lora_back(const struct adapter_site *site, int first, int rows, const float *dy, int stride, float *dx,
               float *scratch);
void lora_learn(const struct adapter_site *site, int rows, const float *x, const float *dy, int stride, float *scratch);

#endif
