/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef RANKSCOPE_TESTS_SUPPORT_MATRIX_H
#define RANKSCOPE_TESTS_SUPPORT_MATRIX_H

#include <stddef.h>
#include <stdint.h>

/* Numbers between −1 and 1 that look random and are the same everywhere; *seed moves on. */
void matrix_fill(uint64_t *seed, size_t count, double *x);

#endif
