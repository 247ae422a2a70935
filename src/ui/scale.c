/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/scale.h"

#include <math.h>
#include <stdio.h>

static const double GREATEST = 1e300; /* beyond, differences would overflow */
static const double TINIEST = 1e-290; /* a linear axis of a shorter range would run out of digits */
static const double FEW_TIMES = 30;   /* a logarithmic axis that spans less has ticks at 1, 2, 5 */

/* Below, values of this extent count as zero. */
static double extent_zero(const struct extent *extent)
{
    return extent->zero > SCALE_FLOOR ? extent->zero : SCALE_FLOOR;
}

void extent_add(struct extent *extent, double value)
{
    if (!isfinite(value))
        return;
    value = value > GREATEST ? GREATEST : value < -GREATEST ? -GREATEST : value;
    if (!extent->any)
        *extent = (struct extent){
            .zero = extent->zero, .any = true, .least = value, .most = value, .least_above = (double)INFINITY};
    if (value < extent->least)
        extent->least = value;
    if (value > extent->most)
        extent->most = value;
    if (value < extent_zero(extent))
        extent->zeros = true;
    else if (value < extent->least_above)
        extent->least_above = value;
}

/* Of 1, 2, 5 times powers of ten, counted by their index: 0 is 1, 1 is 2, 2 is 5, 3 is 10, −1 is 0.5 … */
static double round_number(int index)
{
    static const double digit[] = {1, 2, 5};
    int power = (int)floor(index / 3.0);
    return power < 0 ? digit[index - 3 * power] / pow(10, -power) : digit[index - 3 * power] * pow(10, power);
}

/* The index of the greatest round number that is not above `value` (> 0). */
static int round_index(double value)
{
    int index = 3 * (int)floor(log10(value));
    while (round_number(index) > value)
        index--;
    while (round_number(index + 1) <= value * (1 + 1e-12))
        index++;
    return index;
}

double scale_round_up(double value)
{
    int index = round_index(value);
    return round_number(index) >= value * (1 - 1e-12) ? round_number(index) : round_number(index + 1);
}

static double warp(enum scale_kind kind, double value)
{
    switch (kind) {
    case SCALE_STEPS:
        return log1p(fmax(value, 0));
    case SCALE_LOG:
        return log10(value);
    default:
        return value;
    }
}

static double unwarp(enum scale_kind kind, double value)
{
    switch (kind) {
    case SCALE_STEPS:
        return expm1(value);
    case SCALE_LOG:
        return pow(10, value);
    default:
        return value;
    }
}

struct scale scale_of(enum scale_kind kind, double low, double high)
{
    double start = warp(kind, low);
    return (struct scale){
        .kind = kind, .low = low, .high = high, .zero = SCALE_FLOOR, .start = start, .range = warp(kind, high) - start};
}

static struct scale fit_log(const struct extent *extent, int rows)
{
    double most = extent->any && extent->most >= extent_zero(extent) ? extent->most : 1;
    double least = extent->any && isfinite(extent->least_above) ? extent->least_above : most;
    double low = pow(10, floor(log10(least)));
    double high = pow(10, ceil(log10(most)));
    if (most / least < FEW_TIMES) {
        low = round_number(round_index(least));
        high = scale_round_up(most);
    }
    if (high <= low) {
        high = scale_round_up(low * 1.5);
        low = round_number(round_index(low / 1.5));
    }
    struct scale scale = scale_of(SCALE_LOG, low, high);
    scale.zero = extent_zero(extent);
    if (extent->zeros)
        scale.floor = rows > 4 ? 1.5 / rows : 0.3;
    return scale;
}

struct scale scale_fit(const struct extent *extent, bool linear, int rows)
{
    if (!linear)
        return fit_log(extent, rows);
    double low = extent->any ? fmin(extent->least, 0) : 0;
    double high = extent->any ? fmax(extent->most, 0) : 1;
    if (high - low < TINIEST)
        high = low + (high > low ? TINIEST : 1);
    double unit = scale_round_up((high - low) / fmax(rows / 3.0, 2));
    return scale_of(SCALE_LINEAR, floor(low / unit) * unit, ceil(high / unit - 1e-9) * unit);
}

double scale_position(const struct scale *scale, double value)
{
    if (isnan(value))
        return value;
    if (scale->kind == SCALE_LOG && value < scale->zero)
        return 0;
    if (isinf(value))
        return value > 0;
    double part = (warp(scale->kind, value) - scale->start) / scale->range;
    return scale->floor + (1 - scale->floor) * (part > 0 ? part < 1 ? part : 1 : 0);
}

