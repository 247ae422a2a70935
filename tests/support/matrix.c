/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/matrix.h"

void matrix_fill(uint64_t *seed, size_t count, double *x)
{
    for (size_t i = 0; i < count; i++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        x[i] = (double)(*seed >> 11) / 4503599627370496.0 - 1;
    }
}
