/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/align.h"

#include "model/linalg.h"

#include <math.h>
#include <string.h>

/* Squared distance of base's row i, or of its negative, from true row j: |b|² + |a|² − 2 |⟨b, a⟩|. */
static void find_distances(size_t d, const double *base, const double *truth, double *distance)
{
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++) {
            const double *b = base + i * d, *a = truth + j * d;
            distance[i * d + j] = linalg_dot(d, b, b) + linalg_dot(d, a, a) - 2 * fabs(linalg_dot(d, b, a));
        }
}

static void take_row(size_t d, const double *from, const double *truth, double *to)
{
    double sign = linalg_dot(d, from, truth) < 0 ? -1 : 1;
    for (size_t l = 0; l < d; l++)
        to[l] = sign * from[l];
}

void align_units(size_t d, const double *base, const double *truth, double *aligned, double *distance)
{
    if (d > ALIGN_MOST) {
        memcpy(aligned, base, d * d * sizeof *aligned);
        return;
    }
    find_distances(d, base, truth, distance);
    for (size_t pair = 0; pair < d; pair++) {
        size_t nearest = 0;
        double least = (double)INFINITY;
        for (size_t i = 0; i < d * d; i++)
            if (distance[i] < least) {
                least = distance[i];
                nearest = i;
            }
        size_t row = nearest / d, place = nearest % d;
        take_row(d, base + row * d, truth + place * d, aligned + place * d);
        for (size_t i = 0; i < d; i++)
            distance[row * d + i] = distance[i * d + place] = (double)INFINITY;
    }
}