double scale_value(const struct scale *scale, double position)
{
    if (position < scale->floor)
        return 0;
    double part = (position - scale->floor) / (1 - scale->floor);
    return unwarp(scale->kind, scale->start + part * scale->range);
}

static int linear_ticks(const struct scale *scale, int wanted, double value[SCALE_TICKS_MAX])
{
    double unit = scale_round_up((scale->high - scale->low) / wanted);
    if (scale->kind == SCALE_INTEGER && unit < 1)
        unit = 1;
    int count = 0;
    double first = ceil(scale->low / unit - 1e-9);
    for (int i = 0; count < SCALE_TICKS_MAX; i++) {
        double tick = (first + i) * unit;
        if (!(tick <= scale->high + 1e-9 * unit))
            break;
        value[count++] = tick;
    }
    return count;
}

static int degrees_ticks(const struct scale *scale, int wanted, double value[SCALE_TICKS_MAX])
{
    int stride = wanted >= 14 ? 15 : wanted >= 7 ? 30 : wanted >= 3 ? 45 : 90;
    int count = 0;
    for (int degrees = 0; degrees <= (int)scale->high; degrees += stride)
        value[count++] = degrees;
    return count;
}

/* Step 0, and powers of ten. */
static int steps_ticks(const struct scale *scale, double value[SCALE_TICKS_MAX])
{
    int count = 0;
    value[count++] = 0;
    for (int power = 0; pow(10, power) <= scale->high && count < SCALE_TICKS_MAX; power++)
        value[count++] = pow(10, power);
    return count;
}

static int log_ticks(const struct scale *scale, int wanted, double value[SCALE_TICKS_MAX])
{
    int count = 0;
    if (scale->floor > 0)
        value[count++] = 0;
    if (scale->high / scale->low < FEW_TIMES * 4) {
        int first = round_index(scale->low);
        int last = round_index(scale->high);
        int stride = last - first + 1 <= wanted ? 1 : 3;
        if (stride == 3) /* powers of ten alone */
            first = 3 * (int)ceil(first / 3.0);
        for (int i = first; i <= last && count < SCALE_TICKS_MAX; i += stride)
            value[count++] = round_number(i);
        return count;
    }
    static const int strides[] = {1, 2, 3, 5, 10, 20, 50, 100, 200, 500};
    int low = (int)ceil(log10(scale->low) - 1e-9);
    int high = (int)floor(log10(scale->high) + 1e-9);
    size_t i = 0;
    while (i + 1 < sizeof strides / sizeof strides[0] && (high - low) / strides[i] + 1 > wanted)
        i++;
    int stride = strides[i];
    for (int power = (int)ceil(low / (double)stride) * stride; power <= high && count < SCALE_TICKS_MAX;
         power += stride)
        value[count++] = power < 0 ? 1 / pow(10, -power) : pow(10, power);
    return count;
}

int scale_ticks(const struct scale *scale, int wanted, double value[SCALE_TICKS_MAX])
{
    int count = 0;
    wanted = wanted > 1 ? wanted : 1;
    switch (scale->kind) {
    case SCALE_LINEAR:
    case SCALE_INTEGER:
        count = linear_ticks(scale, wanted, value);
        break;
    case SCALE_STEPS:
        count = steps_ticks(scale, value);
        break;
    case SCALE_LOG:
        count = log_ticks(scale, wanted, value);
        break;
    case SCALE_DEGREES:
        count = degrees_ticks(scale, wanted, value);
        break;
    }
    if (count == 0) /* nothing as round as that is on the axis */
        value[count++] = scale->low;
    return count;
}

static bool is_power(double value)
{
    double power = log10(value);
    return fabs(power - round(power)) < 1e-9;
}

void scale_label(const struct scale *scale, enum glyphs glyphs, double value, char text[LABEL_SIZE])
{
    if (scale->kind == SCALE_INTEGER || scale->kind == SCALE_STEPS)
        label_count(text, value);
    else if (scale->kind == SCALE_LOG && value > 0 && scale->high / scale->low >= FEW_TIMES && is_power(value))
        label_power(text, glyphs, (int)lround(log10(value)));
    else if (scale->kind == SCALE_LOG && value == 0 && scale->zero > SCALE_FLOOR)
        snprintf(text, LABEL_SIZE, "≈0");
    else if (scale->kind == SCALE_DEGREES)
        snprintf(text, LABEL_SIZE, "%.0f%s", value, glyphs == GLYPHS_ASCII ? "" : "°");
    else
        label_number(text, value, 3);
}
