/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/decades.h"

#include <float.h>
#include <math.h>

void decades_add(struct decades *axis, double value)
{
    if (!isfinite(value))
        return;
    if (value < DBL_MIN) {
        axis->low = true;
        return;
    }
    if (axis->least == 0 || value < axis->least)
        axis->least = value;
    if (value > axis->most)
        axis->most = value;
}

void decades_finish(struct decades *axis, double floor_value)
{
    double most = axis->most > 0 ? axis->most : fmax(floor_value, 1);
    double least = axis->least > 0 ? axis->least : most;
    if (least < floor_value) {
        axis->low = true;
        least = fmin(floor_value, most);
    }
    axis->to = (int)ceil(log10(most));
    axis->from = (int)floor(log10(least));
    if (axis->low)
        axis->from--;
    if (axis->from >= axis->to)
        axis->from = axis->to - 1;
}

double decades_place(const struct decades *axis, double value)
{
    double end = pow(10, axis->from);
    return value < end ? end : value;
}
