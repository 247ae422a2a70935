/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_RUN_SAFETENSORS_STATE_H
#define RANKSCOPE_RUN_SAFETENSORS_STATE_H

#include "run/safetensors.h"

/* Bytes of a number; not for SAFETENSORS_OTHER. */
size_t safetensors_kind_size(enum safetensors_kind kind);

/* The bytes of numbers first … first + count − 1 of tensor i, of a kind that is read. */
enum err_code safetensors_read_part(struct safetensors *file, int i, uint64_t first, size_t count, void *bytes,
                                    struct err *err);

#endif
